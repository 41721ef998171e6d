"""The embedded world, made to be broken: every test gets it whole, breaks one thing, and runs the real command."""

import copy
import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from botocore import loaders

from pullcheck import command, evidence_file, observation
from pullcheck.demo.account import backend
from pullcheck.demo.certificates import Authority, Certificate
from pullcheck.demo.cloud import Cloud
from pullcheck.demo.image import tiny_image
from pullcheck.demo.registry import PASSWORD, USERNAME, Registry
from pullcheck.demo.stage import environment
from pullcheck.demo.world import REGISTRY_HOST, World, build
from pullcheck.observation import Observation
from pullcheck.packs import causes, load_packs

_load_file: Any = loaders.JSONFileLoader.load_file


@cache
def _api_definition(path: str) -> Any:
    """Every run has a session of its own, as users have; what AWS's APIs look like is read once for all of them."""
    return _load_file(loaders.JSONFileLoader(), path)


@dataclass(frozen=True)
class Run:
    """One run of the command line: its exit status and both streams."""

    status: int
    output: str
    errors: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON report on standard output."""
        try:
            report: dict[str, Any] = json.loads(self.output)
        except ValueError as error:
            raise AssertionError(f"no JSON on standard output (status {self.status}): {self.errors}") from error
        return report

    def findings(self, check: str) -> list[dict[str, Any]]:
        """Those of one check."""
        return [finding for finding in self.report["findings"] if finding["check"] == check]

    def causes(self, *statuses: str) -> set[str]:
        """The causes named by findings of these statuses (default: failures)."""
        wanted = statuses or ("fail",)
        return {finding["cause"] for finding in self.report["findings"] if finding["status"] in wanted}


@dataclass
class Lab:
    """AWS, a registry and a certificate authority on loopback, for one test process; `reset` makes all of it whole."""

    cloud: Cloud
    authority: Authority
    certificate: Certificate
    registry: Registry
    folder: Path
    world: World = field(init=False)
    port: int = field(init=False)
    """Where live observations find the registry on 127.0.0.1."""
    request: Any = field(init=False)
    """The file that is checked; a test may change it in place, or put a name like ``model/NAME`` here."""
    seen: list[Observation] = field(default_factory=list)
    """What each run observed."""

    def reset(self) -> None:
        """Everything works again, and nothing remembers the last test."""
        self.cloud.reset()
        self.registry.image = tiny_image()
        self.registry.username, self.registry.password = USERNAME, PASSWORD
        self.registry.answers.clear()
        self.registry.use(self.certificate)
        self.world = build(self.cloud, self.registry.port, USERNAME, PASSWORD)
        self.port = self.registry.port
        self.request = copy.deepcopy(self.world.request)
        self.cloud.calls.clear()
        self.seen.clear()

    def client(self, service: str) -> Any:
        """A boto3 client for the lab's account."""
        return self.world.client(service)

    def backend(self, service: str) -> Any:
        """Moto's own objects, for what AWS's API cannot set."""
        return backend(service)

    @property
    def container(self) -> dict[str, Any]:
        """The request's one container."""
        container: dict[str, Any] = self.request["PrimaryContainer"]
        return container

    @property
    def target(self) -> str:
        """What stands in the place of TARGET."""
        if isinstance(self.request, str):
            return self.request
        path = self.folder / "model.json"
        path.write_text(json.dumps(self.request))
        return str(path)

    @property
    def live(self) -> tuple[str, ...]:
        """The options of a run that looks at the registry too."""
        resolve = f"{REGISTRY_HOST}:{self.port}:127.0.0.1"
        roots = str(self.folder / "roots.pem")
        return ("--vantage", "outside", "--resolve", resolve, "--public-roots", roots, "--invoke-function")

    def check(self, *options: str) -> Run:
        """``pullcheck check`` on the request, in this process, reported as JSON."""
        return self.run("check", self.target, "--format", "json", "--timeout", "20", *options)

    def collect(self, *options: str) -> Path:
        """``pullcheck collect`` on the request; returns the evidence file."""
        path = self.folder / "evidence.json"
        run = self.run("collect", self.target, "--output", str(path), "--timeout", "20", *options)

        assert run.status == 0, run.errors
        return path

    def saved(self) -> Path:
        """What the last run saw, as ``pullcheck collect`` would have written it."""
        path = self.folder / "seen.json"
        path.write_text(evidence_file.dump(self.seen[-1]))
        return path

    def replay(self, evidence: Path, *options: str) -> Run:
        """``pullcheck check --from`` with AWS and the registry out of reach."""
        return self.run("check", "--from", str(evidence), "--format", "json", *options)

    def run(self, *arguments: str) -> Run:
        """The command line in this process."""
        from pullcheck.cli import run

        output, errors = io.StringIO(), io.StringIO()
        with ExitStack() as stack:
            stack.enter_context(environment({**self.world.environment, "PULLCHECK_DEBUG": "1"}))
            stack.enter_context(redirect_stdout(output))
            stack.enter_context(redirect_stderr(errors))
            stack.enter_context(patch.object(command, "observe", self._remember(observation.observe)))
            status = run(list(arguments))
        return Run(status, output.getvalue(), errors.getvalue())

    def _remember(self, observe: Callable[..., Observation]) -> Callable[..., Observation]:
        def remembering(*arguments: Any) -> Observation:
            self.seen.append(observe(*arguments))
            return self.seen[-1]

        return remembering

    def subprocess(self, *arguments: str, **variables: str) -> Run:
        """The command line in a process of its own, as users start it."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        done = subprocess.run(
            [sys.executable, "-m", "pullcheck", *arguments],
            env={**clean, **self.world.environment, **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def apply(self, commands: Iterable[str]) -> None:
        """Run printed ``aws ...`` commands with the real AWS CLI against the lab's account."""
        import awscli.clidriver

        drivers: Any = awscli.clidriver
        variables = {**self.world.environment, "AWS_DATA_PATH": str(Path(awscli.__file__).with_name("data"))}
        for line in commands:
            words = shlex.split(line)
            output, errors = io.StringIO(), io.StringIO()
            with environment(variables), redirect_stdout(output), redirect_stderr(errors):
                status = drivers.create_clidriver().main(words[1:])

            assert words[0] == "aws", line
            assert status == 0, f"{line}\n{errors.getvalue()}{output.getvalue()}"


@contextmanager
def laboratory(folder: Path) -> Iterator[Lab]:
    """A lab that is closed down at the end; its files go to ``folder``."""
    loaders.JSONFileLoader.load_file = lambda _self, path: _api_definition(path)  # type: ignore[assignment,method-assign]
    with ExitStack() as stack:
        authority = Authority()
        certificate = authority.issue(REGISTRY_HOST, "registry.lab.test", "127.0.0.1")
        cloud = stack.enter_context(closing(Cloud()))
        registry = stack.enter_context(closing(Registry(tiny_image(), certificate)))
        (folder / "roots.pem").write_text(authority.root)
        yield Lab(cloud, authority, certificate, registry, folder)


@dataclass(frozen=True)
class Scenario:
    """One way to break the world, and what the report has to say about it.

    ``heals`` says whether the printed commands make the finding go away; False where no AWS call can.
    ``options`` are added to the command line; ``live`` has it look at the registry.
    """

    cause: str
    breaks: Callable[[Lab], None]
    status: str = "fail"
    heals: bool = True
    live: bool = False
    options: tuple[str, ...] = ()
    label: str = ""

    @property
    def check(self) -> str:
        """The check that the cause belongs to."""
        known = causes(load_packs())

        assert self.cause in known, f"no check has the cause {self.cause}"
        return known[self.cause][1].id

    @property
    def id(self) -> str:
        """The test's name."""
        return f"{self.cause}-{self.label}" if self.label else self.cause

    def arguments(self, lab: Lab) -> tuple[str, ...]:
        """The options of its runs."""
        return (*(lab.live if self.live else ("--vantage", "none")), *self.options)


def prove(lab: Lab, scenario: Scenario) -> None:
    """Break the world; the report names the cause; saved evidence gives the same report; the commands mend it."""
    scenario.breaks(lab)
    arguments = scenario.arguments(lab)

    run = lab.check(*arguments)
    named = [one for one in run.findings(scenario.check) if one["cause"] == scenario.cause]

    assert [one["status"] for one in named], _told(run, scenario)
    assert {one["status"] for one in named} == {scenario.status}, _told(run, scenario)
    assert not run.errors
    _replays(lab, run)
    if scenario.status == "fail":
        _heals(lab, scenario, named)


def _replays(lab: Lab, run: Run) -> None:
    """What was seen, written down and judged again with nobody to ask, gives the same report to the byte."""
    evidence = lab.saved()
    before = len(lab.cloud.calls)

    replayed = lab.replay(evidence)

    assert replayed.output == run.output
    assert replayed.status == run.status
    assert len(lab.cloud.calls) == before


def _heals(lab: Lab, scenario: Scenario, named: list[dict[str, Any]]) -> None:
    commands = list(dict.fromkeys(command for one in named for command in one["fix"]["commands"]))

    assert all(one["fix"]["summary"] for one in named)
    assert bool(commands) is scenario.heals, commands
    if not scenario.heals:
        return
    lab.apply(commands)
    again = lab.check(*scenario.arguments(lab))

    assert scenario.cause not in again.causes(), _told(again, scenario)
    assert {one["status"] for one in again.findings(scenario.check)} <= {"pass", "not-applicable"}, _told(
        again, scenario
    )


def _told(run: Run, scenario: Scenario) -> str:
    lines = [
        f"{one['status']:>8} {one['check']} {one['cause']} [{one['subject']}] {one['because']}"
        for one in run.report["findings"]
        if one["check"] == scenario.check or one["status"] == "fail"
    ]
    return f"{scenario.id} expected of {scenario.check}; the report says:\n" + "\n".join(lines)
