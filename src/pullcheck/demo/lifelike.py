"""What moto leaves out and AWS does: put in place after every change, so that reads show an account as it would be."""

import json
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from pullcheck.demo.account import REGION, backend
from pullcheck.demo.calls import Call, Reply
from pullcheck.demo.quotas import get_account_settings, list_service_quotas
from pullcheck.demo.simulate import get_caller_identity, simulate_principal_policy
from pullcheck.demo.transit import settle_transit

LAST_RULE = 32767
FIRST_ENDPOINT_HOST = 50


def settle(call: Call) -> None:
    """Finish what this change began, and bring everything that hangs on it into the state that AWS would show."""
    if call.service == "ec2":
        ec2 = backend("ec2")
        if call.operation == "ModifyVpcEndpoint":
            _modify(ec2.vpc_end_points[call.fields["VpcEndpointId"]], call)
        for endpoint in ec2.vpc_end_points.values():
            if endpoint.vpc_endpoint_type == "Interface" and endpoint.state != "deleted":
                _settle_endpoint(ec2, endpoint)
        for eni in ec2.enis.values():
            eni.status = "in-use"
        for acl in ec2.network_acls.values():
            _settle_acl(ec2, acl)
        for table in ec2.route_tables.values():
            for route in table.routes:
                route.State = "blackhole" if _leads_nowhere(ec2, route) else "active"
        settle_transit(ec2)
    if call.service == "lambda":
        for function in backend("lambda").list_functions():
            type(function).vpc_config = property(_vpc_config)


def _vpc_config(function: Any) -> dict[str, Any] | None:
    """With the VPC of its subnets, in place of one that is nowhere."""
    found: dict[str, Any] = function._vpc_config or {}
    subnets = found.get("SubnetIds")
    return {**found, "VpcId": backend("ec2").get_subnet(subnets[0]).vpc_id} if subnets else found or None


def _modify(endpoint: Any, call: Call) -> None:
    if "PrivateDnsEnabled" in call.fields:
        endpoint.private_dns_enabled = call.fields["PrivateDnsEnabled"] == "true"
    if call.fields.get("ResetPolicy") == "true":
        endpoint.policy_document = json.dumps(endpoint.DEFAULT_POLICY)


def _settle_endpoint(ec2: Any, endpoint: Any) -> None:
    """One network interface in each subnet, with an address in it and the endpoint's groups; names that lead there."""
    if not endpoint.security_group_ids:
        endpoint.security_group_ids = [ec2.get_default_security_group(endpoint.vpc_id).id]
    made = [ec2.enis[name] for name in endpoint.network_interface_ids if name in ec2.enis]
    for eni in made:
        if eni.interface_type != "vpc_endpoint" or eni.subnet.id not in endpoint.subnet_ids:
            del ec2.enis[eni.id]
    by_subnet = {eni.subnet.id: eni for eni in made if eni.id in ec2.enis}
    for name in endpoint.subnet_ids:
        if name not in by_subnet:
            by_subnet[name] = _interface(ec2, ec2.get_subnet(name), endpoint.id)
        by_subnet[name]._group_set = [ec2.get_security_group_from_id(group) for group in endpoint.security_group_ids]
    endpoint.network_interface_ids = [by_subnet[name].id for name in endpoint.subnet_ids]
    endpoint.dns_entries = _names(ec2, endpoint)
    endpoint.ip_address_type = "ipv4"
    endpoint.dns_options = {"DnsRecordIpType": "ipv4"}


def _interface(ec2: Any, subnet: Any, endpoint: str) -> Any:
    eni = ec2.create_network_interface(
        subnet, _free_address(ec2, subnet), description=f"VPC Endpoint Interface {endpoint}"
    )
    eni.interface_type = "vpc_endpoint"
    eni.requester_managed = True
    eni.status = "in-use"
    eni.Attachment = {"AttachmentId": f"ela-attach-{eni.id[4:]}", "InstanceOwnerId": "amazon-aws", "Status": "attached"}
    return eni


def _names(ec2: Any, endpoint: Any) -> list[dict[str, str]]:
    service = endpoint.service_name.rpartition(".")[2]
    own = f"{endpoint.id}-{endpoint.id[-8:]}"
    domain = f"{service}.{REGION}.vpce.amazonaws.com"
    zones = [ec2.get_subnet(name).availability_zone for name in endpoint.subnet_ids]
    names = [f"{own}.{domain}", *(f"{own}-{zone}.{domain}" for zone in zones)]
    entries = [{"DnsName": name, "HostedZoneId": "Z7HUB22UULQXV"} for name in names]
    if endpoint.private_dns_enabled:
        entries.append({"DnsName": f"{service}.{REGION}.amazonaws.com", "HostedZoneId": "ZONEIDPENDING"})
    return entries


def _free_address(ec2: Any, subnet: Any) -> str:
    taken = {eni.private_ip_address for eni in ec2.enis.values()}
    hosts = list(ip_network(subnet.cidr_block).hosts())[FIRST_ENDPOINT_HOST - 1 :]
    return next(str(host) for host in hosts if str(host) not in taken)


def _settle_acl(ec2: Any, acl: Any) -> None:
    """Rules come in the order of their numbers, and every list ends with the rule that denies the rest."""
    for egress in (True, False):
        if not any(entry.egress is egress and int(entry.rule_number) == LAST_RULE for entry in acl.network_acl_entries):
            ec2.create_network_acl_entry(
                acl.id, LAST_RULE, "-1", "deny", egress, "0.0.0.0/0", None, None, None, None, None
            )
    acl.network_acl_entries.sort(key=lambda entry: (not entry.egress, int(entry.rule_number)))


def _leads_nowhere(ec2: Any, route: Any) -> bool:
    """Whether what the route names is deleted, detached or not active."""
    if route.nat_gateway:
        return bool(route.nat_gateway.state in ("deleted", "failed"))
    if route.vpc_pcx:
        return bool(route.vpc_pcx._status.code != "active")
    if route.interface:
        return route.interface.id not in ec2.enis
    if route.gateway and route.gateway.id.startswith("igw-"):
        return route.gateway.id not in ec2.internet_gateways or not route.gateway.vpc
    return False


def _private_dns_needs_both_attributes(call: Call) -> Reply | None:
    endpoint = backend("ec2").vpc_end_points.get(call.fields.get("VpcEndpointId"))
    if endpoint is None or call.fields.get("PrivateDnsEnabled") != "true":
        return None
    vpc = backend("ec2").vpcs[endpoint.vpc_id]
    if vpc.enable_dns_support and vpc.enable_dns_hostnames:
        return None
    needs = "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames"
    return call.refuse("InvalidParameter", f"{needs} set to true for {vpc.id}")


def _nothing(call: Call) -> Reply:
    """An answer in which every list is empty."""
    from botocore.session import get_session

    output = get_session().get_service_model(call.service).operation_model(call.operation).output_shape
    members = output.members.items() if output else ()
    names = {name: shape.serialization.get("name", name) for name, shape in members if shape.type_name == "list"}
    if call.service == "ec2":
        text = "".join(f"<{name}/>" for name in names.values())
        return Reply(200, f"<{call.operation}Response>{text}</{call.operation}Response>".encode())
    return Reply(200, json.dumps({name: [] for name in names}).encode(), (("Content-Type", "application/json"),))


ANSWERS: dict[str, Callable[[Call], Reply | None]] = {
    "ec2:DescribeSecurityGroupVpcAssociations": _nothing,
    "ec2:DescribeStaleSecurityGroups": _nothing,
    "ec2:DescribeVpcBlockPublicAccessExclusions": _nothing,
    "ec2:DescribeVpcBlockPublicAccessOptions": _nothing,
    "ec2:GetTransitGatewayPrefixListReferences": _nothing,
    "ec2:ModifyVpcEndpoint": _private_dns_needs_both_attributes,
    "iam:SimulatePrincipalPolicy": simulate_principal_policy,
    "lambda:GetAccountSettings": get_account_settings,
    "route53profiles:ListProfileAssociations": _nothing,
    "route53resolver:ListFirewallRuleGroupAssociations": _nothing,
    "servicequotas:ListServiceQuotas": list_service_quotas,
    "sts:GetCallerIdentity": get_caller_identity,
}
"""Operations that are answered here where the function gives a reply, else by moto."""
