"""Ways that lead over peerings and transit gateways into other VPCs: their NAT gateways, endpoints and appliances."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from breaking import Break, both, delete_endpoint, zone
from laboratory import Lab, Scenario, prove
from test_scenarios_network import PUBLIC, elsewhere, peer, reach, route, transit

from pullcheck.demo.account import ACCOUNT
from pullcheck.demo.calls import Reply
from pullcheck.demo.world import CLIENT_PORTS, VPC_CIDR

ANYWHERE = "0.0.0.0/0"
EGRESS_CIDR = "10.100.0.0/16"
LAMBDA = "lambda.us-east-1.amazonaws.com"
OTHERS = "210987654321"


def answer(lab: Lab, operation: str, text: str) -> None:
    """What EC2 says to this, whatever is asked."""
    lab.cloud.answer(f"ec2:{operation}", lambda _call: Reply(200, f"<Response>{text}</Response>".encode()))


@dataclass(frozen=True)
class Egress:
    """A transit gateway with one route table, and an egress VPC at it: its NAT gateway and the tables of both subnets.

    ``doors`` are the subnets of the egress VPC's attachment, ``far`` the attachment.
    """

    gateway: str
    table: str
    far: str
    doors: tuple[str, ...]
    nat_subnet: str
    nat: str
    internet: str
    doors_table: str
    nat_table: str


def subnet_of(lab: Lab, vpc: str, cidr: str, zone_letter: str) -> str:
    made = lab.client("ec2").create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=f"us-east-1{zone_letter}")
    name: str = made["Subnet"]["SubnetId"]
    return name


def table_of(lab: Lab, vpc: str, *subnets: str) -> str:
    ec2 = lab.client("ec2")
    name: str = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    for subnet in subnets:
        ec2.associate_route_table(RouteTableId=name, SubnetId=subnet)
    return name


def main_table(lab: Lab, vpc: str) -> str:
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "association.main", "Values": ["true"]}]
    [row] = lab.client("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    name: str = row["RouteTableId"]
    return name


def attach(lab: Lab, gateway: str, vpc: str, *subnets: str) -> str:
    made = lab.client("ec2").create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=vpc, SubnetIds=list(subnets)
    )
    name: str = made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    return name


def propagate(lab: Lab, table: str, *attachments: str) -> None:
    for name in attachments:
        lab.client("ec2").enable_transit_gateway_route_table_propagation(
            TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=name
        )


def gateway_of(lab: Lab) -> tuple[str, str]:
    """A transit gateway and its one route table."""
    made = lab.client("ec2").create_transit_gateway()["TransitGateway"]
    return made["TransitGatewayId"], made["Options"]["AssociationDefaultRouteTableId"]


def near_doors(lab: Lab) -> list[str]:
    """Subnets for the attachment of the model's VPC, one in each of its zones."""
    return [subnet_of(lab, lab.world.vpc, f"10.0.20{at}.0/28", letter) for at, letter in enumerate("ab")]


def egress(lab: Lab, *, default: bool = True, back: bool = True) -> Egress:
    """The model's default route leads to a transit gateway, and from there to an egress VPC with a NAT gateway."""
    ec2 = lab.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=EGRESS_CIDR)["Vpc"]["VpcId"]
    doors = tuple(subnet_of(lab, vpc, f"10.100.20{at}.0/28", letter) for at, letter in enumerate("ab"))
    nat_subnet = subnet_of(lab, vpc, "10.100.1.0/24", "a")
    internet = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=internet, VpcId=vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=nat_subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    doors_table, nat_table = table_of(lab, vpc, *doors), table_of(lab, vpc, nat_subnet)
    gateway, table = gateway_of(lab)
    near = attach(lab, gateway, lab.world.vpc, *near_doors(lab))
    far = attach(lab, gateway, vpc, *doors)
    propagate(lab, table, near)
    route(lab, lab.world.model_table, ANYWHERE, TransitGatewayId=gateway)
    route(lab, doors_table, ANYWHERE, NatGatewayId=nat)
    route(lab, nat_table, ANYWHERE, GatewayId=internet)
    if back:
        route(lab, nat_table, VPC_CIDR, TransitGatewayId=gateway)
    if default:
        ec2.create_transit_gateway_route(
            TransitGatewayRouteTableId=table, DestinationCidrBlock=ANYWHERE, TransitGatewayAttachmentId=far
        )
    reach(PUBLIC)(lab)
    return Egress(gateway, table, far, doors, nat_subnet, nat, internet, doors_table, nat_table)


def public_lambda(lab: Lab) -> None:
    """There is no Lambda endpoint, and the model's group and ACL let it ask the public API."""
    ec2 = lab.client("ec2")
    delete_endpoint(lab)
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": ANYWHERE}]}
    ec2.authorize_security_group_egress(GroupId=lab.world.model_group, IpPermissions=[rule])
    for number, ports, outward in ((900, (443, 443), True), (900, CLIENT_PORTS, False)):
        ec2.create_network_acl_entry(
            NetworkAclId=lab.world.model_acl,
            RuleNumber=number,
            Protocol="6",
            RuleAction="allow",
            Egress=outward,
            CidrBlock=ANYWHERE,
            PortRange={"From": ports[0], "To": ports[1]},
        )


def egress_with(change: Callable[[Lab, Egress], None], **options: bool) -> Break:
    """Central egress with something wrong in it."""
    return lambda lab: change(lab, egress(lab, **options))


def nothing_more(_lab: Lab, _made: Egress) -> None: ...


def to_the_internet_gateway(lab: Lab, made: Egress) -> None:
    lab.client("ec2").replace_route(
        RouteTableId=made.doors_table, DestinationCidrBlock=ANYWHERE, GatewayId=made.internet
    )


def no_way_out_of_the_nat_subnet(lab: Lab, made: Egress) -> None:
    lab.client("ec2").delete_route(RouteTableId=made.nat_table, DestinationCidrBlock=ANYWHERE)


def shut(lab: Lab, subnet: str, *, egress_too: bool) -> None:
    """An ACL of its own for the subnet, which lets nothing out, or nothing at all through."""
    ec2 = lab.client("ec2")
    vpc = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"]
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    if not egress_too:
        ec2.create_network_acl_entry(
            NetworkAclId=acl, RuleNumber=100, Protocol="-1", RuleAction="allow", Egress=True, CidrBlock=ANYWHERE
        )
    filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
    rows = ec2.describe_network_acls(Filters=filters)["NetworkAcls"][0]["Associations"]
    [name] = [row["NetworkAclAssociationId"] for row in rows if row["SubnetId"] == subnet]
    ec2.replace_network_acl_association(AssociationId=name, NetworkAclId=acl)


def closed_nat_subnet(lab: Lab, made: Egress) -> None:
    shut(lab, made.nat_subnet, egress_too=False)


def closed_doors(lab: Lab, made: Egress) -> None:
    for door in made.doors:
        shut(lab, door, egress_too=True)


def one_zone(lab: Lab, made: Egress) -> None:
    """The NAT gateway's zone lacks a subnet of the attachment: the answers do not get to the gateway."""
    attachment = lab.backend("ec2").transit_gateway_attachments[made.far]
    attachment.subnet_ids = [made.doors[1]]


def no_route_back_over_transit(lab: Lab) -> None:
    made = transit(lab)
    there = far_vpc_of(lab, made.gateway)
    lab.client("ec2").delete_route(RouteTableId=main_table(lab, there), DestinationCidrBlock=VPC_CIDR)


def far_vpc_of(lab: Lab, gateway: str) -> str:
    rows = lab.client("ec2").describe_transit_gateway_vpc_attachments(
        Filters=[{"Name": "transit-gateway-id", "Values": [gateway]}]
    )["TransitGatewayVpcAttachments"]
    [name] = {row["VpcId"] for row in rows} - {lab.world.vpc}
    return str(name)


def public_registry_subnet(lab: Lab) -> None:
    """The peered registry's subnet has a way to the internet, and none back to the model."""
    ec2, name = lab.client("ec2"), peer(lab)
    route(lab, lab.world.model_table, "10.60.0.0/16", VpcPeeringConnectionId=name)
    row = ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[name])["VpcPeeringConnections"][0]
    there = row["AccepterVpcInfo"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=there)
    route(lab, main_table(lab, there), ANYWHERE, GatewayId=gateway)


def listed(lab: Lab, **reference: Any) -> None:
    """The gateway's table leads to the registry's VPC by a prefix list alone."""
    ec2 = lab.client("ec2")
    entries = [{"Cidr": "10.60.0.0/16"}]
    name = ec2.create_managed_prefix_list(PrefixListName="far", MaxEntries=5, AddressFamily="IPv4", Entries=entries)[
        "PrefixList"
    ]["PrefixListId"]
    fields = {"prefixListId": name, "state": "available", **reference}
    text = "".join(f"<{key}>{value}</{key}>" for key, value in fields.items())
    answer(
        lab,
        "GetTransitGatewayPrefixListReferences",
        f"<transitGatewayPrefixListReferenceSet><item>{text}</item></transitGatewayPrefixListReferenceSet>",
    )


def by_prefix_list(lab: Lab) -> None:
    made = transit(lab, propagated=("near",))
    attachment = f"<transitGatewayAttachmentId>{made.far}</transitGatewayAttachmentId><resourceType>vpc</resourceType>"
    listed(lab, blackhole="false", transitGatewayAttachment=attachment)


def prefix_list_that_drops(lab: Lab) -> None:
    transit(lab, propagated=("near",))
    listed(lab, blackhole="true")


def others_group(lab: Lab) -> None:
    """The peered registry's group admits the model's group, under the id of another account."""
    source = {"UserIdGroupPairs": [{"GroupId": lab.world.model_group, "UserId": OTHERS}]}
    vpc, _ = elsewhere(lab, **source)
    ec2 = lab.client("ec2")
    made = ec2.create_vpc_peering_connection(VpcId=lab.world.vpc, PeerVpcId=vpc)["VpcPeeringConnection"]
    name = made["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=name)
    route(lab, lab.world.model_table, "10.60.0.0/16", VpcPeeringConnectionId=name)
    route(lab, main_table(lab, vpc), VPC_CIDR, VpcPeeringConnectionId=name)


def hub(lab: Lab, *, zoned: bool = True, over: str = "transit", back: bool = True, **source: Any) -> None:
    """The Lambda endpoint is in a hub VPC, and a private zone leads the model there."""
    ec2 = lab.client("ec2")
    delete_endpoint(lab)
    vpc = ec2.create_vpc(CidrBlock="10.70.0.0/16")["Vpc"]["VpcId"]
    subnet = subnet_of(lab, vpc, "10.70.1.0/24", "a")
    group = ec2.create_security_group(GroupName="hub", Description="hub", VpcId=vpc)["GroupId"]
    admitted = source or {"IpRanges": [{"CidrIp": VPC_CIDR}]}
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **admitted}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    ec2.create_vpc_endpoint(
        VpcId=vpc,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-east-1.lambda",
        SubnetIds=[subnet],
        SecurityGroupIds=[group],
        PrivateDnsEnabled=False,
    )
    filters = [{"Name": "subnet-id", "Values": [subnet]}]
    [row] = ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    address = row["PrivateIpAddress"]
    if zoned:
        zone(LAMBDA, {LAMBDA: address})(lab)
    let_out(lab, f"{address}/32")
    if over == "transit":
        gateway, table = gateway_of(lab)
        near, far = attach(lab, gateway, lab.world.vpc, *near_doors(lab)), attach(lab, gateway, vpc, subnet)
        propagate(lab, table, near, *([far] if back else []))
        target = {"TransitGatewayId": gateway}
    else:
        made = ec2.create_vpc_peering_connection(VpcId=lab.world.vpc, PeerVpcId=vpc)["VpcPeeringConnection"]
        target = {"VpcPeeringConnectionId": made["VpcPeeringConnectionId"]}
        ec2.accept_vpc_peering_connection(**target)
    route(lab, lab.world.model_table, "10.70.0.0/16", **target)
    if back or over == "transit":
        route(lab, main_table(lab, vpc), VPC_CIDR, **target)


def hub_with(**options: Any) -> Break:
    """The same, as a way to break the lab."""

    def apply(lab: Lab) -> None:
        hub(lab, **options)

    return apply


def let_out(lab: Lab, cidr: str) -> None:
    """The model's group and ACL let tcp 443 out to this range."""
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": cidr}]}
    lab.client("ec2").authorize_security_group_egress(GroupId=lab.world.model_group, IpPermissions=[rule])
    for ports, outward in (((443, 443), True), (CLIENT_PORTS, False)):
        lab.client("ec2").create_network_acl_entry(
            NetworkAclId=lab.world.model_acl,
            RuleNumber=910,
            Protocol="6",
            RuleAction="allow",
            Egress=outward,
            CidrBlock=cidr,
            PortRange={"From": ports[0], "To": ports[1]},
        )


def hub_for_its_own_groups(lab: Lab) -> None:
    own = lab.client("ec2").create_security_group(GroupName="spokes", Description="spokes", VpcId=lab.world.vpc)
    hub(lab, UserIdGroupPairs=[{"GroupId": own["GroupId"]}])


def inspected(lab: Lab, *, both_ways: bool = True, **source: Any) -> None:
    """Between the model's VPC and the registry's, which is in one zone, a VPC with an appliance in each of two."""
    ec2 = lab.client("ec2")
    other = ec2.create_vpc(CidrBlock="10.60.0.0/16")["Vpc"]["VpcId"]
    far_door, there = subnet_of(lab, other, "10.60.200.0/28", "b"), subnet_of(lab, other, "10.60.1.0/24", "b")
    group = ec2.create_security_group(GroupName="there", Description="there", VpcId=other)["GroupId"]
    admitted = source or {"IpRanges": [{"CidrIp": VPC_CIDR}]}
    rule = {"IpProtocol": "tcp", "FromPort": lab.world.port, "ToPort": lab.world.port, **admitted}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    ec2.create_network_interface(SubnetId=there, PrivateIpAddress="10.60.1.20", Groups=[group])
    reach("10.60.1.20")(lab)
    box = ec2.create_vpc(CidrBlock="10.80.0.0/16")["Vpc"]["VpcId"]
    doors = [subnet_of(lab, box, f"10.80.20{at}.0/28", letter) for at, letter in enumerate("ab")]
    for at, door in enumerate(doors):
        home = subnet_of(lab, box, f"10.80.{at}.0/24", "ab"[at])
        appliance = ec2.create_network_interface(SubnetId=home)["NetworkInterface"]["NetworkInterfaceId"]
        route(lab, table_of(lab, box, door), ANYWHERE, NetworkInterfaceId=appliance)
    gateway, spokes = gateway_of(lab)
    after = ec2.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
    after_id = after["TransitGatewayRouteTableId"]
    near = attach(lab, gateway, lab.world.vpc, *near_doors(lab))
    far, middle = attach(lab, gateway, other, far_door), attach(lab, gateway, box, *doors)
    lab.backend("ec2").unset_route_table_association(spokes, middle)
    ec2.associate_transit_gateway_route_table(TransitGatewayRouteTableId=after_id, TransitGatewayAttachmentId=middle)
    propagate(lab, after_id, near, far)
    ec2.create_transit_gateway_route(
        TransitGatewayRouteTableId=spokes, DestinationCidrBlock="10.60.0.0/16", TransitGatewayAttachmentId=middle
    )
    ec2.create_transit_gateway_route(
        TransitGatewayRouteTableId=spokes,
        DestinationCidrBlock=VPC_CIDR,
        TransitGatewayAttachmentId=middle if both_ways else near,
    )
    route(lab, lab.world.model_table, "10.60.0.0/16", TransitGatewayId=gateway)
    route(lab, main_table(lab, other), VPC_CIDR, TransitGatewayId=gateway)


SCENARIOS = (
    Scenario("x.tgw-egress-return-route", egress_with(nothing_more, back=False)),
    Scenario("x.tgw-egress-without-nat", egress_with(to_the_internet_gateway)),
    Scenario("x.tgw-association-or-propagation", egress_with(nothing_more, default=False), label="egress"),
    Scenario("x.tgw-attachment-zone", egress_with(one_zone), label="egress"),
    Scenario("rt.nat-not-working", egress_with(no_way_out_of_the_nat_subnet), label="egress"),
    Scenario("rt.nat-acl-or-sg", egress_with(closed_nat_subnet), label="egress"),
    Scenario("nacl.tgw-attachment-subnet", egress_with(closed_doors), label="egress"),
    Scenario("x.lambda-egress-over-transit-gateway", both(egress_with(nothing_more, default=False), public_lambda)),
    Scenario("rt.return-route-missing", no_route_back_over_transit, label="transit"),
    Scenario("x.peering-route-one-side", public_registry_subnet, label="internet"),
    Scenario("x.tgw-blackhole", prefix_list_that_drops, label="prefix-list"),
    Scenario("sg.reference-cross-account-form", others_group),
    Scenario("vpce.hub-sg-reference", hub_for_its_own_groups),
    Scenario("x.endpoint-over-transit-gateway", hub_with(back=False)),
    Scenario("x.endpoint-return-route", hub_with(over="peering", back=False)),
    Scenario("vpce.in-other-vpc", hub_with(over="peering", zoned=False)),
    Scenario("rt.asymmetric-inspection", inspected, status="unknown", heals=False, label="zones"),
    Scenario(
        "rt.asymmetric-inspection", lambda lab: inspected(lab, both_ways=False), status="unknown", label="one-way"
    ),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_stops_the_packet_beyond_the_vpc(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)


def paths(lab: Lab, check: str) -> Iterator[dict[str, Any]]:
    yield from lab.check("--vantage", "none").findings(check)


@pytest.mark.parametrize(
    ("way", "check"),
    [
        pytest.param(egress_with(nothing_more), "network.registry-reachable", id="registry"),
        pytest.param(both(egress_with(nothing_more), public_lambda), "network.lambda-reachable", id="lambda"),
        pytest.param(hub_with(), "network.lambda-reachable", id="hub endpoint"),
        pytest.param(by_prefix_list, "network.registry-reachable", id="prefix list"),
    ],
)
def test_what_lies_in_another_vpc_is_reached(lab: Lab, way: Break, check: str) -> None:
    way(lab)
    found = list(paths(lab, check))

    assert {one["status"] for one in found} == {"pass"}, [one["because"] for one in found]


def answers_over_transit(lab: Lab) -> None:
    """The packets go by a peering, the answers come by a transit gateway that no route of the model's VPC names."""
    ec2, name = lab.client("ec2"), peer(lab)
    row = ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[name])["VpcPeeringConnections"][0]
    there = row["AccepterVpcInfo"]["VpcId"]
    [subnet] = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [there]}])["Subnets"]
    gateway, table = gateway_of(lab)
    near, _ = attach(lab, gateway, lab.world.vpc, *near_doors(lab)), attach(lab, gateway, there, subnet["SubnetId"])
    propagate(lab, table, near)
    route(lab, lab.world.model_table, "10.60.0.0/16", VpcPeeringConnectionId=name)
    route(lab, main_table(lab, there), VPC_CIDR, TransitGatewayId=gateway)


def answers_by_peering(lab: Lab) -> None:
    """The packets go by a transit gateway, the answers come by a peering."""
    made = transit(lab)
    there, ec2 = far_vpc_of(lab, made.gateway), lab.client("ec2")
    name = ec2.create_vpc_peering_connection(VpcId=lab.world.vpc, PeerVpcId=there)["VpcPeeringConnection"]
    target = {"VpcPeeringConnectionId": name["VpcPeeringConnectionId"]}
    ec2.accept_vpc_peering_connection(**target)
    ec2.replace_route(RouteTableId=main_table(lab, there), DestinationCidrBlock=VPC_CIDR, **target)


@pytest.mark.parametrize("way", [answers_over_transit, answers_by_peering], ids=lambda way: way.__name__)
def test_answers_that_come_another_way_are_remarked_upon(lab: Lab, way: Break) -> None:
    way(lab)
    found = list(paths(lab, "network.registry-reachable"))

    assert {one["status"] for one in found} == {"pass"}, [one["because"] for one in found]
    assert all("AWS does not mind" in one["because"] for one in found)


def told(lab: Lab, status: str) -> str:
    """Why the registry's paths have this status, which all of them have."""
    found = list(paths(lab, "network.registry-reachable"))

    assert {one["status"] for one in found} == {status}, [one["because"] for one in found]
    return "; ".join(one["because"] for one in found)


def test_a_transit_gateway_of_another_account_is_unknown_by_that(lab: Lab) -> None:
    """Its route tables are shown to its owner alone; the model's own side is judged."""
    made = transit(lab, zones="a")
    shown = f"<item><transitGatewayId>{made.gateway}</transitGatewayId><ownerId>{OTHERS}</ownerId></item>"
    answer(lab, "DescribeTransitGateways", f"<transitGatewaySet>{shown}</transitGatewaySet>")
    answer(lab, "DescribeTransitGatewayRouteTables", "<transitGatewayRouteTables/>")
    found = list(paths(lab, "network.registry-reachable"))

    assert {one["cause"] for one in found if one["status"] == "fail"} == {"x.tgw-attachment-zone"}
    assert any(f"account {OTHERS}, alone sees its route tables" in one["because"] for one in found)


def test_a_peer_in_another_region_is_unknown_by_account_and_region(lab: Lab) -> None:
    """What is asked of its owner is named; without a rule for the range nothing gets out to it."""
    name = peer(lab)
    route(lab, lab.world.model_table, "10.60.0.0/16", VpcPeeringConnectionId=name)
    lab.cloud.answer("ec2:DescribeVpcPeeringConnections", lambda call: _in_another_region(lab, call, name))
    because = told(lab, "unknown")

    assert f"of account {OTHERS} in eu-west-1 was not read" in because
    assert f"ask there for a route for 10.0.1.0/24 to {name}" in because


def _in_another_region(lab: Lab, call: Any, name: str) -> Reply:
    """Both filters ask for the model's VPC; the other one is far away."""
    if not call.fields["Filter.1.Name"].startswith("requester"):
        return Reply(200, b"<Response><vpcPeeringConnectionSet/></Response>")
    here = f"<vpcId>{lab.world.vpc}</vpcId><cidrBlock>{VPC_CIDR}</cidrBlock><region>us-east-1</region>"
    there = "<vpcId>vpc-far</vpcId><cidrBlock>10.60.0.0/16</cidrBlock><region>eu-west-1</region>"
    there += f"<ownerId>{OTHERS}</ownerId>"
    text = (
        f"<vpcPeeringConnectionId>{name}</vpcPeeringConnectionId><status><code>active</code></status>"
        f"<requesterVpcInfo>{here}</requesterVpcInfo><accepterVpcInfo>{there}</accepterVpcInfo>"
    )
    body = f"<Response><vpcPeeringConnectionSet><item>{text}</item></vpcPeeringConnectionSet></Response>"
    return Reply(200, body.encode())


def test_a_group_is_not_known_behind_an_appliance(lab: Lab) -> None:
    inspected(lab, UserIdGroupPairs=[{"GroupId": lab.world.model_group}])
    found = list(paths(lab, "network.registry-reachable"))
    named = [one for one in found if one["cause"] == "sg.reference-through-middlebox"]
    lab.apply(dict.fromkeys(command for one in named for command in one["fix"]["commands"]))

    assert len(named) == 2
    assert {one["status"] for one in paths(lab, "network.registry-reachable")} == {"unknown"}


def test_who_shares_a_subnet_takes_nothing_for_missing(lab: Lab) -> None:
    """The owner's registry and its interfaces are not shown to the model's account."""
    lab.request["ExecutionRoleArn"] = f"arn:aws:iam::{OTHERS}:role/SageMakerExecutionRole"
    reach("10.0.10.99")(lab)

    assert f"belongs to account {ACCOUNT}, which alone sees what has the address" in told(lab, "unknown")
