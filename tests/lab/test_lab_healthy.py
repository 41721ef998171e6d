"""The world as it should be: nothing to find, from every side, and the demo says so."""

import io
from contextlib import closing

import pytest
from laboratory import Lab

from pullcheck.demo import run_demo
from pullcheck.demo.docker_registry import DockerRegistry
from pullcheck.demo.faults import FAULTS
from pullcheck.demo.image import tiny_image
from pullcheck.demo.registry import PASSWORD, USERNAME
from pullcheck.demo.world import build


def not_fine(report: dict[str, list[dict[str, str]]]) -> list[tuple[str, str, str]]:
    """Findings that are neither passes nor beside the point."""
    return [
        (finding["check"], finding["subject"], finding["because"])
        for finding in report["findings"]
        if finding["status"] not in ("pass", "not-applicable")
    ]


def test_a_working_set_up_passes(lab: Lab) -> None:
    run = lab.check(*lab.live)

    assert not_fine(run.report) == []
    assert run.report["verdict"] == "pass"
    assert run.status == 0
    assert not run.errors


def test_without_looking_only_what_needs_a_look_is_unknown(lab: Lab) -> None:
    run = lab.check("--vantage", "none")

    assert run.report["counts"]["fail"] == run.report["counts"]["warning"] == 0
    assert {check.partition(".")[0] for check, _, _ in not_fine(run.report)} <= {
        "registry",
        "auth",
        "tls",
        "image",
        "function",
        "network",
    }
    assert {check for check, _, _ in not_fine(run.report) if check.startswith("network.")} == {
        "network.pull-hosts-reachable",
        "network.bucket-policy",
    }
    assert run.status == 3


def test_nothing_but_reads_is_asked_of_aws(lab: Lab) -> None:
    lab.check(*lab.live)
    writes = {
        name
        for name in lab.cloud.calls
        if not name.partition(":")[2].startswith(("Describe", "Get", "List", "Simulate"))
    }

    assert writes <= {"lambda:Invoke"}


def test_the_command_says_the_same_in_a_process_of_its_own(lab: Lab) -> None:
    run = lab.subprocess("check", lab.target, "--format", "json", *lab.live)

    assert run.report["verdict"] == "pass"
    assert run.status == 0
    assert not run.errors


def test_debians_registry_passes_too(lab: Lab, debian_registry: str) -> None:
    registry = DockerRegistry(debian_registry, tiny_image(), lab.certificate, lab.authority.root)
    with closing(registry):
        lab.cloud.reset()
        lab.world = build(lab.cloud, registry.port, USERNAME, PASSWORD)
        lab.request = lab.world.request
        resolve = f"registry.example.com:{registry.port}:127.0.0.1"
        run = lab.check(*lab.live, "--resolve", resolve)

    assert not_fine(run.report) == []
    assert run.status == 0


@pytest.mark.parametrize("call", ["ec2:DescribeSubnets", "iam:GetRole", "lambda:GetFunctionConfiguration"])
def test_what_may_not_be_read_is_unknown_and_named(lab: Lab, call: str) -> None:
    lab.cloud.deny(call)
    run = lab.check(*lab.live)
    named = [because for _, _, because in not_fine(run.report) if call in because]

    assert named
    assert run.report["counts"]["fail"] == 0
    assert run.status == 3


def test_the_demo_finds_what_it_broke(monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.StringIO()
    status = run_demo(output)

    assert status == 0, output.getvalue()
    assert all(fault.line in output.getvalue() for fault in FAULTS)
