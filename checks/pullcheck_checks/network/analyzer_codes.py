"""Reachability Analyzer's explanation codes in terms of our hops (VPC Reachability Analyzer guide, explanation codes).

The list grows: a code that is not here is shown as it is, and means no hop of ours.
"""

BLIND = frozenset(
    {
        "COMPONENT_FILTER_RESTRICTION",
        "COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT",
        "NO_SOURCE_OR_DESTINATION",
        "TGW_RTB_ROUTES_ARE_UNKNOWN",
        "UNASSOCIATED_COMPONENT",
        "UNKNOWN_DESTINATION",
        "UNKNOWN_PEERED_SGS",
        "UNKNOWN_RESOURCE",
        "UNSUPPORTED_COMPONENT",
    }
)
"""The analyzer did not see, or does not know, what it would need: no answer about the path."""
ONE_WAY = "UNIDIRECTIONAL_PATH_ANALYSIS_ONLY"
"""The answers' way back was not analysed."""
KINDS = {
    "BAD_STATE_ROUTE": "route-table",
    "CANNOT_ROUTE": "route-table",
    "ELB_ACL_RESTRICTION": "network-acl",
    "ENI_ADDRESS_RESTRICTION": "address",
    "ENI_SG_RULES_MISMATCH": "security-group",
    "HIGHER_PRIORITY_ROUTE": "route-table",
    "MORE_SPECIFIC_ROUTE": "route-table",
    "NO_POSSIBLE_DESTINATION": "address",
    "NO_ROUTE_TO_DESTINATION": "route-table",
    "REMAP_EPHEMERAL_PORT": "nat-gateway",
    "SUBNET_ACL_RESTRICTION": "network-acl",
    "VPC_BLOCK_PUBLIC_ACCESS_ENABLED": "internet-gateway",
    "VPC_LOCAL_ROUTE_CIDR_RESTRICTION": "route-table",
}
FAMILIES = {
    "IGW_": "internet-gateway",
    "INGRESS_RTB_": "route-table",
    "NGW_": "nat-gateway",
    "PCX_": "peering",
    "REGIONAL_NGW_": "nat-gateway",
    "SG_": "security-group",
    "TGW_ATTACH_": "transit-gateway-attachment",
    "TGW_ROUTE_": "transit-gateway-attachment",
    "TGW_RTB_": "transit-gateway-route-table",
}
"""Codes by how they begin, where all of them mean one kind of hop."""


def kind_of(code: str) -> str | None:
    """Our hop that the code speaks of; None for one that we have no hop for, or do not know."""
    return KINDS.get(code) or next((kind for start, kind in FAMILIES.items() if code.startswith(start)), None)
