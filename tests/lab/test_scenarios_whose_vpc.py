"""VPCs that lack something, that others own, or in which the registry does not stand; and who refuses the layers."""

import json

import pytest
from balancing import Balanced
from breaking import Break, both, delete_endpoint, request, serves
from elsewhere import BUCKET, redirected, s3_endpoint, s3_host
from gateways import nat
from laboratory import Lab, Scenario, prove
from test_scenarios_destinations import Led
from test_scenarios_network import elsewhere, route

OF_A_PARTICIPANT = request(ExecutionRoleArn="arn:aws:iam::210987654321:role/SageMakerExecutionRole")
"""The model is of another account than the VPC, as in one that is shared."""
AUTHORITY = "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/0d4"


def out_by_nat(lab: Lab) -> None:
    """Every model subnet has a way to the internet."""
    gateway = nat(lab, lab.world.registry_subnet, "10.0.10.99")
    route(lab, lab.world.model_table, "0.0.0.0/0", NatGatewayId=gateway)


def out_of_ports(lab: Lab) -> None:
    """The gateway had no port for a connection of the last hour."""
    [gateway] = lab.client("ec2").describe_nat_gateways()["NatGateways"]
    dimensions = [{"Name": "NatGatewayId", "Value": gateway["NatGatewayId"]}]
    row = {"MetricName": "ErrorPortAllocation", "Dimensions": dimensions, "Value": 12.0}
    lab.client("cloudwatch").put_metric_data(Namespace="AWS/NATGateway", MetricData=[row])


def in_another_vpc(lab: Lab) -> None:
    elsewhere(lab)


def withdrawn(lab: Lab) -> None:
    """One of the model's subnets is gone."""
    lab.request["VpcConfig"]["Subnets"][0] = "subnet-0123456789abcdef0"


def private_certificate(lab: Lab) -> None:
    """A load balancer ends TLS with a certificate of AWS Private CA."""
    Balanced(lab, protocol="TLS")
    [made] = lab.backend("acm")._certificates.values()
    made.type, made.cert_authority_arn = "PRIVATE", AUTHORITY


def bucket_of_another_endpoint(lab: Lab) -> None:
    """The layers' bucket wants an endpoint that is not the VPC's."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
        "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}},
    }
    s3 = lab.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    for digest in lab.registry.image.blobs:
        serves(f"/docker/{digest}", 403, "<Error><Code>AccessDenied</Code></Error>")(lab)


REFUSING: Break = both(s3_endpoint(), redirected(s3_host()), bucket_of_another_endpoint)
SCENARIOS = (
    Scenario("vpce.none-but-nat", both(out_by_nat, delete_endpoint)),
    Scenario("rt.nat-idle-or-ports", both(out_by_nat, out_of_ports), heals=False),
    Scenario("sub.shared-vpc-participant", both(OF_A_PARTICIPANT, delete_endpoint), heals=False),
    Scenario("sub.unshared-subnet", both(OF_A_PARTICIPANT, withdrawn), heals=False),
    Scenario("cfg.registry-outside-model-vpc", in_another_vpc, heals=False),
    Scenario("tls.acm-private-on-elb", private_certificate, heals=False),
    Led("reg.blob-redirect-bucket-policy", REFUSING, heals=False),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_whose_it_is_to_mend(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)
