"""Is the endpoint that exists in service, and if not, what does SageMaker say?"""

from collections.abc import Iterator

from pullcheck.missing import Unavailable
from pullcheck.target import Deployment, Target, TargetKind
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.deployment.again import start_over
from pullcheck_checks.deployment.failures import PATTERNS, cause_of

API = "SageMaker API, DescribeEndpoint: EndpointStatus"
ID = "deployment.healthy"
WHO_DELETED = (
    "whether a template replaced it, who asked for DeleteModel tells: aws cloudtrail lookup-events --lookup-attributes"
    " AttributeKey=EventName,AttributeValue=DeleteModel"
)
CHANGING = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack"})

TERMINAL = Cause(
    "end.failed-is-terminal",
    breaks="The endpoint has failed, and nothing but deleting it is possible.",
    seen="DescribeEndpoint: EndpointStatus Failed.",
    fix="Mend the cause, delete the endpoint, and create it again.",
    basis=Basis.API,
    source=API,
)
ROLLBACK_FAILED = Cause(
    "end.update-rollback-failed",
    breaks="An update failed and could not be taken back: old and new configuration serve side by side.",
    seen="DescribeEndpoint: EndpointStatus UpdateRollbackFailed.",
    fix="Mend the cause, then update the endpoint to a configuration that works.",
    basis=Basis.API,
    source=API,
    certain=False,
)
KEPT_OLD = Cause(
    "end.update-kept-old",
    breaks="An update failed: the endpoint serves, but with its old configuration.",
    seen="DescribeEndpoint: EndpointStatus InService with a FailureReason.",
    fix="Mend the cause and update the endpoint again.",
    basis=Basis.API,
    source=API,
    severity=Severity.WARNING,
)
OUT_OF_SERVICE = Cause(
    "end.out-of-service",
    breaks="The endpoint exists but takes no requests.",
    seen="DescribeEndpoint: EndpointStatus OutOfService.",
    fix="Mend the cause and update the endpoint to a configuration that works.",
    basis=Basis.API,
    source=API,
)
DELETED = Cause(
    "end.config-or-model-deleted",
    breaks="The endpoint's configuration, or a model that it names, has been deleted: nothing new can be started.",
    seen="DescribeEndpointConfig or DescribeModel answers that it could not be found.",
    fix="Create model and configuration again and update the endpoint.",
    basis=Basis.API,
    source="SageMaker API, DeleteEndpointConfig: not while an endpoint uses it",
)
REPLACED = Cause(
    "cfg.iac-forces-replacement",
    breaks="A template changed the model, which cannot be changed: it was replaced, and the endpoint's configuration"
    " still names the one that was deleted.",
    seen="DescribeModel does not find a model that DescribeEndpointConfig names.",
    fix="Give the new model another name, name it in a new endpoint configuration, and update the endpoint to that.",
    basis=Basis.DOCUMENTED,
    source="CloudFormation reference, AWS::SageMaker::Model: ImageConfig and VpcConfig are updated by replacement",
    severity=Severity.WARNING,
    certain=False,
)
TOO_LONG = Cause(
    "end.creating-too-long",
    breaks="The endpoint stays in Creating while SageMaker tries again and again to pull or to make interfaces.",
    seen="DescribeEndpoint: EndpointStatus Creating for tens of minutes, and no log group of the endpoint.",
    fix="Do not wait: mend what the other findings name. A failed endpoint is deleted and created again.",
    basis=Basis.FIELD_REPORT,
    source="reports of endpoints that stay in Creating",
    certain=False,
)


@check(
    ID,
    "The SageMaker endpoint is in service",
    (
        *(cause for cause, _ in PATTERNS),
        TERMINAL,
        ROLLBACK_FAILED,
        KEPT_OLD,
        OUT_OF_SERVICE,
        DELETED,
        REPLACED,
        TOO_LONG,
    ),
    basis=Basis.API,
)
def endpoint_is_in_service(target: Target) -> Iterator[Verdict]:
    """What: reads the status of the endpoint and, when it failed, SageMaker's reason.

    Why: some reasons prove that the image was pulled (container, health check, model data), others that it was not.

    Passes: for an endpoint in service.

    Fails: for one that failed, is out of service, or lost its configuration or model; as a warning when an update
    failed and the old configuration still serves.

    Not verified when: the endpoint is being created or changed, or could not be read.

    Fix: mend the cause; a failed endpoint has to be deleted and created again.

    Source: SageMaker API, DescribeEndpoint; public reports of failure texts, which SageMaker does not document.
    """
    subject = f"endpoint {target.name}"
    if target.kind is not TargetKind.ENDPOINT:
        yield not_applicable(subject, "the target is no endpoint that exists")
        return
    gone = [one for one in target.models if isinstance(one, Unavailable) and one.blocked_by == ID]
    for one in gone:
        fix = Fix("create it again under the same name, or update the endpoint to a configuration that exists")
        yield failed(subject, one.reason, DELETED, fix)
        if (one.subject or "").startswith("model/"):
            yield unknown(subject, f"{one.reason}; {WHO_DELETED}", cause=REPLACED)
    if target.deployment is not None:
        yield _state(subject, target.deployment)
    elif not gone:
        reasons = [one.because for one in target.models if isinstance(one, Unavailable)]
        yield unknown(subject, "; ".join(reasons) or "the evidence does not hold the endpoint's state")


def _state(subject: str, endpoint: Deployment) -> Verdict:
    status, reason = endpoint.status, endpoint.failure_reason
    said = f"EndpointStatus is {status}" + (f"; SageMaker says: {reason}" if reason else "")
    again = Fix("mend what the other findings name, then update the endpoint to a configuration that works")
    match status:
        case "Failed":
            cause = cause_of(reason or "") or TERMINAL
            return failed(subject, said, cause, _start_over(endpoint, cause))
        case "UpdateRollbackFailed":
            return failed(subject, said, ROLLBACK_FAILED, again)
        case "OutOfService":
            return failed(subject, said, OUT_OF_SERVICE, again)
        case "InService" if reason:
            return failed(subject, f"{said}: an update failed, the old one serves", KEPT_OLD, again)
        case "InService":
            return passed(subject, f"{said}, with configuration {endpoint.config_name}")
        case "Deleting":
            return not_applicable(subject, f"{said}: it is being deleted")
        case _ if status in CHANGING:
            because = f"{said}; look again when that has ended"
            return unknown(subject, because, cause=TOO_LONG if status == "Creating" else None)
        case _:
            return unknown(subject, f"{said}, which this version does not know")


def _start_over(endpoint: Deployment, cause: Cause) -> Fix:
    """Only DeleteEndpoint works on a failed endpoint; the commands are for when the cause has been mended."""
    first = "Mend what the other findings name." if cause is TERMINAL else cause.fix
    then = "Then delete the endpoint and create it again, with a new model if that had to change."
    return Fix(f"{first} {then}", start_over(endpoint))
