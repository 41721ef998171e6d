"""Does the request name a credentials function that SageMaker can call by that name?"""

from collections.abc import Iterator

from pullcheck.arns import function_in, role_in
from pullcheck.partition import partition_of
from pullcheck.shown import shown
from pullcheck.target import Container, Model, Target
from pullcheck.verdict import Basis, Cause, Severity, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.target.change import change, subject_of

NOT_A_FUNCTION = Cause(
    "cfg.provider-arn-not-a-lambda",
    breaks="The field for the credentials function holds something else; SageMaker's API accepts any text there.",
    seen="RepositoryCredentialsProviderArn: a secret's ARN, a bare function name, a URL.",
    fix="Put the ARN of a Lambda function there.",
    basis=Basis.API,
    source="SageMaker API, RepositoryAuthConfig: the field has no pattern; its twin for training has",
)
OTHER_REGION = Cause(
    "cfg.provider-region-mismatch",
    breaks="The function is in another region, and SageMaker calls Lambda by the name of its own.",
    seen="RepositoryCredentialsProviderArn: the region in the ARN is not that of the model.",
    fix="Deploy the function in the region of the endpoint and name it there.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, private registry for inference: the request goes to lambda.REGION.amazonaws.com",
)
OTHER_PARTITION = Cause(
    "cfg.provider-partition-mismatch",
    breaks="The ARN begins with another partition than the region's, so no function has it.",
    seen="RepositoryCredentialsProviderArn: the partition in the ARN is not that of the model's region.",
    fix="Write the ARN with the partition of the region (aws, aws-cn, aws-us-gov, aws-eusc).",
    basis=Basis.API,
    source="botocore, partitions",
)
OTHER_ACCOUNT = Cause(
    "cfg.provider-cross-account",
    breaks="The function is in another account than the role, so its own policy has to allow the role as well.",
    seen="RepositoryCredentialsProviderArn: the account in the ARN is not that of ExecutionRoleArn.",
    fix="Allow the role in the function's resource policy, or move the function to the role's account.",
    basis=Basis.DOCUMENTED,
    source="Lambda guide, resource-based policies",
    certain=False,
)


@check(
    "target.credentials-provider",
    "The credentials function is named by a Lambda ARN of the model's region",
    (NOT_A_FUNCTION, OTHER_REGION, OTHER_PARTITION, OTHER_ACCOUNT),
)
def provider_is_a_function_here(container: Container, model: Model, target: Target) -> Iterator[Verdict]:
    """What: takes RepositoryCredentialsProviderArn apart: a function, and its region, partition and account.

    Why: SageMaker accepts any text there, and fails only when the endpoint is created.

    Passes: for the ARN of a Lambda function in the model's region and partition, with or without alias or version.

    Fails: for anything else; as a warning when the function is in another account than the role.

    Not verified when: the model's region is not known.

    Fix: name a function of the endpoint's region by its ARN.

    Source: SageMaker API, RepositoryAuthConfig; SageMaker guide, Allow SageMaker to Authenticate to a Private Registry.
    """
    if container.provider_arn is None:
        yield not_applicable(subject_of(container), "the container names no credentials Lambda function")
        return
    subject = f"{container.field} {shown(container.provider_arn)}"
    provider, role = function_in(container.provider_arn), role_in(model.role_arn or "")
    field = f"{container.field}.ImageConfig.RepositoryAuthConfig.RepositoryCredentialsProviderArn"
    if provider is None:
        because = f"{field} is {shown(container.provider_arn)!r}, which is not the ARN of a Lambda function"
        yield failed(subject, because, NOT_A_FUNCTION, change(target, f"put the function's ARN into {field}"))
        return
    if target.region is None:
        because = f"function {provider.function_name} is in {provider.region}; the model's region is not known: name it"
        yield unknown(subject, f"{because} with --region or AWS_REGION", resources=(provider.arn,))
        return
    partition, region = partition_of(target.region).id, target.region
    found: list[tuple[Cause, str, str, Severity]] = []
    if provider.region != region:
        because = f"the function is in {provider.region}, but the model is in {region}, where SageMaker calls Lambda"
        found.append((OTHER_REGION, because, f"name a function of {region} in {field}", Severity.ERROR))
    if provider.partition != partition:
        because = f"the ARN is of partition {provider.partition}, but {region} is in {partition}"
        found.append((OTHER_PARTITION, because, f"begin {field} with arn:{partition}:", Severity.ERROR))
    if role and role.account != provider.account:
        because = f"the function is in account {provider.account}, the role in {role.account}: both sides have to allow"
        found.append(
            (OTHER_ACCOUNT, because, f"name a function of account {role.account} in {field}", Severity.WARNING)
        )
    for cause, because, what, severity in found:
        yield failed(subject, because, cause, change(target, what), severity=severity, resources=(provider.arn,))
    if not found:
        qualifier = f", qualifier {provider.qualifier}" if provider.qualifier else ""
        because = f"function {provider.function_name} in {provider.region}, account {provider.account}{qualifier}"
        yield passed(subject, because, resources=(provider.arn,))
