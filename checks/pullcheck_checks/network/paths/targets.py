"""The targets that one node of a load balancer hands connections on to, and whether any can be (R61, R63)."""

from dataclasses import dataclass, replace

from pullcheck import Unavailable
from pullcheck.evidence.balancer_rows import EVERY_ZONE, BalancedTarget, LoadBalancer, TargetGroup
from pullcheck.evidence.network_rows import Interface, Subnet
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.legs import FORWARD, clear, refused, unclear
from pullcheck_checks.network.paths.steps import Place, Reason, Step

KIND = "target-group"
OUT_OF_USE = ("unused", "draining", "unhealthy.draining")
HEALTHY = ("healthy", "unavailable")
"""Where health checks are off, AWS calls a target's state unavailable."""
NOT_REACHED = ("Target.Timeout", "Target.FailedHealthChecks")


@dataclass(frozen=True)
class Found:
    """A target and the interface and subnet at which it was found, as far as they were."""

    target: BalancedTarget
    interface: Interface | Unavailable | None
    subnet: Subnet | None

    @property
    def zone(self) -> str | None:
        """The id of its zone; None where that is not known."""
        return self.subnet.zone_id if self.subnet else EVERY_ZONE if self.target.zone == EVERY_ZONE else None

    @property
    def words(self) -> str:
        """E.g. "i-0a1 port 5000 is unhealthy (Target.FailedHealthChecks)"."""
        reason = f" ({self.target.reason})" if self.target.reason else ""
        return f"{self.target.id} port {self.target.port} is {self.target.state or 'in no known state'}{reason}"


def chosen(index: Index, balancer: LoadBalancer, group: TargetGroup, zone_id: str) -> tuple[Step, tuple[Found, ...]]:
    """What the group's state means for a node in this zone, and the targets that the node may pick."""

    def no(reason: Reason, why: str) -> Step:
        return _of(group, refused(Place.BALANCER, KIND, group.name, FORWARD, reason, why))

    def doubt(why: str) -> Step:
        return unknown(group, why)

    if isinstance(group.targets, Unavailable):
        return doubt(group.targets.because), ()
    registered = [_found(index, group, one) for one in group.targets if one.state not in OUT_OF_USE]
    if not registered:
        states = ", ".join(f"{one.id} is {one.state}" for one in group.targets) or "none is registered"
        return no(Reason.NO_TARGET, f"no target in use: {states}"), ()
    cross = group.cross_zone if group.cross_zone is not None else balancer.cross_zone
    near = registered if cross is True else [one for one in registered if one.zone in (zone_id, EVERY_ZONE)]
    if isinstance(cross, Unavailable) and len(near) < len(registered):
        return doubt(f"{cross.because}, so that it is not known whether a node uses the targets of other zones"), ()
    if not near:
        listed = ", ".join(f"{one.target.id} in {one.zone or 'an unknown zone'}" for one in registered)
        if any(one.zone is None for one in registered):
            return doubt(f"whether it has a target in {zone_id} is not known: {listed}"), ()
        why = f"no target in {zone_id}, the zone of this node, and cross-zone load balancing is off: {listed}"
        return no(Reason.NO_TARGET_IN_ZONE, why), ()
    healthy = tuple(one for one in near if one.target.state in HEALTHY)
    states = "; ".join(one.words for one in near)
    if healthy:
        words = "; ".join(one.words for one in healthy)
        return _of(group, clear(Place.BALANCER, KIND, group.name, FORWARD, words)), healthy
    if all(_was_not_reached(group, one.target) for one in near):
        return no(Reason.UNHEALTHY, f"no target that passes its health check: {states}"), tuple(near)
    why = f"no target passes the health check ({group.check_protocol}), which may want what a registry does not give"
    return doubt(f"{why}: {states}"), tuple(near)


def unknown(group: TargetGroup, why: str) -> Step:
    """What is not known of a target group, or behind it."""
    return _of(group, unclear(Place.BALANCER, KIND, group.name, FORWARD, why))


def _of(group: TargetGroup, step: Step) -> Step:
    return replace(step, resources=(group.id,))


def _found(index: Index, group: TargetGroup, target: BalancedTarget) -> Found:
    interface = index.interface_of(group.vpc_id, target.id)
    subnet = index.subnet(interface.subnet_id) if isinstance(interface, Interface) else None
    return Found(target, interface, subnet if isinstance(subnet, Subnet) else None)


def _was_not_reached(group: TargetGroup, target: BalancedTarget) -> bool:
    """Whether the check failed to connect to the port in use; an answer that it did not like would prove nothing."""
    same_port = group.check_port in ("", "traffic-port", str(target.port))
    same_protocol = group.check_protocol in ("TCP", group.protocol)
    tells = group.check_protocol == "TCP" or group.protocol in ("HTTP", "HTTPS")
    return target.state == "unhealthy" and same_port and same_protocol and tells and target.reason in NOT_REACHED
