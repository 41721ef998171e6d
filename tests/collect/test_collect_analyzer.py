"""Which paths are analysed, from which interface; and the evidence on paper. The calls are tried in the lab."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from pullcheck import NotApplicable, NotObserved, Unavailable
from pullcheck.collect import analyzer
from pullcheck.collect.analyzer import analyses, analyzer_asked
from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.analyzer import AnalysedPath, Analyses, AnalyzerAsked, Explanation, LeftBehind
from pullcheck.evidence.names import LambdaAddresses, NamedAddress, Provenance, RegistryAddresses
from pullcheck.evidence.network import FarNetwork, Interfaces
from pullcheck.evidence.network_rows import Interface
from pullcheck.evidence.placement import Placement
from pullcheck.settings import Settings

PLACEMENT = Placement(("subnet-a",), ("sg-1", "sg-2"))
ALIKE = Interface("eni-2", "vpc-1", "subnet-a", ("10.0.1.9",), ("sg-2", "sg-1"), "lambda")
SEAT = Interface("eni-r", "vpc-1", "subnet-r", ("10.0.10.20",), ("sg-r",))
NO_PEER = FarNetwork((), (), (), ())
NO_LAMBDA = NotApplicable("no credentials function")


class Scripted(Aws):
    """Answers from a script; what is asked is kept."""

    def __init__(self, **answers: Any) -> None:
        super().__init__("us-east-1")
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def again(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        self.asked.append((operation, parameters))
        answer = self.answers.get(operation, {})
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)


def working(**row: Any) -> Scripted:
    done = {"NetworkInsightsAnalysisId": "nia-1", "Status": "succeeded", **row}
    return Scripted(
        CreateNetworkInsightsPath={"NetworkInsightsPath": {"NetworkInsightsPathId": "nip-1"}},
        StartNetworkInsightsAnalysis={"NetworkInsightsAnalysis": {"NetworkInsightsAnalysisId": "nia-1"}},
        DescribeNetworkInsightsAnalyses={"NetworkInsightsAnalyses": [done]},
    )


def registry_at(*addresses: str) -> RegistryAddresses:
    named = tuple(NamedAddress(address, Provenance.PRIVATE_ZONE, "Z1") for address in addresses)
    return RegistryAddresses("registry.example.com", 5443, named)


def ask(
    aws: Aws,
    *rows: Interface,
    registry: RegistryAddresses | Unavailable | NotApplicable = registry_at("10.0.10.20"),  # noqa: B008
    lambda_api: LambdaAddresses | Unavailable | NotApplicable = NO_LAMBDA,
) -> Analyses:
    return analyses(AnalyzerAsked(10), PLACEMENT, Interfaces(rows), NO_PEER, registry, lambda_api, aws)


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyzer, "PAUSE", 0.0)


def test_it_is_not_asked_unless_the_user_pays() -> None:
    assert analyzer_asked(Settings()) == NotApplicable("--verify-with-reachability-analyzer was not given")
    assert analyzer_asked(Settings(verify_with_reachability_analyzer=True)) == AnalyzerAsked(10)


def test_the_path_runs_from_an_interface_like_the_models_to_the_registrys() -> None:
    aws = working(NetworkPathFound=True, ForwardPathComponents=[{"Component": {"Id": "eni-2"}}])
    (path,) = ask(aws, SEAT, ALIKE).paths
    made = aws.asked[0][1]

    assert (made["Source"], made["Destination"], made["DestinationIp"]) == ("eni-2", "eni-r", "10.0.10.20")
    assert (made["DestinationPort"], made["Protocol"]) == (5443, "tcp")
    assert made["TagSpecifications"][0]["ResourceType"] == "network-insights-path"
    assert (path.found, path.there, path.back) == (True, ("eni-2",), ())
    assert [operation for operation, _ in aws.asked[-2:]] == [
        "DeleteNetworkInsightsAnalysis",
        "DeleteNetworkInsightsPath",
    ]


def test_an_address_that_two_sources_give_is_paid_for_once() -> None:
    aws = working(NetworkPathFound=True)

    assert len(ask(aws, SEAT, ALIKE, registry=registry_at("10.0.10.20", "10.0.10.20")).paths) == 1
    assert [operation for operation, _ in aws.asked].count("StartNetworkInsightsAnalysis") == 1


def test_an_address_that_nobody_here_has_is_named_by_itself() -> None:
    aws = working(NetworkPathFound=True)
    ask(aws, ALIKE)

    assert "Destination" not in aws.asked[0][1]


@pytest.mark.parametrize(
    "other",
    [
        replace(ALIKE, group_ids=("sg-1",)),
        replace(ALIKE, group_ids=("sg-1", "sg-2", "sg-3")),
        replace(ALIKE, subnet_id="subnet-b"),
        replace(ALIKE, kind="vpc_endpoint"),
        replace(ALIKE, public_addresses=("54.1.2.3",)),
        replace(ALIKE, addresses=("10.0.10.20",)),
    ],
    ids=["fewer groups", "more groups", "another subnet", "an endpoint", "a public address", "the destination"],
)
def test_what_is_not_like_the_models_interface_does_not_stand_in_for_it(other: Interface) -> None:
    aws = working()
    (path,) = ask(aws, other).paths

    assert path.problem == "not analysed: no interface in subnet-a with groups sg-1, sg-2"
    assert not aws.asked


def test_why_nothing_gets_through_is_kept_with_every_component_named() -> None:
    row = {
        "ExplanationCode": "ENI_SG_RULES_MISMATCH",
        "Component": {"Id": "eni-r"},
        "SecurityGroups": [{"Id": "sg-r"}],
        "LoadBalancerTarget": {"Address": "10.0.0.1"},
        "Port": 5443,
    }
    (path,) = ask(working(NetworkPathFound=False, Explanations=[row], WarningMessage="stale"), SEAT, ALIKE).paths

    assert path.explanations == (Explanation("ENI_SG_RULES_MISMATCH", ("eni-r", "sg-r")),)
    assert path.remarks == ("stale",)


def test_names_and_ipv6_are_no_destinations() -> None:
    aws = working()
    api = LambdaAddresses("lambda.us-east-1.amazonaws.com", None, ())
    registry, by_name = ask(aws, ALIKE, registry=registry_at("fd00::1"), lambda_api=api).paths

    assert "no IPv4 address of registry.example.com is known" in registry.problem
    assert by_name.subject == "subnet-a -> lambda.us-east-1.amazonaws.com:443"
    assert not aws.asked


def test_a_destination_that_is_not_known_says_why() -> None:
    (path,) = ask(working(), ALIKE, registry=Unavailable("DNS was not asked", "add --registry-address")).paths

    assert path.subject == "subnet-a -> the registry"
    assert path.problem == "not analysed: DNS was not asked; add --registry-address"


def test_a_refused_deletion_is_tried_some_times_and_a_missing_thing_is_deleted() -> None:
    aws = working(NetworkPathFound=True)
    aws.answers["DeleteNetworkInsightsPath"] = AwsRefusal("ec2:DeleteNetworkInsightsPath", "AnalysisExists", "busy")
    aws.answers["DeleteNetworkInsightsAnalysis"] = AwsRefusal("x", "InvalidNetworkInsightsAnalysisId.NotFound", "gone")
    (left,) = ask(aws, SEAT, ALIKE).left

    assert (left.kind, left.id) == ("path", "nip-1")
    assert "AnalysisExists" in left.reason
    assert len([None for operation, _ in aws.asked if operation == "DeleteNetworkInsightsPath"]) == analyzer.ATTEMPTS


def test_a_bug_on_the_way_leaves_nothing_behind() -> None:
    aws = working()
    aws.answers["DescribeNetworkInsightsAnalyses"] = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        ask(aws, SEAT, ALIKE)

    assert aws.asked[-1][0] == "DeleteNetworkInsightsPath"


def test_nothing_is_begun_when_the_run_is_given_up() -> None:
    aws = working()
    aws.given_up.set()
    (path,) = ask(aws, SEAT, ALIKE).paths

    assert path.problem == "not analysed: the run was interrupted"
    assert not aws.asked


def test_a_denied_analysis_deletes_its_path() -> None:
    aws = working()
    aws.answers["StartNetworkInsightsAnalysis"] = NotObserved(
        Unavailable("ec2:StartNetworkInsightsAnalysis was denied")
    )
    (path,) = ask(aws, SEAT, ALIKE).paths

    assert path.problem == "not analysed: ec2:StartNetworkInsightsAnalysis was denied"
    assert [operation for operation, _ in aws.asked][-1] == "DeleteNetworkInsightsPath"


def test_evidence_comes_back_from_paper() -> None:
    path = AnalysedPath("subnet-a", "10.0.10.20:443", "10.0.10.20", 443, explanations=(Explanation("X", ("sg-1",)),))
    for evidence in (Analyses((path,), (LeftBehind("path", "nip-1", "denied"),)), AnalyzerAsked(10)):
        adapter: TypeAdapter[Any] = TypeAdapter(type(evidence))

        assert adapter.validate_json(adapter.dump_json(evidence)) == evidence
