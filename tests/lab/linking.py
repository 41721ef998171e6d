"""An interface endpoint before the lab's registry, for a service of another account or of the lab's own."""

from balancing import Balanced
from breaking import record
from laboratory import Lab

from pullcheck.demo.calls import Call, Reply
from pullcheck.demo.world import REGISTRY_HOST, to_group

VENDOR = "999988887777"
OWN = "123456789012"
ZONES = ("use1-az1", "use1-az2")


class Linked:
    """The registry's name leads to an endpoint with an interface in both model subnets, and everything lets it pass.

    Moto says neither in which zones a service is offered nor whose name is verified, and accepts nothing: what AWS
    would answer is answered here.
    """

    def __init__(self, lab: Lab, service: str, service_id: str, owner: str = VENDOR) -> None:
        self.lab, self.service, self.service_id, self.owner = lab, service, service_id, owner
        self.zone_ids, self.verified, ec2, world = ZONES, True, lab.client("ec2"), lab.world
        self.group = ec2.create_security_group(GroupName="link", Description="link", VpcId=world.vpc)["GroupId"]
        rule = [to_group(world.port, self.group)]
        ec2.authorize_security_group_egress(GroupId=world.model_group, IpPermissions=rule)
        ec2.authorize_security_group_ingress(
            GroupId=self.group, IpPermissions=[to_group(world.port, world.model_group)]
        )
        self.id = ec2.create_vpc_endpoint(
            VpcId=world.vpc,
            VpcEndpointType="Interface",
            ServiceName=service,
            SubnetIds=list(world.subnets),
            SecurityGroupIds=[self.group],
            PrivateDnsEnabled=False,
        )["VpcEndpoint"]["VpcEndpointId"]
        lab.cloud.answer("ec2:DescribeVpcEndpointServices", self._services)
        lab.cloud.answer("ec2:AcceptVpcEndpointConnections", self._accept)
        self.lead_the_name_here()

    @property
    def row(self) -> object:
        """Moto's own object."""
        return self.lab.backend("ec2").vpc_end_points[self.id]

    def lead_the_name_here(self) -> None:
        """Have the private zone give the addresses of the endpoint."""
        ec2 = self.lab.client("ec2")
        [row] = ec2.describe_vpc_endpoints(VpcEndpointIds=[self.id])["VpcEndpoints"]
        found = ec2.describe_network_interfaces(NetworkInterfaceIds=row["NetworkInterfaceIds"])["NetworkInterfaces"]
        record(*(one["PrivateIpAddress"] for one in found))(self.lab)

    def is_in_state(self, state: str) -> None:
        """What AWS's API cannot set."""
        self.row.state = state  # type: ignore[attr-defined]

    def _services(self, call: Call) -> Reply:
        zones = "".join(f"<item>{zone}</item>" for zone in self.zone_ids)
        fields = {
            "serviceName": self.service,
            "serviceId": self.service_id,
            "owner": self.owner,
            "privateDnsName": REGISTRY_HOST,
            "privateDnsNameVerificationState": "verified" if self.verified else "pendingVerification",
            "availabilityZoneIdSet": zones,
        }
        row = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
        return self._answered(call, f"<serviceDetailSet><item>{row}</item></serviceDetailSet>")

    def _accept(self, call: Call) -> Reply:
        self.is_in_state("available")
        return self._answered(call, "<unsuccessful/>")

    def _answered(self, call: Call, text: str) -> Reply:
        return Reply(200, f"<{call.operation}Response>{text}</{call.operation}Response>".encode())


def of_a_vendor(lab: Lab) -> Linked:
    """Somebody else's service: what is behind it nobody sees."""
    name = "vpce-svc-0123456789abcdef0"
    return Linked(lab, f"com.amazonaws.vpce.us-east-1.{name}", name)


def of_our_own(lab: Lab) -> Linked:
    """The account's own service, with a network load balancer and the registry behind it."""
    balanced = Balanced(lab)
    made = lab.client("ec2").create_vpc_endpoint_service_configuration(
        NetworkLoadBalancerArns=[balanced.arn], AcceptanceRequired=True
    )["ServiceConfiguration"]
    everybody = [{"IpProtocol": "tcp", "FromPort": balanced.port, "ToPort": balanced.port,
                  "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}]  # fmt: skip
    lab.client("ec2").authorize_security_group_ingress(GroupId=balanced.group, IpPermissions=everybody)
    return Linked(lab, made["ServiceName"], made["ServiceId"], OWN)
