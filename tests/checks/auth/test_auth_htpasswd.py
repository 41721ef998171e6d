"""Passwords that are right and refused all the same."""

from dataclasses import replace

import pytest
from test_auth_credentials import CONTAINER, FUNCTION, GOOD, TARGET, URL

from pullcheck import Status, Verdict
from pullcheck.evidence.pull import Login, Scheme
from pullcheck.evidence.steps import RegistryError, Reply, Step
from pullcheck.vantage import Outcome
from pullcheck_checks.auth.credentials import credentials_are_accepted

REFUSED = Reply("GET", URL, "10.0.10.20", Outcome.OK, status=401,
                error=RegistryError("UNAUTHORIZED", "authentication required"))  # fmt: skip


def judged(reply: Reply) -> list[Verdict]:
    pull = replace(GOOD, login=Login(Scheme.BASIC, FUNCTION, Step((reply,))), root=None)
    return list(credentials_are_accepted.function(pull, CONTAINER, TARGET))


def test_the_reference_registry_may_hold_the_password_in_a_form_that_it_ignores() -> None:
    refused, doubt = judged(REFUSED)

    assert refused.cause is not None
    assert refused.cause.id == "auth.basic-rejected"
    assert doubt.status is Status.UNKNOWN
    assert doubt.cause is not None
    assert doubt.cause.id == "auth.htpasswd-not-bcrypt"
    assert "$2y$" in doubt.because


@pytest.mark.parametrize(
    "other",
    [
        replace(REFUSED, product="Nexus"),
        replace(REFUSED, server="nginx"),
        replace(REFUSED, error=RegistryError("UNAUTHORIZED", "bad credentials")),
        replace(REFUSED, error=None),
    ],
)
def test_of_other_makes_nothing_is_said(other: Reply) -> None:
    assert len(judged(other)) == 1


def test_credentials_that_are_accepted_leave_no_doubt() -> None:
    [verdict] = judged(replace(REFUSED, status=200, error=None))

    assert verdict.cause is None
