"""Reads the policies of what hosting uses as the role: the bucket of the model data, and the key of the volumes."""

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.hosting import BucketPolicy, VolumeKey
from pullcheck.evidence.model_data import ModelData
from pullcheck.evidence.role import Role
from pullcheck.missing import NotApplicable, NotObserved, Unavailable
from pullcheck.target import Target
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


@collector(optional=("kms:DescribeKey", "kms:GetKeyPolicy"))
def volume_key(target: Target, found: Role, aws: Aws) -> VolumeKey | Unavailable | NotApplicable:
    """Of the key that the endpoint configuration names, by id, alias or ARN; its policy is one document."""
    del found
    if target.volume_key is None:
        return NotApplicable("no KmsKeyId is given")
    try:
        row = aws.call("kms", "DescribeKey", KeyId=target.volume_key)["KeyMetadata"]
    except AwsRefusal as refusal:
        return Unavailable(f"key {target.volume_key} could not be read: {refusal}", "see the message")
    return VolumeKey(row["Arn"], row.get("KeyState", "Enabled"), _key_policy(row["Arn"], aws))


def _key_policy(arn: str, aws: Aws) -> str | Unavailable:
    try:
        answer = aws.call("kms", "GetKeyPolicy", KeyId=arn, PolicyName="default")
    except NotObserved as nothing:
        return nothing.unavailable
    except AwsRefusal as refusal:
        return Unavailable(f"the policy of {arn} could not be read: {refusal}", "see the message")
    return str(answer["Policy"])


COLLECTORS = (bucket_policy, volume_key)
