"""Who calls and who answers in the working set-up: the execution role, and the credentials function."""

import io
import json
import zipfile

from pullcheck.demo.account import ACCOUNT, REGION
from pullcheck.demo.calls import Reply
from pullcheck.demo.clients import client_of
from pullcheck.demo.cloud import Cloud

FUNCTION = "sagemaker-registry-credentials"
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{FUNCTION}"
ROLE = "SageMakerExecutionRole"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"

INVOKE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": FUNCTION_ARN}],
}
INTERFACES = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "ec2:CreateNetworkInterface",
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcEndpoints",
                "ec2:DescribeVpcs",
            ],
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": [
                "cloudwatch:PutMetricData",
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            "Resource": "*",
        },
    ],
}

Ports = tuple[int, int]


def _trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def make_role(cloud: Cloud) -> None:
    """The execution role: SageMaker may assume it, and it may do what hosting needs and no more."""
    iam = client_of("iam", cloud.url)
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=_trust("sagemaker.amazonaws.com"))
    iam.put_role_policy(RoleName=ROLE, PolicyName="invoke-credentials", PolicyDocument=json.dumps(INVOKE))
    iam.put_role_policy(RoleName=ROLE, PolicyName="network-interfaces", PolicyDocument=json.dumps(INTERFACES))


def make_function(cloud: Cloud, username: str, password: str) -> None:
    """The credentials function, which returns this user and password."""
    role = client_of("iam", cloud.url).create_role(
        RoleName="registry-credentials-function", AssumeRolePolicyDocument=_trust("lambda.amazonaws.com")
    )
    client_of("lambda", cloud.url).create_function(
        FunctionName=FUNCTION,
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="index.handler",
        Code={"ZipFile": _code()},
        Timeout=15,
    )
    cloud.payloads[FUNCTION] = credentials(username, password)


def credentials(username: str, password: str) -> Reply:
    """What the credentials function answers, as SageMaker expects it."""
    return returned({"Credentials": {"Username": username, "Password": password}})


def returned(payload: object) -> Reply:
    """A Lambda function's return value."""
    return Reply(200, json.dumps(payload).encode(), (("Content-Type", "application/json"),))


def _code() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): ...\n")
    return buffer.getvalue()
