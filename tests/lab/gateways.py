"""What moto lacks of VPNs, appliances, firewalls and Block Public Access, answered as AWS would until the reset."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from laboratory import Lab

from pullcheck.demo.calls import Call, Reply
from pullcheck.demo.world import VPC_CIDR

ON_PREMISES = "172.20.0.0/16"
THERE = "172.20.1.5"
TOKEN = "1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d"
ARN = "arn:aws:network-firewall:us-east-1:123456789012"


def route(lab: Lab, table: str, cidr: str, **target: str) -> None:
    """One more route."""
    lab.client("ec2").create_route(RouteTableId=table, DestinationCidrBlock=cidr, **target)


def table_of(lab: Lab, *subnets: str) -> str:
    """A route table of their own for these subnets."""
    ec2 = lab.client("ec2")
    table: str = ec2.create_route_table(VpcId=lab.world.vpc)["RouteTable"]["RouteTableId"]
    for subnet in subnets:
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    return table


def subnet_of(lab: Lab, cidr: str) -> str:
    """One more subnet in the first zone."""
    made = lab.client("ec2").create_subnet(VpcId=lab.world.vpc, CidrBlock=cidr, AvailabilityZone="us-east-1a")
    name: str = made["Subnet"]["SubnetId"]
    return name


def vpn(lab: Lab, *, status: str = "UP", static: tuple[str, ...] = (ON_PREMISES,), accepted: int = 1) -> str:
    """A virtual private gateway with a VPN connection; with static routes, or (where there are none) with BGP."""
    ec2 = lab.client("ec2")
    gateway: str = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=lab.world.vpc)
    customer = ec2.create_customer_gateway(Type="ipsec.1", PublicIp="198.51.100.7", BgpAsn=65000)["CustomerGateway"]
    made = ec2.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=customer["CustomerGatewayId"], VpnGatewayId=gateway
    )
    line = lab.backend("ec2").vpn_connections[made["VpnConnection"]["VpnConnectionId"]]
    line.options = {"StaticRoutesOnly": bool(static)}
    line.routes = [{"DestinationCidrBlock": cidr, "Source": "Static", "State": "available"} for cidr in static]
    line.vgw_telemetry = [
        {"OutsideIpAddress": address, "Status": state, "AcceptedRouteCount": accepted if state == "UP" else 0}
        for address, state in (("203.0.113.1", status), ("203.0.113.2", "DOWN"))
    ]
    no_direct_connect(lab)
    lab.cloud.answer("ec2:EnableVgwRoutePropagation", lambda call: _propagate(lab, call))
    return gateway


def propagated(lab: Lab, table: str, gateway: str, *cidrs: str) -> None:
    """The table takes over these routes of the gateway."""
    ec2 = lab.backend("ec2")
    ec2.route_tables[table].propagating_vgws = [{"GatewayId": gateway}]
    for cidr in cidrs:
        made = ec2.create_route(table, cidr, None, gateway_id=gateway)
        made.Origin = "EnableVgwRoutePropagation"


def _propagate(lab: Lab, call: Call) -> Reply:
    """Static routes of a VPN are propagated as soon as the table asks for them."""
    table, gateway = call.fields["RouteTableId"], call.fields["GatewayId"]
    lines = [one for one in lab.backend("ec2").vpn_connections.values() if one.vpn_gateway_id == gateway]
    propagated(lab, table, gateway, *(one["DestinationCidrBlock"] for line in lines for one in line.routes))
    return Reply(200, b"<EnableVgwRoutePropagationResponse><return>true</return></EnableVgwRoutePropagationResponse>")


def no_direct_connect(lab: Lab) -> None:
    """Nothing of Direct Connect ends in the account."""
    direct_connect(lab)


def direct_connect(
    lab: Lab, gateway: str = "", *, state: str = "available", bgp: str = "up", allowed: str = VPC_CIDR
) -> None:
    """A private virtual interface that ends at a Direct Connect gateway, with which the gateway is associated."""
    association = {
        "directConnectGatewayId": "dxgw-1",
        "associationState": "associated",
        "virtualGatewayId": gateway,
        "allowedPrefixesToDirectConnectGateway": [{"cidr": allowed}],
    }
    circuit = {
        "virtualInterfaceId": "dxvif-1",
        "virtualInterfaceState": state,
        "directConnectGatewayId": "dxgw-1",
        "bgpPeers": [{"addressFamily": "ipv4", "bgpStatus": bgp, "authKey": "a secret that nobody may see"}],
    }
    lists = {
        "DescribeDirectConnectGatewayAssociations": ("directConnectGatewayAssociations", association),
        "DescribeVirtualInterfaces": ("virtualInterfaces", circuit),
    }
    for name, (key, row) in lists.items():
        answer(lab, f"directconnect:{name}", {key: [row] if gateway else []})


def answer(lab: Lab, name: str, content: Mapping[str, Any] | Callable[[], Mapping[str, Any]]) -> None:
    """Have a JSON API answer this."""

    def reply(_call: Call) -> Reply:
        found = content() if callable(content) else content
        return Reply(200, json.dumps(found).encode(), (("Content-Type", "application/json"),))

    lab.cloud.answer(name, reply)


def appliance(lab: Lab, *, check: bool = False) -> tuple[str, str]:
    """An instance that forwards packets; returns its network interface and itself."""
    ec2 = lab.client("ec2")
    made = ec2.create_network_interface(SubnetId=subnet_of(lab, "10.0.50.0/28"))
    interface: str = made["NetworkInterface"]["NetworkInterfaceId"]
    lab.backend("ec2").enis[interface].source_dest_check = check
    instance = ec2.run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[{"NetworkInterfaceId": interface, "DeviceIndex": 0}],
    )["Instances"][0]["InstanceId"]
    return interface, instance


def inspecting_endpoint(lab: Lab, subnet: str) -> str:
    """A gateway load balancer endpoint."""
    made = lab.client("ec2").create_vpc_endpoint(
        VpcId=lab.world.vpc,
        VpcEndpointType="GatewayLoadBalancer",
        ServiceName="com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0",
        SubnetIds=[subnet],
    )
    name: str = made["VpcEndpoint"]["VpcEndpointId"]
    return name


def firewall(lab: Lab, endpoint: str, *domains: str, **policy: Any) -> None:
    """An AWS Network Firewall behind the endpoint, whose one rule group allows TLS to these domains."""
    group = {"RulesSource": {"RulesSourceList": {
        "Targets": list(domains), "TargetTypes": ["TLS_SNI"], "GeneratedRulesType": "ALLOWLIST"
    }}}  # fmt: skip
    rules = {
        "StatelessDefaultActions": ["aws:forward_to_sfe"],
        "StatefulRuleGroupReferences": [{"ResourceArn": f"{ARN}:stateful-rulegroup/hosts"}],
        **policy,
    }
    states = {"us-east-1a": {"Attachment": {"EndpointId": endpoint, "Status": "READY"}}}
    named = {"FirewallName": "inspection", "FirewallArn": f"{ARN}:firewall/inspection"}
    answer(lab, "network-firewall:ListFirewalls", {"Firewalls": [named]})
    answer(
        lab,
        "network-firewall:DescribeFirewall",
        {
            "Firewall": {**named, "FirewallPolicyArn": f"{ARN}:firewall-policy/main", "VpcId": lab.world.vpc},
            "FirewallStatus": {"Status": "READY", "SyncStates": states},
        },
    )
    answer(
        lab,
        "network-firewall:DescribeFirewallPolicy",
        {"FirewallPolicyResponse": {"FirewallPolicyArn": f"{ARN}:firewall-policy/main"}, "FirewallPolicy": rules},
    )
    response = {"RuleGroupArn": f"{ARN}:stateful-rulegroup/hosts", "RuleGroupName": "hosts", "RuleGroupId": "1"}

    def described() -> Mapping[str, Any]:
        return {"UpdateToken": TOKEN, "RuleGroup": group, "RuleGroupResponse": response}

    def update(call: Call) -> Reply:
        assert call.fields["UpdateToken"] == TOKEN
        group.update(json.loads(call.fields["RuleGroup"]))
        content = {"UpdateToken": TOKEN, "RuleGroupResponse": response}
        return Reply(200, json.dumps(content).encode(), (("Content-Type", "application/json"),))

    answer(lab, "network-firewall:DescribeRuleGroup", described)
    lab.cloud.answer("network-firewall:UpdateRuleGroup", update)


def block_public_access(lab: Lab, mode: str, **options: str) -> None:
    """VPC Block Public Access for the account; exclusions can be made."""
    excluded: list[str] = []

    def row(name: str) -> str:
        arn = f"arn:aws:ec2:us-east-1:123456789012:subnet/{name}"
        return (
            f"<item><exclusionId>vpcbpa-exclude-1</exclusionId><resourceArn>{arn}</resourceArn>"
            "<internetGatewayExclusionMode>allow-egress</internetGatewayExclusionMode>"
            "<state>create-complete</state></item>"
        )

    def exclude(call: Call) -> Reply:
        excluded.append(call.fields["SubnetId"])
        return _xml(call, f"<vpcBlockPublicAccessExclusion>{row(excluded[-1])[6:-7]}</vpcBlockPublicAccessExclusion>")

    fields = {"awsAccountId": "123456789012", "internetGatewayBlockMode": mode, "state": "update-complete", **options}
    text = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    lab.cloud.answer(
        "ec2:DescribeVpcBlockPublicAccessOptions",
        lambda call: _xml(call, f"<vpcBlockPublicAccessOptions>{text}</vpcBlockPublicAccessOptions>"),
    )
    lab.cloud.answer(
        "ec2:DescribeVpcBlockPublicAccessExclusions",
        lambda call: _xml(
            call, f"<vpcBlockPublicAccessExclusionSet>{''.join(map(row, excluded))}</vpcBlockPublicAccessExclusionSet>"
        ),
    )
    lab.cloud.answer("ec2:CreateVpcBlockPublicAccessExclusion", exclude)


def _xml(call: Call, text: str) -> Reply:
    body = f"<{call.operation}Response>{text}</{call.operation}Response>"
    return Reply(200, body.encode(), (("Content-Type", "text/xml"),))


def nat(lab: Lab, subnet: str, address: str, kind: str = "public") -> str:
    """A NAT gateway with its private address where AWS would put it: in its own subnet."""
    ec2 = lab.client("ec2")
    more = {"AllocationId": ec2.allocate_address(Domain="vpc")["AllocationId"]} if kind == "public" else {}
    made = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType=kind, **more)
    name: str = made["NatGateway"]["NatGatewayId"]
    for row in lab.backend("ec2").nat_gateways[name].address_set:
        row["privateIp"] = address
    return name


def internet(lab: Lab) -> str:
    """An internet gateway of the VPC."""
    ec2 = lab.client("ec2")
    name: str = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=name, VpcId=lab.world.vpc)
    return name
