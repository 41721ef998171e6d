"""Packets that do not get through, or whose answers do not."""

import pytest
from breaking import NOWHERE, Break, both, entry, ingress, no_egress, no_entry, no_ingress, record
from laboratory import Lab, Scenario, prove

from pullcheck.demo.world import to_group


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


def peer(lab: Lab) -> str:
    """The registry is in a peered VPC; returns the peering connection. No route leads there yet."""
    ec2 = lab.client("ec2")
    other = ec2.create_vpc(CidrBlock="10.60.0.0/16")["Vpc"]["VpcId"]
    name: str = ec2.create_vpc_peering_connection(VpcId=lab.world.vpc, PeerVpcId=other)["VpcPeeringConnection"][
        "VpcPeeringConnectionId"
    ]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=name)
    record("10.60.1.20")(lab)
    return name


def route_to_a_peering_that_is_gone(lab: Lab) -> None:
    ec2, name = lab.client("ec2"), peer(lab)
    ec2.create_route(
        RouteTableId=lab.world.model_table, DestinationCidrBlock="10.60.0.0/16", VpcPeeringConnectionId=name
    )
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=name)


def no_route(lab: Lab) -> None:
    peer(lab)


def full_subnets(lab: Lab) -> None:
    for name in lab.world.subnets:
        lab.backend("ec2").get_subnet(name)._available_ip_addresses = 0


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
    Scenario("rt.blackhole", route_to_a_peering_that_is_gone, heals=False),
    Scenario("rt.docker-bridge-172-17", record("172.17.0.20"), heals=False),
    Scenario("sub.single-az", lambda lab: subnets(lab.world.subnets[0])(lab), heals=False),
    Scenario("sub.not-found-or-unavailable", subnets(f"subnet-{NOWHERE}"), heals=False),
    Scenario("sub.different-vpcs", subnets_of_two_vpcs, heals=False),
    Scenario("sub.no-free-addresses", full_subnets, heals=False),
    Scenario("sub.too-many", subnets(*(f"subnet-{number:017x}" for number in range(17))), heals=False),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_stops_the_packet(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)
