"""Routes of transit gateways as AWS shows them: each with its attachment, and the propagated ones at all."""

from typing import Any


def settle_transit(ec2: Any) -> None:
    """Bring the routes of every table into AWS's shape; a static route keeps its place before a propagated one."""
    for table in ec2.transit_gateways_route_tables.values():
        for route in table.routes.values():
            attached = route.get("transitGatewayAttachments")
            if isinstance(attached, dict):
                route["transitGatewayAttachments"] = [attached]
        for propagation in table.route_table_propagation:
            for block in ec2.vpcs[propagation.resourceId].get_cidr_block_association_set():
                table.routes.setdefault(block["cidr_block"], _propagated(block["cidr_block"], propagation))


def _propagated(cidr: str, propagation: Any) -> dict[str, Any]:
    attachment = {
        "resourceId": propagation.resourceId,
        "resourceType": propagation.resourceType,
        "transitGatewayAttachmentId": propagation.transitGatewayAttachmentId,
    }
    return {
        "destinationCidrBlock": cidr,
        "prefixListId": None,
        "state": "active",
        "type": "propagated",
        "transitGatewayAttachments": [attachment],
    }
