"""Buckets that refuse layers, and why."""

import json
from typing import Any

import pytest

from pullcheck import Status, Unavailable, Verdict
from pullcheck.evidence.buckets import LayerBucket, LayerBuckets
from pullcheck.evidence.gateway_endpoint import GatewayEndpoint, gateway_endpoints
from pullcheck.evidence.s3 import PullHostService, S3Service
from pullcheck.evidence.vpc import ModelVpc
from pullcheck_checks.network.buckets import buckets_let_the_vpc_in

ROW = {"VpcEndpointId": "vpce-s3", "VpcId": "vpc-1", "VpcEndpointType": "Gateway", "State": "available",
       "ServiceName": "com.amazonaws.us-east-1.s3", "RouteTableIds": [], "PolicyDocument": ""}  # fmt: skip
DENIED = Unavailable("s3:GetBucketPolicy was denied", "allow s3:GetBucketPolicy")


def judged(policy: str | Unavailable | None, *, endpoint: bool = True) -> Verdict:
    gateways: tuple[GatewayEndpoint, ...] = gateway_endpoints([ROW]).rows if endpoint else ()
    service = S3Service("us-east-1", "com.amazonaws.us-east-1.s3", DENIED, gateways)
    buckets = LayerBuckets((LayerBucket("layers", ("docker/sha256:0",), policy),))
    [verdict] = buckets_let_the_vpc_in(buckets, PullHostService(service), ModelVpc("vpc-1"))
    return verdict


def deny(principal: object = "*", resource: str = "arn:aws:s3:::layers/*", **condition: Any) -> str:
    statement = {"Sid": "Only", "Effect": "Deny", "Principal": principal, "Action": "s3:*", "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Condition": condition}]})


@pytest.mark.parametrize(
    "policy",
    [
        deny(StringNotEquals={"aws:SourceVpce": "vpce-other"}),
        deny(StringNotEquals={"aws:SourceVpc": "vpc-9"}),
        deny(NotIpAddress={"aws:SourceIp": "54.10.20.0/24"}),
    ],
)
def test_a_policy_that_wants_another_way_fails_and_names_the_statement(policy: str) -> None:
    verdict = judged(policy)

    assert (verdict.status, verdict.subject) == (Status.FAIL, "bucket layers")
    assert verdict.cause is not None
    assert verdict.cause.id == "reg.blob-redirect-bucket-policy"
    assert "denies s3:GetObject to requests from vpc-1, through vpce-s3" in verdict.because
    assert verdict.fix is not None
    assert "let requests from vpc-1, through vpce-s3 through" in verdict.fix.summary


@pytest.mark.parametrize(
    "policy",
    [
        None,
        deny(StringNotEquals={"aws:SourceVpce": ["vpce-s3", "vpce-other"]}),
        deny(StringNotEquals={"aws:SourceVpc": "vpc-1"}),
        deny(Bool={"aws:SecureTransport": "false"}),
        deny(resource="arn:aws:s3:::layers/other/*"),
    ],
)
def test_a_policy_that_lets_the_vpc_in_passes(policy: str | None) -> None:
    assert judged(policy).status is Status.PASS


@pytest.mark.parametrize(
    "policy",
    [
        DENIED,
        deny({"AWS": "arn:aws:iam::123456789012:role/x"}, StringNotEquals={"aws:SourceVpce": "vpce-other"}),
        deny(StringNotEquals={"aws:PrincipalTag/team": "a"}),
    ],
)
def test_what_is_not_read_or_hangs_on_the_signer_is_unknown(policy: str | Unavailable) -> None:
    verdict = judged(policy)

    assert verdict.status is Status.UNKNOWN
    assert "it answered 403" in verdict.because


def test_without_an_endpoint_a_request_has_no_endpoint_to_show_and_an_address_that_nobody_knows() -> None:
    assert judged(deny(StringNotEquals={"aws:SourceVpce": "vpce-s3"}), endpoint=False).status is Status.FAIL
    assert judged(deny(NotIpAddress={"aws:SourceIp": "54.1.0.0/24"}), endpoint=False).status is Status.UNKNOWN
