"""Ways that leave by a VPN, an appliance, a firewall or a gateway of another kind."""

from collections.abc import Callable

import pytest
from breaking import Break, both, entry, record
from gateways import (
    ON_PREMISES,
    THERE,
    answer,
    appliance,
    block_public_access,
    direct_connect,
    firewall,
    inspecting_endpoint,
    internet,
    nat,
    no_direct_connect,
    propagated,
    route,
    subnet_of,
    table_of,
    vpn,
)
from laboratory import Lab, Run, Scenario, prove

from pullcheck.demo.world import CLIENT_PORTS, REGISTRY_ADDRESS, REGISTRY_HOST, VPC_CIDR, to_group

PUBLIC = "93.184.216.34"
FAR = "10.60.1.20"
CHECK = "network.registry-reachable"


def registry_at(address: str) -> Break:
    """The registry has this address, and the model's group and ACL let that through."""

    def apply(lab: Lab) -> None:
        record(address)(lab)
        ports = {"IpProtocol": "tcp", "FromPort": lab.world.port, "ToPort": lab.world.port}
        rule = {**ports, "IpRanges": [{"CidrIp": f"{address}/32"}]}
        lab.client("ec2").authorize_security_group_egress(GroupId=lab.world.model_group, IpPermissions=[rule])
        entry("model_acl", 20, "allow", None, egress=True, cidr=f"{address}/32")(lab)
        entry("model_acl", 20, "allow", CLIENT_PORTS, egress=False, cidr=f"{address}/32")(lab)

    return apply


def over_vpn(**line: object) -> Break:
    """The registry is behind a VPN whose routes the model's table has."""

    def apply(lab: Lab) -> None:
        registry_at(THERE)(lab)
        propagated(lab, lab.world.model_table, vpn(lab, **line), ON_PREMISES)  # type: ignore[arg-type]

    return apply


def over_direct_connect(**circuit: str) -> Break:
    """The registry is behind Direct Connect alone."""

    def apply(lab: Lab) -> None:
        registry_at(THERE)(lab)
        ec2 = lab.client("ec2")
        gateway = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
        ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=lab.world.vpc)
        route(lab, lab.world.model_table, ON_PREMISES, GatewayId=gateway)
        direct_connect(lab, gateway, **circuit)

    return apply


def routes_not_taken_over(lab: Lab) -> None:
    registry_at(THERE)(lab)
    vpn(lab)


def through_appliance(*, check: bool = False, stopped: bool = False) -> Break:
    """What is for the registry goes to a machine that forwards it."""

    def apply(lab: Lab) -> None:
        registry_at(THERE)(lab)
        interface, instance = appliance(lab, check=check)
        route(lab, lab.world.model_table, ON_PREMISES, NetworkInterfaceId=interface)
        if stopped:
            lab.client("ec2").stop_instances(InstanceIds=[instance])

    return apply


def egress(lab: Lab) -> str:
    """A registry in the internet, and a NAT gateway that works; nothing leads there yet."""
    registry_at(PUBLIC)(lab)
    outside = subnet_of(lab, "10.0.100.0/24")
    route(lab, table_of(lab, outside), "0.0.0.0/0", GatewayId=internet(lab))
    return nat(lab, outside, "10.0.100.9")


def inspected(*domains: str, back: bool = True, ours: bool = True) -> Break:
    """The model's way out leads through a firewall and then through a NAT gateway; ``back`` says the answers' does."""

    def apply(lab: Lab) -> None:
        gateway, inside = egress(lab), subnet_of(lab, "10.0.90.0/28")
        endpoint = inspecting_endpoint(lab, inside)
        route(lab, table_of(lab, inside), "0.0.0.0/0", NatGatewayId=gateway)
        route(lab, lab.world.model_table, "0.0.0.0/0", VpcEndpointId=endpoint)
        firewall(lab, endpoint, *domains)
        if not ours:
            answer(lab, "network-firewall:ListFirewalls", {"Firewalls": []})
        [table] = lab.client("ec2").describe_route_tables(
            Filters=[{"Name": "route.gateway-id", "Values": [_internet_gateway(lab)]}]
        )["RouteTables"]
        for cidr in ("10.0.1.0/24", "10.0.2.0/24") if back else ():
            route(lab, table["RouteTableId"], cidr, VpcEndpointId=endpoint)

    return apply


def _internet_gateway(lab: Lab) -> str:
    [gateway] = lab.backend("ec2").internet_gateways
    return str(gateway)


def closed_before_the_firewall(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    inspected(REGISTRY_HOST)(lab)
    acl = ec2.create_network_acl(VpcId=lab.world.vpc)["NetworkAcl"]["NetworkAclId"]
    [subnet] = ec2.describe_subnets(Filters=[{"Name": "cidr-block", "Values": ["10.0.90.0/28"]}])["Subnets"]
    rows = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}])
    for row in rows["NetworkAcls"][0]["Associations"]:
        if row["SubnetId"] == subnet["SubnetId"]:
            ec2.replace_network_acl_association(AssociationId=row["NetworkAclAssociationId"], NetworkAclId=acl)


def peered(lab: Lab, cidr: str) -> str:
    """A peering with another VPC of this range, accepted."""
    ec2 = lab.client("ec2")
    other = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    made = ec2.create_vpc_peering_connection(VpcId=lab.world.vpc, PeerVpcId=other)["VpcPeeringConnection"]
    name: str = made["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=name)
    return name


def longer_route_to_the_wrong_peer(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    registry_at(FAR)(lab)
    right, wrong = peered(lab, "10.60.0.0/16"), peered(lab, "10.70.0.0/16")
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.60.0.0/16"]}])["Vpcs"]
    subnet = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.60.1.0/24", AvailabilityZone="us-east-1a")["Subnet"]
    group = ec2.create_security_group(GroupName="there", Description="there", VpcId=vpc["VpcId"])["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": lab.world.port, "ToPort": lab.world.port}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{**rule, "IpRanges": [{"CidrIp": VPC_CIDR}]}])
    ec2.create_network_interface(SubnetId=subnet["SubnetId"], PrivateIpAddress=FAR, Groups=[group])
    [main] = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["RouteTables"]
    route(lab, main["RouteTableId"], VPC_CIDR, VpcPeeringConnectionId=right)
    route(lab, lab.world.model_table, "10.60.0.0/16", VpcPeeringConnectionId=right)
    route(lab, lab.world.model_table, "10.60.1.0/24", VpcPeeringConnectionId=wrong)


def network_inside_the_vpcs_range(lab: Lab) -> None:
    """The registry's own network is a part of the VPC's range, and a VPN announces it."""
    record("10.0.10.99")(lab)
    propagated(lab, lab.world.model_table, vpn(lab), "10.0.10.0/24")


def way_out_for_ipv6_alone(lab: Lab) -> None:
    egress(lab)
    ec2 = lab.client("ec2")
    made = ec2.create_egress_only_internet_gateway(VpcId=lab.world.vpc)["EgressOnlyInternetGateway"]
    ec2.create_route(
        RouteTableId=lab.world.model_table,
        DestinationIpv6CidrBlock="::/0",
        EgressOnlyInternetGatewayId=made["EgressOnlyInternetGatewayId"],
    )


def blocked(mode: str, **options: str) -> Break:
    """VPC Block Public Access, and a model whose way out is a NAT gateway."""

    def apply(lab: Lab) -> None:
        route(lab, lab.world.model_table, "0.0.0.0/0", NatGatewayId=egress(lab))
        block_public_access(lab, mode, **options)

    return apply


def private_nat(rule: Callable[[Lab], dict[str, object]]) -> Break:
    """What is for the registry's subnet goes through a private NAT gateway; ``rule`` is all that lets it in there."""

    def apply(lab: Lab) -> None:
        ec2 = lab.client("ec2")
        registry_at(REGISTRY_ADDRESS)(lab)
        between = nat(lab, subnet_of(lab, "10.0.100.0/24"), "10.0.100.9", "private")
        route(lab, lab.world.model_table, "10.0.10.0/24", NatGatewayId=between)
        old, new = to_group(lab.world.port, lab.world.model_group), rule(lab)
        ec2.revoke_security_group_ingress(GroupId=lab.world.registry_group, IpPermissions=[old])
        ec2.authorize_security_group_ingress(GroupId=lab.world.registry_group, IpPermissions=[new])

    return apply


def from_nat(lab: Lab) -> dict[str, object]:
    ports = {"IpProtocol": "tcp", "FromPort": lab.world.port, "ToPort": lab.world.port}
    return {**ports, "IpRanges": [{"CidrIp": "10.0.100.0/24"}]}


def nat_for_its_own_subnet(lab: Lab) -> None:
    registry_at(PUBLIC)(lab)
    internet(lab)
    route(lab, lab.world.model_table, "0.0.0.0/0", NatGatewayId=nat(lab, lab.world.subnets[0], "10.0.1.9"))


def to_core_network(lab: Lab) -> None:
    registry_at(THERE)(lab)
    no_direct_connect(lab)
    made = lab.backend("ec2").create_route(lab.world.model_table, ON_PREMISES, None)
    made.core_network_arn = "arn:aws:networkmanager::123456789012:core-network/core-network-0a1"


def encryption(lab: Lab) -> None:
    lab.backend("ec2").vpcs[lab.world.vpc].encryption_control = {
        "VpcId": lab.world.vpc,
        "Mode": "enforce",
        "State": "available",
        "ResourceExclusions": {"NatGateway": {"State": "enabled"}},
    }


SCENARIOS = (
    Scenario("x.vpn-down", over_vpn(status="DOWN"), heals=False, label="tunnels"),
    Scenario("x.vpn-down", over_vpn(static=(), accepted=0), heals=False, label="no routes"),
    Scenario("x.onprem-firewall", over_vpn(static=()), "unknown"),
    Scenario("x.dx-down-or-filtered", over_direct_connect(state="down", bgp="down"), heals=False, label="down"),
    Scenario("x.dx-down-or-filtered", over_direct_connect(allowed="10.9.0.0/16"), heals=False, label="filtered"),
    Scenario("x.onprem-firewall", over_direct_connect(), "unknown", label="direct connect"),
    Scenario("x.cloud-wan-or-lattice", to_core_network, "unknown"),
    Scenario("rt.network-firewall-drops", inspected(".other.org")),
    Scenario("rt.network-firewall-drops", inspected(ours=False), "unknown", label="of a seller"),
    Scenario("rt.asymmetric-inspection", inspected(".example.com", back=False)),
    Scenario("nacl.inspection-subnet", closed_before_the_firewall),
    Scenario("rt.more-specific-hijack", longer_route_to_the_wrong_peer),
    Scenario("rt.cidr-overlap", network_inside_the_vpcs_range, heals=False),
    Scenario("rt.egress-only-ipv6", way_out_for_ipv6_alone),
    Scenario("rt.block-public-access", blocked("block-bidirectional"), label="account"),
    Scenario(
        "rt.block-public-access",
        blocked("block-bidirectional", exclusionsAllowed="not-allowed", managedBy="declarative-policy"),
        heals=False,
        label="by policy",
    ),
    Scenario(
        "sg.reference-over-public-path",
        private_nat(lambda lab: to_group(lab.world.port, lab.world.model_group)),
        label="private NAT",
    ),
    Scenario("rt.nat-not-working", nat_for_its_own_subnet, heals=False, label="own subnet"),
    Scenario("sub.vpc-encryption-enforced", encryption, heals=False),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_the_gateway_does(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)


def commands(run: Run, cause: str) -> list[str]:
    named = [one for one in run.findings(CHECK) if one["cause"] == cause and one["status"] == "fail"]
    return list(dict.fromkeys(command for one in named for command in one["fix"]["commands"]))


@pytest.mark.parametrize(
    ("cause", "breaks", "then"),
    [
        ("rt.vgw-propagation-off", routes_not_taken_over, {"x.onprem-firewall"}),
        ("rt.appliance-source-dest-check", through_appliance(check=True), {None}),
        ("rt.appliance-not-working", through_appliance(stopped=True), {None}),
    ],
)
def test_the_fix_opens_the_way_to_what_nobody_here_can_see(
    lab: Lab, cause: str, breaks: Break, then: set[str | None]
) -> None:
    breaks(lab)
    found = commands(lab.check("--vantage", "none"), cause)
    lab.apply(found)
    again = lab.check("--vantage", "none").findings(CHECK)

    assert found
    assert {one["status"] for one in again} == {"unknown"}
    assert {one["cause"] for one in again} == then
    assert all(f"{THERE}:{lab.world.port}, and the answers" in one["because"] for one in again)


@pytest.mark.parametrize(
    "makes",
    [
        pytest.param(blocked("block-ingress"), id="public access blocked inward alone"),
        pytest.param(inspected(".example.com"), id="a firewall that allows the host, both ways"),
        pytest.param(private_nat(from_nat), id="a private NAT gateway that the registry admits"),
    ],
)
def test_what_works_passes(lab: Lab, makes: Break) -> None:
    makes(lab)

    assert {one["status"] for one in lab.check("--vantage", "none").findings(CHECK)} == {"pass"}


def test_no_secret_of_a_vpn_or_circuit_is_kept(lab: Lab) -> None:
    both(over_vpn(status="DOWN"), lambda lab: direct_connect(lab, "vgw-0"))(lab)
    lab.check("--vantage", "none")
    text = lab.saved().read_text()

    assert "vgw-" in text
    assert "pre_shared_key" not in text
    assert "ipsec_tunnel" not in text
    assert "a secret that nobody may see" not in text
