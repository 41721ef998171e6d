"""Can the variants run a model whose image comes over the VPC?"""

from collections.abc import Iterator

from pullcheck.image_reference import is_pulled_over_vpc
from pullcheck.shown import shown
from pullcheck.target import Model, Target, TargetKind, Variant
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check

SERVERLESS = Cause(
    "cfg.serverless-variant",
    breaks="A serverless variant can have neither a private registry nor a VPC.",
    seen="CreateEndpointConfig request or DescribeEndpointConfig: a variant with ServerlessConfig.",
    fix="Use a variant with instances, or an image in Amazon ECR and no VpcConfig.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, serverless inference: feature exclusions",
)
OTHER_MODEL = Cause(
    "end.wrong-model-in-variant",
    breaks="A variant names another model than the one in the request, and that one is not looked at.",
    seen="ProductionVariants[].ModelName or ShadowProductionVariants[].ModelName differs from ModelName.",
    fix="Name the model of the request in the variant, or check the other model too.",
    basis=Basis.API,
    source="SageMaker API, ProductionVariant",
    severity=Severity.WARNING,
)
NOT_REAL_TIME = Cause(
    "cfg.non-realtime-consumer",
    breaks="The endpoint is asynchronous, and private registries are documented for real-time inference alone.",
    seen="CreateEndpointConfig request or DescribeEndpointConfig: AsyncInferenceConfig.",
    fix="Try the deployment once; if the pull fails, give the asynchronous endpoint a copy of the image in Amazon ECR.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, Use a Private Docker Registry for Real-Time Inference Containers: its scope",
    severity=Severity.WARNING,
)
OLD_AMI = Cause(
    "cfg.inference-ami-too-old",
    breaks="The variant pins its hosts to Amazon Linux 2: their roots, TLS library and container engine stay old.",
    seen="CreateEndpointConfig request or DescribeEndpointConfig: InferenceAmiVersion of a variant begins with al2-.",
    fix="Name a version of al2023 that suits the instance type, or none.",
    basis=Basis.API,
    source="SageMaker API, ProductionVariant: InferenceAmiVersion",
    severity=Severity.WARNING,
)


@check(
    "target.variants",
    "The variants can run a model that is pulled over the VPC",
    (SERVERLESS, OTHER_MODEL, NOT_REAL_TIME, OLD_AMI),
)
def variants_fit(target: Target) -> Iterator[Verdict]:
    """What: looks at every production and shadow variant: the model it names, and whether it is serverless.

    Why: serverless variants exclude private registries and VPCs; a variant with another model pulls another image.

    Passes: for a variant with instances, or one whose model neither needs the VPC nor has one.

    Fails: for a serverless variant of a model with a VPC; as a warning where a variant names a model that is not read,
    where the endpoint is asynchronous, or where the hosts are pinned to an old image.

    Not verified when: the variant's model could not be read.

    Fix: change the variant.

    Source: SageMaker guide, serverless inference (feature exclusions); SageMaker API, CreateEndpointConfig.
    """
    if not target.variants:
        yield not_applicable(target.name, "no endpoint configuration is given")
    for variant in target.variants:
        yield _verdict(variant, target)
        if variant.inference_ami_version and variant.inference_ami_version.startswith("al2-"):
            because = f"InferenceAmiVersion is {shown(variant.inference_ami_version)}, of Amazon Linux 2"
            yield failed(f"variant {variant.name}", because, OLD_AMI, Fix(f"{_where(target)}{OLD_AMI.fix}"))
    pulled = [model.name for model in target.models if isinstance(model, Model) and _is_pulled(model)]
    if target.asynchronous and pulled:
        because = f"AsyncInferenceConfig is given, and model {', '.join(pulled)} is pulled over a VPC"
        yield failed(target.name, because, NOT_REAL_TIME, Fix(NOT_REAL_TIME.fix))


def _verdict(variant: Variant, target: Target) -> Verdict:
    subject = f"variant {variant.name}"
    models = {model.name: model for model in target.models if isinstance(model, Model)}
    model = models.get(variant.model_name or "")
    if target.kind is TargetKind.REQUEST and variant.model_name and model is None:
        because = f"it names model {variant.model_name}; the model in {target.source} is {', '.join(models)}"
        what = f"in {target.source}: make the variant's ModelName and the request's the same"
        return failed(subject, because, OTHER_MODEL, Fix(f"{what}, or check model/{variant.model_name} too"))
    if not variant.serverless:
        return passed(subject, f"it runs on instances ({', '.join(variant.instance_types) or 'of a type not given'})")
    if model is None:
        because = f"it is serverless, and its model {variant.model_name or '(none named)'} could not be read"
        return unknown(subject, f"{because}; a model with a VPC or a private registry cannot be serverless")
    if model.vpc_config is None and not _is_pulled(model):
        return passed(subject, f"it is serverless, and model {model.name} needs no VPC")
    because = f"it has ServerlessConfig, and model {model.name} runs in a VPC or is pulled over one"
    what = "give the variant InstanceType and InitialInstanceCount in place of ServerlessConfig"
    return failed(subject, because, SERVERLESS, Fix(_where(target) + what))


def _where(target: Target) -> str:
    return f"in {target.source}: " if target.kind is TargetKind.REQUEST else "in a new endpoint configuration: "


def _is_pulled(model: Model) -> bool:
    return any(is_pulled_over_vpc(container) for container in model.containers)
