"""However a transit gateway is broken, the printed commands, run one after another, open the path."""

import shlex
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_network_transit import ACROSS, BACK, FAR, FAR_LOCAL, GATEWAY, NEAR, ROUTED, THERE, TO_FAR, TO_NEAR, routes

from pullcheck import Status
from pullcheck.evidence.network import NetworkEvidence, TransitGateways
from pullcheck.evidence.network_rows import Route, TransitAttachment, TransitTable
from pullcheck_checks.network.fixes.fix import fix_for
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.walk import walk

SOURCE, DESTINATION = Source("subnet-a", ("sg-model",)), Destination(THERE, THERE, 443)
RANGES = {NEAR.id: "10.0.0.0/16", FAR.id: "10.60.0.0/16"}
TARGETS = ["no attachment", NEAR.id, FAR.id]

transit_routes = st.lists(
    st.builds(
        lambda destination, target, propagated: Route(
            destination, target, "blackhole" if target == "no attachment" else "active", propagated
        ),
        st.sampled_from(["0.0.0.0/0", "10.60.1.0/24", "10.60.1.20/32", "10.0.1.0/24", "10.0.0.0/8"]),
        st.sampled_from(TARGETS),
        st.booleans(),
    ),
    max_size=3,
    unique_by=lambda route: (route.destination, route.propagated),
).map(tuple)
usual = st.sampled_from([(), (TO_FAR,), (TO_NEAR,), (TO_FAR, TO_NEAR)])
states = st.sampled_from(["available", "available", "pendingAcceptance"])


@st.composite
def networks(draw: st.DrawFn) -> NetworkEvidence:
    """The routed network with its transit gateway drawn anew."""
    near = replace(NEAR, state=draw(states), subnet_ids=draw(st.sampled_from([("subnet-door",), ("subnet-b",)])))
    far = replace(FAR, state=draw(states))
    first, second = (TransitTable(name, (), draw(transit_routes) + draw(usual)) for name in ("tgw-rtb-1", "tgw-rtb-2"))
    seats = draw(st.sampled_from([((near.id, far.id), ()), ((near.id,), (far.id,)), ((near.id,), ()), ((), ())]))
    tables = tuple(replace(one, attachment_ids=ids) for one, ids in zip((first, second), seats, strict=True))
    back = draw(st.sampled_from([(FAR_LOCAL, BACK), (FAR_LOCAL,)]))
    gateway = replace(GATEWAY, attachments=(near, far), tables=tables)
    return replace(routes("rtb-far", *back), transit_gateways=TransitGateways((gateway,)))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks())
def test_the_commands_of_all_findings_open_the_path(evidence: NetworkEvidence) -> None:
    for _ in range(12):
        index = Index(evidence)
        blockers = walk(index, SOURCE, DESTINATION).blockers
        if not blockers:
            break
        commands = fix_for(index, SOURCE, DESTINATION, blockers[0]).commands

        assert commands, blockers[0]
        for command in commands:
            evidence = run(evidence, command)

    assert walk(Index(evidence), SOURCE, DESTINATION).verdict is Status.PASS


def run(evidence: NetworkEvidence, command: str) -> NetworkEvidence:
    """What the AWS CLI would do: an interpreter of the command's text, apart from the code that made it."""
    words = shlex.split(command)
    options = dict(zip(words[3::2], words[4::2], strict=True))
    if words[2] == "create-route":
        assert options["--transit-gateway-id"] == ACROSS.target
        back = Route(options["--destination-cidr-block"], ACROSS.target)
        return replace(evidence, route_tables=routes(options["--route-table-id"], FAR_LOCAL, back).route_tables)
    [gateway] = evidence.transit_gateways.rows  # type: ignore[union-attr]
    assert isinstance(gateway.tables, tuple)
    name = options["--transit-gateway-attachment-id"]
    tables = {one.id: one for one in gateway.tables}
    attachments = {one.id: one for one in gateway.attachments}
    if table := options.get("--transit-gateway-route-table-id"):
        tables[table] = change_table(tables[table], words[2], name, options.get("--destination-cidr-block", ""))
    else:
        attachments[name] = change_attachment(attachments[name], words[2], options.get("--add-subnet-ids", ""))
    changed = replace(gateway, tables=tuple(tables.values()), attachments=tuple(attachments.values()))
    return replace(evidence, transit_gateways=TransitGateways((changed,)))


def change_table(table: TransitTable, verb: str, name: str, cidr: str) -> TransitTable:
    if verb == "associate-transit-gateway-route-table":
        assert name not in table.attachment_ids
        return replace(table, attachment_ids=(*table.attachment_ids, name))
    if verb == "enable-transit-gateway-route-table-propagation":
        return replace(table, routes=(*table.routes, Route(RANGES[name], name, propagated=True)))
    others = tuple(route for route in table.routes if route.propagated or route.destination != cidr)

    assert verb == f"{'create' if others == table.routes else 'replace'}-transit-gateway-route"
    return replace(table, routes=(*others, Route(cidr, name)))


def change_attachment(attachment: TransitAttachment, verb: str, subnet_id: str) -> TransitAttachment:
    if verb == "accept-transit-gateway-vpc-attachment":
        return replace(attachment, state="available")

    assert verb == "modify-transit-gateway-vpc-attachment"
    return replace(attachment, subnet_ids=(*attachment.subnet_ids, subnet_id))


def test_the_world_without_faults_needs_no_command() -> None:
    assert walk(Index(ROUTED), SOURCE, DESTINATION).verdict is Status.PASS
