"""Asks Amazon's Reachability Analyzer about the pull's paths, where the user pays for it; what it makes it deletes.

An analysis needs an interface that exists, so one of the model's subnet and groups stands in for those that SageMaker
will make. None is made for the purpose.
"""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from pullcheck.collect.analyzer_actions import ACTIONS
from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.analyzer import AnalysedPath, Analyses, AnalyzerAsked, Explanation, LeftBehind
from pullcheck.evidence.names import LambdaAddresses, RegistryAddresses
from pullcheck.evidence.network import FarNetwork, Interfaces
from pullcheck.evidence.network_rows import Interface
from pullcheck.evidence.placement import Placement
from pullcheck.missing import NotApplicable, NotObserved, Unavailable
from pullcheck.progress import announce
from pullcheck.settings import Settings
from pullcheck.wiring import collector

OPTION = "--verify-with-reachability-analyzer"
PRICE = 0.10
"""US dollars an analysis (Amazon VPC pricing)."""
MOST = 10
"""Analyses in one run."""
PATIENCE = 180.0
"""Seconds for all of them together; one takes one or two minutes."""
PAUSE = 3.0
ATTEMPTS = 4
"""How often a deletion is tried that AWS refuses, e.g. while the analysis still runs."""
HTTPS = 443
SENDS = frozenset({"branch", "efa", "interface", "lambda", "trunk"})
"""The kinds of interface that open connections of their own; those of gateways and endpoints do not."""


@collector()
def analyzer_asked(settings: Settings) -> AnalyzerAsked | NotApplicable:
    """Whether the user wants to pay for it."""
    if settings.verify_with_reachability_analyzer:
        return AnalyzerAsked(MOST)
    return NotApplicable(f"{OPTION} was not given")


@collector(optional=ACTIONS, option=OPTION)
def analyses(
    asked: AnalyzerAsked,
    placement: Placement,
    interfaces: Interfaces,
    far: FarNetwork | Unavailable,
    registry: RegistryAddresses | Unavailable | NotApplicable,
    lambda_api: LambdaAddresses | Unavailable | NotApplicable,
    aws: Aws,
) -> Analyses:
    """One analysis for each model subnet and address, side by side; the cost is said before anything is made."""
    rows = interfaces.rows + (far.interfaces if isinstance(far, FarNetwork) else ())
    paths = [
        _placed(goal, subnet_id, placement, rows)
        for goal in _goals(registry, lambda_api)
        for subnet_id in placement.subnet_ids
    ]
    paths = [one if one.problem or aws.may(OPTION, asked.most) else _not(one, _limit(asked.most)) for one in paths]
    if wanted := [one for one in paths if not one.problem]:
        cost = f"{len(wanted)} at {PRICE:.2f} USD each, {len(wanted) * PRICE:.2f} USD at most"
        announce(f"Reachability Analyzer: {cost}; makes {len(wanted)} paths and analyses, and deletes them at the end")
        answers, left = _Session(aws, len(wanted)).run(wanted)
        return Analyses(tuple(answers.get(one, one) for one in paths), left)
    return Analyses(tuple(paths))


def _limit(most: int) -> str:
    return f"a run has {most} paths analysed at most; choose one model or container to have the others analysed"


def _not(path: AnalysedPath, why: str) -> AnalysedPath:
    return replace(path, problem=f"not analysed: {why}")


def _goals(
    registry: RegistryAddresses | Unavailable | NotApplicable, lambda_api: LambdaAddresses | Unavailable | NotApplicable
) -> Iterator[AnalysedPath]:
    """What is to be reached, without a subnet yet. A destination that does not matter for the pull is none."""
    registry_port = registry.port if isinstance(registry, RegistryAddresses) else 0
    for name, found, port in (("the registry", registry, registry_port), ("the Lambda API", lambda_api, HTTPS)):
        if isinstance(found, Unavailable):
            yield _not(AnalysedPath("", name, "", port), found.because)
        elif not isinstance(found, NotApplicable):
            listed = dict.fromkeys(named.address for named in found.addresses if ":" not in named.address)
            at_endpoint = isinstance(found, LambdaAddresses)
            yield from (AnalysedPath("", f"{one}:{port}", one, port, at_endpoint) for one in listed)
            if not listed:
                none = AnalysedPath("", f"{found.host}:{port}", "", port)
                yield _not(none, f"no IPv4 address of {found.host} is known, and the analyzer takes no names")


def _placed(goal: AnalysedPath, subnet_id: str, placement: Placement, rows: tuple[Interface, ...]) -> AnalysedPath:
    """The path from this subnet, if an interface there can stand in for the model's."""
    path = replace(goal, subnet_id=subnet_id)
    if path.problem:
        return path
    able = [one for one in rows if one.subnet_id == subnet_id and one.kind in SENDS and not one.public_addresses]
    alike = [one for one in able if set(one.group_ids) == set(placement.security_group_ids)]
    source = min((one.id for one in alike if path.address not in one.addresses), default="")
    if not source:
        return _not(path, f"no interface in {subnet_id} with groups {', '.join(placement.security_group_ids)}")
    seat = next((one.id for one in rows if path.address in one.addresses), "")
    return replace(path, source=source, destination=seat)


@dataclass
class _Session:
    """What one run of the collector makes in the account, so that all of it is deleted whatever happens."""

    aws: Aws
    size: int
    paths: list[str] = field(default_factory=list)
    analyses: list[str] = field(default_factory=list)

    def run(self, wanted: list[AnalysedPath]) -> tuple[dict[AnalysedPath, AnalysedPath], tuple[LeftBehind, ...]]:
        """The answer to each path, and what could not be deleted; that is said on standard error too."""
        left: tuple[LeftBehind, ...] = ()
        try:
            with ThreadPoolExecutor(self.size) as pool:
                begun = dict(zip(wanted, pool.map(self._begin, wanted), strict=True))
            answers = self._wait({path: name for path, name in begun.items() if isinstance(name, str)})
            answers |= {path: _not(path, why.because) for path, why in begun.items() if isinstance(why, Unavailable)}
        finally:
            if self.aws.given_up.is_set() and self.paths:
                announce(f"interrupted: deleting {', '.join(self.analyses + self.paths)}")
            left = self._delete("analysis", self.analyses) + self._delete("path", self.paths)
            for one in left:
                announce(f"{one.id} could not be deleted ({one.reason}): {one.command}")
        return answers, left

    def _begin(self, path: AnalysedPath) -> str | Unavailable:
        """The id of the analysis. What was made before a refusal is known, and deleted."""
        if self.aws.given_up.is_set():
            return Unavailable("the run was interrupted")
        token = uuid4().hex
        there = {"Destination": path.destination} if path.destination else {}
        try:
            made = self.aws.again(
                "ec2",
                "CreateNetworkInsightsPath",
                Source=path.source,
                **there,
                DestinationIp=path.address,
                DestinationPort=path.port,
                Protocol="tcp",
                ClientToken=token,
                TagSpecifications=_tags("path"),
            )
            name: str = made["NetworkInsightsPath"]["NetworkInsightsPathId"]
            self.paths.append(name)
            started = self.aws.again(
                "ec2",
                "StartNetworkInsightsAnalysis",
                NetworkInsightsPathId=name,
                ClientToken=token,
                TagSpecifications=_tags("analysis"),
            )
            analysis: str = started["NetworkInsightsAnalysis"]["NetworkInsightsAnalysisId"]
            self.analyses.append(analysis)
            return analysis
        except NotObserved as error:
            return error.unavailable
        except AwsRefusal as refusal:
            return Unavailable(str(refusal))

    def _wait(self, running: dict[AnalysedPath, str]) -> dict[AnalysedPath, AnalysedPath]:
        """Ask about all that still run, until none does or time is up."""
        answers: dict[AnalysedPath, AnalysedPath] = {}
        until, why = time.monotonic() + PATIENCE, f"the analysis had not ended after {PATIENCE:.0f} seconds"
        while running and time.monotonic() < until and not self.aws.given_up.is_set():
            try:
                rows = self._states(list(running.values()))
            except NotObserved as error:
                why = error.unavailable.because
                break
            except AwsRefusal:
                rows = {}
            answers |= {path: _answer(path, rows[name]) for path, name in running.items() if name in rows}
            running = {path: name for path, name in running.items() if path not in answers}
            if running:
                self.aws.given_up.wait(PAUSE)
        return answers | {path: _not(path, why) for path in running}

    def _states(self, names: list[str]) -> dict[str, dict[str, Any]]:
        answer = self.aws.again("ec2", "DescribeNetworkInsightsAnalyses", NetworkInsightsAnalysisIds=names)
        rows = answer.get("NetworkInsightsAnalyses", ())
        return {row["NetworkInsightsAnalysisId"]: row for row in rows if row.get("Status") != "running"}

    def _delete(self, kind: str, names: list[str]) -> tuple[LeftBehind, ...]:
        if not names:
            return ()
        with ThreadPoolExecutor(len(names)) as pool:
            reasons = list(pool.map(lambda name: self._deleted(kind, name), names))
        return tuple(LeftBehind(kind, name, why) for name, why in zip(names, reasons, strict=True) if why)

    def _deleted(self, kind: str, name: str) -> str:
        """Why it is still there; empty where it is gone."""
        operation = f"DeleteNetworkInsights{kind.capitalize()}"
        why = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(PAUSE)
            try:
                self.aws.again("ec2", operation, **{f"NetworkInsights{kind.capitalize()}Id": name})
                return ""
            except NotObserved as error:
                return error.unavailable.reason
            except AwsRefusal as refusal:
                if refusal.code.endswith(".NotFound"):
                    return ""
                why = str(refusal)
        return why


def _tags(kind: str) -> list[dict[str, Any]]:
    return [{"ResourceType": f"network-insights-{kind}", "Tags": [{"Key": "Name", "Value": "pullcheck"}]}]


def _answer(path: AnalysedPath, row: dict[str, Any]) -> AnalysedPath:
    """A row of DescribeNetworkInsightsAnalyses that no longer runs."""
    if row.get("Status") != "succeeded" or row.get("NetworkPathFound") is None:
        return _not(path, f"the analysis failed: {row.get('StatusMessage') or 'it gives no reason'}")
    there, back = row.get("ForwardPathComponents", ()), row.get("ReturnPathComponents", ())
    details = [
        detail.get("AdditionalDetailType") for part in (*there, *back) for detail in part.get("AdditionalDetails", ())
    ]
    return replace(
        path,
        found=row["NetworkPathFound"],
        explanations=tuple(dict.fromkeys(map(_explanation, row.get("Explanations", ())))),
        there=_ids(part.get("Component") for part in there),
        back=_ids(part.get("Component") for part in back),
        remarks=tuple(dict.fromkeys(filter(None, (*details, row.get("WarningMessage"))))),
    )


def _explanation(row: dict[str, Any]) -> Explanation:
    values = [part for value in row.values() for part in (value if isinstance(value, list) else [value])]
    return Explanation(row.get("ExplanationCode") or "no code", _ids([row.get("Component"), *values]))


def _ids(components: Iterable[Any]) -> tuple[str, ...]:
    """The id of each component, or its ARN where it has none."""
    named = [one.get("Id") or one.get("Arn") for one in components if isinstance(one, dict)]
    return tuple(dict.fromkeys(filter(None, named)))


COLLECTORS = (analyzer_asked, analyses)
