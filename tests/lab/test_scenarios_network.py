"""Packets that do not get through, or whose answers do not."""

from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from breaking import NOWHERE, Break, both, entry, ingress, no_egress, no_entry, no_ingress, record
from laboratory import Lab, Scenario, prove

from pullcheck.demo.calls import Reply
from pullcheck.demo.world import CLIENT_PORTS, VPC_CIDR, to_group

PUBLIC = "93.184.216.34"


def groups(*ids: str) -> Break:
    """Other security groups for the model."""
    return lambda lab: lab.request["VpcConfig"].update(SecurityGroupIds=list(ids))


def subnets(*ids: str) -> Break:
    """Other subnets for the model."""
    return lambda lab: lab.request["VpcConfig"].update(Subnets=list(ids))


def group_of_another_vpc(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    other = ec2.create_vpc(CidrBlock="10.50.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="other", Description="other", VpcId=other)["GroupId"]
    groups(group)(lab)


def subnets_of_two_vpcs(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    other = ec2.create_vpc(CidrBlock="10.50.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=other, CidrBlock="10.50.1.0/24", AvailabilityZone="us-east-1b")["Subnet"][
        "SubnetId"
    ]
    subnets(lab.world.subnets[0], subnet)(lab)


def rules_for_443(lab: Lab) -> None:
    """The rules are there, but for the usual port."""
    ec2 = lab.client("ec2")
    both(no_egress(None, "registry_group"), no_ingress("registry_group", None))(lab)
    outward, inward = to_group(443, lab.world.registry_group), to_group(443, lab.world.model_group)
    ec2.authorize_security_group_egress(GroupId=lab.world.model_group, IpPermissions=[outward])
    ec2.authorize_security_group_ingress(GroupId=lab.world.registry_group, IpPermissions=[inward])


def prefix_list_without_the_model(lab: Lab) -> None:
    made = lab.client("ec2").create_managed_prefix_list(
        PrefixListName="clients", MaxEntries=5, AddressFamily="IPv4", Entries=[{"Cidr": "10.77.0.0/16"}]
    )
    no_ingress("registry_group", None)(lab)
    ingress("registry_group", PrefixListIds=[{"PrefixListId": made["PrefixList"]["PrefixListId"]}])(lab)


def second_subnet_under_another_acl(lab: Lab) -> None:
    """One of the model's two subnets has an ACL that lets nothing through."""
    ec2 = lab.client("ec2")
    acl = ec2.create_network_acl(VpcId=lab.world.vpc)["NetworkAcl"]["NetworkAclId"]
    rows = ec2.describe_network_acls(NetworkAclIds=[lab.world.model_acl])["NetworkAcls"][0]["Associations"]
    [name] = [row["NetworkAclAssociationId"] for row in rows if row["SubnetId"] == lab.world.subnets[1]]
    ec2.replace_network_acl_association(AssociationId=name, NetworkAclId=acl)


def elsewhere(lab: Lab, **source: object) -> tuple[str, str]:
    """The registry is in another VPC that lets the model in; returns that and its subnet. Nothing leads there yet."""
    ec2 = lab.client("ec2")
    other = ec2.create_vpc(CidrBlock="10.60.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=other, CidrBlock="10.60.1.0/24", AvailabilityZone="us-east-1a")["Subnet"][
        "SubnetId"
    ]
    group = ec2.create_security_group(GroupName="there", Description="there", VpcId=other)["GroupId"]
    rule = {
        "IpProtocol": "tcp",
        "FromPort": lab.world.port,
        "ToPort": lab.world.port,
        **(source or {"IpRanges": [{"CidrIp": VPC_CIDR}]}),
    }
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress="10.60.1.20", Groups=[group])
    reach("10.60.1.20")(lab)
    return other, subnet


def peer(lab: Lab) -> str:
    """The registry is in a peered VPC; returns the connection. No route leads there or back."""
    ec2 = lab.client("ec2")
    other, _ = elsewhere(lab)
    made = ec2.create_vpc_peering_connection(VpcId=lab.world.vpc, PeerVpcId=other)["VpcPeeringConnection"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=made["VpcPeeringConnectionId"])
    return str(made["VpcPeeringConnectionId"])


def reach(address: str) -> Break:
    """The registry has this address, and the model's group and ACL let that through."""
    cidr = f"{address}/32"

    def apply(lab: Lab) -> None:
        record(address)(lab)
        rule = {
            "IpProtocol": "tcp",
            "FromPort": lab.world.port,
            "ToPort": lab.world.port,
            "IpRanges": [{"CidrIp": cidr}],
        }
        lab.client("ec2").authorize_security_group_egress(GroupId=lab.world.model_group, IpPermissions=[rule])
        entry("model_acl", 20, "allow", None, egress=True, cidr=cidr)(lab)
        entry("model_acl", 20, "allow", CLIENT_PORTS, egress=False, cidr=cidr)(lab)

    return apply


def route(lab: Lab, table: str, cidr: str, **target: str) -> None:
    lab.client("ec2").create_route(RouteTableId=table, DestinationCidrBlock=cidr, **target)


def route_to_a_peering_that_is_gone(lab: Lab) -> None:
    name = peer(lab)
    route(lab, lab.world.model_table, "10.60.0.0/16", VpcPeeringConnectionId=name)
    lab.client("ec2").delete_vpc_peering_connection(VpcPeeringConnectionId=name)


def no_route(lab: Lab) -> None:
    peer(lab)


def no_route_back(lab: Lab) -> None:
    route(lab, lab.world.model_table, "10.60.0.0/16", VpcPeeringConnectionId=peer(lab))


def route_of_one_subnet_only(lab: Lab) -> None:
    """Each model subnet has a table of its own; only one of them leads to the peered VPC, which leads back."""
    ec2, name = lab.client("ec2"), peer(lab)
    route(lab, lab.world.model_table, "10.60.0.0/16", VpcPeeringConnectionId=name)
    [there] = ec2.describe_route_tables(
        Filters=[
            {"Name": "route.destination-cidr-block", "Values": ["10.60.0.0/16"]},
            {"Name": "association.main", "Values": ["true"]},
        ]
    )["RouteTables"]
    route(lab, there["RouteTableId"], VPC_CIDR, VpcPeeringConnectionId=name)
    table = ec2.create_route_table(VpcId=lab.world.vpc)["RouteTable"]["RouteTableId"]
    rows = ec2.describe_route_tables(RouteTableIds=[lab.world.model_table])["RouteTables"][0]["Associations"]
    [old] = [row["RouteTableAssociationId"] for row in rows if row["SubnetId"] == lab.world.subnets[1]]
    ec2.replace_route_table_association(AssociationId=old, RouteTableId=table)


@dataclass(frozen=True)
class Transit:
    """A transit gateway between the model's VPC and the registry's: its one table, and the two attachments."""

    gateway: str
    table: str
    near: str
    far: str


def transit(lab: Lab, zones: str = "ab", propagated: Iterable[str] = ("near", "far"), **source: object) -> Transit:
    """The registry is behind a transit gateway, and routes lead there and back; ``zones`` are those attached here."""
    ec2 = lab.client("ec2")
    other, there = elsewhere(lab, **source)
    gateway = ec2.create_transit_gateway()["TransitGateway"]
    name, table = gateway["TransitGatewayId"], gateway["Options"]["AssociationDefaultRouteTableId"]
    doors = [
        ec2.create_subnet(VpcId=lab.world.vpc, CidrBlock=f"10.0.20{at}.0/28", AvailabilityZone=f"us-east-1{zone}")
        for at, zone in enumerate(zones)
    ]
    attached = {}
    for side, vpc, ids in (
        ("near", lab.world.vpc, [door["Subnet"]["SubnetId"] for door in doors]),
        ("far", other, [there]),
    ):
        made = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=name, VpcId=vpc, SubnetIds=ids)
        attached[side] = made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    for side in propagated:
        ec2.enable_transit_gateway_route_table_propagation(
            TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=attached[side]
        )
    route(lab, lab.world.model_table, "10.60.0.0/16", TransitGatewayId=name)
    of_the_other = [{"Name": "vpc-id", "Values": [other]}]
    [main] = ec2.describe_route_tables(Filters=of_the_other)["RouteTables"]
    route(lab, main["RouteTableId"], VPC_CIDR, TransitGatewayId=name)
    return Transit(name, table, **attached)


def attachment_without_one_zone(lab: Lab) -> None:
    transit(lab, zones="a")


def attachment_without_table(lab: Lab) -> None:
    made = transit(lab)
    lab.backend("ec2").unset_route_table_association(made.table, made.near)


def not_propagated(lab: Lab) -> None:
    transit(lab, propagated=())


def transit_blackhole(lab: Lab) -> None:
    made = transit(lab, propagated=("near",))
    lab.client("ec2").create_transit_gateway_route(
        TransitGatewayRouteTableId=made.table, DestinationCidrBlock="10.60.0.0/16", Blackhole=True
    )


def reference_over_transit(lab: Lab) -> None:
    transit(lab, UserIdGroupPairs=[{"GroupId": lab.world.model_group}])


def internet_gateway_only(lab: Lab) -> None:
    reach(PUBLIC)(lab)
    ec2 = lab.client("ec2")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=lab.world.vpc)
    route(lab, lab.world.model_table, "0.0.0.0/0", GatewayId=gateway)


def private_nat_gateway(lab: Lab) -> None:
    reach(PUBLIC)(lab)
    made = lab.client("ec2").create_nat_gateway(SubnetId=lab.world.registry_subnet, ConnectivityType="private")
    route(lab, lab.world.model_table, "0.0.0.0/0", NatGatewayId=made["NatGateway"]["NatGatewayId"])


def subnet_that_is(**attributes: object) -> Break:
    """One of the model's subnets is of another kind."""

    def apply(lab: Lab) -> None:
        made = lab.backend("ec2").get_subnet(lab.world.subnets[0])
        for name, value in attributes.items():
            setattr(made, name, value)

    return apply


def full_subnets(lab: Lab) -> None:
    for name in lab.world.subnets:
        lab.backend("ec2").get_subnet(name)._available_ip_addresses = 0


def a_type_of_one_zone(lab: Lab) -> None:
    """The variant's type is offered in one of the model's zones alone."""
    lab.request["ProductionVariants"] = [
        {"VariantName": "all", "ModelName": lab.request["ModelName"], "InstanceType": "ml.g5.xlarge"}
    ]
    zone = lab.client("ec2").describe_subnets(SubnetIds=lab.world.subnets[:1])["Subnets"][0]["AvailabilityZoneId"]
    item = f"<item><instanceType>g5.xlarge</instanceType><location>{zone}</location></item>"
    text = f"<Response><instanceTypeOfferingSet>{item}</instanceTypeOfferingSet></Response>"
    lab.cloud.answer("ec2:DescribeInstanceTypeOfferings", lambda _call: Reply(200, text.encode()))


def dedicated(lab: Lab) -> None:
    lab.backend("ec2").get_vpc(lab.world.vpc).instance_tenancy = "dedicated"


def default_group_of_the_owner(lab: Lab) -> None:
    """The model names the default group, and another account shares the VPC."""
    rows = lab.client("ec2").describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [lab.world.vpc]}])
    [name] = [row["GroupId"] for row in rows["SecurityGroups"] if row["GroupName"] == "default"]
    lab.backend("ec2").groups[lab.world.vpc][name].owner_id = "210987654321"
    groups(name)(lab)


SCENARIOS = (
    Scenario("sg.model-egress-registry", no_egress(None, "registry_group")),
    Scenario("sg.model-egress-lambda", no_egress(443, "endpoint_group")),
    Scenario("sg.registry-ingress", no_ingress("registry_group", None)),
    Scenario("vpce.sg-no-443", no_ingress("endpoint_group", 443)),
    Scenario("sg.custom-port", rules_for_443),
    Scenario(
        "sg.ipv6-rule-only",
        both(no_ingress("registry_group", None), ingress("registry_group", Ipv6Ranges=[{"CidrIpv6": "::/0"}])),
    ),
    Scenario("sg.prefix-list-gap", prefix_list_without_the_model),
    Scenario("sg.model-sg-wrong-vpc", group_of_another_vpc, heals=False),
    Scenario("sg.model-sg-deleted", groups(f"sg-{NOWHERE}"), heals=False),
    Scenario("nacl.model-egress", no_entry("model_acl", 200, 300, egress=True)),
    Scenario("nacl.model-ingress-ephemeral", no_entry("model_acl", 200, egress=False)),
    Scenario(
        "nacl.ephemeral-range-narrow",
        both(no_entry("model_acl", 200, egress=False), entry("model_acl", 200, "allow", (49152, 65535), egress=False)),
    ),
    Scenario("nacl.registry-subnet", no_entry("registry_acl", 100, egress=False)),
    Scenario("nacl.registry-subnet", no_entry("registry_acl", 100, egress=True), label="answers"),
    Scenario("nacl.endpoint-subnet", no_entry("model_acl", 100, egress=False)),
    Scenario("nacl.lower-number-deny", entry("model_acl", 50, "deny", None, egress=True, cidr="10.0.10.0/24")),
    Scenario("nacl.differs-per-az", second_subnet_under_another_acl),
    Scenario("rt.no-route-to-registry", no_route),
    Scenario("x.peering-route-one-side", no_route_back),
    Scenario("rt.differs-per-subnet", route_of_one_subnet_only),
    Scenario("rt.public-subnet-igw-only", internet_gateway_only, heals=False),
    Scenario("rt.nat-not-working", private_nat_gateway, heals=False),
    Scenario("sub.ipv6-native", subnet_that_is(ipv6_native=True), heals=False),
    Scenario(
        "sub.local-zone-or-outpost", subnet_that_is(OutpostArn="arn:aws:outposts:us-east-1:1:outpost/op-1"), heals=False
    ),
    Scenario("rt.blackhole", route_to_a_peering_that_is_gone, heals=False),
    Scenario("x.tgw-attachment-zone", attachment_without_one_zone),
    Scenario("x.tgw-association-or-propagation", attachment_without_table, label="association"),
    Scenario("x.tgw-association-or-propagation", not_propagated, label="propagation"),
    Scenario("x.tgw-blackhole", transit_blackhole),
    Scenario("x.tgw-sg-reference-off", reference_over_transit),
    Scenario("rt.docker-bridge-172-17", record("172.17.0.20"), heals=False),
    Scenario("sub.single-az", lambda lab: subnets(lab.world.subnets[0])(lab), heals=False),
    Scenario("sub.not-found-or-unavailable", subnets(f"subnet-{NOWHERE}"), heals=False),
    Scenario("sub.different-vpcs", subnets_of_two_vpcs, heals=False),
    Scenario("sub.no-free-addresses", full_subnets, heals=False),
    Scenario("sub.instance-type-not-in-az", a_type_of_one_zone, heals=False),
    Scenario("sub.dedicated-tenancy", dedicated, heals=False),
    Scenario("sg.shared-vpc-ownership", default_group_of_the_owner, heals=False),
    Scenario("sub.too-many", subnets(*(f"subnet-{number:017x}" for number in range(17))), heals=False),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_stops_the_packet(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)
