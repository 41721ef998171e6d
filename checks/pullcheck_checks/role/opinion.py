"""What AWS's own simulator adds to the local decision: above all the organisation's layer (iam rules 22 to 27)."""

from pullcheck.evidence.organization import ServiceControlPolicies
from pullcheck.evidence.role import InvokeCall, Organization, Simulation
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck_checks.role.decision import Decision
from pullcheck_checks.role.kleene import Truth

ALLOWED = "allowed"
EXPLICIT_DENY = "explicitDeny"


def organization_allows(
    organization: Organization | Unavailable,
    scps: ServiceControlPolicies | Unavailable | NotApplicable,
    simulation: Simulation | Unavailable,
    call: InvokeCall,
    account: str,
) -> Truth:
    """Whether service control policies let the call pass, beside what of them is part of the decision.

    An implicit no of the organisation was often a false one (rule 25), and so is any no on a key that was not sent
    (rule 23): only an explicit Deny with the network path known counts.
    """
    if isinstance(organization, Organization) and not organization.may_bind(account):
        return True
    if isinstance(scps, ServiceControlPolicies):
        return True
    if isinstance(simulation, Unavailable):
        return None
    if simulation.decision == ALLOWED or (simulation.allowed_by_organization and simulation.decision != EXPLICIT_DENY):
        return True
    denies = simulation.decision == EXPLICIT_DENY and simulation.allowed_by_organization is False
    return False if denies and call.path and not simulation.missing_keys and not simulation.matched_policies else None


def contradicts(simulation: Simulation | Unavailable, decision: Decision, organization: Truth) -> bool:
    """Whether the simulator and the local decision on the role's own policies cannot both be right.

    A no of the simulator says nothing where it missed a key (rule 23).
    """
    if isinstance(simulation, Unavailable):
        return False
    if any(level.says("Allow") is False for level in decision.organization):
        return simulation.decision == ALLOWED and bool(simulation.allowed_by_organization)
    if decision.by_role is not decision.allowed:
        return False
    if simulation.decision == ALLOWED:
        return decision.allowed is False
    return decision.allowed is True and organization is True and not simulation.missing_keys


def describe(simulation: Simulation | Unavailable) -> str:
    """The simulator's answer in words."""
    if isinstance(simulation, Unavailable):
        return f"the simulator was not heard ({simulation.because})"
    details = [
        f"organisation {_word(simulation.allowed_by_organization)}",
        f"permissions boundary {_word(simulation.allowed_by_boundary)}",
    ]
    if simulation.missing_keys:
        details.append(f"keys it missed: {', '.join(simulation.missing_keys)}")
    return f"iam:SimulatePrincipalPolicy says {simulation.decision} ({'; '.join(details)})"


def _word(allowed: bool | None) -> str:
    return {True: "allows", False: "does not allow", None: "not named"}[allowed]
