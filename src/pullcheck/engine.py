"""Plan, collect, judge: evidence by type, each piece observed once, as early as what it needs is there."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from threading import Event

from pullcheck.errors import UsageError, WiringError
from pullcheck.missing import Missing, NotApplicable, NotObserved, Unavailable, combine
from pullcheck.verdict import Verdict, not_applicable, unknown
from pullcheck.wiring import AnyCheck, AnyCollector, Need

WORKERS = 32
Facts = dict[type, object]


@dataclass(frozen=True)
class Pull:
    """One image to be pulled: its name in the report, and the facts that are given rather than collected."""

    subject: str
    given: Facts


@dataclass(frozen=True)
class Observed:
    """A pull and everything that was found out about it; absent evidence stands as `Missing`.

    ``broken`` names the collectors that crashed: bugs of ours, which end the run with exit status 4.
    """

    subject: str
    facts: Facts
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """One verdict, and the check, pull and vantage it comes from. ``broken`` is set when the check itself crashed."""

    check: AnyCheck
    verdict: Verdict
    observed: "Observed"
    vantage: str | None = None
    broken: bool = False


Observer = Callable[[str, bool], None]
"""Called with a collector's name, when it starts (False) and when it is done (True)."""


def _silent(_name: str, _done: bool) -> None:
    """The observer of those who do not look."""


class Plan:
    """The checks and the collectors they need, in order; wrong wiring raises `WiringError` before anything runs."""

    def __init__(self, checks: Sequence[AnyCheck], collectors: Iterable[AnyCollector], given: Iterable[type]) -> None:
        self.checks = tuple(checks)
        sources: dict[type, AnyCollector] = {}
        for source in collectors:
            if source.provides in sources:
                other = sources[source.provides]
                raise WiringError(f"{source.provides.__name__} has two sources: {other.name} and {source.name}")
            sources[source.provides] = source
        self.collectors = self._order(sources, frozenset(given))

    def _order(self, sources: dict[type, AnyCollector], given: frozenset[type]) -> tuple[AnyCollector, ...]:
        graph: dict[type, set[type]] = {}
        asked: list[tuple[str, Need]] = [
            (check.id, need) for check in self.checks for need in check.needs + check.subject_needs
        ]
        while asked:
            who, need = asked.pop()
            if need.evidence in given or need.evidence in graph:
                continue
            if need.evidence not in sources:
                raise WiringError(f"{who} needs {need.evidence.__name__}, which no collector provides")
            source = sources[need.evidence]
            graph[need.evidence] = {other.evidence for other in source.needs if other.evidence not in given}
            asked += [(source.name, other) for other in source.needs]
        try:
            return tuple(sources[evidence] for evidence in TopologicalSorter(graph).static_order())
        except CycleError as error:
            names = " -> ".join(evidence.__name__ for evidence in error.args[1])
            raise WiringError(f"collectors need each other: {names}") from error

    @property
    def actions(self) -> tuple[str, ...]:
        """The IAM actions of the collectors in the plan that wait for no option, sorted."""
        return self.actions_with("")

    def actions_with(self, option: str) -> tuple[str, ...]:
        """Those of the collectors that ask AWS only where this option is given, sorted."""
        sources = [source for source in self.collectors if source.option == option]
        return tuple(sorted({action for source in sources for action in source.actions + source.optional}))

    def uses(self, given: type) -> bool:
        """Whether a check or a collector of the plan takes this given."""
        needs = [*(check.needs for check in self.checks), *(source.needs for source in self.collectors)]
        return any(need.evidence is given for some in needs for need in some)

    def collect(
        self, pulls: Sequence[Pull], observer: Observer = _silent, given_up: Event | None = None
    ) -> tuple[Observed, ...]:
        """Observe the world for every pull; equal collectors on equal inputs run once.

        ``given_up`` is set when the run ends before its time (Ctrl-C): who waits then stops, and clears away.
        """
        return _Collection(self.collectors, pulls, observer, given_up or Event()).run()

    def judge(self, observed: Iterable[Observed]) -> tuple[Answer, ...]:
        """Ask every check about every pull, in the order of the checks; equal evidence is judged once."""
        seen: dict[tuple[int, ...], list[Answer]] = {}
        answers: dict[tuple[str, Verdict], Answer] = {}
        everything = tuple(observed)
        for check in self.checks:
            for one in everything:
                for answer in _ask(check, one, seen):
                    answers.setdefault((check.id, answer.verdict), answer)
        return tuple(answers.values())


@dataclass
class _Collection:
    """One run of the collectors: a scheduler in this thread, the collectors in a pool."""

    collectors: tuple[AnyCollector, ...]
    pulls: Sequence[Pull]
    observer: Observer
    given_up: Event
    interned: dict[object, object] = field(default_factory=dict)
    results: dict[tuple[int, ...], object] = field(default_factory=dict)
    running: dict[Future[object], tuple[int, ...]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def run(self) -> tuple[Observed, ...]:
        everything: list[Facts] = [
            {kind: self._intern(value) for kind, value in pull.given.items()} for pull in self.pulls
        ]
        with ThreadPoolExecutor(WORKERS, "collect") as pool:
            try:
                self._until_done(everything, pool)
            except BaseException:
                self.given_up.set()
                raise
        return tuple(
            Observed(pull.subject, facts, tuple(self.broken))
            for pull, facts in zip(self.pulls, everything, strict=True)
        )

    def _until_done(self, everything: list[Facts], pool: ThreadPoolExecutor) -> None:
        while True:
            progressed = [self._advance(facts, pool) for facts in everything]
            if any(progressed):
                continue
            if not self.running:
                break
            for future in wait(self.running, return_when=FIRST_COMPLETED).done:
                self.results[self.running.pop(future)] = self._intern(future.result())

    def _advance(self, facts: Facts, pool: ThreadPoolExecutor) -> bool:
        """Start what can start for one pull and take over what is done; true if that made anything new known."""
        progressed = False
        for source in self.collectors:
            if source.provides in facts or any(need.evidence not in facts for need in source.needs):
                continue
            inputs = [facts[need.evidence] for need in source.needs]
            key = (id(source), *map(id, inputs))
            if key in self.results:
                facts[source.provides] = self.results[key]
            elif (absent := _absent(source.needs, inputs)) is not None:
                facts[source.provides] = self.results[key] = self._intern(absent)
            else:
                if key not in self.running.values():
                    self.running[pool.submit(self._observe, source, inputs)] = key
                continue
            progressed = True
        return progressed

    def _observe(self, source: AnyCollector, inputs: list[object]) -> object:
        self.observer(source.name, False)
        try:
            return source.function(*inputs)
        except NotObserved as nothing:
            return nothing.unavailable
        except UsageError:
            raise
        except Exception as bug:  # noqa: BLE001 - one collector's bug must not silence the others
            self.broken.append(f"{source.name}: {type(bug).__name__}: {bug}")
            return Unavailable(
                f"pullcheck itself broke in {source.name}: {type(bug).__name__}: {bug}", "please report this"
            )
        finally:
            self.observer(source.name, True)

    def _intern(self, value: object) -> object:
        """Equal evidence becomes one object, so that identity stands for equality from here on."""
        return self.interned.setdefault((type(value), value), value)


def _absent(needs: Iterable[Need], inputs: Iterable[object]) -> Missing | None:
    """What keeps a function from being called: inputs that are absent and that it does not take as such."""
    missing = [
        value
        for need, value in zip(needs, inputs, strict=True)
        if isinstance(value, Unavailable | NotApplicable) and not isinstance(value, need.absences)
    ]
    return combine(missing) if missing else None


def _ask(check: AnyCheck, observed: Observed, seen: dict[tuple[int, ...], list[Answer]]) -> list[Answer]:
    lacking = [_not_in_evidence(need) for need in check.needs if need.evidence not in observed.facts]
    inputs = [observed.facts.get(need.evidence) for need in check.needs]
    absent = combine(lacking) if lacking else _absent(check.needs, inputs)
    if isinstance(absent, NotApplicable):
        return [Answer(check, not_applicable(absent.subject or observed.subject, absent.reason), observed)]
    if isinstance(absent, Unavailable):
        blocked_by = None if absent.blocked_by == check.id else absent.blocked_by
        subjects = _subjects(check, observed) or [absent.subject or observed.subject]
        return [Answer(check, unknown(one, absent.because, blocked_by=blocked_by), observed) for one in subjects]
    key = (id(check), *map(id, inputs))
    if key not in seen:
        vantages = (getattr(value, "vantage", None) for value in inputs)
        vantage = next((name for name in vantages if isinstance(name, str)), None)
        seen[key] = _judge(check, inputs, vantage, observed)
    return seen[key]


def _subjects(check: AnyCheck, observed: Observed) -> list[str]:
    """What the check would have had findings for, as far as that is known."""
    known = [observed.facts.get(need.evidence) for need in check.subject_needs]
    if check.subjects is None or any(value is None or isinstance(value, Missing) for value in known):
        return []
    return list(check.subjects(*known))


def _judge(check: AnyCheck, inputs: list[object], vantage: str | None, observed: Observed) -> list[Answer]:
    try:
        verdicts = list(check.function(*inputs))
    except Exception as bug:  # noqa: BLE001 - a check's bug is shown in its place, the others go on
        return [_broken(check, observed, f"{type(bug).__name__}: {bug}")]
    if not verdicts:
        return [_broken(check, observed, "the check said nothing")]
    return [Answer(check, verdict, observed, vantage) for verdict in verdicts]


def _broken(check: AnyCheck, observed: Observed, what: str) -> Answer:
    because = f"pullcheck itself broke here: {what}; please report this"
    return Answer(check, unknown(observed.subject, because), observed, broken=True)


def _not_in_evidence(need: Need) -> Unavailable:
    return Unavailable(f"the evidence does not hold {need.evidence.__name__}", "collect it again with this version")
