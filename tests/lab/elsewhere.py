"""Layers, tokens and model data that come from other hosts than the registry, S3 among them, and what leads there."""

import json
from typing import Any

from breaking import Break, both, zone
from laboratory import Lab

from pullcheck.demo.calls import Call, Reply
from pullcheck.demo.registry import VERSION
from pullcheck.demo.world import CLIENT_PORTS, REGISTRY_HOST, REPOSITORY, TAG

S3 = "com.amazonaws.us-east-1.s3"
BUCKET = "layers"
LAYERS = "layers.example.com"
TOKENS = "auth.example.com"
TOKEN = "a-t0ken-of-the-lab"
SIGNATURE = "X-Amz-Signature=c4n4ry"


def s3_host(bucket: str = BUCKET, region: str = "us-east-1") -> str:
    """The bucket's own name."""
    return f"{bucket}.s3.{region}.amazonaws.com"


def serves_as(lab: Lab, *hosts: str) -> None:
    """The lab's server answers for these names too."""
    lab.registry.use(lab.authority.issue(REGISTRY_HOST, *hosts))


def redirected(host: str) -> Break:
    """The registry sends clients to this host for every layer, with a presigned URL."""

    def apply(lab: Lab) -> None:
        serves_as(lab, host)
        for digest in lab.registry.image.blobs:
            location = f"https://{host}:{lab.port}/docker/{digest}"
            moved = Reply(307, b"", (("Location", f"{location}?{SIGNATURE}"),))
            blob = lab.registry._blob(digest)
            lab.registry.answers[f"/v2/{REPOSITORY}/blobs/{digest}"] = lambda _, reply=moved: reply  # type: ignore[misc]
            lab.registry.answers[f"/docker/{digest}"] = lambda _, reply=blob: reply  # type: ignore[misc]

    return apply


def tokens_from(host: str) -> Break:
    """The registry wants tokens of this host."""

    def apply(lab: Lab) -> None:
        serves_as(lab, host)
        line = f'Bearer realm="https://{host}:{lab.port}/token",service="{REGISTRY_HOST}"'
        refused = Reply(401, b"{}", (("WWW-Authenticate", line), VERSION))
        registry = lab.registry
        parts = {f"/v2/{REPOSITORY}/blobs/{digest}": registry._blob(digest) for digest in registry.image.blobs}
        parts |= {f"/v2/{REPOSITORY}/manifests/{TAG}": registry._manifest(TAG), "/v2/": Reply(200, b"{}", (VERSION,))}
        for path, part in parts.items():
            registry.answers[path] = lambda sent, reply=part: reply if sent == f"Bearer {TOKEN}" else refused  # type: ignore[misc]
        registry.answers["/token"] = lambda _: Reply(200, json.dumps({"token": TOKEN}).encode())

    return apply


def model_data(lab: Lab) -> None:
    """The container names model data."""
    lab.container["ModelDataUrl"] = "s3://models/team/model.tar.gz"


def prefix_list(lab: Lab) -> tuple[str, list[str]]:
    """S3's own: its id and its ranges."""
    ec2 = lab.client("ec2")
    named = [{"Name": "prefix-list-name", "Values": [S3]}]
    [row] = ec2.describe_managed_prefix_lists(Filters=named)["PrefixLists"]
    entries = ec2.get_managed_prefix_list_entries(PrefixListId=row["PrefixListId"])["Entries"]
    return row["PrefixListId"], [entry["Cidr"] for entry in entries]


def s3_egress(lab: Lab) -> None:
    """The model's group lets connections to S3 out."""
    name, _ = prefix_list(lab)
    for port in {443, lab.port}:
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "PrefixListIds": [{"PrefixListId": name}]}
        lab.client("ec2").authorize_security_group_egress(GroupId=lab.world.model_group, IpPermissions=[rule])


def s3_entries(lab: Lab) -> None:
    """The model's ACL lets S3's ranges through, both ways."""
    for cidr in prefix_list(lab)[1]:
        acl_entries(lab, "model_acl", cidr)


def acl_entries(lab: Lab, acl: str, cidr: str) -> None:
    """Everything by TCP to and from a range, on the ports that matter."""
    ec2, name = lab.client("ec2"), getattr(lab.world, acl)
    rows = ec2.describe_network_acls(NetworkAclIds=[name])["NetworkAcls"][0]["Entries"]
    number = max(row["RuleNumber"] for row in rows if row["RuleNumber"] < 32767) + 1
    for egress, (first, last) in ((True, (443, 65535)), (False, CLIENT_PORTS)):
        ec2.create_network_acl_entry(
            NetworkAclId=name,
            RuleNumber=number,
            Protocol="6",
            RuleAction="allow",
            Egress=egress,
            CidrBlock=cidr,
            PortRange={"From": first, "To": last},
        )


def s3_endpoint(*statements: dict[str, Any], on_table: bool = True) -> Break:
    """The VPC has a gateway endpoint for S3; ``statements`` are its policy, by default AWS's."""

    def apply(lab: Lab) -> None:
        lab.cloud.answer("ec2:ModifyVpcEndpoint", _with_tables)
        asked: dict[str, Any] = {"RouteTableIds": [lab.world.model_table]} if on_table else {}
        if statements:
            asked["PolicyDocument"] = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        lab.client("ec2").create_vpc_endpoint(VpcId=lab.world.vpc, VpcEndpointType="Gateway", ServiceName=S3, **asked)

    return apply


def _with_tables(call: Call) -> None:
    """Moto leaves out what becomes of the tables: the endpoint's route stands in them."""
    from pullcheck.demo.account import backend

    ec2 = backend("ec2")
    endpoint = ec2.vpc_end_points[call.fields["VpcEndpointId"]]
    for name in call.numbered("AddRouteTableId."):
        lists = ec2.managed_prefix_lists.values()
        found = next(one.id for one in lists if one.prefix_list_name == endpoint.service_name)
        ec2.create_route(name, None, gateway_id=endpoint.id, destination_prefix_list_id=found)
        endpoint.route_table_ids = [*(endpoint.route_table_ids or ()), name]


def allow(bucket: str, **fields: Any) -> dict[str, Any]:
    """A statement for one bucket's objects."""
    resource = f"arn:aws:s3:::{bucket}/*"
    return {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": resource, **fields}


def host_in_vpc(name: str, address: str, *, admits: bool = True) -> Break:
    """A host in the registry's subnet, with a group of its own and a name in a private zone of its own."""

    def apply(lab: Lab) -> None:
        ec2, port = lab.client("ec2"), lab.port
        group = ec2.create_security_group(GroupName=name, Description=name, VpcId=lab.world.vpc)["GroupId"]
        if admits:
            rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
            rule["UserIdGroupPairs"] = [{"GroupId": lab.world.model_group}]
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
        ec2.create_network_interface(SubnetId=lab.world.registry_subnet, PrivateIpAddress=address, Groups=[group])
        zone(name, {name: address})(lab)

    return apply


def egress_to(*addresses: str) -> Break:
    """The model's group lets connections to these out, on the lab's port."""

    def apply(lab: Lab) -> None:
        ranges = [{"CidrIp": f"{address}/32"} for address in addresses]
        rule = {"IpProtocol": "tcp", "FromPort": lab.port, "ToPort": lab.port, "IpRanges": ranges}
        lab.client("ec2").authorize_security_group_egress(GroupId=lab.world.model_group, IpPermissions=[rule])

    return apply


layers_in_s3 = both(redirected(s3_host()), s3_egress, s3_entries)
"""The layers come from S3, and group and ACL let that through; the way there is still to be made."""
