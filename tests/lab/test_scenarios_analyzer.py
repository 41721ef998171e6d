"""Reachability Analyzer as a second opinion: what it says is compared, what it costs is said, nothing stays behind."""

import os
import signal
import subprocess
import sys
import time

import pytest
from analyzer import Analyzer, explained, found
from breaking import no_egress
from laboratory import Lab, Run

from pullcheck.collect import analyzer as collecting
from pullcheck.demo.calls import Call, Reply

CHECK = "network.reachability-analyzer-agrees"
ASKED = ("--vantage", "none", "--only", CHECK, "--verify-with-reachability-analyzer")


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "PAUSE", 0.02)


def stand_in(lab: Lab, *subnets: int) -> list[str]:
    """An interface like the model's in each of these model subnets."""
    ec2 = lab.client("ec2")
    made = [
        ec2.create_network_interface(
            SubnetId=lab.world.subnets[one], Groups=[lab.world.model_group], PrivateIpAddress=f"10.0.{one + 1}.77"
        )
        for one in subnets
    ]
    return [one["NetworkInterface"]["NetworkInterfaceId"] for one in made]


def statuses(run: Run) -> set[str]:
    return {one["status"] for one in run.findings(CHECK)}


def because(run: Run) -> str:
    return " | ".join(one["because"] for one in run.findings(CHECK))


def replays(lab: Lab, run: Run) -> None:
    replayed = lab.replay(lab.saved(), "--only", CHECK)

    assert replayed.output == run.output


def blocked_if_registry(lab: Lab) -> "Analyzer":
    """Says what AWS would where the model's group lets nothing out to the registry."""

    def says(path: Call) -> str:
        ends = path.fields["Source"], path.fields["Destination"]
        is_registry = path.fields["Destination"] == lab.world.registry_interface
        return explained("ENI_SG_RULES_MISMATCH", lab.world.model_group) if is_registry else found(*ends)

    return Analyzer(says)


def test_nobody_is_asked_without_the_option(lab: Lab) -> None:
    run = lab.check("--vantage", "none", "--only", CHECK)

    assert statuses(run) == {"not-applicable"}
    assert because(run) == "--verify-with-reachability-analyzer was not given"
    assert not [name for name in lab.cloud.calls if "Insights" in name]


def test_it_agrees_and_the_cost_is_said_before(lab: Lab) -> None:
    sources = stand_in(lab, 0, 1)
    analyzer = Analyzer().into(lab)
    run = lab.check(*ASKED)
    insights = [name for name in lab.cloud.calls if "Insights" in name]

    assert statuses(run) == {"pass"}, because(run)
    assert len(run.findings(CHECK)) == 6
    assert all(source in because(run) for source in sources)
    assert "6 at 0.10 USD each, 0.60 USD at most; makes 6 paths and analyses, and deletes them" in run.errors
    assert analyzer.empty
    assert len(analyzer.tokens) == analyzer.made == 6
    assert insights.count("ec2:DescribeNetworkInsightsAnalyses") == 2
    replays(lab, run)


def test_it_agrees_that_a_path_is_blocked(lab: Lab) -> None:
    stand_in(lab, 0)
    no_egress(None, "registry_group")(lab)
    blocked_if_registry(lab).into(lab)
    run = lab.check(*ASKED)
    blocked = [one for one in run.findings(CHECK) if "ENI_SG_RULES_MISMATCH (security-group) at" in one["because"]]

    assert [one["status"] for one in blocked] == ["pass"]
    assert f"{lab.world.model_group} has no egress rule" in blocked[0]["because"]


def test_it_disagrees_and_both_reasons_are_shown(lab: Lab) -> None:
    stand_in(lab, 0, 1)
    blocked_if_registry(lab).into(lab)
    run = lab.check(*ASKED)
    failures = [one for one in run.findings(CHECK) if one["status"] == "fail"]

    assert run.report["root_causes"] == ["x.analyzer-disagrees"]
    assert [one["severity"] for one in failures] == ["warning"] * 2
    assert all("ENI_SG_RULES_MISMATCH" in one["because"] and "nothing in the way" in one["because"] for one in failures)
    replays(lab, run)


def test_a_path_that_it_finds_through_our_blocker_is_a_disagreement(lab: Lab) -> None:
    stand_in(lab, 0)
    no_egress(None, "registry_group")(lab)
    Analyzer().into(lab)
    run = lab.check(*ASKED)

    assert run.causes() == {"x.analyzer-disagrees"}


def test_where_it_looked_one_way_only_our_blocker_on_the_way_back_is_no_disagreement(lab: Lab) -> None:
    stand_in(lab, 0, 1)
    entry = {"NetworkAclId": lab.world.model_acl, "RuleNumber": 1, "Egress": False, "Protocol": "-1"}
    lab.client("ec2").create_network_acl_entry(**entry, RuleAction="deny", CidrBlock="10.0.10.0/24")
    Analyzer(lambda path: found(path.fields["Source"], back=False, detail="UNIDIRECTIONAL_PATH_ANALYSIS_ONLY")).into(
        lab
    )
    run = lab.check(*ASKED)
    registry = [one for one in run.findings(CHECK) if "10.0.10.20" in one["subject"]]

    assert {one["status"] for one in registry} == {"unknown"}
    assert all("the way back, which the analyzer did not look at" in one["because"] for one in registry)
    assert because(run).count("forward only") == len(run.findings(CHECK))
    assert "UNIDIRECTIONAL_PATH_ANALYSIS_ONLY" in because(run)


def test_without_an_interface_to_stand_in_nothing_is_made(lab: Lab) -> None:
    stand_in(lab, 1)
    analyzer = Analyzer().into(lab)
    run = lab.check(*ASKED)
    missing = [one for one in run.findings(CHECK) if one["status"] == "unknown"]

    assert {one["because"] for one in missing} == {
        f"not analysed: no interface in {lab.world.subnets[0]} with groups {lab.world.model_group}"
    }
    assert len(missing) == analyzer.made == 3
    assert lab.cloud.count()["ec2:CreateNetworkInterface"] == 1


def test_a_code_that_is_new_is_printed_as_it_is(lab: Lab) -> None:
    stand_in(lab, 0)
    Analyzer(lambda _path: explained("QUANTUM_GATE_CLOSED", "qg-1")).into(lab)
    run = lab.check(*ASKED)

    assert "QUANTUM_GATE_CLOSED at qg-1" in because(run)


@pytest.mark.parametrize(
    "action", ["CreateNetworkInsightsPath", "StartNetworkInsightsAnalysis", "DescribeNetworkInsightsAnalyses"]
)
def test_what_is_denied_is_named_and_what_was_made_is_deleted(lab: Lab, action: str) -> None:
    stand_in(lab, 0, 1)
    analyzer = Analyzer().into(lab)
    lab.cloud.deny(f"ec2:{action}")
    run = lab.check(*ASKED)

    assert statuses(run) == {"unknown"}
    assert because(run).count(f"ec2:{action} was denied") == 6
    assert analyzer.empty


def test_an_analysis_that_fails_says_why(lab: Lab) -> None:
    stand_in(lab, 0)
    analyzer = Analyzer(status="failed", message="tiros:CreateQuery is not allowed").into(lab)
    run = lab.check(*ASKED)

    assert "the analysis failed: tiros:CreateQuery is not allowed" in because(run)
    assert statuses(run) == {"unknown"}
    assert analyzer.empty


def test_one_that_takes_too_long_is_given_up_and_deleted(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "PATIENCE", 0.3)
    stand_in(lab, 0)
    analyzer = Analyzer(polls=10_000).into(lab)
    run = lab.check(*ASKED)

    assert "had not ended after" in because(run)
    assert statuses(run) == {"unknown"}
    assert analyzer.empty


def test_what_cannot_be_deleted_is_named_with_the_commands_that_do(lab: Lab) -> None:
    stand_in(lab, 0)
    analyzer = Analyzer().into(lab)
    lab.cloud.deny("ec2:DeleteNetworkInsightsAnalysis")
    run = lab.check(*ASKED)
    left = [one for one in run.findings(CHECK) if one["cause"] == "x.analyzer-left-behind"]
    commands = left[0]["fix"]["commands"]

    assert len(left) == 1
    assert len(commands) == 6
    assert all(command in run.errors for command in commands)
    analyzer.into(lab)
    lab.apply(commands)

    assert analyzer.empty
    assert statuses(lab.check(*ASKED)) == {"pass", "unknown"}


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "CI"])
def test_a_run_that_is_ended_deletes_what_was_made(lab: Lab, sent: signal.Signals, status: int) -> None:
    stand_in(lab, 0, 1)
    analyzer = Analyzer(polls=10_000).into(lab)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "pullcheck", "check", lab.target, *ASKED],
        env={**clean, **lab.world.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 60
    while "ec2:DescribeNetworkInsightsAnalyses" not in lab.cloud.calls and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(sent)
    _, errors = process.communicate(timeout=60)

    assert process.returncode == status, errors
    assert "interrupted: deleting nia-" in errors
    assert analyzer.empty


def test_the_cost_has_a_limit(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "MOST", 2)
    stand_in(lab, 0, 1)
    analyzer = Analyzer().into(lab)
    run = lab.check(*ASKED)

    assert analyzer.made == 2
    assert because(run).count("a run has 2 paths analysed at most") == 4


def test_permissions_show_its_actions_where_it_is_asked_for(lab: Lab) -> None:
    plain = lab.run("permissions").output
    asked = lab.run("permissions", "--verify-with-reachability-analyzer").output

    assert "Insights" not in plain
    assert "tiros" not in plain
    for action in ("tiros:CreateQuery", "tiros:GetQueryAnswer", "tiros:GetQueryExplanation", "ec2:CreateTags"):
        assert action in asked


def test_a_deletion_that_is_refused_at_first_is_tried_again(lab: Lab) -> None:
    stand_in(lab, 0)
    analyzer = Analyzer().into(lab)
    refusals = ["one", "two"]

    def busy(call: Call) -> Reply:
        if refusals:
            refusals.pop()
            return call.refuse("AnalysisInProgress", "it runs")
        return analyzer._delete_analysis(call)

    lab.cloud.answer("ec2:DeleteNetworkInsightsAnalysis", busy)
    run = lab.check(*ASKED)

    assert not run.causes()
    assert analyzer.empty
