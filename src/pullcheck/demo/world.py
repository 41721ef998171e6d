"""A working set-up: one VPC with a registry and the Lambda endpoint in it, a role, a function, a model to create."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pullcheck.demo.account import REGION
from pullcheck.demo.clients import ENVIRONMENT, client_of
from pullcheck.demo.cloud import Cloud
from pullcheck.demo.identity import FUNCTION_ARN, ROLE_ARN, make_function, make_role

REGISTRY_HOST = "registry.example.com"
REGISTRY_ADDRESS = "10.0.10.20"
REPOSITORY = "team/model"
TAG = "v1"
VPC_CIDR = "10.0.0.0/16"
ZONES = {"us-east-1a": "10.0.1.0/24", "us-east-1b": "10.0.2.0/24"}
CLIENT_PORTS = (1024, 65535)

Ports = tuple[int, int]


@dataclass(frozen=True)
class World:
    """The ids of everything that was made. Model and registry subnets each have an ACL of their own."""

    cloud: Cloud
    port: int
    vpc: str
    subnets: tuple[str, str]
    registry_subnet: str
    model_group: str
    registry_group: str
    endpoint_group: str
    model_acl: str
    registry_acl: str
    model_table: str
    registry_interface: str
    zone: str
    endpoint: str

    def client(self, service: str) -> Any:
        """A boto3 client for this account."""
        return client_of(service, self.cloud.url)

    @property
    def image(self) -> str:
        """The reference of the model's image."""
        return f"{REGISTRY_HOST}:{self.port}/{REPOSITORY}:{TAG}"

    @property
    def request(self) -> dict[str, Any]:
        """The CreateModel request."""
        access = {"RepositoryCredentialsProviderArn": FUNCTION_ARN}
        return {
            "ModelName": "vpc-model",
            "ExecutionRoleArn": ROLE_ARN,
            "PrimaryContainer": {
                "Image": self.image,
                "ImageConfig": {"RepositoryAccessMode": "Vpc", "RepositoryAuthConfig": access},
            },
            "VpcConfig": {"Subnets": list(self.subnets), "SecurityGroupIds": [self.model_group]},
        }

    @property
    def environment(self) -> Mapping[str, str]:
        """What makes the SDK and the AWS CLI talk to this account, and to nothing else."""
        return {**ENVIRONMENT, "AWS_ENDPOINT_URL": self.cloud.url}


def build(cloud: Cloud, port: int, username: str, password: str) -> World:
    """Everything in its working state; the registry listens on ``port`` and knows this user."""
    ec2 = client_of("ec2", cloud.url)
    vpc = _vpc(ec2)
    model_a, model_b, registry_subnet = _subnets(ec2, vpc)
    model_group, registry_group, endpoint_group = _groups(ec2, vpc, port)
    https, registry = (443, 443), (port, port)
    model_acl = _acl(ec2, vpc, (model_a, model_b), (https, CLIENT_PORTS), (https, registry, CLIENT_PORTS))
    registry_acl = _acl(ec2, vpc, (registry_subnet,), (registry,), (CLIENT_PORTS,))
    world = World(
        cloud=cloud,
        port=port,
        vpc=vpc,
        subnets=(model_a, model_b),
        registry_subnet=registry_subnet,
        model_group=model_group,
        registry_group=registry_group,
        endpoint_group=endpoint_group,
        model_acl=model_acl,
        registry_acl=registry_acl,
        model_table=_table(ec2, vpc, (model_a, model_b)),
        registry_interface=_registry(ec2, registry_subnet, registry_group),
        zone=_zone(cloud, vpc),
        endpoint=_endpoint(ec2, vpc, (model_a, model_b), endpoint_group),
    )
    make_role(cloud)
    make_function(cloud, username, password)
    return world


def _vpc(ec2: Any) -> str:
    vpc: str = ec2.create_vpc(CidrBlock=VPC_CIDR)["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": True})
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    configuration = [
        {"Key": "domain-name-servers", "Values": ["AmazonProvidedDNS"]},
        {"Key": "domain-name", "Values": ["ec2.internal"]},
    ]
    options = ec2.create_dhcp_options(DhcpConfigurations=configuration)["DhcpOptions"]["DhcpOptionsId"]
    ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=vpc)
    return vpc


def _subnets(ec2: Any, vpc: str) -> list[str]:
    places = [*ZONES.items(), ("us-east-1a", "10.0.10.0/24")]
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for zone, cidr in places
    ]


def _groups(ec2: Any, vpc: str, port: int) -> tuple[str, str, str]:
    """The model's group may talk to the two others, each on its port, and to nobody else."""
    model, registry, endpoint = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("model", "registry", "lambda-endpoint")
    )
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=model, IpPermissions=everything)
    to = [to_group(port, registry), to_group(443, endpoint)]
    ec2.authorize_security_group_egress(GroupId=model, IpPermissions=to)
    ec2.authorize_security_group_ingress(GroupId=registry, IpPermissions=[to_group(port, model)])
    ec2.authorize_security_group_ingress(GroupId=endpoint, IpPermissions=[to_group(443, model)])
    return model, registry, endpoint


def to_group(port: int, group: str) -> dict[str, Any]:
    """A rule for this TCP port and the members of this group, as EC2 takes it."""
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": group}]}


def _acl(ec2: Any, vpc: str, subnets: tuple[str, ...], inbound: Iterable[Ports], outbound: Iterable[Ports]) -> str:
    """An ACL for these subnets that lets these ranges of ports through, from and to the VPC."""
    acl: str = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    for egress, ranges in ((False, inbound), (True, outbound)):
        for number, (first, last) in enumerate(ranges, start=1):
            ec2.create_network_acl_entry(
                NetworkAclId=acl,
                RuleNumber=100 * number,
                Protocol="6",
                RuleAction="allow",
                Egress=egress,
                CidrBlock=VPC_CIDR,
                PortRange={"From": first, "To": last},
            )
    for row in ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"]:
        for association in row["Associations"]:
            if association["SubnetId"] in subnets:
                ec2.replace_network_acl_association(
                    AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl
                )
    return acl


def _table(ec2: Any, vpc: str, subnets: tuple[str, ...]) -> str:
    table: str = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    for subnet in subnets:
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    return table


def _registry(ec2: Any, subnet: str, group: str) -> str:
    """The machine that the registry runs on; returns its network interface."""
    interface: str = ec2.create_network_interface(
        SubnetId=subnet, PrivateIpAddress=REGISTRY_ADDRESS, Groups=[group], Description="registry"
    )["NetworkInterface"]["NetworkInterfaceId"]
    ec2.run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[{"NetworkInterfaceId": interface, "DeviceIndex": 0}],
    )
    return interface


def _zone(cloud: Cloud, vpc: str) -> str:
    route53 = client_of("route53", cloud.url)
    zone: str = route53.create_hosted_zone(
        Name="example.com",
        CallerReference="demo",
        VPC={"VPCRegion": REGION, "VPCId": vpc},
        HostedZoneConfig={"PrivateZone": True},
    )["HostedZone"]["Id"].rpartition("/")[2]
    record = {"Name": REGISTRY_HOST, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": REGISTRY_ADDRESS}]}
    changes = [{"Action": "CREATE", "ResourceRecordSet": record}]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    return zone


def _endpoint(ec2: Any, vpc: str, subnets: tuple[str, ...], group: str) -> str:
    endpoint: str = ec2.create_vpc_endpoint(
        VpcId=vpc,
        VpcEndpointType="Interface",
        ServiceName=f"com.amazonaws.{REGION}.lambda",
        SubnetIds=list(subnets),
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]["VpcEndpointId"]
    return endpoint
