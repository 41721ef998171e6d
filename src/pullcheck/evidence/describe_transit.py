"""From rows of EC2's calls about transit gateways, in AWS's field names, to network evidence."""

from collections.abc import Iterable

from pullcheck.evidence.describe_gateways import vpn_connection
from pullcheck.evidence.fields import Row, part, parts, text, texts, texts_in
from pullcheck.evidence.network_rows import Route, TransitAttachment, TransitGateway, TransitTable
from pullcheck.missing import Unavailable

ATTACHMENT, TABLE = "TransitGatewayAttachmentId", "TransitGatewayRouteTableId"
HOLDS = ("associated", "associating")


def transit_gateways(
    gateways: Iterable[Row],
    attachments: Iterable[Row],
    tables: Iterable[Row] | Unavailable,
    connections: Iterable[Row] = (),
) -> tuple[TransitGateway, ...]:
    """Rows of DescribeTransitGateways, of DescribeTransitGatewayVpcAttachments and of
    DescribeTransitGatewayRouteTables, these with the ``Associations`` of GetTransitGatewayRouteTableAssociations and
    the ``Routes`` of SearchTransitGatewayRoutes and the ``PrefixListReferences`` of
    GetTransitGatewayPrefixListReferences, or in ``Unread`` why these are not there; and of DescribeVpnConnections.
    """
    attached, routed = tuple(attachments), tables if isinstance(tables, Unavailable) else tuple(tables)
    lines = tuple(connections)
    return tuple(_gateway(row, attached, routed, lines) for row in gateways if text(row, "TransitGatewayId"))


def _gateway(
    row: Row, attachments: tuple[Row, ...], tables: tuple[Row, ...] | Unavailable, connections: tuple[Row, ...]
) -> TransitGateway:
    name = text(row, "TransitGatewayId")
    own = tables if isinstance(tables, Unavailable) else [one for one in tables if _is_of(name, one, TABLE)]
    described = [one for one in attachments if _is_of(name, one, ATTACHMENT) and text(one, "VpcId")]
    found = {one.id: one for one in ([] if isinstance(own, Unavailable) else _named_by(own))}
    found |= {one.id: one for one in map(_vpc_attachment, described)}
    return TransitGateway(
        id=name,
        owner=text(row, "OwnerId"),
        keeps_groups=text(part(row, "Options"), "SecurityGroupReferencingSupport") == "enable",
        attachments=tuple(found.values()),
        tables=own if isinstance(own, Unavailable) else tuple(map(_table, own)),
        vpns=tuple(vpn_connection(one) for one in connections if _is_of(name, one, "VpnConnectionId")),
    )


def _is_of(gateway_id: str, row: Row, own: str) -> bool:
    return text(row, "TransitGatewayId") == gateway_id and bool(text(row, own))


def _vpc_attachment(row: Row) -> TransitAttachment:
    options = part(row, "Options")
    return TransitAttachment(
        id=text(row, ATTACHMENT),
        kind="vpc",
        resource_id=text(row, "VpcId"),
        state=text(row, "State"),
        subnet_ids=texts_in(row, "SubnetIds"),
        keeps_groups=text(options, "SecurityGroupReferencingSupport") != "disable",
        appliance_mode=text(options, "ApplianceModeSupport") == "enable",
        owner=text(row, "VpcOwnerId"),
    )


def _named_by(tables: Iterable[Row]) -> list[TransitAttachment]:
    rows = list(tables)
    routes = [route for table in rows for route in parts(table, "Routes")]
    references = [reference for table in rows for reference in parts(table, "PrefixListReferences")]
    named = [one for route in routes for one in parts(route, "TransitGatewayAttachments")]
    named += [part(reference, "TransitGatewayAttachment") for reference in references]
    return [
        TransitAttachment(text(one, ATTACHMENT), text(one, "ResourceType"), text(one, "ResourceId"))
        for one in named
        if text(one, ATTACHMENT)
    ]


def _table(row: Row) -> TransitTable:
    associated = [one for one in parts(row, "Associations") if (text(one, "State") or HOLDS[0]) in HOLDS]
    names = texts(text(one, ATTACHMENT) for one in associated)
    routes = tuple(map(_route, parts(row, "Routes")))
    spelt_out = {text(route, "PrefixListId") for route in parts(row, "Routes") if text(route, "DestinationCidrBlock")}
    references = [one for one in parts(row, "PrefixListReferences") if text(one, "PrefixListId") not in spelt_out]
    listed = tuple(map(_reference, references))
    return TransitTable(text(row, TABLE), names, tuple(dict.fromkeys(routes + listed)), text(row, "Unread"), _cut(row))


def _cut(row: Row) -> str:
    """SearchTransitGatewayRoutes has no pages: it shows a thousand routes, and says whether there are more."""
    more = f"{text(row, TABLE)} has more routes than AWS shows at once"
    return more if row.get("AdditionalRoutesAvailable") is True else ""


def _route(row: Row) -> Route:
    targets = texts(text(one, ATTACHMENT) for one in parts(row, "TransitGatewayAttachments"))
    return Route(
        destination=text(row, "DestinationCidrBlock", "PrefixListId"),
        target=next(iter(targets), "no attachment"),
        state=text(row, "State") or "active",
        propagated=row.get("Type") == "propagated",
    )


def _reference(row: Row) -> Route:
    """A prefix list in place of a range; it drops its packets where it has no attachment."""
    target = text(part(row, "TransitGatewayAttachment"), ATTACHMENT)
    state = "blackhole" if row.get("Blackhole") is True or not target else "active"
    return Route(text(row, "PrefixListId"), target or "no attachment", state)
