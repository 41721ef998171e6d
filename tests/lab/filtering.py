"""DNS Firewall and Route 53 profiles of the lab's account, and other things that have a say in its names."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from breaking import Break
from laboratory import Lab

from pullcheck.demo.calls import Call, Reply
from pullcheck.demo.world import REGISTRY_HOST

PROFILE = "rp-0123456789abcdef"
GROUP = "rslvr-frg-0123456789abcdef"
OUTBOUND = ("10.0.20.0/24", "10.0.21.0/24")
SERVER, SERVERS = "10.0.22.53", "10.0.22.0/24"


def _answers(lab: Lab, operation: str, answer: Callable[[Call], object]) -> None:
    def reply(call: Call) -> Reply:
        return Reply(200, json.dumps(answer(call)).encode(), (("Content-Type", "application/json"),))

    lab.cloud.answer(operation, reply)


def firewall(
    *rules: tuple[str, Iterable[str]], fail_open: bool = True, associated: bool = True, **fields: str
) -> Break:
    """One rule group: an action and the domains of its list for each rule, in the order in which they are asked."""

    def apply(lab: Lab) -> None:
        lists = {f"rslvr-fdl-{number}": list(domains) for number, (_, domains) in enumerate(rules)}
        switch = {"FirewallFailOpen": "ENABLED" if fail_open else "DISABLED"}
        group = {"Id": "rslvr-frgassoc-1", "FirewallRuleGroupId": GROUP, "Priority": 101, "Status": "COMPLETE"}
        rows = [
            {"Name": f"rule-{number}", "Priority": 10 * number + 10, "Action": action, **_list(number), **fields}
            for number, (action, _) in enumerate(rules)
        ]

        def update(call: Call) -> object:
            domains = lists[call.fields["FirewallDomainListId"]]
            given = json.loads(call.fields["Domains"])
            kept = [one for one in domains if one not in given]
            lists[call.fields["FirewallDomainListId"]] = kept + (given if call.fields["Operation"] == "ADD" else [])
            return {"Id": call.fields["FirewallDomainListId"], "Status": "UPDATING"}

        def configure(call: Call) -> object:
            switch["FirewallFailOpen"] = call.fields["FirewallFailOpen"]
            return {"FirewallConfig": switch}

        own = [group] if associated else []
        api = "route53resolver:"
        _answers(lab, f"{api}ListFirewallRuleGroupAssociations", lambda _: {"FirewallRuleGroupAssociations": own})
        _answers(lab, f"{api}ListFirewallRules", lambda _: {"FirewallRules": rows})
        _answers(lab, f"{api}ListFirewallDomains", lambda call: {"Domains": lists[call.fields["FirewallDomainListId"]]})
        _answers(lab, f"{api}GetFirewallConfig", lambda _: {"FirewallConfig": switch})
        _answers(lab, f"{api}UpdateFirewallDomains", update)
        _answers(lab, f"{api}UpdateFirewallConfig", configure)

    return apply


def _list(number: int) -> dict[str, str]:
    return {"FirewallDomainListId": f"rslvr-fdl-{number}", "BlockResponse": "NXDOMAIN"}


def profile(*arns: Callable[[Lab], str]) -> Break:
    """A Route 53 profile of the VPC that brings these resources."""

    def apply(lab: Lab) -> None:
        rows = [{"ResourceArn": arn(lab), "OwnerId": "123456789012", "Status": "COMPLETE"} for arn in arns]
        association = {"Id": "rpassoc-1", "ProfileId": PROFILE, "ResourceId": lab.world.vpc, "Status": "COMPLETE"}
        api = "route53profiles:"
        _answers(lab, f"{api}ListProfileAssociations", lambda _: {"ProfileAssociations": [association]})
        _answers(lab, f"{api}ListProfileResourceAssociations", lambda _: {"ProfileResourceAssociations": rows})

    return apply


def group_arn(_lab: Lab) -> str:
    """That of the firewall's rule group."""
    return f"arn:aws:route53resolver:us-east-1:123456789012:firewall-rule-group/{GROUP}"


def zone_elsewhere(name: str, vpc: Callable[[Lab], str], records: dict[str, list[str]]) -> Callable[[Lab], str]:
    """A private zone that another VPC uses; returns its ARN."""

    def make(lab: Lab) -> str:
        route53 = lab.client("route53")
        made = route53.create_hosted_zone(
            Name=name,
            CallerReference=f"elsewhere-{name}",
            VPC={"VPCRegion": "us-east-1", "VPCId": vpc(lab)},
            HostedZoneConfig={"PrivateZone": True},
        )["HostedZone"]["Id"]
        for host, addresses in records.items():
            values = [{"Value": address} for address in addresses]
            rows = {"Name": host, "Type": "A", "TTL": 60, "ResourceRecords": values}
            changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": rows}]}
            route53.change_resource_record_sets(HostedZoneId=made, ChangeBatch=changes)
        return f"arn:aws:route53:::hostedzone/{made.rpartition('/')[2]}"

    return make


def other_vpc(lab: Lab) -> str:
    """A VPC of the account that is not the model's."""
    vpc: str = lab.client("ec2").create_vpc(CidrBlock="10.50.0.0/16")["Vpc"]["VpcId"]
    return vpc


def no_zone(lab: Lab) -> None:
    """The VPC's zone is gone, so that the registry's name is public."""
    route53 = lab.client("route53")
    for row in route53.list_resource_record_sets(HostedZoneId=lab.world.zone)["ResourceRecordSets"]:
        if row["Type"] not in ("SOA", "NS"):
            changes = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": row}]}
            route53.change_resource_record_sets(HostedZoneId=lab.world.zone, ChangeBatch=changes)
    route53.delete_hosted_zone(Id=lab.world.zone)


def forwarding(*, lets_out: bool = True, associated: bool = True, shut: bool = False) -> Break:
    """An outbound endpoint and a rule for the registry's name; the server that it asks stands in the VPC.

    ``lets_out`` is whether the endpoint's group lets questions out, ``shut`` whether the ACL before the server lets
    none in.
    """

    def apply(lab: Lab) -> None:
        ec2, resolver = lab.client("ec2"), lab.client("route53resolver")
        subnets = [
            ec2.create_subnet(VpcId=lab.world.vpc, CidrBlock=cidr, AvailabilityZone="us-east-1a")["Subnet"]["SubnetId"]
            for cidr in (*OUTBOUND, SERVERS)
        ]
        groups = [
            ec2.create_security_group(GroupName=name, Description=name, VpcId=lab.world.vpc)["GroupId"]
            for name in ("outbound", "name-server")
        ]
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        if not lets_out:
            ec2.revoke_security_group_egress(GroupId=groups[0], IpPermissions=everything)
        ec2.authorize_security_group_ingress(GroupId=groups[1], IpPermissions=everything)
        ec2.create_network_interface(SubnetId=subnets[2], PrivateIpAddress=SERVER, Groups=[groups[1]])
        if shut:
            _behind_an_acl(ec2, lab.world.vpc, subnets[2])
        endpoint = resolver.create_resolver_endpoint(
            CreatorRequestId="lab",
            Name="outbound",
            SecurityGroupIds=[groups[0]],
            Direction="OUTBOUND",
            IpAddresses=[{"SubnetId": subnet} for subnet in subnets[:2]],
        )["ResolverEndpoint"]["Id"]
        rule = resolver.create_resolver_rule(
            CreatorRequestId="lab",
            Name="corp",
            RuleType="FORWARD",
            DomainName=REGISTRY_HOST,
            TargetIps=[{"Ip": SERVER, "Port": 53}],
            ResolverEndpointId=endpoint,
        )["ResolverRule"]["Id"]
        if associated:
            resolver.associate_resolver_rule(ResolverRuleId=rule, Name="corp", VPCId=lab.world.vpc)

    return apply


def _behind_an_acl(ec2: Any, vpc: str, subnet: str) -> None:
    """An ACL of its own, without an entry."""
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    [row] = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])["NetworkAcls"]
    [mine] = [one for one in row["Associations"] if one["SubnetId"] == subnet]
    ec2.replace_network_acl_association(AssociationId=mine["NetworkAclAssociationId"], NetworkAclId=acl)


def endpoint_needs_action(lab: Lab) -> None:
    """What becomes of an outbound endpoint whose subnets are full or gone."""
    for endpoint in lab.backend("route53resolver").resolver_endpoints.values():
        endpoint.status, endpoint.status_message = "ACTION_NEEDED", "no address is left in subnet-0a1"
