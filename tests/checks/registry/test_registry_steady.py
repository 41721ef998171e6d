"""Requests that were put off, failed at first or took long, on evidence made by hand."""

from dataclasses import replace

import pytest

from pullcheck import Severity, Status, Verdict
from pullcheck.evidence.credentials import Account, Source
from pullcheck.evidence.pull import ImagePull, Login, Manifest, Scheme
from pullcheck.evidence.steps import Reply, Step
from pullcheck.vantage import Outcome
from pullcheck_checks.registry.steady import answers_steadily

URL = "https://registry.example.com/v2/team/model/manifests/v1"
DIGEST = "sha256:" + "0" * 64
OK = Reply("HEAD", URL, "10.0.10.20", Outcome.OK, status=200, digest=DIGEST)
MANIFEST = Manifest("v1", Step((OK,)), Step((replace(OK, method="GET"),)), computed=DIGEST)
PULL = ImagePull(
    "registry.example.com",
    443,
    "10.0.10.20",
    "team/model",
    "v1",
    Login(Scheme.BASIC, Account(Source.FUNCTION)),
    "inside",
    MANIFEST,
    unasked=Step((replace(OK, status=401),)),
)


def judged(pull: ImagePull) -> list[Verdict]:
    return list(answers_steadily.function(pull))


def cause(verdict: Verdict) -> str | None:
    return verdict.cause.id if verdict.cause else None


def test_all_answered_at_once_passes_with_the_number() -> None:
    [verdict] = judged(PULL)

    assert verdict.status is Status.PASS
    assert "3 requests were answered the first time" in verdict.because


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [(9, 0, "reg.pull-through-cold"), (9, 6, "reg.slow-first-byte"), (0, 5, "reg.slow-first-byte")],
)
def test_slow_answers(first: int, second: int, wanted: str) -> None:
    slow = Step((replace(OK, status=401, seconds=first),))
    root = replace(MANIFEST, get=Step((replace(OK, method="GET", seconds=second),)))
    [verdict] = judged(replace(PULL, unasked=slow, root=root))

    assert (cause(verdict), verdict.severity) == (wanted, Severity.WARNING)
    assert f"after {first or second} s" in verdict.because


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_server_error_that_passed(status: int) -> None:
    root = replace(MANIFEST, get=Step((OK,), before=(replace(OK, status=status),)))
    [verdict] = judged(replace(PULL, root=root))

    assert (cause(verdict), verdict.severity) == ("reg.unsteady", Severity.WARNING)
    assert f"answers {status}" in verdict.because


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        (replace(OK, address="10.0.11.20"), None),
        (replace(OK, address="10.0.11.20", digest=None), None),
        (replace(OK, address="10.0.11.20", status=503), None),
        (replace(OK, address="10.0.11.20", outcome=Outcome.REFUSED, status=None), None),
        (replace(OK, address="10.0.11.20", digest="sha256:" + "1" * 64), "reg.cluster-inconsistent"),
        (replace(OK, address="10.0.11.20", status=404), "reg.cluster-inconsistent"),
        (replace(OK, address="10.0.11.20", status=401), "reg.cluster-inconsistent"),
    ],
)
def test_other_addresses(other: Reply, wanted: str | None) -> None:
    [verdict] = judged(replace(PULL, elsewhere=(Step((other,)),)))

    assert cause(verdict) == wanted
    assert wanted is None or "10.0.11.20" in verdict.because
    assert wanted is None or (verdict.severity is Severity.ERROR) == (other.status != 200)


def test_pull_that_did_not_come_to_the_manifest_is_unknown() -> None:
    [verdict] = judged(replace(PULL, root=None, unasked=None))

    assert verdict.status is Status.UNKNOWN
    assert verdict.blocked_by == "auth.credentials-accepted"
