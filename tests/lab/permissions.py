"""Words for breaking what the lab's roles, users and organisation allow."""

import json
from typing import Any

from breaking import Break, endpoint_policy
from laboratory import Lab

from pullcheck.demo.account import ACCOUNT
from pullcheck.demo.calls import Call, Reply
from pullcheck.demo.identity import FUNCTION, ROLE, ROLE_ARN

MANAGER = "999999999999"
SECOND = "sagemaker-second-registry"
DEPLOYER = f"arn:aws:iam::{ACCOUNT}:user/deployer"
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def organization(**statement: Any) -> Break:
    """A member account of an organisation that shows it its policies; one more is attached to the account."""

    def apply(lab: Lab) -> None:
        organizations = lab.client("organizations")
        made = organizations.create_organization(FeatureSet="ALL")["Organization"]
        root = organizations.list_roots()["Roots"][0]["Id"]
        organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
        text = policy({"Effect": "Deny", "Action": "lambda:*", "Resource": "*", **statement})
        created = organizations.create_policy(
            Name="guardrail", Description="none", Type="SERVICE_CONTROL_POLICY", Content=text
        )
        organizations.attach_policy(PolicyId=created["Policy"]["PolicySummary"]["Id"], TargetId=ACCOUNT)
        lab.cloud.amend("organizations:DescribeOrganization", Organization={**made, "MasterAccountId": MANAGER})

    return apply


def no_full_access(lab: Lab) -> None:
    """No policy of the account's own level allows anything any more."""
    organizations = lab.client("organizations")
    organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=ACCOUNT)


def deployer(*statements: dict[str, Any]) -> Break:
    """A user who may do this runs pullcheck."""

    def apply(lab: Lab) -> None:
        iam = lab.client("iam")
        iam.create_user(UserName="deployer")
        iam.put_user_policy(UserName="deployer", PolicyName="deploy", PolicyDocument=policy(*statements))
        lab.cloud.answer("sts:GetCallerIdentity", _as_deployer)

    return apply


def _as_deployer(_call: Call) -> Reply:
    text = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>{DEPLOYER}</Arn><UserId>AIDA</UserId><Account>{ACCOUNT}</Account></GetCallerIdentityResult>"
        "</GetCallerIdentityResponse>"
    )
    return Reply(200, text.encode(), (("Content-Type", "text/xml"),))


def role_policy(name: str, *statements: dict[str, Any]) -> Break:
    """One of the role's inline policies, with these statements alone."""
    text = policy(*statements)
    return lambda lab: lab.client("iam").put_role_policy(RoleName=ROLE, PolicyName=name, PolicyDocument=text)


def second_function(lab: Lab) -> str:
    """Another function, for another registry."""
    first = lab.client("lambda").get_function_configuration(FunctionName=FUNCTION)
    made = lab.client("lambda").create_function(
        FunctionName=SECOND,
        Runtime=first["Runtime"],
        Role=first["Role"],
        Handler=first["Handler"],
        Code={"ZipFile": b"none"},
        Timeout=15,
    )
    return str(made["FunctionArn"])


def two_containers(lab: Lab) -> None:
    """Two containers in a row, each with a function of its own; the role may invoke both."""
    arn = second_function(lab)
    first = lab.request.pop("PrimaryContainer")
    other = json.loads(json.dumps(first))
    other["ImageConfig"]["RepositoryAuthConfig"]["RepositoryCredentialsProviderArn"] = arn
    other["Image"] = other["Image"].replace(":v1", ":v2")
    lab.request["Containers"] = [first, other]
    role_policy("invoke-second", {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": arn})(lab)


def endpoint_for_another_role(lab: Lab) -> None:
    """The endpoint's policy allows the functions to somebody else."""
    endpoint_policy(Principal={"AWS": f"{ROLE_ARN}-other"}, Action="lambda:InvokeFunction")(lab)


def bucket(lab: Lab) -> None:
    """Model data that nobody allowed the role to read."""
    s3 = lab.client("s3")
    s3.create_bucket(Bucket="model-data")
    lab.container["ModelDataUrl"] = "s3://model-data/vpc-model/model.tar.gz"
