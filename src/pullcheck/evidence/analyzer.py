"""What Amazon's Reachability Analyzer said of the pull's network paths, and what could not be deleted afterwards."""

from dataclasses import dataclass
from shlex import quote


@dataclass(frozen=True)
class AnalyzerAsked:
    """The user pays for a second opinion: for so many paths at most."""

    most: int


@dataclass(frozen=True)
class Explanation:
    """Why nothing gets through, in the analyzer's code, and the ids of the components that it names."""

    code: str
    components: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnalysedPath:
    """From ``source``, an interface with the model's groups in a model subnet, to one address of the pull.

    ``goal`` is the destination in words; ``at_endpoint`` says that it is an interface endpoint's. ``found`` says if
    the analyzer finds a path; where it is None nothing was analysed, and ``problem`` says why. ``there`` and ``back``
    are the ids along the path; an empty ``back`` means that the analyzer shows no way back. ``remarks`` are its codes
    of detail and its warning.
    """

    subnet_id: str
    goal: str
    address: str
    port: int
    at_endpoint: bool = False
    source: str = ""
    destination: str = ""
    problem: str = ""
    found: bool | None = None
    explanations: tuple[Explanation, ...] = ()
    there: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """What a finding on it is about."""
        return f"{self.subnet_id} -> {self.goal}"


@dataclass(frozen=True)
class LeftBehind:
    """An analysis or a path (``kind``) that was made and could not be deleted, and why."""

    kind: str
    id: str
    reason: str

    @property
    def command(self) -> str:
        """What deletes it."""
        return f"aws ec2 delete-network-insights-{self.kind} --network-insights-{self.kind}-id {quote(self.id)}"


@dataclass(frozen=True)
class Analyses:
    """Every path that was to be analysed; what was left behind stands in the order in which it can be deleted."""

    paths: tuple[AnalysedPath, ...]
    left: tuple[LeftBehind, ...] = ()
