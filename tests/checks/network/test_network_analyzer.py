"""The second opinion beside our own: agreement, disagreement, and where one of the two looks at less."""

from dataclasses import replace

import pytest
from network_world import HEALTHY, PLACEMENT, allow, changed, to_cidr, with_acl, with_group, with_routes

from pullcheck import Severity, Status, Unavailable, Verdict
from pullcheck.evidence.analyzer import AnalysedPath, Analyses, Explanation, LeftBehind
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.evidence.network_rows import Route
from pullcheck_checks.network.analyzer import reachability_analyzer_agrees
from pullcheck_checks.network.analyzer_codes import kind_of

PATH = AnalysedPath("subnet-a", "10.0.10.20:443", "10.0.10.20", 443, source="eni-1", destination="eni-reg")
FOUND = replace(PATH, found=True, there=("eni-1", "sg-model", "eni-reg"), back=("eni-reg", "eni-1"))
ONE_WAY = replace(FOUND, back=(), remarks=("UNIDIRECTIONAL_PATH_ANALYSIS_ONLY",))
NO_EGRESS = with_group("sg-model", egress=())
NO_ANSWERS = with_acl("acl-model", (allow(100, egress=True),))


def none(*codes: str, component: str = "sg-model") -> AnalysedPath:
    return replace(PATH, found=False, explanations=tuple(Explanation(code, (component,)) for code in codes))


def ask(path: AnalysedPath, network: NetworkEvidence = HEALTHY) -> Verdict:
    (verdict,) = reachability_analyzer_agrees(PLACEMENT, Analyses((path,)), network)
    return verdict


def test_both_find_the_path_free() -> None:
    verdict = ask(FOUND)

    assert verdict.status is Status.PASS
    assert verdict.subject == "subnet-a -> 10.0.10.20:443"
    assert "finds a path through eni-1, sg-model, eni-reg, back through eni-reg, eni-1" in verdict.because
    assert "pullcheck finds nothing in the way" in verdict.because


def test_that_it_looked_one_way_alone_is_always_said() -> None:
    verdict = ask(ONE_WAY)

    assert verdict.status is Status.PASS
    assert "forward only, the way back was not analysed (UNIDIRECTIONAL_PATH_ANALYSIS_ONLY)" in verdict.because


def test_both_find_the_same_kind_of_place_blocked() -> None:
    verdict = ask(none("ENI_SG_RULES_MISMATCH"), NO_EGRESS)

    assert verdict.status is Status.PASS
    assert (
        "ENI_SG_RULES_MISMATCH (security-group) at sg-model; pullcheck finds: sg-model has no egress" in verdict.because
    )


def test_both_find_it_blocked_for_reasons_of_their_own() -> None:
    verdict = ask(none("NO_ROUTE_TO_DESTINATION", component="rtb-model"), NO_EGRESS)

    assert verdict.status is Status.UNKNOWN
    assert verdict.because.endswith("each for a reason of its own")


@pytest.mark.parametrize(
    ("path", "network"),
    [(none("SUBNET_ACL_RESTRICTION"), HEALTHY), (FOUND, NO_EGRESS), (FOUND, NO_ANSWERS), (none(), HEALTHY)],
    ids=["it finds none", "it finds one", "it finds one both ways", "it gives no reason"],
)
def test_the_opposite_is_a_warning_with_both_reasons(path: AnalysedPath, network: NetworkEvidence) -> None:
    verdict = ask(path, network)

    assert verdict.status is Status.FAIL
    assert verdict.severity is Severity.WARNING
    assert verdict.cause
    assert verdict.cause.id == "x.analyzer-disagrees"
    assert verdict.fix
    assert "--vantage inside" in verdict.fix.summary
    assert "Reachability Analyzer finds" in verdict.because
    assert "pullcheck finds" in verdict.because


@pytest.mark.parametrize(
    ("path", "network", "why"),
    [
        (ONE_WAY, NO_ANSWERS, "on the way back, which the analyzer did not look at"),
        (FOUND, with_group("sg-reg", ingress=(to_cidr("10.0.1.0/25"),)), "the analyzer looked at eni-1 alone"),
        (none("UNKNOWN_RESOURCE"), HEALTHY, "the analyzer did not see enough"),
        (FOUND, with_routes("rtb-model", Route("10.0.10.0/24", "vgw-1")), "was not compared"),
        (none("NO_PATH"), with_routes("rtb-model", Route("10.0.10.0/24", "vgw-1")), "was not compared"),
    ],
)
def test_where_one_looks_at_less_there_is_no_disagreement(
    path: AnalysedPath, network: NetworkEvidence, why: str
) -> None:
    verdict = ask(path, network)

    assert verdict.status is Status.UNKNOWN
    assert why in verdict.because


def test_what_was_not_analysed_is_unknown_with_its_reason() -> None:
    problem = "not analysed: no interface in subnet-a with groups sg-model"
    verdict = ask(replace(PATH, problem=problem))

    assert verdict.status is Status.UNKNOWN
    assert verdict.because == problem


def test_a_table_that_was_not_read_leaves_our_side_open() -> None:
    network = replace(HEALTHY, acls=Unavailable("ec2:DescribeNetworkAcls was denied"))

    assert ask(FOUND, network).status is Status.UNKNOWN


def test_what_was_left_behind_is_a_warning_with_the_commands_in_order() -> None:
    left = (LeftBehind("analysis", "nia-1", "denied"), LeftBehind("path", "nip-1", "it has an analysis"))
    _, verdict = reachability_analyzer_agrees(PLACEMENT, Analyses((FOUND,), left), HEALTHY)

    assert verdict.status is Status.FAIL
    assert verdict.fix
    assert verdict.fix.commands == (
        "aws ec2 delete-network-insights-analysis --network-insights-analysis-id nia-1",
        "aws ec2 delete-network-insights-path --network-insights-path-id nip-1",
    )


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("TGW_RTB_CANNOT_ROUTE", "transit-gateway-route-table"),
        ("TGW_ATTACH_VPC_AZ_RESTRICTION", "transit-gateway-attachment"),
        ("SG_HAS_NO_RULES", "security-group"),
        ("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "internet-gateway"),
        ("SOMETHING_NEW", None),
    ],
)
def test_codes_mean_our_hops_or_nothing(code: str, kind: str | None) -> None:
    assert kind_of(code) == kind


def test_the_endpoint_of_lambda_is_an_end_of_its_own() -> None:
    lambda_path = replace(FOUND, goal="10.0.1.77:443", address="10.0.1.77", at_endpoint=True)
    network = replace(HEALTHY, groups=changed(HEALTHY.groups, "sg-vpce", ingress=(to_cidr("10.0.0.0/16"),)))

    assert ask(lambda_path, network).status is Status.PASS
