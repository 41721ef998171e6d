"""A second opinion on the paths: does Amazon's Reachability Analyzer, where it was asked, say the same?"""

from collections.abc import Iterator

from pullcheck import Basis, Cause, Direction, Fix, Severity, Verdict, check, failed, passed, unknown
from pullcheck.evidence.analyzer import AnalysedPath, Analyses
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.evidence.placement import Placement
from pullcheck_checks.network.analyzer_codes import BLIND, ONE_WAY, kind_of
from pullcheck_checks.network.findings import SETTLED_BY, because_of, walked
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.walk import Walk

GUIDE = "VPC Reachability Analyzer guide: how it works, explanation codes"
DISAGREES = Cause(
    "x.analyzer-disagrees",
    "Amazon's Reachability Analyzer and pullcheck say the opposite of one path: one of them is wrong about it.",
    "DescribeNetworkInsightsAnalyses: NetworkPathFound and Explanations, against the walk through the same tables.",
    "Look from inside the VPC, which settles it; where pullcheck is wrong, report it with the evidence file.",
    Basis.DOCUMENTED,
    GUIDE,
    Severity.WARNING,
)
LEFT_BEHIND = Cause(
    "x.analyzer-left-behind",
    "Something that was made for Reachability Analyzer could not be deleted. It costs nothing more, but counts towards"
    " the account's quota of paths.",
    "DeleteNetworkInsightsAnalysis or DeleteNetworkInsightsPath was refused.",
    "Delete the analyses, then the paths.",
    Basis.API,
    "EC2 API, DeleteNetworkInsightsPath; VPC Reachability Analyzer guide, quotas",
    Severity.WARNING,
)


@check(
    "network.reachability-analyzer-agrees", "Reachability Analyzer agrees on the way there", (DISAGREES, LEFT_BEHIND)
)
def reachability_analyzer_agrees(
    placement: Placement, analyses: Analyses, network: NetworkEvidence
) -> Iterator[Verdict]:
    """Compares the walk of each path with what Amazon's Reachability Analyzer says of it.

    What: With --verify-with-reachability-analyzer, has an analysis made (0.10 USD each, 10 at most) from an interface
    that exists, in each model subnet and with the model's groups, to each address of the registry and the Lambda
    endpoint. Its answer is set beside pullcheck's own, and what was made is deleted.

    Why: AWS knows its network best, but asks for interfaces that exist, looks at one address, often at the way there
    alone, and at no names. Where two independent answers are the same, both are surer.

    Passes: Both find the path free, or both find it blocked at the same kind of place.

    Fails: One finds the path free and the other does not, as a warning with both reasons; or what was made could not be
    deleted.

    Not verified when: No interface can stand in for the model's, the analysis failed or took too long, pullcheck itself
    leaves the path open, or the analyzer looks at less: at one address of the subnet, or at the way there alone.

    Fix: Look from inside the VPC; delete what was left behind with the commands of the finding.

    Source: VPC Reachability Analyzer guide; EC2 API, StartNetworkInsightsAnalysis.
    """
    index = Index(network)
    for path in analyses.paths:
        yield _compared(index, placement, path)
    if analyses.left:
        because = "; ".join(f"{one.id} could not be deleted: {one.reason}" for one in analyses.left)
        fix = Fix("delete what was made for the analysis", tuple(one.command for one in analyses.left))
        resources = [one.id for one in analyses.left]
        yield failed("Reachability Analyzer", because, LEFT_BEHIND, fix, resources=resources)


def _compared(index: Index, placement: Placement, path: AnalysedPath) -> Verdict:
    if path.found is None:
        return unknown(path.subject, path.problem)
    source = Source(path.subnet_id, placement.security_group_ids)
    ours = walked(index, source, Destination(path.address, path.address, path.port, path.at_endpoint))
    against, doubt = (_against_found if path.found else _against_none)(path, ours)
    because = f"{_theirs(path)}; {_ours(ours)}"
    resources = dict.fromkeys(
        (path.subnet_id, path.source, *(one for why in path.explanations for one in why.components))
    )
    if against:
        fix = Fix(f"compare both by the ids that they name; {SETTLED_BY}")
        return failed(path.subject, because, DISAGREES, fix, resources=resources, path=ours.hops)
    if doubt:
        return unknown(path.subject, f"{because}; {doubt}", resources=resources, path=ours.hops)
    return passed(path.subject, because, resources=resources, path=ours.hops)


def _against_found(path: AnalysedPath, ours: Walk) -> tuple[bool, str]:
    """Whether that the analyzer finds a path contradicts ours, and what else keeps the two from being the same."""
    seen = [step for step in ours.blockers if step.hop.direction is Direction.FORWARD or _both_ways(path)]
    if any(not step.passes for step in seen):
        return True, ""
    if seen:
        return False, f"that stops a part alone, and the analyzer looked at {path.source} alone"
    if ours.blockers:
        return False, "that is on the way back, which the analyzer did not look at"
    return False, f"what pullcheck leaves open was not compared; {SETTLED_BY}" if ours.doubts else ""


def _against_none(path: AnalysedPath, ours: Walk) -> tuple[bool, str]:
    """The same where the analyzer finds none."""
    codes = [why.code for why in path.explanations]
    if codes and BLIND.issuperset(codes):
        return False, "the analyzer did not see enough to judge"
    if ours.blockers:
        same = {kind_of(code) for code in codes} & {step.hop.kind for step in ours.blockers}
        return False, "" if same else "each for a reason of its own"
    return not ours.doubts, f"what pullcheck leaves open was not compared; {SETTLED_BY}"


def _both_ways(path: AnalysedPath) -> bool:
    return bool(path.back) and ONE_WAY not in path.remarks


def _theirs(path: AnalysedPath) -> str:
    """The analyzer's answer in words; that it looked one way alone is never left out."""
    remarks = f" ({', '.join(path.remarks)})" if path.remarks else ""
    if not path.found:
        reasons = [_reason(why.code, why.components) for why in path.explanations]
        why = "; ".join(reasons) or "no reason given"
        return f"Reachability Analyzer finds no path from {path.source}: {why}{remarks}"
    way = f"back through {', '.join(path.back)}" if _both_ways(path) else "forward only, the way back was not analysed"
    return f"Reachability Analyzer finds a path through {', '.join(path.there) or path.source}, {way}{remarks}"


def _reason(code: str, components: tuple[str, ...]) -> str:
    """E.g. "ENI_SG_RULES_MISMATCH (security-group) at sg-0b2"; a code that we do not know as it is."""
    kind = kind_of(code)
    return code + (f" ({kind})" if kind else "") + (f" at {', '.join(components)}" if components else "")


def _ours(ours: Walk) -> str:
    if ours.blockers:
        return f"pullcheck finds: {'; '.join(dict.fromkeys(map(because_of, ours.blockers)))}"
    if ours.doubts:
        return f"pullcheck leaves open: {'; '.join(dict.fromkeys(map(because_of, ours.doubts)))}"
    return f"pullcheck finds nothing in the way, there or back, at {', '.join(ours.resources)}"
