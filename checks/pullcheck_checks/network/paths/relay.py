"""The way on from a NAT gateway that does not lead to an internet gateway: with an address of its own (R25, R34)."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck.evidence.network_rows import NatGateway, Route, Subnet
from pullcheck_checks.network.paths.journey import Journey, Source
from pullcheck_checks.network.paths.legs import FORWARD, unclear
from pullcheck_checks.network.paths.steps import Place, Step

JUDGED = (Place.MODEL_GROUPS, Place.MODEL_ACL_OUT, Place.MODEL_ACL_IN)
"""A NAT gateway has no groups, and the ACL of its subnet was asked about each of its four crossings."""


def relayed(journey: Journey, nat: NatGateway, subnet: Subnet, routing: Step, route: Route) -> Iterator[Step]:
    """From each of its private addresses, as from any source in its subnet."""
    known: set[Step] = set()
    for address in nat.private_addresses or ("",):
        own = replace(
            journey,
            source=Source(subnet.id, (), address, journey.source.account),
            subnet=subnet,
            relays=(*journey.relays, nat.id),
            met=(*journey.met, nat.id),
            hidden=journey.hidden or journey.source.group_ids,
            past="",
        )
        if not address or not own.clients:
            why = f"its private address {address or 'is not known'}, by which it goes on, is none of {subnet.id}"
            yield unclear(Place.NAT, "nat-gateway", nat.id, FORWARD, why)
            continue
        steps = [one for one in journey.onward(own, routing, route) if one is not routing and one.place not in JUDGED]
        yield from (one for one in steps if one not in known)
        known |= set(steps)
