"""May the execution role invoke the credentials function?"""

from collections.abc import Iterator

from pullcheck.evidence.function import FunctionPolicy
from pullcheck.evidence.organization import ServiceControlPolicies
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.role import InvokeCall, Organization, Role, RolePolicies, Simulation
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Target
from pullcheck.verdict import Cause, Fix, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.role import causes
from pullcheck_checks.role.decision import Decision
from pullcheck_checks.role.diagnose import Diagnosis, diagnose_denial, diagnose_lack, hangs_on_network
from pullcheck_checks.role.mend import fix_denial, fix_lack, fix_organization
from pullcheck_checks.role.needed import functions_of
from pullcheck_checks.role.opinion import ALLOWED, contradicts, describe, organization_allows
from pullcheck_checks.role.request import Case, case
from pullcheck_checks.role.statements import Outcome

DOUBTS_SHOWN = 3
ASK_SIMULATOR = (
    "allow iam:SimulatePrincipalPolicy to who runs pullcheck, or organizations:DescribeOrganization where the "
    "account is in no organisation or manages it"
)


@check("role.invoke-function", "The execution role may invoke the credentials Lambda", causes.INVOKE)
def may_invoke(
    role: Role,
    provider: CredentialsProvider,
    policies: RolePolicies,
    call: InvokeCall,
    function_policy: FunctionPolicy | Unavailable,
    organization: Organization | Unavailable,
    scps: ServiceControlPolicies | Unavailable | NotApplicable,
    simulation: Simulation | Unavailable,
    target: Target,
) -> Iterator[Verdict]:
    """
    What: Evaluates lambda:InvokeFunction on the ARN that the model names, for the execution role: its inline and
    attached policies, its permissions boundary, the function's own policy and, where they can be read, the service
    control policies of every level of the organisation; where they cannot, AWS's simulator is asked for these.

    Why: SageMaker hosting fetches the registry's credentials by calling the function as the execution role; without the
    permission no image that needs credentials is pulled.

    Passes: The role's policies and boundary allow the call, nothing that was read denies it, and the simulator agrees
    or the organisation's policies are known not to bind the account.

    Fails: A Deny fits the call, or some layer has no Allow for it. Every such layer is named, with the statement that
    decides or the one that comes closest.

    Not verified when: A policy could not be read, a condition hangs on a key whose value is not known (the network
    path, the time), the simulator and the evaluation disagree, or the organisation's policies can be neither simulated
    nor ruled out. Session policies and the interface endpoint's policy are not part of this answer.

    Fix: An inline policy that allows lambda:InvokeFunction on exactly that ARN; for a boundary a new version of it,
    with all functions of the run; for a function of another account a statement in its policy. A Deny has to be
    changed where it stands.

    Source: SageMaker developer guide, private Docker registry for real-time inference; IAM user guide, policy
    evaluation logic; Lambda developer guide, resource-based policies.
    """
    one = case(role, provider, policies, call, function_policy, scps, functions_of(target, role.arn))
    decision = one.decide()
    permitted = organization_allows(organization, scps, simulation, call, role.account)
    if decision.denied and decision.denials:
        yield from (_denied(one, decision, denial) for denial in decision.denials)
        if decision.granted is False:
            yield _lacking(one, decision, policies)
    elif contradicts(simulation, decision, permitted):
        yield _open(one, f"{_told(one, decision)}, while {describe(simulation)}: one of the two is wrong")
    elif decision.allowed is False:
        yield _lacking(one, decision, policies)
    elif permitted is False and decision.denied is False:
        because = f"{describe(simulation)}, and no policy that was read has a Deny that fits: the organisation's has"
        yield _failed(one, Diagnosis(causes.SCP, because), fix_organization(one))
    elif decision.allowed is None:
        yield _undecided(one, decision, function_policy)
    elif permitted is None:
        cause = causes.SCP if isinstance(simulation, Simulation) else None
        unread = f", and {scps.because}" if isinstance(scps, Unavailable) else ""
        yield _open(one, f"{_told(one, decision)}, but {describe(simulation)}{unread}; {ASK_SIMULATOR}", cause)
    else:
        bound = isinstance(scps, ServiceControlPolicies)
        heard = f"all {len(decision.organization)} levels of the organisation were read" if bound else ""
        proof = f"{_told(one, decision)}; {heard or _organization(organization, simulation, role)}"
        yield passed(_subject(one), proof, resources=_resources(one))


def _denied(one: Case, decision: Decision, denial: Outcome) -> Verdict:
    found = diagnose_denial(one, decision, denial)
    mend = fix_organization if found.cause is causes.SCP else fix_denial
    return _failed(one, found, mend(one, denial))


def _lacking(one: Case, decision: Decision, policies: RolePolicies) -> Verdict:
    found = diagnose_lack(one, decision)
    return _failed(one, found, fix_lack(one, policies, keep_to_path=found.cause is causes.NETWORK_CONDITIONS))


def _failed(one: Case, found: Diagnosis, fix: Fix) -> Verdict:
    return failed(_subject(one), found.because, found.cause, fix, resources=_resources(one))


def _open(one: Case, because: str, cause: Cause | None = None, blocked_by: str | None = None) -> Verdict:
    return unknown(_subject(one), because, cause=cause, resources=_resources(one), blocked_by=blocked_by)


def _undecided(one: Case, decision: Decision, function_policy: FunctionPolicy | Unavailable) -> Verdict:
    doubts = tuple(dict.fromkeys(decision.doubts))
    more = f", and {len(doubts) - DOUBTS_SHOWN} more" if len(doubts) > DOUBTS_SHOWN else ""
    path = "" if one.call.path else "; the way that the call takes through the network is not known either"
    because = f"what decides is not known: {'; '.join(doubts[:DOUBTS_SHOWN])}{more}{path}"
    cause = causes.NETWORK_CONDITIONS if hangs_on_network(decision) else None
    blocked_by = function_policy.blocked_by if isinstance(function_policy, Unavailable) else None
    return _open(one, because, cause, blocked_by)


def _subject(one: Case) -> str:
    return f"role {one.role.name} -> {one.call.resource}"


def _resources(one: Case) -> tuple[str, ...]:
    return (one.role.arn, one.call.resource)


def _told(one: Case, decision: Decision) -> str:
    """The statements that allow the call, or that there is none."""
    what = f"{one.call.action} on {one.call.resource}"
    allowing = [str(found.statement) for layer in decision.layers if (found := layer.matching("Allow"))]
    read = sum(len(layer.outcomes) for layer in decision.layers)
    if not decision.allowed or not allowing:
        return f"none of the {read} statements that were read lets the role use {what}"
    return f"{' and '.join(allowing)} {'allow' if len(allowing) > 1 else 'allows'} {what}, and none of {read} denies it"


def _organization(organization: Organization | Unavailable, simulation: Simulation | Unavailable, role: Role) -> str:
    free = isinstance(organization, Organization) and not organization.may_bind(role.account)
    if not free or (isinstance(simulation, Simulation) and simulation.decision == ALLOWED):
        return describe(simulation)
    if isinstance(organization, Organization) and organization.management_account == role.account:
        return f"account {role.account} manages its organisation, whose policies do not bind it"
    return f"no organisation's policies bind account {role.account}"
