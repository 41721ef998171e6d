"""The path through a network interface that forwards packets: a firewall, proxy or NAT instance (R40)."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import Unavailable
from pullcheck.evidence.gateways import Appliance
from pullcheck.evidence.network_rows import Route
from pullcheck_checks.network.paths.ends import beyond, model_in, model_out, out_of_sight
from pullcheck_checks.network.paths.groups import Peer
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.legs import FORWARD, refused
from pullcheck_checks.network.paths.steps import Place, Reason, Step

KIND = "interface"
RUNNING = ("", "running")
"""An instance of another account, or none that was read, may be running."""


def by_appliance(journey: Journey, routing: Step, route: Route) -> Iterator[Step]:
    """Whether it may forward at all; what it then does with the packets is its own affair."""
    there = journey.destination
    row = journey.index.appliance(route.target)
    if not isinstance(row, Appliance):
        why = row.because if isinstance(row, Unavailable) else "it is not among the interfaces of the VPC"
        yield from out_of_sight(journey, routing, route, why)
        return
    doubt = f"AWS does not see them behind {row.id}"
    yield from model_out(journey, Peer(there.name, there.addresses, groups_doubt=doubt), routing)
    faults = tuple(_faults(journey, row))
    yield from faults
    if not faults:
        what = row.instance_id or "whatever forwards there"
        yield beyond(journey, KIND, row.id, f"the rules and routes of {what} are not AWS's")
    yield model_in(journey)


def _faults(journey: Journey, row: Appliance) -> Iterator[Step]:
    own = journey.destination.address in row.addresses
    if row.source_dest_check and not own:
        why = "its source/destination check drops every packet that is not for itself"
        yield _refused(row, Reason.NOT_FORWARDING, why)
    if not row.attached:
        yield _refused(row, Reason.APPLIANCE_DOWN, "it is attached to nothing")
    elif row.instance_state not in RUNNING:
        yield _refused(row, Reason.APPLIANCE_DOWN, f"{row.instance_id}, which has it, is {row.instance_state}")


def _refused(row: Appliance, reason: Reason, why: str) -> Step:
    step = refused(Place.APPLIANCE, KIND, row.id, FORWARD, reason, why)
    return replace(step, resources=(row.id, row.instance_id) if row.instance_id else (row.id,))
