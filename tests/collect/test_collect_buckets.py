"""Policies of buckets that refuse layers, read from an account simulated in process."""

import json
from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws
from pydantic import TypeAdapter

from pullcheck.collect.aws import Aws
from pullcheck.collect.buckets import layer_buckets
from pullcheck.evidence.buckets import LayerBucket, LayerBuckets
from pullcheck.evidence.credentials import Account, Source
from pullcheck.evidence.pull import Config, Descriptor, ImagePull, Layer, Login, Manifest, PlatformImage, Scheme
from pullcheck.evidence.steps import Reply, Step
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.vantage import Outcome

REGISTRY = "https://registry.example.com/v2/team/model"


def step(url: str, status: int) -> Step:
    moved = Reply("GET", f"{REGISTRY}/blobs/x", "10.0.10.20", Outcome.OK, status=307)
    return Step((moved, Reply("GET", url, "52.1.2.3", Outcome.OK, status=status)))


def pull(*steps: Step) -> ImagePull:
    layer = Descriptor("application/vnd.oci.image.layer.v1.tar+gzip", "sha256:0", 1)
    manifest = Manifest("v1", None, Step(()))
    first, *others = steps
    image = PlatformImage(manifest, Config(first), tuple(Layer(layer, one) for one in others))
    login = Login(Scheme.NONE, Account(Source.NOBODY))
    return ImagePull("registry.example.com", 443, "10.0.10.20", "team/model", "v1", login, "inside", images=(image,))


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "lab")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Aws("us-east-1")


def test_the_policies_of_buckets_that_refused_are_read(aws: Aws) -> None:
    s3 = boto3.client("s3", region_name="us-east-1")
    policy = {"Version": "2012-10-17", "Statement": []}
    for name in ("layers", "plain"):
        s3.create_bucket(Bucket=name)
    s3.put_bucket_policy(Bucket="layers", Policy=json.dumps(policy))
    urls = (f"https://{one}.s3.us-east-1.amazonaws.com/docker/0" for one in ("layers", "plain", "gone"))

    found = layer_buckets(pull(*(step(url, 403) for url in urls)), aws)

    assert isinstance(found, LayerBuckets)
    plain, gone, layers = found.rows
    assert (layers.name, layers.keys) == ("layers", ("docker/0",))
    assert isinstance(layers.policy, str)
    assert json.loads(layers.policy) == policy
    assert plain.policy is None
    assert isinstance(gone.policy, Unavailable)


def test_nobody_is_asked_about_what_was_served_or_refused_elsewhere(aws: Aws) -> None:
    served = step("https://layers.s3.us-east-1.amazonaws.com/docker/0", 200)
    other = step("https://cdn.example.com/docker/0", 403)

    assert isinstance(layer_buckets(pull(served, other), aws), NotApplicable)
    assert isinstance(layer_buckets(replace(pull(served), images=()), aws), NotApplicable)
    assert not aws.used


def test_what_is_written_down_is_read_again() -> None:
    rows = [LayerBucket("a", ("b",), one) for one in ("{}", None, Unavailable("denied"))]
    adapter = TypeAdapter(LayerBuckets)

    assert adapter.validate_json(adapter.dump_json(LayerBuckets(tuple(rows)))) == LayerBuckets(tuple(rows))
