"""Reachability Analyzer on loopback: it keeps what is made, and says or fails as it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field

from laboratory import Lab

from pullcheck.demo.calls import Call, Reply

PATH = "nip-0123456789abcde{:02d}"
ANALYSIS = "nia-0123456789abcde{:02d}"


def component(name: str) -> str:
    return f"<component><id>{name}</id></component>"


def explained(code: str, *groups: str) -> str:
    """Not reachable, for this reason."""
    members = "".join(f"<item><id>{name}</id></item>" for name in groups)
    why = f"<explanationCode>{code}</explanationCode><securityGroupSet>{members}</securityGroupSet>"
    return f"<networkPathFound>false</networkPathFound><explanationSet><item>{why}</item></explanationSet>"


def found(*ids: str, back: bool = True, detail: str = "", warning: str = "") -> str:
    """Reachable, along these components."""
    details = (
        f"<additionalDetailSet><item><additionalDetailType>{detail}</additionalDetailType></item></additionalDetailSet>"
    )
    items = "".join(f"<item>{component(name)}{details if detail else ''}</item>" for name in ids)
    there = f"<forwardPathComponentSet>{items}</forwardPathComponentSet>"
    home = f"<returnPathComponentSet>{items}</returnPathComponentSet>" if back else ""
    said = f"<warningMessage>{warning}</warningMessage>" if warning else ""
    return f"<networkPathFound>true</networkPathFound>{there}{home}{said}"


@dataclass
class Analyzer:
    """``says`` gives the answer for a path, as the form that created it; ``polls`` is how often it is still running."""

    says: Callable[[Call], str] = lambda path: found(path.fields["Source"], path.fields["Destination"])
    status: str = "succeeded"
    message: str = ""
    polls: int = 1
    paths: dict[str, Call] = field(default_factory=dict)
    analyses: dict[str, str] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    made: int = 0

    def into(self, lab: Lab) -> "Analyzer":
        """Answer in the place of moto, which does not know it."""
        for operation, answer in {
            "CreateNetworkInsightsPath": self._create,
            "StartNetworkInsightsAnalysis": self._start,
            "DescribeNetworkInsightsAnalyses": self._describe,
            "DeleteNetworkInsightsAnalysis": self._delete_analysis,
            "DeleteNetworkInsightsPath": self._delete_path,
        }.items():
            lab.cloud.answer(f"ec2:{operation}", answer)
        return self

    @property
    def empty(self) -> bool:
        """Whether nothing is left."""
        return not self.paths and not self.analyses

    def _create(self, call: Call) -> Reply:
        self.tokens.add(call.fields["ClientToken"])
        self.made += 1
        name = PATH.format(self.made)
        self.paths[name] = call
        return _xml(
            call, f"<networkInsightsPath><networkInsightsPathId>{name}</networkInsightsPathId></networkInsightsPath>"
        )

    def _start(self, call: Call) -> Reply:
        path = call.fields["NetworkInsightsPathId"]
        name = ANALYSIS.format(int(path[-2:]))
        self.analyses[name] = path
        inner = f"<networkInsightsAnalysisId>{name}</networkInsightsAnalysisId><status>running</status>"
        return _xml(call, f"<networkInsightsAnalysis>{inner}</networkInsightsAnalysis>")

    def _describe(self, call: Call) -> Reply:
        self.polls -= 1
        status = "running" if self.polls >= 0 else self.status
        rows = []
        for name in call.numbered("NetworkInsightsAnalysisId."):
            said = self.says(self.paths[self.analyses[name]]) if status == "succeeded" else ""
            message = f"<statusMessage>{self.message}</statusMessage>" if self.message else ""
            text = (
                f"<networkInsightsAnalysisId>{name}</networkInsightsAnalysisId><status>{status}</status>{message}{said}"
            )
            rows.append(f"<item>{text}</item>")
        return _xml(call, f"<networkInsightsAnalysisSet>{''.join(rows)}</networkInsightsAnalysisSet>")

    def _delete_analysis(self, call: Call) -> Reply:
        if self.analyses.pop(call.fields["NetworkInsightsAnalysisId"], None) is None:
            return call.refuse("InvalidNetworkInsightsAnalysisId.NotFound", "no such analysis")
        return _xml(call, "")

    def _delete_path(self, call: Call) -> Reply:
        name = call.fields["NetworkInsightsPathId"]
        if name in self.analyses.values():
            return call.refuse("AnalysisExistsForNetworkInsightsPath", "it has an analysis")
        if self.paths.pop(name, None) is None:
            return call.refuse("InvalidNetworkInsightsPathId.NotFound", "no such path")
        return _xml(call, "")


def _xml(call: Call, text: str) -> Reply:
    return Reply(200, f"<{call.operation}Response>{text}</{call.operation}Response>".encode())
