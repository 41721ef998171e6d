"""What follows from the request alone; nothing here talks to anyone."""

from pullcheck.arns import function_in, role_in
from pullcheck.evidence.placement import (
    CredentialsProvider,
    ExecutionRole,
    ImageReference,
    LambdaName,
    Placement,
    Registry,
)
from pullcheck.image_reference import (
    DOCKER_HUB,
    DOCKER_HUB_NAMES,
    HOSTLESS,
    is_private_ecr,
    is_pulled_over_vpc,
    parse,
)
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.partition import partition_of
from pullcheck.shown import shown
from pullcheck.target import Container, Model, Target
from pullcheck.wiring import collector

HTTPS = 443


@collector()
def placement(model: Model) -> Placement | Unavailable | NotApplicable:
    """The subnets and groups of ``VpcConfig``; an empty list would make AWS describe every subnet, so it is absent."""
    vpc = model.vpc_config
    if vpc and vpc.subnet_ids and vpc.security_group_ids:
        return Placement(vpc.subnet_ids, vpc.security_group_ids)
    if vpc is None and not any(is_pulled_over_vpc(container) for container in model.containers):
        return NotApplicable("the model has no VpcConfig and needs none: no image is pulled over a VPC")
    return Unavailable(
        "the model has no VpcConfig with subnets and security groups", "give it one", blocked_by="target.vpc-config"
    )


@collector()
def image_reference(container: Container) -> ImageReference | Unavailable:
    """The image, taken apart."""
    if container.image is not None:
        return parse(container.image)
    reason = f"{container.field} names no image"
    if container.model_package:
        reason = f"{container.field} takes its image from the model package {shown(container.model_package)}"
    return Unavailable(reason, "give Image", blocked_by="target.image-reference", subject=container.field)


@collector()
def registry(image: ImageReference, container: Container) -> Registry | Unavailable | NotApplicable:
    """The host that serves the image; a reference without a host means Docker Hub."""
    if HOSTLESS & set(image.problems):
        return Unavailable(
            f"{container.field}.Image does not say which host is meant",
            "write it as host[:port]/repository:tag",
            blocked_by="target.image-reference",
        )
    if is_private_ecr(image.host) and container.access_mode != "Vpc":
        return NotApplicable(f"{shown(image.text)} is pulled from Amazon ECR, not over the VPC")
    if image.host is None or image.host.lower() in DOCKER_HUB_NAMES:
        return Registry(DOCKER_HUB, image.port or HTTPS)
    return Registry(image.host.lower(), image.port or HTTPS)


@collector()
def credentials_provider(container: Container) -> CredentialsProvider | Unavailable | NotApplicable:
    """The credentials Lambda function, by its ARN."""
    if container.provider_arn is None:
        return NotApplicable("the container names no credentials Lambda function")
    return function_in(container.provider_arn) or Unavailable(
        "RepositoryCredentialsProviderArn is not the ARN of a Lambda function",
        "name the function by its ARN",
        blocked_by="target.credentials-provider",
    )


@collector()
def lambda_name(target: Target, _provider: CredentialsProvider | Unavailable) -> LambdaName | Unavailable:
    """The name that SageMaker calls, in its own region, whatever the ARN says; not needed without a function."""
    if target.region is None:
        return Unavailable("the region is not known", "name it (--region or AWS_REGION)")
    partition = partition_of(target.region)
    host = f"lambda.{target.region}.{partition.suffix}"
    return LambdaName(host, target.region, f"{partition.services}.{target.region}.lambda")


@collector()
def execution_role(model: Model) -> ExecutionRole | Unavailable:
    """The role that SageMaker assumes, by its ARN."""
    if model.role_arn is None:
        reason, remedy = "the model names no execution role", "give ExecutionRoleArn"
        return Unavailable(reason, remedy, blocked_by="target.execution-role")
    reason, remedy = "ExecutionRoleArn is not the ARN of an IAM role", "give the role's ARN"
    return role_in(model.role_arn) or Unavailable(reason, remedy, blocked_by="target.execution-role")


COLLECTORS = (
    placement,
    image_reference,
    registry,
    credentials_provider,
    lambda_name,
    execution_role,
)
