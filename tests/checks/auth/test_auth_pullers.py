"""The two profiles are functions of what was recorded, and name causes that exist."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pullcheck import Severity
from pullcheck.evidence.credentials import Account, Source
from pullcheck.evidence.pull import ImagePull, Login, Manifest, Post, Scheme, Token
from pullcheck.evidence.steps import Reply, Step
from pullcheck.vantage import Outcome
from pullcheck_checks import CHECKS
from pullcheck_checks.auth.pullers import Client, alike, containerd, differences, docker

URL = "https://registry.example.com/v2/team/model/manifests/v1"
KINDS = st.sampled_from([None, "application/vnd.oci.image.manifest.v1+json", "application/json"])
DIGESTS = st.sampled_from([None, "sha256:" + "0" * 64, "sha256:" + "1" * 64, "sha512:" + "1" * 128])
STATUSES = st.sampled_from([None, 200, 400, 401, 403, 404, 405, 429, 500, 501, 503])
REPLIES = st.builds(
    Reply,
    st.sampled_from(["HEAD", "GET"]),
    st.just(URL),
    st.just("10.0.10.20"),
    st.just(Outcome.OK),
    status=STATUSES,
    media_type=KINDS,
    length=st.sampled_from([None, 9]),
    digest=DIGESTS,
    asks=st.sampled_from([(), ('Basic realm="x"',), ('Bearer realm="x",error="invalid_token"',), ("",)]),
)
STEPS = st.builds(lambda reply: Step((reply,)), REPLIES)
PERHAPS = st.one_of(st.none(), STEPS)
POSTS = st.builds(Post, STEPS, st.sampled_from([(), ("token",), ("access_token",)]), st.sampled_from(["", "no JSON"]))
TOKENS = st.builds(
    Token,
    st.just("https://registry.example.com/token"),
    st.none(),
    STEPS,
    st.booleans(),
    st.sampled_from([(), ("token",), ("access_token",)]),
    st.sampled_from(["", "no JSON"]),
    post=st.one_of(st.none(), POSTS),
)
MANIFESTS = st.builds(
    Manifest,
    st.just("v1"),
    PERHAPS,
    STEPS,
    st.sampled_from([10, 9 * 1024 * 1024]),
    DIGESTS,
    joined=PERHAPS,
    by_digest=PERHAPS,
    recomputed=DIGESTS,
)
PULLS = st.builds(
    lambda token, root, unasked, spoiled, late, unread: ImagePull(
        "registry.example.com",
        443,
        "10.0.10.20",
        "team/model",
        "v1",
        Login(Scheme.BEARER, Account(Source.FUNCTION), token=token, late=late, unread=unread),
        "inside",
        root,
        unasked=unasked,
        spoiled=spoiled,
    ),
    st.one_of(st.none(), TOKENS),
    st.one_of(st.none(), MANIFESTS),
    PERHAPS,
    PERHAPS,
    st.booleans(),
    st.sampled_from(["", "service"]),
)
CAUSES = {cause.id: cause for check in CHECKS for cause in check.causes}


@given(PULLS)
def test_every_obstacle_has_a_cause_and_weighs_as_the_other_client_fares(pull: ImagePull) -> None:
    stopped = {Client.DOCKER: docker(pull), Client.CONTAINERD: containerd(pull)}
    verdicts = list(differences(pull, CAUSES.values()))

    assert len(verdicts) == sum(map(len, stopped.values()))
    assert alike(pull) == (not verdicts)
    for obstacle in (one for found in stopped.values() for one in found):
        assert obstacle.cause in CAUSES
        assert obstacle.because
    wanted = Severity.ERROR if all(stopped.values()) else Severity.WARNING
    assert {one.severity for one in verdicts} <= {wanted}


@given(PULLS)
def test_without_a_remark_on_the_way_nobody_is_stopped_at_the_token(pull: ImagePull) -> None:
    quiet = replace(pull, login=Login(Scheme.BASIC, pull.login.account), root=None, unasked=None, spoiled=None)

    assert alike(quiet)
