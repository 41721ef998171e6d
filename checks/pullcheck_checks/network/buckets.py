"""Do the buckets that the layers come from let the VPC in?"""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import Basis, Cause, Fix, Unavailable, Verdict, check, failed, passed, unknown
from pullcheck.evidence.buckets import LayerBucket, LayerBuckets
from pullcheck.evidence.s3 import PullHostService
from pullcheck.evidence.vpc import ModelVpc
from pullcheck.partition import partition_of
from pullcheck_checks.network.paths.s3_policy import EVERYBODY, GET
from pullcheck_checks.role.context import Context
from pullcheck_checks.role.kleene import Truth
from pullcheck_checks.role.policy import Source, Statement, read
from pullcheck_checks.role.principals import SESSIONS, RoleCaller
from pullcheck_checks.role.statements import Request, meet

BUCKET_POLICY = Cause(
    "reg.blob-redirect-bucket-policy",
    "The policy of the bucket that the layers come from denies what comes from the model's VPC: it wants another"
    " endpoint, another VPC, or an address, which nothing has that comes through an endpoint.",
    "The redirected request answers 403; GetBucketPolicy: a Deny for everybody whose condition on aws:SourceVpce,"
    " aws:SourceVpc or aws:SourceIp fits requests from the VPC.",
    "Name the VPC's S3 endpoint in the condition; use aws:VpcSourceIp for addresses behind an endpoint.",
    Basis.DOCUMENTED,
    "AWS PrivateLink Guide, gateway endpoints for Amazon S3; Amazon S3 User Guide, bucket policies for VPC endpoints",
    certain=False,
)
ADDRESS = "aws:sourceip"


@check("network.bucket-policy", "The buckets of the layers let the VPC in", (BUCKET_POLICY,))
def buckets_let_the_vpc_in(found: LayerBuckets, service: PullHostService, vpc: ModelVpc) -> Iterator[Verdict]:
    """Reads the policy of each S3 bucket that refused a layer, as requests from the model's VPC meet it.

    What: The Deny statements of the policy that are for everybody, with the VPC and its S3 gateway endpoint as source.

    Why: The address that the registry redirects to carries a signature, and a bucket may want more than that: that the
    request comes through a certain endpoint, for instance.

    Passes: No Deny for everybody fits; the refusal has another reason, or is one of where pullcheck stands.

    Fails: A Deny for everybody fits requests from the VPC.

    Not verified when: The policy cannot be read, as that of another account's bucket, or hangs on what is not known.

    Fix: Name the VPC's endpoint in the policy's condition.

    Source: AWS PrivateLink Guide, gateway endpoints for Amazon S3; Amazon S3 User Guide, bucket policies.
    """
    ids = [one.id for one in service.s3.gateways if one.state == "available"] if service.s3 else []
    known = {"aws:sourcevpce": tuple(ids[:1]), "aws:sourcevpc": (vpc.id,)} if ids else {}
    absent = frozenset([ADDRESS] if ids else ["aws:sourcevpce", "aws:sourcevpc"])
    context = Context({**known, "aws:securetransport": ("true",)}, absent)
    partition = partition_of(service.s3.region).id if service.s3 else "aws"
    way = f"through {ids[0]}" if ids else "without an S3 endpoint"
    for bucket in found.rows:
        yield _judged(bucket, context, partition, f"requests from {vpc.id}, {way}")


def _judged(bucket: LayerBucket, context: Context, partition: str, who: str) -> Verdict:
    subject = f"bucket {bucket.name}"
    if isinstance(bucket.policy, Unavailable):
        return unknown(subject, f"it answered 403, and {bucket.policy.because}", cause=BUCKET_POLICY)
    statements = read(bucket.policy, Source(f"the policy of {bucket.name}")) if bucket.policy else ()
    caller = RoleCaller("", "", "", "", partition, SESSIONS[0], True)
    asked = Request(caller, GET, f"arn:{partition}:s3:::{bucket.name}/{bucket.keys[0]}", context)
    denies = [(one, _fits(one, asked)) for one in statements if one.effect == "Deny"]
    if denial := next((one for one, truth in denies if truth), None):
        fix = Fix(f"let {who} through in {denial}")
        return failed(subject, f"it answered 403, and {denial} denies {GET} to {who}", BUCKET_POLICY, fix)
    if unsure := ", ".join(str(one) for one, truth in denies if truth is None):
        return unknown(subject, f"it answered 403, and whether {unsure} fits {who} is not known", cause=BUCKET_POLICY)
    because = f"none of the {len(statements)} statements of its policy denies {GET} to {who}"
    return passed(subject, f"{because}; the 403 has another reason")


def _fits(statement: Statement, asked: Request) -> Truth:
    """Whether the statement fits whoever has signed; None where it names somebody."""
    fits = meet(replace(statement, principals=EVERYBODY, not_principals=None), asked).truth
    everybody = any(one.value == "*" for one in statement.principals or ())
    return fits if everybody or fits is False else None
