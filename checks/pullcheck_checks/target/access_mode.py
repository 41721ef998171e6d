"""Does SageMaker pull each image the way that its registry needs?"""

from collections.abc import Iterator

from pullcheck.evidence.placement import ImageReference
from pullcheck.image_reference import HOSTLESS, is_private_ecr
from pullcheck.shown import shown
from pullcheck.target import COMPONENT, Container, Model, Target, TargetKind
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.target.change import change, subject_of

API = "SageMaker API, ImageConfig"
WHAT_WAS_SENT = (
    "whether whoever made the model gave one and an SDK lost it, CreateModel's requestParameters tell: aws cloudtrail"
    " lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=CreateModel"
)
PUBLIC_ECR = frozenset({"public.ecr.aws", "ecr-public.aws.com"})

NOT_VPC = Cause(
    "cfg.non-ecr-without-vpc-mode",
    breaks="The image lies outside Amazon ECR, and the container does not ask for access through the VPC.",
    seen="CreateModel request or DescribeModel: Image is not ECR's, ImageConfig.RepositoryAccessMode is not Vpc.",
    fix="Set ImageConfig.RepositoryAccessMode to Vpc and give the model a VpcConfig.",
    basis=Basis.FIELD_REPORT,
    source="aws/sagemaker-python-sdk PR 4700 (CreateModel's refusal); SageMaker guide, private registry for inference",
)
PIPELINE = Cause(
    "cfg.pipeline-container-without-imageconfig",
    breaks="In a model of several containers, one from outside Amazon ECR has no ImageConfig of its own.",
    seen="CreateModel request or DescribeModel: Containers[n].ImageConfig is absent, another container's says Vpc.",
    fix="Give every container from the private registry its own ImageConfig.",
    basis=Basis.API,
    source="SageMaker API, CreateModel: ImageConfig is a field of each ContainerDefinition",
)
PUBLIC = Cause(
    "cfg.public-ecr-counts-as-non-ecr",
    breaks="The image is in the public gallery of Amazon ECR, which SageMaker does not count as Amazon ECR.",
    seen="CreateModel request or DescribeModel: the host of Image is public.ecr.aws, the access mode is not Vpc.",
    fix="Copy the image into a private ECR repository, or pull it in Vpc mode with a way to the internet.",
    basis=Basis.FIELD_REPORT,
    source="public deployment log quoted beside aws/sagemaker-python-sdk PR 4700",
)
ECR_OVER_VPC = Cause(
    "cfg.ecr-image-in-vpc-mode",
    breaks="An image of private Amazon ECR is to be pulled as if from a private Docker registry.",
    seen="CreateModel request or DescribeModel: the host of Image is a private ECR registry, the access mode is Vpc.",
    fix="Use Platform for images of Amazon ECR: it needs no credentials function and no path through the VPC.",
    basis=Basis.DOCUMENTED,
    source="AWS Config and Security Hub rule on private registries; the behaviour of SageMaker is not documented",
    certain=False,
)
BAD_VALUE = Cause(
    "cfg.access-mode-value",
    breaks="The access mode is a word that SageMaker does not know, so CreateModel refuses the request.",
    seen="CreateModel request: ImageConfig.RepositoryAccessMode is neither Platform nor Vpc, in exactly this spelling.",
    fix="Write Vpc (or Platform for an image of Amazon ECR).",
    basis=Basis.API,
    source=f"{API}: RepositoryAccessMode",
)
TRAINING_FIELDS = Cause(
    "cfg.training-image-fields-mixed-up",
    breaks="The container has the image configuration of a training job, which CreateModel does not know.",
    seen="CreateModel request: TrainingImageConfig in a container, where ImageConfig belongs.",
    fix="Write ImageConfig with RepositoryAccessMode and RepositoryAuthConfig.",
    basis=Basis.FIELD_REPORT,
    source=f"aws/aws-sdk issue 117; {API}, TrainingImageConfig",
)
COMPONENT_INLINE = Cause(
    "cfg.inference-component-inline",
    breaks="An inference component describes its container itself, and has no field for a private registry there.",
    seen="DescribeInferenceComponent: Specification.Container with an image from outside Amazon ECR.",
    fix="Create a model with ImageConfig and VpcConfig, and name it in Specification.ModelName.",
    basis=Basis.API,
    source="SageMaker API, InferenceComponentContainerSpecification: has no ImageConfig",
    certain=False,
)
DROPPED = Cause(
    "cfg.sdk-drops-image-config",
    breaks="ImageConfig was given to an SDK or a construct, which did not pass it on to CreateModel.",
    seen="DescribeModel shows no ImageConfig for an image from outside Amazon ECR; CloudTrail has what was sent.",
    fix="Use a newer SDK, or boto3 or CfnModel, which take ImageConfig as it is.",
    basis=Basis.FIELD_REPORT,
    source="aws/sagemaker-python-sdk PR 4700 and PR 4399; aws/aws-cdk issue 23156",
    certain=False,
)
AUTH_UNUSED = Cause(
    "cfg.auth-config-in-platform-mode",
    breaks="A credentials function is named, but in Platform mode nobody asks it.",
    seen="CreateModel request or DescribeModel: ImageConfig.RepositoryAuthConfig beside RepositoryAccessMode Platform.",
    fix="Remove RepositoryAuthConfig, or pull in Vpc mode.",
    basis=Basis.API,
    source=f"{API}: RepositoryAuthConfig is for private registries that need authentication",
    severity=Severity.WARNING,
)


@check(
    "target.access-mode",
    "The access mode fits the registry of the image",
    (
        NOT_VPC,
        PIPELINE,
        PUBLIC,
        ECR_OVER_VPC,
        BAD_VALUE,
        TRAINING_FIELDS,
        COMPONENT_INLINE,
        DROPPED,
        AUTH_UNUSED,
    ),
)
def access_mode_fits(container: Container, image: ImageReference, model: Model, target: Target) -> Iterator[Verdict]:
    """What: compares ImageConfig.RepositoryAccessMode of each container with the registry that its image names.

    Why: SageMaker goes through the VPC only if told so; CreateModel refuses other images than ECR's without it.

    Passes: with Vpc and a registry that is not private Amazon ECR, or with Platform (or nothing) and private ECR.

    Fails: when the two do not fit, or the word is neither Platform nor Vpc. public.ecr.aws counts as not being ECR.

    Not verified when: the image does not say which host is meant.

    Fix: set RepositoryAccessMode to Vpc for a private Docker registry; a model that exists has to be made anew.

    Source: SageMaker API, ImageConfig; SageMaker guide, Use a Private Docker Registry for Real-Time Inference.
    """
    subject = subject_of(container)
    mode, field = container.access_mode, f"{container.field}.ImageConfig.RepositoryAccessMode"
    said = f"{field} is {shown(mode)}" if mode else f"{field} is not given, which means Platform"
    if mode not in (None, "Platform", "Vpc"):
        suggestion = "Platform" if is_private_ecr(image.host) else "Vpc"
        because = f"{field} is {shown(mode)!r}; the two values are Platform and Vpc, with this capitalisation"
        yield failed(subject, because, BAD_VALUE, change(target, f"set {field} to {suggestion}"))
        return
    if container.training_fields:
        because = f"{container.field} has {', '.join(container.training_fields)}, which is for training jobs"
        what = f"in its place, give {container.field} an ImageConfig with RepositoryAccessMode"
        yield failed(subject, because, TRAINING_FIELDS, change(target, what))
        if mode is None:
            return
    if HOSTLESS & set(image.problems):
        because = f"{said}; whether that fits cannot be told before Image names a host"
        yield unknown(subject, because, blocked_by="target.image-reference")
        return
    if is_private_ecr(image.host) and mode == "Vpc":
        because = f"{said}, but {image.host} is private Amazon ECR; what SageMaker then does is not documented"
        yield failed(subject, because, ECR_OVER_VPC, change(target, f"set {field} to Platform"))
    elif is_private_ecr(image.host):
        yield passed(subject, f"{said}, and {image.host} is private Amazon ECR")
    elif mode == "Vpc":
        yield passed(subject, f"{said}, and {image.host or 'Docker Hub'} is not private Amazon ECR")
    else:
        because = f"{said}, but {image.host or 'Docker Hub'} is not private Amazon ECR"
        fix = change(target, f"set {field} to Vpc" + ("" if model.vpc_config else " and give VpcConfig"))
        cause = _why_not_vpc(container, image, model)
        yield failed(subject, because, cause, Fix(COMPONENT_INLINE.fix) if cause is COMPONENT_INLINE else fix)
        if mode is None and target.kind is not TargetKind.REQUEST and cause is not COMPONENT_INLINE:
            yield unknown(subject, f"{container.field} has no ImageConfig; {WHAT_WAS_SENT}", cause=DROPPED)
    if container.has_auth_config and mode != "Vpc":
        because = f"{said}, so {container.field}.ImageConfig.RepositoryAuthConfig has no effect"
        what = f"remove {container.field}.ImageConfig.RepositoryAuthConfig, or pull in Vpc mode"
        yield failed(subject, because, AUTH_UNUSED, change(target, what))


def _why_not_vpc(container: Container, image: ImageReference, model: Model) -> Cause:
    if container.field == COMPONENT:
        return COMPONENT_INLINE
    if image.host in PUBLIC_ECR:
        return PUBLIC
    siblings = [other for other in model.containers if other.field != container.field]
    if container.access_mode is None and any(other.access_mode == "Vpc" for other in siblings):
        return PIPELINE
    return NOT_VPC
