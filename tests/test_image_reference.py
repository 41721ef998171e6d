"""The grammar of image references, against examples and for every text there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcheck.image_reference import HOSTLESS, Problem, is_private_ecr, is_pulled_over_vpc, parse
from pullcheck.target import Container

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "host", "port", "repository", "tag", "digest"),
    [
        ("registry.example.com/team/model:v1", "registry.example.com", None, "team/model", "v1", None),
        ("registry.example.com:5000/model", "registry.example.com", 5000, "model", None, None),
        ("registry:5000/team/model:v1", "registry", 5000, "team/model", "v1", None),
        ("localhost/model", "localhost", None, "model", None, None),
        ("Registry/model", "Registry", None, "model", None, None),
        ("10.0.10.20:443/a/b/c", "10.0.10.20", 443, "a/b/c", None, None),
        ("[fd00::1]:443/model", "[fd00::1]", 443, "model", None, None),
        (f"a.example/b@{DIGEST}", "a.example", None, "b", None, DIGEST),
        (f"a.example/b:v1@{DIGEST}", "a.example", None, "b", "v1", DIGEST),
        ("model", None, None, "library/model", None, None),
        ("model:v1", None, None, "library/model", "v1", None),
        ("registry.example.com:5000", None, None, "library/registry.example.com", "5000", None),
        ("team/model:v1", None, None, "team/model", "v1", None),
        ("docker.io/model", "docker.io", None, "library/model", None, None),
        ("a.example/x__y/z--9.q", "a.example", None, "x__y/z--9.q", None, None),
    ],
)
def test_references_are_taken_apart_as_docker_does(
    text: str, host: str | None, port: int | None, repository: str, tag: str | None, digest: str | None
) -> None:
    image = parse(text)

    assert (image.host, image.port, image.repository) == (host, port, repository)
    assert (image.tag, image.digest, image.problems) == (tag, digest, ())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.EMPTY),
        ("a.example/b:v1\n", Problem.BLANK),
        (" a.example/b", Problem.BLANK),
        ("a.example/\u200bb", Problem.BLANK),
        ("https://a.example/b", Problem.SCHEME),
        ("***@a.example/b", Problem.HOST),
        ("a_b.example/c", Problem.HOST),
        ("a.example:0/c", Problem.HOST),
        ("a.example:65536/c", Problem.HOST),
        ("a.example:/c", Problem.HOST),
        (":80/c", Problem.HOST),
        ("a.example/Team/model", Problem.UPPER_CASE),
        ("a.example/", Problem.REPOSITORY),
        ("a.example//b", Problem.REPOSITORY),
        ("a.example/b__-c", Problem.REPOSITORY),
        ("a.example/b:", Problem.TAG),
        ("a.example/b:" + "x" * 129, Problem.TAG),
        ("a.example/b:v 1", Problem.BLANK),
        ("a.example/b:-v1", Problem.TAG),
        ("a.example/b@sha256:abc", Problem.DIGEST),
        (f"a.example/b@{DIGEST.upper()}", Problem.DIGEST),
        ("a.example/b@" + "md5:" + "0" * 32, Problem.DIGEST),
        ("a.example/b@", Problem.DIGEST),
        ("a.example/" + "x" * 250, Problem.TOO_LONG),
    ],
)
def test_each_broken_rule_is_named(text: str, problem: Problem) -> None:
    assert problem in parse(text).problems


LABEL = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
HOST = st.lists(LABEL, min_size=2, max_size=4).map(".".join)
COMPONENT = st.from_regex(r"[a-z0-9]{1,8}(?:(?:[._]|__|-{1,3})[a-z0-9]{1,8}){0,2}", fullmatch=True)
REPOSITORY = st.lists(COMPONENT, min_size=1, max_size=3).map("/".join)
TAG = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True)


@given(HOST, st.none() | st.integers(1, 65535), REPOSITORY, st.none() | TAG, st.none() | st.just(DIGEST))
def test_what_is_put_together_comes_apart_the_same(
    host: str, port: int | None, repository: str, tag: str | None, digest: str | None
) -> None:
    text = host + (f":{port}" if port else "") + f"/{repository}"
    text += (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")

    image = parse(text)

    assert (image.host, image.port, image.repository) == (host, port, repository)
    assert (image.tag, image.digest) == (tag, digest)
    assert set(image.problems) <= {Problem.TOO_LONG}


@given(st.text() | st.text("aA0./:@-_ []", max_size=30))
def test_every_text_gives_an_answer(text: str) -> None:
    image = parse(text)

    assert image.text == text
    assert image.port is None or 0 < image.port < 65536
    assert image.repository or image.problems
    assert image.host is None or not HOSTLESS & set(image.problems)


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com", True),
        ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", True),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", True),
        ("123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu", True),
        ("123456789012.dkr-ecr.us-east-1.on.aws", True),
        ("public.ecr.aws", False),
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com.example.com", False),
        ("registry.example.com", False),
        (None, False),
    ],
)
def test_private_ecr_is_told_by_its_host(host: str | None, private: bool) -> None:
    assert is_private_ecr(host) is private


def test_images_outside_ecr_are_pulled_over_the_vpc() -> None:
    assert is_pulled_over_vpc(Container("PrimaryContainer", "registry.example.com/a"))
    assert is_pulled_over_vpc(Container("PrimaryContainer", None, "Vpc"))
    assert not is_pulled_over_vpc(Container("PrimaryContainer", "123456789012.dkr.ecr.us-east-1.amazonaws.com/a"))
    assert not is_pulled_over_vpc(Container("PrimaryContainer", "https://registry.example.com/a"))
