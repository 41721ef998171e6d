"""Asks CloudWatch about the NAT gateways that the model's subnets use."""

from datetime import UTC, datetime, timedelta

from pullcheck.collect.aws import Aws
from pullcheck.evidence.nat_ports import NatPorts, PortErrors
from pullcheck.evidence.network import RouteTables
from pullcheck.evidence.vpc import ModelSubnets
from pullcheck.missing import NotApplicable
from pullcheck.wiring import collector

HOURS = 24
METRIC = "ErrorPortAllocation"


@collector("cloudwatch:GetMetricData")
def nat_ports(tables: RouteTables, subnets: ModelSubnets, aws: Aws) -> NatPorts | NotApplicable:
    """Nobody is asked where no route of a model subnet leads to a NAT gateway."""
    ids = {one.id for one in subnets.subnets}
    vpcs = {one.vpc_id for one in subnets.subnets}
    explicit = {name for table in tables.rows for name in table.subnet_ids}
    used = [
        table
        for table in tables.rows
        if ids & {*table.subnet_ids} or (table.main and table.vpc_id in vpcs and ids - explicit)
    ]
    nats = sorted({route.target for table in used for route in table.routes if route.target.startswith("nat-")})
    if not nats:
        return NotApplicable("no route of the model's subnets leads to a NAT gateway", ", ".join(sorted(ids)))
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    answer = aws.call(
        "cloudwatch",
        "GetMetricData",
        StartTime=now - timedelta(hours=HOURS),
        EndTime=now,
        MetricDataQueries=[
            {
                "Id": f"nat{number}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/NATGateway",
                        "MetricName": METRIC,
                        "Dimensions": [{"Name": "NatGatewayId", "Value": name}],
                    },
                    "Period": 3600,
                    "Stat": "Sum",
                },
            }
            for number, name in enumerate(nats)
        ],
    )
    values = {row["Id"]: row.get("Values", []) for row in answer.get("MetricDataResults", ())}
    found = [values.get(f"nat{number}", []) for number in range(len(nats))]
    return NatPorts(
        HOURS, tuple(PortErrors(name, int(sum(one)) if one else None) for name, one in zip(nats, found, strict=True))
    )


COLLECTORS = (nat_ports,)
