"""Has every variant the instances that it is to have, and who adds more?"""

from collections.abc import Iterator

from pullcheck.evidence.deployment import Scaling
from pullcheck.image_reference import is_pulled_over_vpc
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Deployment, Model, RunningVariant, Target, TargetKind
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.deployment.failures import CAPACITY as FAILED_CAPACITY
from pullcheck_checks.deployment.failures import PATTERNS

NO_CAPACITY = dict(PATTERNS)[FAILED_CAPACITY]

SCALE_OUT = Cause(
    "end.scale-out-cannot-pull",
    breaks="The endpoint serves with fewer instances than it is to have: new ones do not come into service, as when"
    " the image can no longer be pulled.",
    seen="DescribeEndpoint: EndpointStatus InService, and DesiredInstanceCount of a variant above its"
    " CurrentInstanceCount.",
    fix="Mend what the other findings name: credentials, certificates and tags may have expired since the first pull.",
    basis=Basis.API,
    source="SageMaker API, ProductionVariantSummary",
    certain=False,
)
CAPACITY = Cause(
    "quo.capacity",
    breaks="AWS has no instance of the type to give in the model's zones, so the variant does not grow.",
    seen="DescribeEndpoint: VariantStatus or FailureReason speaks of insufficient capacity, and DesiredInstanceCount is"
    " above CurrentInstanceCount.",
    fix="Try again later, name several instance types (InstancePools), or subnets in more zones.",
    basis=Basis.FIELD_REPORT,
    source="aws/deep-learning-containers PR 6673; SageMaker API, ProductionVariant",
    certain=False,
)
RUNTIME = Cause(
    "reg.runtime-dependency",
    breaks="The endpoint is scaled out by itself, and each new instance needs the registry, its certificate and the"
    " credentials function again: what fails then, fails while nobody deploys.",
    seen="DescribeScalableTargets: a variant of the endpoint with room to grow; or ManagedInstanceScaling of a variant"
    " is ENABLED.",
    fix="Watch the registry and the function as closely as the endpoint, or pull from Amazon ECR.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, endpoint auto scaling and Use Your Own Inference Code with Hosting Services",
    severity=Severity.WARNING,
)


@check(
    "deployment.at-size", "Every variant has the instances that it is to have", (SCALE_OUT, CAPACITY), basis=Basis.API
)
def variants_are_at_size(target: Target) -> Iterator[Verdict]:
    """What: compares the number of instances of each variant of an endpoint in service with the number wanted.

    Why: every instance pulls the image for itself. An endpoint that was deployed well goes on serving when the next
    instance can no longer pull, and its status does not tell.

    Passes: when each variant has as many instances as are wanted, or more.

    Fails: when one has fewer while the endpoint is in service and nothing is being changed.

    Not verified when: the endpoint is being changed, or its answer lacks the numbers.

    Fix: mend what the other findings name, then scale again.

    Source: SageMaker API, DescribeEndpoint: ProductionVariantSummary.
    """
    endpoint = target.deployment
    if endpoint is None or endpoint.status in ("Failed", "OutOfService", "Deleting", "Creating"):
        why = f"EndpointStatus is {endpoint.status}" if endpoint else "the target is no endpoint that exists"
        yield not_applicable(f"endpoint {target.name}", why)
        return
    for variant in endpoint.variants:
        yield _size(variant, endpoint)
    if not endpoint.variants:
        yield unknown(f"endpoint {target.name}", "DescribeEndpoint shows no variants; look again")


def _size(variant: RunningVariant, endpoint: Deployment) -> Verdict:
    subject = f"variant {variant.name}"
    if variant.current is None or variant.desired is None:
        return not_applicable(subject, "it has no number of instances")
    numbers = f"{variant.current} of {variant.desired} instances run"
    if variant.current >= variant.desired:
        return passed(subject, numbers)
    said = "; ".join(filter(None, (variant.message, endpoint.failure_reason)))
    because = f"{numbers}, and EndpointStatus is {endpoint.status}" + (f"; SageMaker says: {said}" if said else "")
    if endpoint.status != "InService":
        return unknown(subject, f"{because}; look again when that has ended", cause=SCALE_OUT)
    cause = CAPACITY if NO_CAPACITY.search(said) else SCALE_OUT
    return failed(subject, because, cause, Fix(cause.fix))


@check("deployment.scaled-by-hand", "No instance is added without anybody deploying", (RUNTIME,))
def nothing_scales_by_itself(
    target: Target, model: Model, scaling: Scaling | Unavailable | NotApplicable
) -> Iterator[Verdict]:
    """What: looks for what adds instances to the endpoint: Application Auto Scaling, or SageMaker's own scaling.

    Why: SageMaker pulls the image and asks the function at every start of an instance, not at deployment alone.

    Passes: when nobody is registered to scale the endpoint's variants.

    Fails: as a warning, when a variant whose image comes over the VPC may grow by itself. The set-up works; it is the
    registry and the function that have to be there at any hour.

    Not verified when: application-autoscaling:DescribeScalableTargets is denied.

    Fix: none is needed while registry and function are watched; images in Amazon ECR do not have this dependency.

    Source: SageMaker guide, endpoint auto scaling; Application Auto Scaling API, DescribeScalableTargets.
    """
    subject = f"endpoint {target.name}" if target.kind is TargetKind.ENDPOINT else f"model {model.name}"
    managed = [f"variant {one.name} has ManagedInstanceScaling ENABLED" for one in target.variants if one.scales]
    if not any(is_pulled_over_vpc(container) for container in model.containers):
        yield not_applicable(subject, "no image is pulled over a VPC")
    elif managed:
        yield failed(subject, "; ".join(managed), RUNTIME, Fix(RUNTIME.fix))
    elif isinstance(scaling, NotApplicable):
        yield not_applicable(subject, scaling.reason)
    elif isinstance(scaling, Unavailable):
        yield unknown(subject, scaling.because, cause=RUNTIME)
    elif growing := [one for one in scaling.targets if one.most > one.least]:
        because = "; ".join(f"{one.resource} is scaled from {one.least} to {one.most} instances" for one in growing)
        yield failed(subject, because, RUNTIME, Fix(RUNTIME.fix))
    else:
        yield passed(subject, "Application Auto Scaling has none of its variants to scale")
