"""Where this machine stands, by what an instance metadata service on loopback says."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pullcheck.errors import UsageError
from pullcheck.missing import Unavailable
from pullcheck.settings import Resolve, Settings
from pullcheck.target import VpcConfig
from pullcheck.vantage import VantageName, here
from pullcheck.vantage.here import Here, vantage_for
from pullcheck.vantage.standing import Standing, local_address, standing

PLACE = VpcConfig(("subnet-0a1", "subnet-0a2"), ("sg-0b1", "sg-0b2"))
INTERFACE = "/latest/meta-data/network/interfaces/macs/0a:00:00:00:00:01"
ANSWERS = {
    "/latest/meta-data/mac": "0a:00:00:00:00:01",
    f"{INTERFACE}/subnet-id": "subnet-0a2",
    f"{INTERFACE}/security-group-ids": "sg-0b2\nsg-0b1",
}


class Metadata(BaseHTTPRequestHandler):
    """Version 2 of the service: no answer without the session's token."""

    def do_PUT(self) -> None:
        self.reply(200, "session")

    def do_GET(self) -> None:
        known = self.headers["X-aws-ec2-metadata-token"] == "session" and self.path in ANSWERS
        self.reply(*((200, ANSWERS[self.path]) if known else (401, "")))

    def reply(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def metadata() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Metadata) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED", raising=False)
    (tmp_path / "sys_vendor").write_text("Amazon EC2\n")
    return tmp_path


def test_instance_says_where_it_stands(instance: Path, metadata: str) -> None:
    assert standing(instance, metadata) == Standing("subnet-0a2", frozenset({"sg-0b1", "sg-0b2"}))


def test_asset_tag_of_an_instance_is_enough(instance: Path, metadata: str) -> None:
    (instance / "sys_vendor").unlink()
    (instance / "board_asset_tag").write_text("i-0123456789abcdef0\n")

    assert standing(instance, metadata)


@pytest.mark.parametrize("reason", ["no instance", "forbidden", "silent", "refused"])
def test_machine_that_cannot_show_it(
    instance: Path, metadata: str, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    if reason == "no instance":
        (instance / "sys_vendor").write_text("QEMU")
    if reason == "forbidden":
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "True")
    if reason == "refused":
        monkeypatch.setitem(ANSWERS, "/latest/meta-data/mac", "another")

    assert standing(instance, "127.0.0.1:9" if reason == "silent" else metadata) is None


def test_own_address_is_found_without_traffic() -> None:
    assert local_address("127.0.0.1") == "127.0.0.1"
    assert local_address("::1") in ("::1", None)
    assert local_address("not-an-address") is None


def chosen(name: VantageName, place: VpcConfig | None = PLACE, settings: Settings | None = None) -> Here:
    vantage = vantage_for(name, place, settings or Settings(timeout=3))
    assert isinstance(vantage, Here)
    return vantage


@pytest.mark.parametrize(
    ("where", "place", "name"),
    [
        (None, PLACE, "outside"),
        (Standing("subnet-0a1", frozenset({"sg-0b1", "sg-0b2"})), PLACE, "inside"),
        (Standing("subnet-0a1", frozenset({"sg-0b1", "sg-0b2"})), None, "outside"),
        (Standing("subnet-0a9", frozenset({"sg-0b1", "sg-0b2"})), PLACE, "outside"),
        (Standing("subnet-0a1", frozenset({"sg-0b1"})), PLACE, "outside"),
        (Standing("subnet-0a1", frozenset({"sg-0b1", "sg-0b2", "sg-0b3"})), PLACE, "outside"),
    ],
)
def test_auto_is_inside_only_with_the_models_subnet_and_exactly_its_groups(
    monkeypatch: pytest.MonkeyPatch, where: Standing | None, place: VpcConfig | None, name: str
) -> None:
    monkeypatch.setattr(here, "standing", lambda: where)

    assert chosen(VantageName.AUTO, place).name == name


def test_inside_and_outside_are_taken_from_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "standing", lambda: pytest.fail("nobody asked"))

    assert chosen(VantageName.INSIDE, None).name == "inside"
    assert chosen(VantageName.OUTSIDE).name == "outside"
    assert chosen(VantageName.OUTSIDE).timeout == 3


def test_description_names_the_address_used_towards_the_registry() -> None:
    settings = Settings(resolve=(Resolve("registry.example.com", 443, "127.0.0.1"),))

    assert chosen(VantageName.OUTSIDE, settings=settings).description == "this machine, 127.0.0.1"


def test_none_says_that_nobody_looked() -> None:
    vantage = vantage_for(VantageName.NONE, PLACE, Settings())

    assert isinstance(vantage, Unavailable)
    assert vantage.because == "nobody looked: --vantage none; run with --vantage outside or --vantage inside"


def test_lambda_is_not_there_yet() -> None:
    with pytest.raises(UsageError, match="--vantage lambda is not available yet"):
        vantage_for(VantageName.LAMBDA, PLACE, Settings())
