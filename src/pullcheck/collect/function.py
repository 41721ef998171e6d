"""Reads the credentials function, and keeps the shape of its answer where it was invoked."""

from typing import Any

from pullcheck.collect.answer import shape_of
from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.collect.credentials import Invocation
from pullcheck.collect.environment import hosts_in, services_in
from pullcheck.evidence.function import (
    Function,
    FunctionAnswer,
    FunctionConcurrency,
    FunctionLookup,
    FunctionPolicy,
    FunctionTags,
)
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.role import Tag
from pullcheck.missing import Unavailable
from pullcheck.wiring import collector

NOT_FOUND = "ResourceNotFoundException"


@collector("lambda:GetFunctionConfiguration")
def function_lookup(provider: CredentialsProvider, aws: Aws) -> FunctionLookup | Unavailable:
    """The function under its qualifier, else whether it is there without. Lambda answers for one region only."""
    if aws.region != provider.region:
        return Unavailable(
            f"the function lies in {provider.region}, and pullcheck reads {aws.region or 'no region'}",
            "name a function in the endpoint's region",
            blocked_by="target.credentials-provider",
        )
    found = configuration_of(provider, aws, provider.qualifier)
    if found or provider.qualifier is None:
        return FunctionLookup(found, found is not None)
    return FunctionLookup(None, configuration_of(provider, aws, None) is not None)


def configuration_of(provider: CredentialsProvider, aws: Aws, qualifier: str | None) -> Function | None:
    """The function under this qualifier; None where there is none of it."""
    try:
        return _function(
            aws.call("lambda", "GetFunctionConfiguration", **_named(provider, qualifier)), provider.unqualified_arn
        )
    except AwsRefusal as refusal:
        if refusal.code != NOT_FOUND:
            raise
        return None


def _named(provider: CredentialsProvider, qualifier: str | None) -> dict[str, str]:
    return {"FunctionName": provider.unqualified_arn, **({"Qualifier": qualifier} if qualifier else {})}


def _function(row: dict[str, Any], arn: str) -> Function:
    variables = row.get("Environment", {}).get("Variables", {})
    return Function(
        arn=row.get("FunctionArn", arn),
        version=row.get("Version", ""),
        runtime=row.get("Runtime"),
        timeout=row.get("Timeout"),
        state=row.get("State"),
        state_reason=row.get("StateReason", ""),
        state_reason_code=row.get("StateReasonCode"),
        last_update=row.get("LastUpdateStatus"),
        last_update_reason=row.get("LastUpdateStatusReason", ""),
        last_update_reason_code=row.get("LastUpdateStatusReasonCode"),
        package_type=row.get("PackageType"),
        subnet_ids=tuple(row.get("VpcConfig", {}).get("SubnetIds", [])),
        security_group_ids=tuple(row.get("VpcConfig", {}).get("SecurityGroupIds", [])),
        vpc_id=row.get("VpcConfig", {}).get("VpcId") or None,
        uses_ipv6=bool(row.get("VpcConfig", {}).get("Ipv6AllowedForDualStack")),
        kms_key_arn=row.get("KMSKeyArn"),
        tenant_isolation=row.get("TenancyConfig", {}).get("TenantIsolationMode"),
        variables=tuple(sorted(variables)),
        hosts=hosts_in(variables),
        services=services_in(variables),
        last_modified=row.get("LastModified"),
    )


@collector()
def function(lookup: FunctionLookup) -> Function | Unavailable:
    """The function, if the ARN leads to one."""
    if lookup.found:
        return lookup.found
    return Unavailable("the function does not exist", "name one that exists", blocked_by="function.exists")


@collector("lambda:GetPolicy")
def function_policy(lookup: FunctionLookup, provider: CredentialsProvider, aws: Aws) -> FunctionPolicy:
    """The policy of the qualifier that is used: each has its own (iam rule 18). What does not exist has none."""
    if lookup.found is None:
        return FunctionPolicy(None)
    own = _policy(provider, provider.qualifier, aws)
    return FunctionPolicy(own, None if own or not provider.qualifier else _policy(provider, None, aws))


def _policy(provider: CredentialsProvider, qualifier: str | None, aws: Aws) -> str | None:
    try:
        return str(aws.call("lambda", "GetPolicy", **_named(provider, qualifier))["Policy"])
    except AwsRefusal as refusal:
        if refusal.code != NOT_FOUND:
            raise
        return None


@collector("lambda:GetFunctionConcurrency")
def function_concurrency(found: Function, provider: CredentialsProvider, aws: Aws) -> FunctionConcurrency:
    """Reserved concurrency is the function's, whatever the qualifier."""
    del found
    answer = aws.call("lambda", "GetFunctionConcurrency", FunctionName=provider.unqualified_arn)
    return FunctionConcurrency(answer.get("ReservedConcurrentExecutions"))


@collector(optional=("lambda:ListTags",))
def function_tags(lookup: FunctionLookup, provider: CredentialsProvider, aws: Aws) -> FunctionTags:
    """The tags of the function; one that does not exist has none."""
    if not lookup.unqualified_exists:
        return FunctionTags(())
    tags = aws.call("lambda", "ListTags", Resource=provider.unqualified_arn).get("Tags", {})
    return FunctionTags(tuple(Tag(key, value) for key, value in sorted(tags.items())))


@collector()
def function_answer(answer: Invocation) -> FunctionAnswer:
    """The shape of what the one invocation brought."""
    return shape_of(answer.payload, answer.error, answer.seconds)


COLLECTORS = (
    function_lookup,
    function,
    function_policy,
    function_concurrency,
    function_tags,
    function_answer,
)
