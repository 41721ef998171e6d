"""Ways back that differ from the ways there (R38): no fault in itself, unless a firewall sees one of the two alone."""

from dataclasses import replace

from pullcheck import HopVerdict
from pullcheck.evidence.gateways import Inspection
from pullcheck.evidence.network_rows import Route
from pullcheck_checks.network.paths.firewall import keeps_state
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.legs import RETURN, refused, unclear
from pullcheck_checks.network.paths.routes import Target, target_of
from pullcheck_checks.network.paths.steps import Reason, Step


def same_side(journey: Journey, step: Step, route: Route) -> Step:
    """The step that sent the answers by this route, judged by the firewall that the packets there came through."""
    back = target_of(route)
    if step.hop.verdict is HopVerdict.UNKNOWN:
        return step
    if route.target == journey.past or (back is Target.LOCAL and not journey.past):
        return step
    if journey.past and back is Target.LOCAL:
        why = f"{route.destination} leads the answers past {journey.past}, which saw the connection begin"
        return _one_sided(journey, step, journey.past, why)
    if back is Target.ENDPOINT and not journey.past:
        why = f"{route.destination} sends the answers to {route.target}, which did not see the connection begin"
        return _one_sided(journey, step, route.target, why)
    why = f"{route.destination} sends the answers to {route.target}, and what it does with them was not judged"
    reason = Reason.ASYMMETRIC if journey.past or back in (Target.ENDPOINT, Target.INTERFACE) else None
    return replace(unclear(step.place, "route-table", step.hop.resource, RETURN, why), reason=reason)


def _one_sided(journey: Journey, step: Step, endpoint: str, why: str) -> Step:
    row = journey.index.inspection(endpoint)
    if isinstance(row, Inspection) and row.firewall and keeps_state(row.policy):
        found = refused(step.place, "route-table", step.hop.resource, RETURN, Reason.ASYMMETRIC, why)
        return replace(found, resources=(*step.resources, endpoint), via=journey.past)
    doubt = f"{why}; whether it minds is not known"
    return replace(unclear(step.place, "route-table", step.hop.resource, RETURN, doubt), reason=Reason.ASYMMETRIC)
