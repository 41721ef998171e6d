"""Reads the execution role, its policies and the organisation of its account."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.placement import ExecutionRole
from pullcheck.evidence.role import (
    Organization,
    PolicyDocument,
    PolicyKind,
    PolicySet,
    Role,
    RoleLookup,
    RolePolicies,
    Tag,
)
from pullcheck.missing import NotObserved, Unavailable
from pullcheck.target import Target
from pullcheck.wiring import collector

READERS = 8


@collector("iam:GetRole", "sts:GetCallerIdentity")
def role_lookup(asked: ExecutionRole, target: Target, aws: Aws) -> RoleLookup | Unavailable:
    """The role by its name. IAM only looks in the caller's own account, so that must be the role's."""
    caller = aws.call("sts", "GetCallerIdentity").get("Account")
    if caller != asked.account:
        reason = f"the role is in account {asked.account}, and pullcheck runs with credentials of account {caller}"
        return Unavailable(reason, f"use credentials of account {asked.account}")
    try:
        row = aws.call("iam", "GetRole", RoleName=asked.name)["Role"]
    except AwsRefusal as refusal:
        if refusal.code != "NoSuchEntity":
            raise
        return RoleLookup(asked.arn, None)
    return RoleLookup(asked.arn, role_of(row, asked, target.region or aws.region))


def role_of(row: dict[str, Any], asked: ExecutionRole, region: str | None) -> Role:
    """GetRole's row, of a role in the account of the one asked for."""
    return Role(
        arn=row["Arn"],
        name=row["RoleName"],
        path=row.get("Path", "/"),
        id=row["RoleId"],
        account=asked.account,
        partition=asked.partition,
        boundary_arn=row.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        trust_policy=_text(row.get("AssumeRolePolicyDocument", "")),
        tags=tuple(Tag(tag["Key"], tag["Value"]) for tag in row.get("Tags", [])),
        region=region,
        created_at=row["CreateDate"].isoformat() if row.get("CreateDate") else None,
    )


def _text(document: object) -> str:
    """botocore hands out decoded documents as objects, and those that it cannot decode as text."""
    return document if isinstance(document, str) else json.dumps(document)


@collector()
def role(lookup: RoleLookup) -> Role | Unavailable:
    """The role, if it is the one that the model names."""
    if lookup.found and lookup.found.arn == lookup.asked_arn:
        return lookup.found
    return Unavailable(f"there is no role {lookup.asked_arn}", "name one that exists", blocked_by="role.exists")


@collector(
    "iam:ListRolePolicies",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
)
def role_policies(found: Role, aws: Aws) -> RolePolicies:
    """Every policy document, read concurrently; what could not be read is named, and the rest still counts."""
    inline, inline_unread = _names(partial(_inline_names, found, aws))
    attached, attached_unread = _names(partial(_attached_arns, found, aws))
    reads: list[Callable[[], PolicyDocument]] = [
        *(partial(_inline, found, name, aws) for name in inline),
        *(partial(_managed, arn, PolicyKind.MANAGED, aws) for arn in attached),
    ]
    boundary = found.boundary_arn
    bounds = [partial(_managed, boundary, PolicyKind.BOUNDARY, aws)] if boundary else []
    with ThreadPoolExecutor(READERS, "policies") as pool:
        documents = list(pool.map(_or_absence, [*reads, *bounds]))
    identity = _set(documents[: len(reads)], (*inline_unread, *attached_unread))
    return RolePolicies(identity, _set(documents[len(reads) :]) if boundary else None)


def _names(read: Callable[[], list[str]]) -> tuple[list[str], tuple[Unavailable, ...]]:
    try:
        return read(), ()
    except NotObserved as nothing:
        return [], (nothing.unavailable,)


def _inline_names(found: Role, aws: Aws) -> list[str]:
    return list(aws.call("iam", "ListRolePolicies", RoleName=found.name).get("PolicyNames", []))


def _attached_arns(found: Role, aws: Aws) -> list[str]:
    rows = aws.call("iam", "ListAttachedRolePolicies", RoleName=found.name).get("AttachedPolicies", [])
    return [row["PolicyArn"] for row in rows]


def _inline(found: Role, name: str, aws: Aws) -> PolicyDocument:
    answer = aws.call("iam", "GetRolePolicy", RoleName=found.name, PolicyName=name)
    return PolicyDocument(PolicyKind.INLINE, name, None, _text(answer["PolicyDocument"]))


def _managed(arn: str, kind: PolicyKind, aws: Aws) -> PolicyDocument:
    policy = aws.call("iam", "GetPolicy", PolicyArn=arn)["Policy"]
    version = aws.call("iam", "GetPolicyVersion", PolicyArn=arn, VersionId=policy["DefaultVersionId"])
    return PolicyDocument(kind, policy["PolicyName"], arn, _text(version["PolicyVersion"]["Document"]))


def _or_absence(read: Callable[[], PolicyDocument]) -> PolicyDocument | Unavailable:
    try:
        return read()
    except NotObserved as nothing:
        return nothing.unavailable
    except AwsRefusal as refusal:
        return Unavailable(f"a policy of the role could not be read: {refusal}", "run pullcheck again")


def _set(parts: Sequence[PolicyDocument | Unavailable], unread: Sequence[Unavailable] = ()) -> PolicySet:
    return PolicySet(
        tuple(part for part in parts if isinstance(part, PolicyDocument)),
        tuple(dict.fromkeys((*unread, *(part for part in parts if isinstance(part, Unavailable))))),
    )


@collector(optional=("organizations:DescribeOrganization",))
def organization(found: Role, aws: Aws) -> Organization:
    """The organisation of the role's account, which is the caller's own."""
    del found
    try:
        row = aws.call("organizations", "DescribeOrganization")["Organization"]
    except AwsRefusal as refusal:
        if refusal.code != "AWSOrganizationsNotInUseException":
            raise
        return Organization(None)
    return Organization(row["Id"], row.get("MasterAccountId"), row.get("FeatureSet", "ALL") == "ALL")


COLLECTORS = (role_lookup, role, role_policies, organization)
