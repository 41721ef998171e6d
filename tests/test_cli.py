"""The command line: what it prints where, and with which exit status."""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from pullcheck import __version__
from pullcheck.cli import run
from pullcheck.packs import causes, load_packs

PACKS = load_packs()
READS = ("Describe", "Get", "List", "Search", "Simulate")
REQUEST = {
    "ModelName": "vpc-model",
    "ExecutionRoleArn": "arn:aws:iam::123456789012:role/SageMakerExecutionRole",
    "PrimaryContainer": {
        "Image": "registry.example.com/team/model:v1",
        "ImageConfig": {"RepositoryAccessMode": "Vpc"},
    },
    "VpcConfig": {"Subnets": ["subnet-0a1"], "SecurityGroupIds": ["sg-0b2"]},
}


def pullcheck(*arguments: str) -> tuple[int, str, str]:
    output, errors = io.StringIO(), io.StringIO()
    with redirect_stdout(output), redirect_stderr(errors):
        status = run(list(arguments))
    return status, output.getvalue(), errors.getvalue()


@pytest.fixture
def request_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    path = tmp_path / "model.json"
    path.write_text(json.dumps(REQUEST))
    return str(path)


def test_the_version() -> None:
    assert pullcheck("--version") == (0, f"pullcheck {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "Usage"),
        (("chek",), "No such command"),
        (("check",), "name a TARGET"),
        (("check", "nowhere.json"), "nowhere.json"),
        (("check", "FILE", "--format", "yaml"), "--format yaml: expected one of text, json, junit"),
        (("check", "FILE", "--report", "report.xml"), "--report report.xml: expected FORMAT=PATH"),
        (("check", "FILE", "--report", "junit=/no/such/folder/report.xml"), "expected a file in a folder that exists"),
        (("check", "FILE", "--only", "tsl"), "--only tsl: no check or family of that name"),
        (("check", "FILE", "--resolve", "registry.example.com:10.0.0.1"), "expected HOST:PORT:ADDRESS"),
        (("check", "FILE", "--resolve", "registry.example.com:443:somewhere"), "expected an IPv4 or IPv6 address"),
        (("check", "FILE", "--registry-address", "10.0.0.256"), "expected an IPv4 or IPv6 address"),
        (("check", "FILE", "--public-roots", "/no/such/file.pem"), "cannot be read"),
        (("check", "FILE", "--public-roots", "FILE"), "expected certificates in PEM form"),
        (("check", "FILE", "--timeout", "0"), "--timeout"),
        (("check", "FILE", "--vantage", "lambda"), "--vantage lambda"),
        (("check", "FILE", "--vantage", "moon"), "--vantage"),
        (("check", "FILE", "--from", "FILE"), "not both"),
        (("check", "--from", "FILE"), "not an evidence file"),
        (("check", "--from", "/no/such/evidence.json"), "cannot be read"),
        (("collect", "FILE"), "--output"),
        (("collect", "FILE", "--output", "/no/such/folder/evidence.json"), "expected a file in a folder that exists"),
        (("explain", "tls.missing-intermediat"), "did you mean tls.missing-intermediate?"),
    ],
)
def test_a_wrong_call_is_refused_in_words_and_with_2(
    arguments: tuple[str, ...], complaint: str, request_file: str
) -> None:
    status, output, errors = pullcheck(*(request_file if word == "FILE" else word for word in arguments))

    assert status == 2
    assert complaint in errors
    assert output == ""
    assert "Traceback" not in errors


@pytest.mark.parametrize("body", ["AAAA", "!!!!", ""])
def test_public_roots_that_cannot_all_be_read_are_refused_by_number(
    body: str, request_file: str, tmp_path: Path
) -> None:
    import trustme

    good = trustme.CA().cert_pem.bytes().decode()
    roots = tmp_path / "roots.pem"
    roots.write_text(f"# \u0151\n{good}-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n{good}")
    status, output, errors = pullcheck("check", request_file, "--public-roots", str(roots))

    assert (status, output) == (2, "")
    assert f"--public-roots {roots}: certificate 2 of 3 cannot be read" in errors


def test_public_roots_are_the_certificates_without_the_words_between_them(tmp_path: Path) -> None:
    import trustme

    from pullcheck.command import _roots

    good = trustme.CA().cert_pem.bytes().decode()
    path = tmp_path / "roots.pem"
    path.write_text(f"# F\u0151\n{good}\n# another\n{good}", encoding="utf-8")

    assert _roots(str(path)) == good * 2


@pytest.mark.parametrize("name", ["check", "collect", "explain", "list", "permissions", "demo"])
def test_every_command_has_help(name: str) -> None:
    status, output, _ = pullcheck(name, "--help")

    assert status == 0
    assert output.startswith(f"Usage: pullcheck {name}")


def test_standard_output_is_the_report_and_files_get_the_others(request_file: str, tmp_path: Path) -> None:
    report = f"junit={tmp_path / 'report.xml'}"
    status, output, errors = pullcheck(
        "check", request_file, "--only", "target", "--vantage", "none", "--format", "json", "--report", report
    )
    document = json.loads(output)

    assert (status, errors) == (0, "")
    assert document["verdict"] == "pass"
    assert {finding["check"].split(".")[0] for finding in document["findings"]} == {"target"}
    assert (tmp_path / "report.xml").read_text().startswith("<?xml")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.json", "report.xml"]


def test_checks_of_the_wire_need_no_aws_for_a_request_file(request_file: str) -> None:
    code = (
        "import sys; from pullcheck.cli import run; "
        f"run(['check', {request_file!r}, '--only', 'tls', '--only', 'registry', '--vantage', 'none']); "
        "sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**environment, "AWS_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "nobody looked" in done.stdout


def test_options_that_steer_observing_are_said_to_do_nothing_for_saved_evidence(
    request_file: str, tmp_path: Path
) -> None:
    evidence = str(tmp_path / "evidence.json")
    pullcheck("collect", request_file, "--only", "target", "--output", evidence)
    status, output, errors = pullcheck("check", "--from", evidence, "--only", "target", "--vantage", "none")

    assert status == 0
    assert output
    assert errors == "pullcheck: --vantage has no effect with --from\n"


def test_evidence_that_lacks_what_a_check_needs_is_unknown_not_a_failure(request_file: str, tmp_path: Path) -> None:
    evidence = str(tmp_path / "evidence.json")
    pullcheck("collect", request_file, "--only", "tls", "--vantage", "none", "--output", evidence)
    status, output, _ = pullcheck("check", "--from", evidence, "--format", "json")

    assert status == 3
    assert {one["status"] for one in json.loads(output)["findings"]} <= {"pass", "unknown", "not-applicable"}


def test_evidence_may_go_to_standard_output(request_file: str) -> None:
    status, output, _ = pullcheck("collect", request_file, "--only", "target", "--output", "-")

    assert status == 0
    assert json.loads(output)["schema"] == "pullcheck/evidence/1"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_is_said_in_words(request_file: str) -> None:
    command = ("check", request_file, "--only", "target", "--report", "json=/dev/full")

    assert pullcheck(*command)[0] == 2


def test_the_request_may_come_from_standard_input(request_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Path(request_file).open() as stream:
        done = subprocess.run(
            [sys.executable, "-m", "pullcheck", "check", "-", "--only", "target"],
            stdin=stream,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("Every link holds")


def test_what_is_unknown_is_3_unless_allowed(request_file: str) -> None:
    unseen = ("check", request_file, "--only", "tls", "--vantage", "none")

    assert pullcheck(*unseen)[0] == 3
    assert pullcheck(*unseen, "--allow-unknown")[0] == 0


def test_the_format_never_changes_the_exit_status(request_file: str) -> None:
    unseen = ("check", request_file, "--only", "tls", "--vantage", "none")

    assert {pullcheck(*unseen, "--format", name)[0] for name in ("text", "json", "junit")} == {3}


def test_a_bug_of_ours_is_4_and_one_line(request_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULLCHECK_DEBUG", raising=False)
    monkeypatch.setattr("pullcheck.command.judge", lambda *_: 1 / 0)

    status, _, errors = pullcheck("check", request_file, "--only", "target")

    assert status == 4
    assert errors.count("\n") == 1
    assert "pullcheck itself broke: ZeroDivisionError" in errors


def test_every_id_is_explained_and_listed() -> None:
    _, listed, _ = pullcheck("list")
    _, listed_causes, _ = pullcheck("list", "--causes")
    for pack in PACKS:
        for check in pack.checks:
            assert check.page in pullcheck("explain", check.id)[1]
            assert check.id in listed
    for name, (cause, check) in causes(PACKS).items():
        page = pullcheck("explain", name)[1]

        assert cause.fix in page
        assert check.id in page
        assert name in listed_causes


def test_the_policy_holds_reads_alone_until_asked_for_more() -> None:
    policy = json.loads(pullcheck("permissions")[1])
    reads, live = policy["Statement"]
    more = json.loads(pullcheck("permissions", "--invoke-function")[1])

    assert policy["Version"] == "2012-10-17"
    assert all(action.split(":")[1].startswith(READS) for action in reads["Action"] + live["Action"])
    assert reads["Action"] == sorted(set(reads["Action"]))
    assert more["Statement"][2]["Action"] == ["lambda:InvokeFunction"]
    assert "lambda:InvokeFunction" not in pullcheck("permissions", "--only", "target", "--invoke-function")[1]


def test_the_policy_of_fewer_checks_is_smaller() -> None:
    def actions(*arguments: str) -> set[str]:
        return set(json.loads(pullcheck("permissions", *arguments)[1])["Statement"][0]["Action"])

    assert actions("--only", "target") == {
        "sagemaker:DescribeEndpoint",
        "sagemaker:DescribeEndpointConfig",
        "sagemaker:DescribeInferenceComponent",
        "sagemaker:DescribeModel",
        "sagemaker:ListInferenceComponents",
    }
    assert actions("--only", "role") < actions()
