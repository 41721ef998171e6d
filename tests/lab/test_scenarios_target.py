"""What can be wrong with the request itself: nothing in AWS mends it, the request has to be written anew."""

import pytest
from breaking import Break, both, container, image, provider, request, variant
from laboratory import Lab, Scenario, prove

ARN = "arn:aws:lambda:us-east-1:123456789012:function:sagemaker-registry-credentials"
PLATFORM = {"RepositoryAccessMode": "Platform"}
VPC = {"RepositoryAccessMode": "Vpc"}
ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/model:v1"


def in_a_request(cause: str, breaks: Break, label: str = "", status: str = "fail") -> Scenario:
    return Scenario(cause, breaks, heals=False, label=label, status=status)


def pipeline(lab: Lab) -> None:
    first = lab.request.pop("PrimaryContainer")
    lab.request["Containers"] = [first, {"Image": first["Image"]}]


SCENARIOS = (
    in_a_request("cfg.non-ecr-without-vpc-mode", container(ImageConfig=None)),
    in_a_request("cfg.non-ecr-without-vpc-mode", container(ImageConfig=PLATFORM), label="platform"),
    in_a_request("cfg.access-mode-value", container(ImageConfig={"RepositoryAccessMode": "VPC"})),
    in_a_request(
        "cfg.public-ecr-counts-as-non-ecr", both(image("public.ecr.aws/team/model:v1"), container(ImageConfig=PLATFORM))
    ),
    in_a_request("cfg.ecr-image-in-vpc-mode", image(ECR)),
    in_a_request(
        "cfg.auth-config-in-platform-mode",
        both(
            image(ECR),
            container(
                ImageConfig={**PLATFORM, "RepositoryAuthConfig": {"RepositoryCredentialsProviderArn": ARN}},
            ),
        ),
    ),
    in_a_request("cfg.vpc-mode-no-vpcconfig", request(VpcConfig=None)),
    in_a_request("cfg.pipeline-container-without-imageconfig", pipeline),
    in_a_request(
        "cfg.provider-arn-not-a-lambda", provider("arn:aws:secretsmanager:us-east-1:123456789012:secret:registry")
    ),
    in_a_request("cfg.provider-region-mismatch", provider(ARN.replace("us-east-1", "eu-west-1"))),
    in_a_request("cfg.provider-partition-mismatch", provider(ARN.replace("arn:aws:", "arn:aws-cn:"))),
    in_a_request("cfg.image-no-registry-host", image("team/model:v1")),
    in_a_request("cfg.image-short-hostname", image("registry/model:v1")),
    in_a_request("cfg.image-has-scheme-or-space", image("https://{host}:{port}/team/model:v1")),
    in_a_request("cfg.image-uppercase-repo", image("{host}:{port}/Team/model:v1")),
    in_a_request("cfg.image-over-255", image("{host}:{port}/" + "team/" * 60 + "model:v1")),
    in_a_request("cfg.image-tag-and-digest", image("{host}:{port}/team/model:v1@sha256:" + "0" * 64)),
    in_a_request("cfg.image-bad-tag-or-digest", image("{host}:{port}/team/model@sha256:123")),
    in_a_request("cfg.image-mutable-tag", image("{host}:{port}/team/model:latest")),
    in_a_request("cfg.private-name-not-certifiable", image("registry.corp:{port}/team/model:v1")),
    in_a_request("cfg.network-isolation-on", request(EnableNetworkIsolation=True)),
    in_a_request("cfg.execution-role-missing", request(ExecutionRoleArn=None), status="unknown"),
    in_a_request("cfg.image-missing", container(Image=None)),
    in_a_request("cfg.image-bad-repository", image("{host}:{port}/team//model:v1")),
    in_a_request("cfg.image-invalid-host", image("{host}:port/team/model:v1")),
    in_a_request("cfg.model-package-container", container(Image=None, ModelPackageName="package")),
    in_a_request("cfg.vpc-config-empty-list", request(VpcConfig={"Subnets": [], "SecurityGroupIds": []})),
    in_a_request("cfg.vpc-config-malformed-id", request(VpcConfig={"Subnets": ["sn-1"], "SecurityGroupIds": ["sg-1"]})),
    in_a_request("cfg.provider-cross-account", provider(ARN.replace("123456789012", "210987654321"))),
    in_a_request("cfg.execution-role-malformed", request(ExecutionRoleArn="SageMakerExecutionRole")),
    in_a_request(
        "cfg.serverless-variant",
        variant(
            InstanceType=None, InitialInstanceCount=None, ServerlessConfig={"MemorySizeInMB": 2048, "MaxConcurrency": 1}
        ),
    ),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_is_wrong_in_the_request(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)
