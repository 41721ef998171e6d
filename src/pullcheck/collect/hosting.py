"""Reads the policy of the bucket that holds the model data."""

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.hosting import BucketPolicy
from pullcheck.evidence.role import Role
from pullcheck.evidence.s3 import ModelData
from pullcheck.missing import Unavailable
from pullcheck.wiring import collector


@collector(optional=("s3:GetBucketPolicy",))
def bucket_policy(data: ModelData, found: Role, aws: Aws) -> BucketPolicy | Unavailable:
    """Of a bucket of the role's own account: what another account's may grant, the role's policies must grant too."""
    try:
        answer = aws.call("s3", "GetBucketPolicy", Bucket=data.bucket, ExpectedBucketOwner=found.account)
    except AwsRefusal as refusal:
        if refusal.code == "NoSuchBucketPolicy":
            return BucketPolicy(data.bucket, None)
        return Unavailable(f"the policy of bucket {data.bucket} could not be read: {refusal}", "see the message")
    return BucketPolicy(data.bucket, answer.get("Policy"))


COLLECTORS = (bucket_policy,)
