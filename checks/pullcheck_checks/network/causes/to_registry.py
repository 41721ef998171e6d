"""Why a model subnet does not reach the registry: every cause, and where on the path which one is meant."""

from pullcheck import Cause
from pullcheck_checks.network.causes.balancers import BALANCER_CAUSES, balancer_cause
from pullcheck_checks.network.causes.beyond import FAR_CAUSES, far_cause
from pullcheck_checks.network.causes.filters import (
    ACL_DIFFERS,
    ACL_EGRESS,
    ACL_INGRESS,
    ACL_REGISTRY_SUBNET,
    CUSTOM_PORT,
    EPHEMERAL_NARROW,
    IPV6_RULE_ONLY,
    LOWER_NUMBER_DENY,
    MODEL_EGRESS,
    PREFIX_LIST_GAP,
    REFERENCE_OVER_PUBLIC_PATH,
    REGISTRY_INGRESS,
    STALE_REFERENCE,
)
from pullcheck_checks.network.causes.gateways import GATEWAY_CAUSES, gateway_cause
from pullcheck_checks.network.causes.routes import (
    BLACKHOLE,
    BLOCK_PUBLIC_ACCESS,
    DOCKER_BRIDGE,
    INTERNET_GATEWAY_ONLY,
    NAT_ACL,
    NAT_NOT_WORKING,
    NO_HOST,
    NO_RETURN,
    NO_ROUTE,
    PEERING_NOT_ACTIVE,
    PEERING_NOT_TRANSITIVE,
    ROUTES_DIFFER,
    STALE_ADDRESS,
)
from pullcheck_checks.network.causes.transit import TRANSIT_CAUSES, transit_cause
from pullcheck_checks.network.paths.steps import Place, Reason

REGISTRY_CAUSES = (
    REGISTRY_INGRESS,
    MODEL_EGRESS,
    CUSTOM_PORT,
    REFERENCE_OVER_PUBLIC_PATH,
    IPV6_RULE_ONLY,
    PREFIX_LIST_GAP,
    ACL_EGRESS,
    ACL_INGRESS,
    EPHEMERAL_NARROW,
    ACL_REGISTRY_SUBNET,
    LOWER_NUMBER_DENY,
    NO_ROUTE,
    BLACKHOLE,
    NO_RETURN,
    INTERNET_GATEWAY_ONLY,
    NAT_NOT_WORKING,
    NAT_ACL,
    BLOCK_PUBLIC_ACCESS,
    NO_HOST,
    STALE_ADDRESS,
    STALE_REFERENCE,
    PEERING_NOT_ACTIVE,
    PEERING_NOT_TRANSITIVE,
    *TRANSIT_CAUSES,
    *BALANCER_CAUSES,
    *FAR_CAUSES,
    *GATEWAY_CAUSES,
    ACL_DIFFERS,
    ROUTES_DIFFER,
    DOCKER_BRIDGE,
)

BY_REASON = {
    Reason.OTHER_PORT: CUSTOM_PORT,
    Reason.IPV6_ONLY: IPV6_RULE_ONLY,
    Reason.PREFIX_LIST: PREFIX_LIST_GAP,
    Reason.REFERENCE_LOST: REFERENCE_OVER_PUBLIC_PATH,
    Reason.STALE_REFERENCE: STALE_REFERENCE,
    Reason.NOT_ACTIVE: PEERING_NOT_ACTIVE,
    Reason.NOT_TRANSITIVE: PEERING_NOT_TRANSITIVE,
    Reason.DENIED_FIRST: LOWER_NUMBER_DENY,
    Reason.NARROW: EPHEMERAL_NARROW,
    Reason.NO_PUBLIC_ADDRESS: INTERNET_GATEWAY_ONLY,
    Reason.PRIVATE_ADDRESS: NO_ROUTE,
    Reason.NAT_BROKEN: NAT_NOT_WORKING,
    Reason.DETACHED: NAT_NOT_WORKING,
    Reason.PUBLIC_ACCESS_BLOCKED: BLOCK_PUBLIC_ACCESS,
    Reason.NO_HOST: NO_HOST,
}
BY_PLACE = {
    Place.MODEL_GROUPS: MODEL_EGRESS,
    Place.DESTINATION_GROUPS: REGISTRY_INGRESS,
    Place.MODEL_ACL_OUT: ACL_EGRESS,
    Place.MODEL_ACL_IN: ACL_INGRESS,
    Place.DESTINATION_ACL: ACL_REGISTRY_SUBNET,
    Place.NAT_ACL: NAT_ACL,
    Place.NAT_ACL_PORTS: NAT_ACL,
}


DIFFERENT = {Place.MODEL_ACL_OUT: ACL_DIFFERS, Place.MODEL_ACL_IN: ACL_DIFFERS, Place.MODEL_ROUTES: ROUTES_DIFFER}


def registry_cause(place: Place, reason: Reason, *, elsewhere: bool) -> Cause:
    """The cause of a blocker on the way to the registry; what the reason does not tell, the place does.

    ``elsewhere`` says that another model subnet passes at the same place.
    """
    if elsewhere and reason in (Reason.NO_RULE, Reason.NO_ROUTE) and place in DIFFERENT:
        return DIFFERENT[place]
    for of_theirs in (gateway_cause, far_cause, transit_cause, balancer_cause):
        if found := of_theirs(place, reason):
            return found
    if place is Place.NAT_ROUTES:
        return NAT_NOT_WORKING
    if reason is Reason.BLACKHOLE:
        return BLACKHOLE
    if reason is Reason.NO_ROUTE:
        return NO_RETURN if place is Place.RETURN_ROUTES else NO_ROUTE
    return BY_REASON.get(reason) or BY_PLACE[place]
