"""May SageMaker assume the execution role?"""

from collections.abc import Iterator

from pullcheck.evidence.role import Role
from pullcheck.verdict import Fix, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.role import causes
from pullcheck_checks.role.commands import update_trust
from pullcheck_checks.role.context import Context
from pullcheck_checks.role.decision import with_statement
from pullcheck_checks.role.policy import Source, read
from pullcheck_checks.role.principals import ServiceCaller
from pullcheck_checks.role.request import as_statements
from pullcheck_checks.role.statements import Element, Examined, Layer, Outcome, Request, examine

SAGEMAKER = "sagemaker.amazonaws.com"
ASSUME = "sts:AssumeRole"
TRUST = Source("the trust policy")


@check("role.trust", "The trust policy lets SageMaker assume the execution role", causes.TRUST)
def trusts_sagemaker(role: Role) -> Iterator[Verdict]:
    """
    What: Evaluates the role's trust policy for sts:AssumeRole by the service sagemaker.amazonaws.com, with the keys
    that SageMaker sends for hosting.

    Why: A role that SageMaker may not assume lets no endpoint start.

    Passes: A statement allows it and none denies it.

    Fails: No statement names the service, or conditions such as sts:ExternalId, aws:SourceVpce or a narrow
    aws:SourceArn keep it out: for hosting that key is arn:PARTITION:sagemaker:REGION:ACCOUNT:*, the star being literal.

    Not verified when: A condition hangs on a key whose value is not known. Resource control policies of the
    organisation are not part of this answer.

    Fix: A statement for the service principal with aws:SourceAccount.

    Source: SageMaker developer guide, execution roles and confused deputy prevention.
    """
    subject = f"role {role.name}"
    trust = examine(Layer(read(role.trust_policy, TRUST)), _request(role))
    allows, denies = trust.says("Allow"), trust.says("Deny")
    denial, allowing = trust.matching("Deny"), trust.matching("Allow")
    if denial:
        because = f"{denial.statement} denies {ASSUME} to {SAGEMAKER}{_conditions(denial)}"
        fix = Fix(f"exempt {SAGEMAKER} in {denial.statement}, e.g. by a condition on aws:PrincipalIsAWSService")
        yield failed(subject, because, causes.TRUST_CONDITIONS, fix, resources=(role.arn,))
    elif allows is False:
        yield _kept_out(role, trust)
    elif allowing and denies is False:
        because = f"{allowing.statement} allows {ASSUME} to {SAGEMAKER}, and none of {len(trust.outcomes)} denies it"
        yield passed(subject, because, resources=(role.arn,))
    else:
        yield unknown(subject, f"what decides is not known: {'; '.join(trust.unsure[:3])}", resources=(role.arn,))


def _request(role: Role) -> Request:
    """The keys that come with the call (SageMaker developer guide, confused deputy prevention)."""
    known = {
        "aws:sourceaccount": (role.account,),
        "aws:principalisawsservice": ("true",),
        "aws:principalservicename": (SAGEMAKER,),
        "aws:securetransport": ("true",),
    }
    if role.region:
        known["aws:sourcearn"] = (f"arn:{role.partition}:sagemaker:{role.region}:{role.account}:*",)
    absent = frozenset(
        {
            "sts:externalid",
            "aws:multifactorauthpresent",
            "aws:multifactorauthage",
            "aws:sourcevpce",
            "aws:sourcevpc",
            "aws:vpcsourceip",
            "aws:principalarn",
            "aws:principalaccount",
            "aws:principalorgid",
            "aws:principalorgpaths",
            "aws:principaltag/",
            "aws:username",
        }
    )
    return Request(ServiceCaller(SAGEMAKER), ASSUME, None, Context(known, absent, frozenset({"aws:sourcearn"})))


def _kept_out(role: Role, trust: Examined) -> Verdict:
    nearly = next((one for one in trust.outcomes if one.failed == (Element.CONDITION,) and _allows(one)), None)
    if nearly:
        because = f"{nearly.statement} allows {ASSUME} to {SAGEMAKER} only{_conditions(nearly)}"
        return failed(f"role {role.name}", because, causes.TRUST_CONDITIONS, _fix(role), resources=(role.arn,))
    named = [f"{one.kind} {one.value}" for outcome in trust.outcomes for one in outcome.statement.principals or ()]
    because = f"the trust policy does not allow {ASSUME} to {SAGEMAKER}; it names {', '.join(named) or 'nobody'}"
    return failed(f"role {role.name}", because, causes.TRUST_MISSING, _fix(role), resources=(role.arn,))


def _allows(outcome: Outcome) -> bool:
    return outcome.statement.effect == "Allow"


def _conditions(outcome: Outcome) -> str:
    conditions = outcome.failed_conditions or outcome.statement.conditions
    return f" under condition {' and '.join(map(str, conditions))}" if conditions else ""


def _fix(role: Role) -> Fix:
    row = {
        "Effect": "Allow",
        "Principal": {"Service": SAGEMAKER},
        "Action": ASSUME,
        "Condition": {"StringEquals": {"aws:SourceAccount": role.account}},
    }
    layer = with_statement(Layer(read(role.trust_policy, TRUST)), as_statements(TRUST, row))
    summary = f"let {SAGEMAKER} assume the role on behalf of account {role.account}"
    if not examine(layer, _request(role)).says("Allow"):
        return Fix(summary)
    return Fix(summary, (update_trust(role.name, role.trust_policy, row),))
