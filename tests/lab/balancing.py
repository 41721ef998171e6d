"""Load balancers and endpoint services before the lab's registry; moto makes no interfaces for them, so it is done
here, as AWS shows them.
"""

from typing import Any

from breaking import record
from laboratory import Lab

from pullcheck.demo.world import REGISTRY_ADDRESS, VPC_CIDR, to_group

NODES = {"us-east-1a": ("10.0.20.0/24", "10.0.20.5"), "us-east-1b": ("10.0.21.0/24", "10.0.21.5")}
SECOND = ("10.0.11.0/24", "10.0.11.20")
"""A subnet in the second zone, and the address of another registry there."""


class Balanced:
    """The registry behind a load balancer with a node in each zone, all of it working.

    A network load balancer keeps clients' addresses and has cross-zone load balancing on; the registry admits the load
    balancer's group alone.
    """

    def __init__(self, lab: Lab, kind: str = "network", *, groups: bool = True, protocol: str = "") -> None:
        self.lab, self.kind = lab, kind
        ec2, self.api = lab.client("ec2"), lab.client("elbv2")
        self.subnets = [
            ec2.create_subnet(VpcId=lab.world.vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]["SubnetId"]
            for zone, (cidr, _) in NODES.items()
        ]
        self.group = ec2.create_security_group(GroupName="lb", Description="lb", VpcId=lab.world.vpc)["GroupId"]
        self.port = lab.world.port
        self.arn = self._create(groups)
        self.target_group = self.api.create_target_group(
            Name="registry",
            Protocol="TCP" if kind == "network" else "HTTPS",
            Port=self.port,
            VpcId=lab.world.vpc,
            TargetType="ip",
            HealthCheckProtocol="TCP" if kind == "network" else "HTTPS",
        )["TargetGroups"][0]["TargetGroupArn"]
        self.api.register_targets(TargetGroupArn=self.target_group, Targets=[{"Id": REGISTRY_ADDRESS}])
        if kind == "network":
            self.keep_clients(True)
            self.cross_zones(True)
        self.listener = self.listen(self.port, protocol or ("TCP" if kind == "network" else "HTTPS"))
        self._open(ec2, groups)
        record(*(address for _, address in NODES.values()))(lab)

    def _create(self, groups: bool) -> str:
        named = {"SecurityGroups": [self.group]} if groups else {}
        made = self.api.create_load_balancer(
            Name="registry", Type=self.kind, Scheme="internal", Subnets=self.subnets, **named
        )["LoadBalancers"][0]
        backend = self.lab.backend("elbv2").load_balancers
        row = backend.pop(made["LoadBalancerArn"])
        row.arn = row.arn.replace("/app/", "/net/") if self.kind == "network" else row.arn
        backend[row.arn] = row
        row.activate()
        part = row.arn.partition(":loadbalancer/")[2]
        for subnet, (_, address) in zip(self.subnets, NODES.values(), strict=True):
            eni = self.interface(subnet, address, [self.group] if groups else [], f"ELB {part}")
            eni.interface_type = "network_load_balancer" if self.kind == "network" else "interface"
            eni.requester_managed = True
        return str(row.arn)

    def interface(self, subnet: str, address: str, groups: list[str], description: str) -> Any:
        """A network interface, straight in moto's table, which can then be made into what AWS alone makes."""
        ec2 = self.lab.backend("ec2")
        eni = ec2.create_network_interface(ec2.get_subnet(subnet), address, group_ids=groups, description=description)
        if not groups:
            eni._group_set = []
        return eni

    def _open(self, ec2: Any, groups: bool) -> None:
        """The model may go to the load balancer, that to the registry, and neither lets anybody else in."""
        port, world = self.port, self.lab.world
        inside = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": VPC_CIDR}]}
        out = to_group(port, self.group) if groups else inside
        ec2.authorize_security_group_egress(GroupId=world.model_group, IpPermissions=[out])
        ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=[to_group(port, world.model_group)])
        ec2.revoke_security_group_ingress(
            GroupId=world.registry_group, IpPermissions=[to_group(port, world.model_group)]
        )
        admitted = to_group(port, self.group) if groups else inside
        ec2.authorize_security_group_ingress(GroupId=world.registry_group, IpPermissions=[admitted])

    def listen(self, port: int, protocol: str) -> str:
        """One more listener, in front of the registry."""
        action = {"Type": "forward", "TargetGroupArn": self.target_group}
        secure: dict[str, Any] = {}
        if protocol in ("TLS", "HTTPS"):
            made = self.lab.client("acm").request_certificate(DomainName="registry.example.com")
            secure = {"Certificates": [{"CertificateArn": made["CertificateArn"]}]}
        arn: str = self.api.create_listener(
            LoadBalancerArn=self.arn, Protocol=protocol, Port=port, DefaultActions=[action], **secure
        )["Listeners"][0]["ListenerArn"]
        return arn

    def keep_clients(self, value: bool) -> None:
        """Whether targets see clients' addresses."""
        self._attribute("preserve_client_ip.enabled", value)

    def _attribute(self, key: str, value: bool) -> None:
        attributes = [{"Key": key, "Value": str(value).lower()}]
        self.api.modify_target_group_attributes(TargetGroupArn=self.target_group, Attributes=attributes)

    def cross_zones(self, value: bool) -> None:
        """Whether a node uses the targets of other zones."""
        attributes = [{"Key": "load_balancing.cross_zone.enabled", "Value": str(value).lower()}]
        self.api.modify_load_balancer_attributes(LoadBalancerArn=self.arn, Attributes=attributes)

    def is_unhealthy(self, reason: str) -> None:
        """Every target fails its health check, for this reason."""
        from moto.elbv2.models import FakeHealthStatus

        group = self.lab.backend("elbv2").target_groups[self.target_group]
        group.health_for = lambda target, _ec2: FakeHealthStatus(
            target["Id"], target["Port"], "traffic-port", "unhealthy", reason
        )

    def refuse(self, group: str, port: int, source: str) -> None:
        """Take the one ingress rule of a group away."""
        self.lab.client("ec2").revoke_security_group_ingress(GroupId=group, IpPermissions=[to_group(port, source)])

    def only(self, acl_of: str, *, egress: bool, ports: tuple[int, int]) -> None:
        """Put the load balancer's subnets under an ACL that lets nothing but these ports through in one direction."""
        ec2 = self.lab.client("ec2")
        acl = ec2.create_network_acl(VpcId=self.lab.world.vpc)["NetworkAcl"]["NetworkAclId"]
        for side in (True, False):
            first, last = ports if side is egress else (1, 65535)
            ec2.create_network_acl_entry(
                NetworkAclId=acl,
                RuleNumber=100,
                Protocol="6",
                RuleAction="allow",
                Egress=side,
                CidrBlock=acl_of,
                PortRange={"From": first, "To": last},
            )
        rows = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [self.lab.world.vpc]}])["NetworkAcls"]
        for one in (one for row in rows for one in row["Associations"] if one["SubnetId"] in self.subnets):
            ec2.replace_network_acl_association(AssociationId=one["NetworkAclAssociationId"], NetworkAclId=acl)
