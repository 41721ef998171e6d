"""Three slips that people make, one in each of three places."""

from collections.abc import Callable
from dataclasses import dataclass

from pullcheck.demo.stage import Stage
from pullcheck.demo.world import to_group


@dataclass(frozen=True)
class Fault:
    """What was broken, in one line; how; and the cause that the report has to name."""

    line: str
    make: Callable[[Stage], None]
    cause: str


def close_egress(stage: Stage) -> None:
    """Take the registry's port out of what the model's group may reach."""
    world = stage.world
    rule = to_group(world.port, world.registry_group)
    world.client("ec2").revoke_security_group_egress(GroupId=world.model_group, IpPermissions=[rule])


def drop_intermediate(stage: Stage) -> None:
    """Serve the registry's certificate alone."""
    stage.registry.use(stage.certificate.without_intermediate)


def switch_private_dns_off(stage: Stage) -> None:
    """Let the Lambda name lead to Lambda's public addresses."""
    world = stage.world
    world.client("ec2").modify_vpc_endpoint(VpcEndpointId=world.endpoint, PrivateDnsEnabled=False)


FAULTS = (
    Fault(
        "the model's security group no longer lets the registry's port out", close_egress, "sg.model-egress-registry"
    ),
    Fault(
        "the registry serves its certificate without the intermediate", drop_intermediate, "tls.missing-intermediate"
    ),
    Fault("the Lambda interface endpoint has private DNS off", switch_private_dns_off, "vpce.private-dns-off"),
)
