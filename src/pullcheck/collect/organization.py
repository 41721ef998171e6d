"""Reads the service control policies of the role's account, where AWS shows them: to delegated administrators."""

from concurrent.futures import ThreadPoolExecutor

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.organization import Level, ServiceControlPolicies
from pullcheck.evidence.role import Organization, PolicyDocument, PolicyKind, Role
from pullcheck.missing import NotApplicable, NotObserved, Unavailable
from pullcheck.wiring import collector

READERS = 8
KIND = "SERVICE_CONTROL_POLICY"
READS = ("organizations:ListParents", "organizations:ListPoliciesForTarget", "organizations:DescribePolicy")
NAMES = {"r-": "root", "ou": "organisational unit"}


@collector(optional=READS)
def service_control_policies(
    found: Role, member_of: Organization, aws: Aws
) -> ServiceControlPolicies | Unavailable | NotApplicable:
    """All or none: of levels that are read in part, nothing follows that the simulator would not tell better."""
    if not member_of.may_bind(found.account):
        return NotApplicable(f"no organisation's policies bind account {found.account}")
    try:
        targets = _upwards(found.account, aws)
        with ThreadPoolExecutor(READERS, "levels") as pool:
            levels = list(pool.map(lambda target: _level(target, aws), reversed(targets)))
    except NotObserved as nothing:
        reason = f"service control policies are not readable here: {nothing.unavailable.reason}"
        return Unavailable(reason, "use an account to which the organisation delegates that")
    except AwsRefusal as refusal:
        return Unavailable(f"service control policies are not readable here: {refusal}", "see the message")
    return ServiceControlPolicies(tuple(levels))


def _upwards(account: str, aws: Aws) -> list[str]:
    """The account, its organisational units and the root; each has one parent (Organizations API, ListParents)."""
    chain = [account]
    while not chain[-1].startswith("r-"):
        parents = aws.call("organizations", "ListParents", ChildId=chain[-1]).get("Parents", [])
        if not parents:
            break
        chain.append(parents[0]["Id"])
    return chain


def _level(target: str, aws: Aws) -> Level:
    rows = aws.call("organizations", "ListPoliciesForTarget", TargetId=target, Filter=KIND).get("Policies", [])
    return Level(f"{NAMES.get(target[:2], 'account')} {target}", tuple(_policy(row["Id"], aws) for row in rows))


def _policy(name: str, aws: Aws) -> PolicyDocument:
    row = aws.call("organizations", "DescribePolicy", PolicyId=name)["Policy"]
    summary = row.get("PolicySummary", {})
    return PolicyDocument(
        PolicyKind.SERVICE_CONTROL, summary.get("Name", name), summary.get("Arn"), row.get("Content", "")
    )


COLLECTORS = (service_control_policies,)
