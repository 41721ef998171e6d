"""How much of the traffic gets through all steps of a walk (R1, R21, R22, R67)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pullcheck_checks.network.paths.spans import (
    Boxes,
    Spans,
    addresses_in,
    boxes_common,
    boxes_of,
    common,
    ports_in,
    size,
)
from pullcheck_checks.network.paths.steps import CLIENT_PORTS, Place, Step


@dataclass(frozen=True)
class Passing:
    """What no step is seen to stop; where a walk has doubts, it may be less.

    ``pairs`` are those of a source address and a client port that pass every step, there and back; ``clients`` are all
    source addresses. ``relayed_ports`` are the ports that pass where a NAT gateway has put one of its own in the
    client's place; ``reached`` is the part of the other side's addresses that pass, where that side has several.
    """

    clients: Spans
    pairs: Boxes
    relayed_ports: Spans = (CLIENT_PORTS,)
    reached: float = 1.0

    @cached_property
    def addresses(self) -> Spans:
        """The source addresses from which something passes."""
        return addresses_in(self.pairs)

    @cached_property
    def ports(self) -> Spans:
        """The client ports, of 1024-65535, from which something passes."""
        return ports_in(self.pairs)

    @property
    def address_share(self) -> float:
        """The part of the source's addresses from which something passes, from 0 to 1."""
        return size(self.addresses) / size(self.clients) if self.clients else 0.0

    @property
    def port_share(self) -> float:
        """The part of the client ports from which something passes, from 0 to 1."""
        return size(self.ports) / size((CLIENT_PORTS,))

    @property
    def share(self) -> float:
        """The part of all connections that work, from 0 to 1, if every address and port is as likely as any other."""
        if not self.clients:
            return 0.0
        ports = size((CLIENT_PORTS,))
        passing = sum(size((addresses,)) * size((span,)) for addresses, span in self.pairs)
        return passing / (size(self.clients) * ports) * size(self.relayed_ports) / ports * self.reached


def passing(clients: Spans, steps: Iterable[Step]) -> Passing:
    """Of all source addresses and client ports, those that every step lets through."""
    pairs, reached = boxes_of(clients, (CLIENT_PORTS,)), 1.0
    ports: Spans = (CLIENT_PORTS,)
    for step in steps:
        if not step.blocks:
            continue
        passed = addresses_in(step.passes)
        if not passed:
            return Passing(clients, (), ports, reached)
        if addresses_in(step.wanted) == clients:
            pairs = boxes_common(pairs, _from_any_port(step))
        elif step.place is Place.MODEL_ACL_IN:
            pairs = boxes_common(pairs, boxes_of(clients, ports_in(step.passes)))
        else:
            reached = min(reached, size(passed) / size(addresses_in(step.wanted)))
            ports = common(ports, ports_in(_from_any_port(step)))
    return Passing(clients, pairs if ports else (), ports, reached)


def _from_any_port(step: Step) -> Boxes:
    """What passes, by the client's port: on the way there a step asks for the destination's port, not the client's."""
    if ports_in(step.wanted) == (CLIENT_PORTS,):
        return step.passes
    return boxes_of(addresses_in(step.passes), (CLIENT_PORTS,))
