"""From rows of EC2's calls about transit gateways, in AWS's field names, to network evidence."""

from collections.abc import Iterable, Mapping
from typing import Any

from pullcheck.evidence.network_rows import Route, TransitAttachment, TransitGateway, TransitTable
from pullcheck.missing import Unavailable

Row = Mapping[str, Any]
HOLDS = ("associated", "associating")


def transit_gateways(
    gateways: Iterable[Row], attachments: Iterable[Row], tables: Iterable[Row] | Unavailable
) -> tuple[TransitGateway, ...]:
    """Rows of DescribeTransitGateways, of DescribeTransitGatewayVpcAttachments and of
    DescribeTransitGatewayRouteTables, these with the ``Associations`` of GetTransitGatewayRouteTableAssociations and
    the ``Routes`` of SearchTransitGatewayRoutes.
    """
    attached, routed = tuple(attachments), tables if isinstance(tables, Unavailable) else tuple(tables)
    return tuple(_gateway(row, attached, routed) for row in gateways)


def _gateway(row: Row, attachments: tuple[Row, ...], tables: tuple[Row, ...] | Unavailable) -> TransitGateway:
    name = row["TransitGatewayId"]
    own = tables if isinstance(tables, Unavailable) else [one for one in tables if one["TransitGatewayId"] == name]
    described = [one for one in attachments if one.get("TransitGatewayId") == name and one.get("VpcId")]
    found = {one.id: one for one in ([] if isinstance(own, Unavailable) else _named_by(own))}
    found |= {one.id: one for one in map(_vpc_attachment, described)}
    return TransitGateway(
        id=name,
        owner=row.get("OwnerId", ""),
        keeps_groups=(row.get("Options") or {}).get("SecurityGroupReferencingSupport") == "enable",
        attachments=tuple(found.values()),
        tables=own if isinstance(own, Unavailable) else tuple(map(_table, own)),
    )


def _vpc_attachment(row: Row) -> TransitAttachment:
    options = row.get("Options") or {}
    return TransitAttachment(
        id=row["TransitGatewayAttachmentId"],
        kind="vpc",
        resource_id=row["VpcId"],
        state=row.get("State", ""),
        subnet_ids=tuple(row.get("SubnetIds", ())),
        keeps_groups=options.get("SecurityGroupReferencingSupport") != "disable",
        appliance_mode=options.get("ApplianceModeSupport") == "enable",
    )


def _named_by(tables: Iterable[Row]) -> list[TransitAttachment]:
    routes = [route for table in tables for route in table.get("Routes", ())]
    return [
        TransitAttachment(one["TransitGatewayAttachmentId"], one.get("ResourceType", ""), one.get("ResourceId", ""))
        for route in routes
        for one in route.get("TransitGatewayAttachments", ())
        if one.get("TransitGatewayAttachmentId")
    ]


def _table(row: Row) -> TransitTable:
    associated = [one for one in row.get("Associations", ()) if one.get("State", HOLDS[0]) in HOLDS]
    names = [one["TransitGatewayAttachmentId"] for one in associated if one.get("TransitGatewayAttachmentId")]
    return TransitTable(row["TransitGatewayRouteTableId"], tuple(names), tuple(map(_route, row.get("Routes", ()))))


def _route(row: Row) -> Route:
    targets = (one.get("TransitGatewayAttachmentId") for one in row.get("TransitGatewayAttachments", ()))
    return Route(
        destination=row.get("DestinationCidrBlock") or row.get("PrefixListId") or "",
        target=next((name for name in targets if name), "no attachment"),
        state=row.get("State") or "active",
        propagated=row.get("Type") == "propagated",
    )
