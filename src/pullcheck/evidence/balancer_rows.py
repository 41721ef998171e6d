"""The parts of a load balancer, as Elastic Load Balancing's describe calls show them."""

from dataclasses import dataclass

from pullcheck.missing import Unavailable

EVERY_ZONE = "all"


@dataclass(frozen=True)
class BalancedTarget:
    """A registered target: ``id`` is an instance's, an address or an ARN; ``state`` and ``reason`` are its health's.

    ``zone`` is set where it was registered with one; "all" stands for an address outside the load balancer's VPC.
    """

    id: str
    port: int
    state: str
    reason: str = ""
    zone: str = ""


@dataclass(frozen=True)
class TargetGroup:
    """``kind`` is AWS's TargetType, ``keeps_clients`` whether targets see the client's address (a network load
    balancer's preserve_client_ip.enabled), ``cross_zone`` None where the load balancer decides.
    """

    id: str
    kind: str
    protocol: str
    vpc_id: str
    check_protocol: str
    check_port: str
    targets: tuple[BalancedTarget, ...] | Unavailable
    keeps_clients: bool | None = None
    cross_zone: bool | None = None

    @property
    def name(self) -> str:
        """Its name, which its ARN holds."""
        return self.id.partition(":targetgroup/")[2].partition("/")[0] or self.id


@dataclass(frozen=True)
class ListenerAction:
    """What a listener does at last: ``kind`` is AWS's Type, e.g. "forward". ``detail`` is a redirect's URL or a fixed
    response's status; ``asks_first`` says that a login comes before it.
    """

    kind: str
    group_ids: tuple[str, ...] = ()
    detail: str = ""
    asks_first: bool = False


@dataclass(frozen=True)
class RuleCondition:
    """``field`` is AWS's Field, e.g. "host-header"; one of the ``values`` has to match."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class ListenerRule:
    """A rule that comes before the default action, if all conditions match. Rules stand in the order of priority."""

    id: str
    conditions: tuple[RuleCondition, ...]
    action: ListenerAction


@dataclass(frozen=True)
class Listener:
    """A listener and its default action; only those of application load balancers have rules."""

    id: str
    port: int
    protocol: str
    action: ListenerAction
    rules: tuple[ListenerRule, ...] | Unavailable = ()
    certificates: tuple[str, ...] = ()
    policy: str = ""


@dataclass(frozen=True)
class LoadBalancer:
    """``kind`` is AWS's Type. A network load balancer without ``group_ids`` lets everything in.

    ``filters_private_link`` says that its groups judge what comes by PrivateLink too.
    """

    id: str
    kind: str
    vpc_id: str
    state: str
    group_ids: tuple[str, ...]
    cross_zone: bool | Unavailable
    listeners: tuple[Listener, ...] | Unavailable
    target_groups: tuple[TargetGroup, ...] | Unavailable
    filters_private_link: bool = True

    @property
    def part(self) -> str:
        """What the description of its network interfaces names, e.g. "net/registry/50dc6c495c0c9188"."""
        return part_of(self.id)

    @property
    def name(self) -> str:
        """Its name."""
        return self.part.split("/")[1] if "/" in self.part else self.part


def part_of(arn: str) -> str:
    """The end of a load balancer's ARN that its network interfaces are described by."""
    return arn.partition(":loadbalancer/")[2]
