"""What an endpoint that has failed was made of, and when: whether the failure is still one of today."""

import re
from collections.abc import Iterator

from pullcheck.evidence.deployment import EndpointLogs
from pullcheck.evidence.function import Function
from pullcheck.evidence.role import Role
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Deployment, Model, Target
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.deployment.again import seconds_between, start_over

HEALTHY = "deployment.healthy"
SETTLES = 60
"""Seconds until what was just created is sure to be known everywhere."""
OF_THE_ROLE = re.compile(r"assume (the )?role|not authorized|access ?denied", re.IGNORECASE)
OF_THE_CONFIGURATION = re.compile(
    r"could not find.{0,40}\b(config|model)|\b(configuration|model)\b.{0,80}(does not exist|not found)", re.IGNORECASE
)
NOT_FAILED = "the endpoint has not failed"

NO_LOGS = Cause(
    "end.no-log-group",
    breaks="No container of the endpoint has written a log: none ever started, or the role may not write logs.",
    seen="DescribeLogStreams: /aws/sagemaker/Endpoints/NAME does not exist, or holds nothing since the endpoint was"
    " created.",
    fix="Mend what the other findings name; role.hosting-permissions tells whether the role may write logs.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, log groups and streams of endpoints",
    severity=Severity.WARNING,
)
TOO_EARLY_ROLE = Cause(
    "iam.propagation-delay",
    breaks="The endpoint was created when its role had been there for seconds, before IAM had told everybody of it.",
    seen="GetRole: CreateDate, within a minute before CreationTime of DescribeEndpoint; FailureReason speaks of the"
    " role.",
    fix="Create the endpoint again; in scripts, wait between role and endpoint.",
    basis=Basis.INFERENCE,
    source="IAM User Guide, changes that are not immediately visible",
    severity=Severity.WARNING,
)
TOO_EARLY_CONFIG = Cause(
    "end.eventual-consistency",
    breaks="The endpoint was created right after its configuration, and SageMaker read what was there before.",
    seen="DescribeEndpointConfig: CreationTime, within a minute before that of DescribeEndpoint; FailureReason says"
    " that something was not found.",
    fix="Create the endpoint again; in scripts, wait until DescribeEndpointConfig answers.",
    basis=Basis.API,
    source="SageMaker API, CreateEndpoint: its note on eventually consistent reads",
    severity=Severity.WARNING,
)
NOT_APPLIED = Cause(
    "end.fix-not-applied",
    breaks="What was mended has not been tried: the endpoint failed before, or was created with a model of before.",
    seen="Lambda's LastModified: after LastModifiedTime of the failed endpoint, or between the CreationTime of model"
    " and endpoint.",
    fix="Delete the endpoint and create it again; for another image, ARN, subnet or group, with a new model.",
    basis=Basis.DOCUMENTED,
    source="CloudFormation reference, AWS::SageMaker::Model: its properties are updated by replacement",
    certain=False,
)


@check("deployment.container-logs", "The endpoint's containers have written logs", (NO_LOGS,))
def containers_have_logged(target: Target, logs: EndpointLogs) -> Iterator[Verdict]:
    """What: lists the log streams of an endpoint that has failed or is being created, made since its creation.

    Why: a container writes its log only after its image was pulled. A stream proves that the pull went well, none
    leaves everything before it in doubt.

    Passes: when there is a stream: the image was pulled and its container started.

    Fails: as a warning, when the endpoint has failed and there is none.

    Not verified when: the endpoint is still being created, or logs:DescribeLogStreams is denied.

    Fix: mend what keeps the image from being pulled, or let the role write logs.

    Source: SageMaker guide, log groups and streams of endpoints; CloudWatch Logs API, DescribeLogStreams.
    """
    subject = f"endpoint {target.name}"
    what = f"has none since the endpoint was created at {_created(target)}" if logs.exists else "does not exist"
    if logs.streams:
        names = ", ".join(logs.streams[:3])
        yield passed(subject, f"{logs.group} has {names}: the image was pulled, and its container started")
    elif target.deployment and target.deployment.status == "Failed":
        yield failed(subject, f"{logs.group} {what}", NO_LOGS, Fix(NO_LOGS.fix), explained_by=HEALTHY)
    else:
        yield unknown(subject, f"{logs.group} {what}; look again when the endpoint has been created", cause=NO_LOGS)


def _created(target: Target) -> str:
    return (target.deployment and target.deployment.created_at) or "a time that is not known"


@check(
    "deployment.settled",
    "Role and configuration were there in time for the endpoint",
    (TOO_EARLY_ROLE, TOO_EARLY_CONFIG),
)
def was_not_created_too_early(target: Target, role: Role | Unavailable | NotApplicable) -> Iterator[Verdict]:
    """What: compares when the role, the configuration and the endpoint were created, where the endpoint has failed and
    SageMaker's reason speaks of the role or of something that was not found.

    Why: a change takes a while to be known everywhere in AWS. What a script makes in one go can fail once and never
    again.

    Passes: when both were a minute old or more.

    Fails: as a warning, when the one that the reason speaks of was newer.

    Not verified when: the role, or the time of creation, could not be read.

    Fix: delete the endpoint and create it again.

    Source: IAM User Guide, changes that are not immediately visible; SageMaker API, CreateEndpoint.
    """
    subject, endpoint = f"endpoint {target.name}", target.deployment
    reason = (endpoint and endpoint.failure_reason) or ""
    if endpoint is None or endpoint.status != "Failed":
        yield not_applicable(subject, NOT_FAILED)
    elif OF_THE_ROLE.search(reason):
        made = role.created_at if isinstance(role, Role) else None
        why = role.because if isinstance(role, Unavailable) else "its role's CreateDate is not known"
        yield _in_time(endpoint, "the role", made, TOO_EARLY_ROLE, why)
    elif OF_THE_CONFIGURATION.search(reason):
        made = endpoint.config_created_at
        yield _in_time(
            endpoint, f"configuration {endpoint.config_name}", made, TOO_EARLY_CONFIG, "it could not be read"
        )
    else:
        yield not_applicable(subject, "SageMaker's reason speaks neither of the role nor of something not found")


def _in_time(endpoint: Deployment, what: str, made: str | None, cause: Cause, why: str) -> Verdict:
    subject = f"endpoint {endpoint.name}"
    if made is None or endpoint.created_at is None:
        return unknown(subject, f"when {what} was created is not known: {why}")
    age = seconds_between(made, endpoint.created_at)
    because = f"{what} was created at {made}, the endpoint at {endpoint.created_at}, {age:.0f} s later"
    if not 0 <= age < SETTLES:
        return passed(subject, because)
    fix = Fix("create the endpoint again, as both are known everywhere by now", start_over(endpoint))
    because = f"{because}; SageMaker says: {endpoint.failure_reason}"
    return failed(subject, because, cause, fix, explained_by=HEALTHY)


@check("deployment.tried-since", "The failed endpoint was tried with what there is now", (NOT_APPLIED,))
def was_tried_with_what_is_there(
    target: Target, model: Model, function: Function | Unavailable | NotApplicable
) -> Iterator[Verdict]:
    """What: compares when an endpoint failed with when its credentials function was last changed, and when its model
    was created.

    Why: a failed endpoint does not try again, and a model cannot be changed: who mends something sees the old failure
    until endpoint, and perhaps model, are made anew.

    Passes: when the function was last changed before the model and the endpoint were created.

    Fails: when the function was changed after the endpoint failed.

    Not verified when: the function was changed between the two: what else was mended then is not in the model. Nor when
    the function could not be read, or there is none.

    Fix: delete the endpoint and create it again, with a new model where the request has changed.

    Source: SageMaker API, DescribeEndpoint and DescribeModel; Lambda API, GetFunctionConfiguration.
    """
    subject, endpoint = f"endpoint {target.name}", target.deployment
    if endpoint is None or endpoint.status != "Failed":
        yield not_applicable(subject, NOT_FAILED)
    elif isinstance(function, NotApplicable):
        yield not_applicable(subject, function.reason)
    elif isinstance(function, Unavailable):
        yield unknown(subject, function.because)
    elif not (endpoint.created_at and endpoint.changed_at and model.created_at and function.last_modified):
        yield unknown(subject, "the times of endpoint, model and function are not all known; look again")
    elif seconds_between(endpoint.changed_at, function.last_modified) > 0:
        because = f"the endpoint failed by {endpoint.changed_at}, and {function.arn} was changed later, at"
        fix = Fix("create the endpoint again, with the function as it is now", start_over(endpoint))
        words = f"{because} {function.last_modified}; nothing tries again by itself"
        yield failed(subject, words, NOT_APPLIED, fix, resources=(function.arn,), explained_by=HEALTHY)
    elif seconds_between(model.created_at, function.last_modified) > 0:
        because = f"model {model.name} is of {model.created_at}, and {function.arn} was changed at"
        settle = "if image, ARN, subnets or groups were mended too, create a new model"
        yield unknown(subject, f"{because} {function.last_modified}, before the endpoint; {settle}", cause=NOT_APPLIED)
    else:
        because = f"{function.arn} was last changed at {function.last_modified}, before model {model.name} was created"
        yield passed(subject, because, resources=(function.arn,))
