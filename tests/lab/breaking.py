"""Words for breaking the lab: each returns a function that does it, so that a scenario reads as one line."""

import copy
import json
import ssl
from collections.abc import Callable, Iterable
from typing import Any

from laboratory import Lab

from pullcheck.demo.calls import Reply
from pullcheck.demo.identity import FUNCTION, INVOKE, ROLE, returned
from pullcheck.demo.world import REGISTRY_HOST, VPC_CIDR, to_group

Break = Callable[[Lab], None]
NOWHERE = "0123456789abcdef0"


def both(*breaks: Break) -> Break:
    """One after the other."""

    def apply(lab: Lab) -> None:
        for one in breaks:
            one(lab)

    return apply


def container(**fields: Any) -> Break:
    """Change the request's container; None takes a field away."""
    return lambda lab: _change(lab.container, fields)


def request(**fields: Any) -> Break:
    """Change the request; None takes a field away."""
    return lambda lab: _change(lab.request, fields)


def _change(mapping: dict[str, Any], fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if value is None:
            mapping.pop(name, None)
        else:
            mapping[name] = value


def image(template: str) -> Break:
    """Another image reference; ``{host}`` and ``{port}`` stand for the registry's."""
    return lambda lab: lab.container.update(Image=template.format(host=REGISTRY_HOST, port=lab.registry.port))


def provider(arn: str) -> Break:
    """Another ARN of the credentials function."""
    access = {"RepositoryAccessMode": "Vpc", "RepositoryAuthConfig": {"RepositoryCredentialsProviderArn": arn}}
    return container(ImageConfig=access)


def variant(**fields: Any) -> Break:
    """Deploy the model with one production variant."""

    def apply(lab: Lab) -> None:
        plain = {
            "VariantName": "all",
            "ModelName": "vpc-model",
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.xlarge",
        }
        _change(plain, fields)
        lab.request["ProductionVariants"] = [plain]

    return apply


def no_egress(port: int | None, group: str) -> Break:
    """Take a rule away from the model's group; ``port`` None is the registry's, ``group`` an attribute of the world."""

    def apply(lab: Lab) -> None:
        rule = to_group(port or lab.world.port, getattr(lab.world, group))
        lab.client("ec2").revoke_security_group_egress(GroupId=lab.world.model_group, IpPermissions=[rule])

    return apply


def no_ingress(group: str, port: int | None) -> Break:
    """Take away the rule that lets the model in."""

    def apply(lab: Lab) -> None:
        rule = to_group(port or lab.world.port, lab.world.model_group)
        lab.client("ec2").revoke_security_group_ingress(GroupId=getattr(lab.world, group), IpPermissions=[rule])

    return apply


def ingress(group: str, **rule: Any) -> Break:
    """Let something in, on the registry's port unless the rule says otherwise."""

    def apply(lab: Lab) -> None:
        permission = {"IpProtocol": "tcp", "FromPort": lab.world.port, "ToPort": lab.world.port, **rule}
        name = getattr(lab.world, group)
        lab.client("ec2").authorize_security_group_ingress(GroupId=name, IpPermissions=[permission])

    return apply


def no_entry(acl: str, *numbers: int, egress: bool) -> Break:
    """Delete entries of a network ACL, an attribute of the world."""

    def apply(lab: Lab) -> None:
        for number in numbers:
            name = getattr(lab.world, acl)
            lab.client("ec2").delete_network_acl_entry(NetworkAclId=name, RuleNumber=number, Egress=egress)

    return apply


def entry(
    acl: str, number: int, action: str, ports: tuple[int, int] | None, *, egress: bool, cidr: str = VPC_CIDR
) -> Break:
    """Add an entry to a network ACL; ``ports`` None is the registry's."""

    def apply(lab: Lab) -> None:
        first, last = ports or (lab.world.port, lab.world.port)
        lab.client("ec2").create_network_acl_entry(
            NetworkAclId=getattr(lab.world, acl),
            RuleNumber=number,
            Protocol="6",
            RuleAction=action,
            Egress=egress,
            CidrBlock=cidr,
            PortRange={"From": first, "To": last},
        )

    return apply


def vpc_attribute(**attribute: bool) -> Break:
    """Set an attribute of the VPC."""
    values = {name: {"Value": value} for name, value in attribute.items()}
    return lambda lab: lab.client("ec2").modify_vpc_attribute(VpcId=lab.world.vpc, **values)


def name_servers(*addresses: str) -> Break:
    """Let the VPC's DHCP options name these."""

    def apply(lab: Lab) -> None:
        ec2 = lab.client("ec2")
        configuration = [{"Key": "domain-name-servers", "Values": list(addresses)}]
        options = ec2.create_dhcp_options(DhcpConfigurations=configuration)["DhcpOptions"]["DhcpOptionsId"]
        ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=lab.world.vpc)

    return apply


def record(*values: str, kind: str = "A", action: str = "UPSERT", name: str = REGISTRY_HOST) -> Break:
    """Change the registry's record in the private zone."""

    def apply(lab: Lab) -> None:
        rows = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value} for value in values]}
        changes = {"Changes": [{"Action": action, "ResourceRecordSet": rows}]}
        lab.client("route53").change_resource_record_sets(HostedZoneId=lab.world.zone, ChangeBatch=changes)

    return apply


def zone(name: str, records: dict[str, str] | None = None) -> Break:
    """One more private zone for the VPC."""

    def apply(lab: Lab) -> None:
        route53 = lab.client("route53")
        made = route53.create_hosted_zone(
            Name=name,
            CallerReference=name,
            VPC={"VPCRegion": "us-east-1", "VPCId": lab.world.vpc},
            HostedZoneConfig={"PrivateZone": True},
        )
        for host, address in (records or {}).items():
            rows = {"Name": host, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": address}]}
            changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": rows}]}
            route53.change_resource_record_sets(HostedZoneId=made["HostedZone"]["Id"], ChangeBatch=changes)

    return apply


def endpoint(**changes: Any) -> Break:
    """Modify the Lambda endpoint; ``{name}`` in a text stands for an attribute of the world."""
    return lambda lab: lab.client("ec2").modify_vpc_endpoint(VpcEndpointId=lab.world.endpoint, **changes)


def endpoint_policy(**statement: Any) -> Break:
    """Give the endpoint a policy of one statement, by default for everybody and everything."""
    whole = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **statement}
    return endpoint(PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [whole]}))


def endpoint_object(**attributes: Any) -> Break:
    """Set what AWS's API does not let one set on the endpoint."""

    def apply(lab: Lab) -> None:
        made = lab.backend("ec2").vpc_end_points[lab.world.endpoint]
        for name, value in attributes.items():
            setattr(made, name, value)

    return apply


def delete_endpoint(lab: Lab) -> None:
    """Let the VPC have no Lambda endpoint."""
    lab.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[lab.world.endpoint])
    del lab.backend("ec2").vpc_end_points[lab.world.endpoint]


def invoke_policy(*statements: dict[str, Any], **fields: Any) -> Break:
    """Another version of the policy that lets the role invoke the function: changed fields, or further statements."""
    document = copy.deepcopy(INVOKE)
    document["Statement"][0].update(fields)  # type: ignore[attr-defined]
    document["Statement"] += list(statements)  # type: ignore[operator]
    text = json.dumps(document)
    return lambda lab: lab.client("iam").put_role_policy(
        RoleName=ROLE, PolicyName="invoke-credentials", PolicyDocument=text
    )


def no_role_policy(name: str) -> Break:
    """Take an inline policy away from the role."""
    return lambda lab: lab.client("iam").delete_role_policy(RoleName=ROLE, PolicyName=name)


def attach_aws_policy(name: str) -> Break:
    """Attach a policy that AWS manages, as AWS words it."""

    def apply(lab: Lab) -> None:
        from moto.iam.aws_managed_policies import aws_managed_policies_data
        from moto.iam.models import AWSManagedPolicy

        data = json.loads(aws_managed_policies_data)[name]
        policy = AWSManagedPolicy.from_data(name, "123456789012", "us-east-1", data)
        lab.backend("iam").managed_policies[policy.arn] = policy
        lab.client("iam").attach_role_policy(RoleName=ROLE, PolicyArn=policy.arn)

    return apply


def boundary(actions: Iterable[str]) -> Break:
    """Put a permissions boundary on the role."""

    def apply(lab: Lab) -> None:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam = lab.client("iam")
        arn = iam.create_policy(PolicyName="boundary", PolicyDocument=document)["Policy"]["Arn"]
        iam.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=arn)

    return apply


def trust(**fields: Any) -> Break:
    """Change the statement of the role's trust policy."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
        **fields,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return lambda lab: lab.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=document)


def configuration(**fields: Any) -> Break:
    """What Lambda says about the function, where its API cannot be told to say so."""
    return lambda lab: lab.cloud.amend("lambda:GetFunctionConfiguration", **fields)


def configure(**fields: Any) -> Break:
    """Configure the function through Lambda's API."""
    return lambda lab: lab.client("lambda").update_function_configuration(FunctionName=FUNCTION, **fields)


def returns(payload: object) -> Break:
    """Let the function return this."""
    return lambda lab: lab.cloud.payloads.update({FUNCTION: returned(payload)})


def raises(error: str) -> Break:
    """Let the function fail."""
    body = json.dumps({"errorType": error, "errorMessage": "no"}).encode()
    return lambda lab: lab.cloud.payloads.update({FUNCTION: Reply(200, body, (("X-Amz-Function-Error", "Unhandled"),))})


def serves(path: str, status: int, body: str = "", **headers: str) -> Break:
    """Let the registry answer a path otherwise, to everybody."""
    lines = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    reply = Reply(status, body.encode(), lines)
    return lambda lab: lab.registry.answers.update({path: lambda _authorization: reply})


def tls(change: Callable[[ssl.SSLContext], object]) -> Break:
    """Change the registry's TLS settings."""

    def apply(lab: Lab) -> None:
        change(lab.registry.tls)

    return apply
