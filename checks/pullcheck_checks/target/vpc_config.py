"""Does the model say where its network interfaces go, and does it keep its network?"""

import re
from collections.abc import Iterator

from pullcheck.image_reference import is_pulled_over_vpc
from pullcheck.shown import shown
from pullcheck.target import Model, Target, VpcConfig
from pullcheck.verdict import Basis, Cause, Severity, Verdict, failed, not_applicable, passed
from pullcheck.wiring import check
from pullcheck_checks.target.change import change

API = "SageMaker API, VpcConfig"
MOST_SUBNETS, MOST_GROUPS = 16, 5
RESOURCE_ID = re.compile(r"[-0-9a-zA-Z]{1,32}")

NO_VPC_CONFIG = Cause(
    "cfg.vpc-mode-no-vpcconfig",
    breaks="An image is to be pulled through the VPC, but the model names no VPC.",
    seen="CreateModel request or DescribeModel: VpcConfig is absent.",
    fix="Create the model with VpcConfig: security groups, and subnets in two zones of the registry's VPC.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, Use a Private Docker Registry for Real-Time Inference Containers",
)
EMPTY_LIST = Cause(
    "cfg.vpc-config-empty-list",
    breaks="VpcConfig names no subnet or no security group, so CreateModel refuses it.",
    seen="CreateModel request: VpcConfig.Subnets or VpcConfig.SecurityGroupIds is an empty list.",
    fix="Name one to 16 subnets and one to 5 security groups.",
    basis=Basis.API,
    source=API,
)
MALFORMED_ID = Cause(
    "cfg.vpc-config-malformed-id",
    breaks="VpcConfig holds something that is no id of a subnet or of a security group.",
    seen="CreateModel request: an entry that is not like subnet-... or sg-...: a name, an ARN, a blank, a mix-up.",
    fix="Write the ids of the subnets and of the security groups.",
    basis=Basis.API,
    source=f"{API}: patterns of Subnets and SecurityGroupIds",
)
TOO_MANY = Cause(
    "sub.too-many",
    breaks="VpcConfig holds more subnets or security groups than SageMaker takes.",
    seen="CreateModel request: more than 16 entries in VpcConfig.Subnets or more than 5 in VpcConfig.SecurityGroupIds.",
    fix="Keep at most 16 subnets and 5 security groups.",
    basis=Basis.API,
    source=API,
)
ISOLATED = Cause(
    "cfg.network-isolation-on",
    breaks="Network isolation cuts the containers off; whether the pull through the VPC still works is not documented.",
    seen="CreateModel request or DescribeModel: EnableNetworkIsolation is true.",
    fix="Try the deployment once; if the pull fails, create the model without network isolation.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, network isolation: names model data and artifacts only, not the image",
    severity=Severity.WARNING,
)


@check(
    "target.vpc-config",
    "The model names the subnets and security groups it runs in",
    (NO_VPC_CONFIG, EMPTY_LIST, MALFORMED_ID, TOO_MANY),
)
def vpc_config_is_complete(model: Model, target: Target) -> Iterator[Verdict]:
    """What: reads the model's VpcConfig: present, within the limits, ids where ids belong.

    Why: SageMaker pulls through network interfaces that it makes in these subnets with these security groups.

    Passes: with one to 16 subnet ids and one to 5 security group ids.

    Fails: when VpcConfig is missing though an image comes from outside Amazon ECR, or breaks one of the limits.

    Not verified when: the model could not be read.

    Fix: complete VpcConfig; a model that exists has to be made anew.

    Source: SageMaker API, VpcConfig; SageMaker guide, Give SageMaker Hosted Endpoints Access to Resources in Your VPC.
    """
    subject = f"model {model.name}"
    if model.vpc_config is None:
        yield _without(subject, model, target)
        return
    faults = list(_faults(model.vpc_config))
    for cause, because, what in faults:
        yield failed(subject, because, cause, change(target, what))
    if not faults:
        subnets, groups = model.vpc_config.subnet_ids, model.vpc_config.security_group_ids
        because = f"VpcConfig names subnets {', '.join(subnets)} and security groups {', '.join(groups)}"
        yield passed(subject, because, resources=(*subnets, *groups))


def _without(subject: str, model: Model, target: Target) -> Verdict:
    pulled = [container for container in model.containers if is_pulled_over_vpc(container)]
    if not pulled:
        return not_applicable(subject, "there is no VpcConfig, and no image is pulled over a VPC")
    in_vpc_mode = any(container.access_mode == "Vpc" for container in pulled)
    because = f"there is no VpcConfig, and {pulled[0].field} is to be pulled from {shown(pulled[0].image or '?')}"
    fix = change(
        target, "give VpcConfig: security groups, and subnets in two zones of the VPC that reaches the registry"
    )
    return failed(subject, because, NO_VPC_CONFIG, fix, explained_by=None if in_vpc_mode else "target.access-mode")


def _faults(vpc: VpcConfig) -> Iterator[tuple[Cause, str, str]]:
    """Each fault: its cause, what was seen, what to change."""
    for field, ids, prefix, most in (
        ("VpcConfig.Subnets", vpc.subnet_ids, "subnet-", MOST_SUBNETS),
        ("VpcConfig.SecurityGroupIds", vpc.security_group_ids, "sg-", MOST_GROUPS),
    ):
        wrong = [one for one in ids if not RESOURCE_ID.fullmatch(one) or not one.startswith(prefix)]
        if not ids:
            yield EMPTY_LIST, f"{field} is empty", f"name one to {most} ids in {field}"
        if wrong:
            shown = ", ".join(repr(one[:60]) for one in wrong[:3])
            yield MALFORMED_ID, f"{field} has {shown}; an id there is {prefix}...", f"write {prefix}... ids in {field}"
        if len(ids) > most:
            yield TOO_MANY, f"{field} has {len(ids)} entries; {most} is the most", f"keep at most {most} in {field}"


@check("target.network-isolation", "The model is not cut off from the network", (ISOLATED,))
def is_not_isolated(model: Model, target: Target) -> Iterator[Verdict]:
    """What: reads EnableNetworkIsolation of the model.

    Why: the guide says how model data passes when isolation is on; it is silent on images from private registries.

    Passes: when isolation is off.

    Fails: as a warning, when it is on and an image is pulled over the VPC.

    Not verified when: the model could not be read.

    Fix: try it once; if the pull fails, create the model with EnableNetworkIsolation false.

    Source: SageMaker guide, Run Training and Inference Containers in Internet-Free Mode.
    """
    subject = f"model {model.name}"
    if not any(is_pulled_over_vpc(container) for container in model.containers):
        yield not_applicable(subject, "no image is pulled over a VPC")
    elif model.network_isolation:
        because = (
            "EnableNetworkIsolation is true; whether SageMaker then pulls from a private registry is not documented"
        )
        yield failed(
            subject, because, ISOLATED, change(target, "if the pull fails, set EnableNetworkIsolation to false")
        )
    else:
        yield passed(subject, "EnableNetworkIsolation is false")
