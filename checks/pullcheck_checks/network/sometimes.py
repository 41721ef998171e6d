"""What fails only sometimes (R3, R4), and what would work but is not used (R46): remarks to a broken path."""

from collections.abc import Sequence
from dataclasses import replace

from pullcheck import Status, Verdict
from pullcheck.evidence.network_rows import Subnet
from pullcheck_checks.network.findings import walked
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.steps import Place
from pullcheck_checks.network.paths.walk import Walk

NAMED = 3
"""Subnets that are named before the rest is only counted."""


def sometimes(
    index: Index, source: Source, there: Destination, sources: Sequence[Source], goals: Sequence[Destination]
) -> str:
    """E.g. "; fails sometimes: from 1 of 2 model subnets (subnet-b in use1-az2)"; empty where nothing else works."""
    parts = []
    from_here = [walked(index, one, there) for one in sources]
    if any(found.verdict is Status.PASS for found in from_here):
        failing = [one for one, found in zip(sources, from_here, strict=True) if _is_cut_off(found)]
        names = [_in_zone(index, one) for one in failing[:NAMED]] + ["..."] * (len(failing) > NAMED)
        parts.append(f"from {len(failing)} of {len(sources)} model subnets ({', '.join(names)})")
    to_these = [walked(index, source, one) for one in goals]
    if any(found.verdict is Status.PASS for found in to_these):
        count = sum(map(_is_cut_off, to_these))
        parts.append(f"to {count} of {len(goals)} addresses ({100 * count / len(goals):.0f} %)")
    return f"; fails sometimes: {', '.join(parts)}" if parts else ""


def _is_cut_off(found: Walk) -> bool:
    return any(step.severe for step in found.blockers)


def _in_zone(index: Index, source: Source) -> str:
    subnet = index.subnet(source.subnet_id)
    zone = subnet.zone_id if isinstance(subnet, Subnet) else ""
    return f"{source.subnet_id} in {zone}" if zone else source.subnet_id


def shadowed(index: Index, source: Source, public: Destination, endpoint_id: str) -> str:
    """R46: the way to the public addresses, where it is open and the name does not lead there."""
    found = walked(index, source, public)
    if found.verdict is not Status.PASS:
        return ""
    return f"; the way by {_way_out(found)} to {public.name} is open, but the name leads to {endpoint_id}"


def on_nat_alone(verdict: Verdict, found: Walk) -> Verdict:
    """R44: a way by a NAT gateway will do; an endpoint would do without it and the internet."""
    if verdict.status is not Status.PASS:
        return verdict
    why = f"without a Lambda endpoint in the VPC, every pull depends on {_way_out(found)} and the internet"
    return replace(verdict, because=f"{why}: {verdict.because}")


def _way_out(found: Walk) -> str:
    gateways = [step.hop.resource for step in found.steps if step.place is Place.NAT]
    return gateways[0] if gateways else "the default route"
