"""From a target to its report: observe once, judge what was observed."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from pullcheck.collect import collectors_for
from pullcheck.collect.aws import Aws
from pullcheck.engine import Answer, Facts, Observed, Observer, Plan, Pull
from pullcheck.evidence.names import RegistryAddresses
from pullcheck.evidence.pull_hosts import PullHostAddresses
from pullcheck.evidence.registry import RegistrySeen
from pullcheck.evidence.tls import ServedChains, ServedElsewhere
from pullcheck.hosts import hosts_of
from pullcheck.judgement import Report, SeenFrom, findings
from pullcheck.missing import Unavailable
from pullcheck.packs import Pack
from pullcheck.settings import Settings
from pullcheck.shown import shown
from pullcheck.target import Container, Model, Target
from pullcheck.vantage import Vantage, VantageName
from pullcheck.verdict import Status, unknown
from pullcheck.wiring import AnyCheck

GIVEN = (Target, Model, Container, Settings, Aws, Vantage)


@dataclass(frozen=True)
class Observation:
    """Everything seen in one run: what ``collect`` writes and a report is made from."""

    target: Target
    vantages: tuple[SeenFrom, ...]
    pulls: tuple[Observed, ...]


def plan_for(packs: Iterable[Pack], checks: Sequence[AnyCheck]) -> Plan:
    """The plan of the chosen checks over the built-in collectors and those of the packs."""
    brought = [source for pack in packs for source in pack.collectors]
    needs = [need for check in checks for need in check.needs + check.subject_needs]
    needs += [need for source in brought for need in source.needs]
    kinds = {need.evidence for need in needs} | {source.provides for source in brought}
    return Plan(checks, (*collectors_for(kinds - set(GIVEN)), *brought), GIVEN)


def observe(
    plan: Plan, target: Target, settings: Settings, aws: Aws, vantage: VantageName, watch: Observer
) -> Observation:
    """Look at the world for every container of every model of the target."""
    from pullcheck.vantage.here import vantage_for

    pulls: list[Pull] = []
    vantages: dict[SeenFrom, None] = {}
    with ExitStack() as open_connections:
        for model in target.models:
            place = None if isinstance(model, Unavailable) else model.vpc_config
            here = vantage_for(vantage, place, settings)
            if not isinstance(here, Unavailable) and plan.uses(Vantage):
                vantages[SeenFrom(here.name, here.description)] = None
                here = open_connections.enter_context(here.keeping_connections(aws.given_up))
            pulls += _pulls(target, model, {Target: target, Settings: settings, Aws: aws, Vantage: here})
        return Observation(target, tuple(vantages), plan.collect(pulls, watch, aws.given_up))


def _pulls(target: Target, model: Model | Unavailable, shared: Facts) -> Iterator[Pull]:
    if isinstance(model, Unavailable):
        yield Pull(model.subject or target.name, {**shared, Model: model, Container: model})
        return
    for container in model.containers:
        yield Pull(shown(container.image or container.field), {**shared, Model: model, Container: container})


def judge(plan: Plan, observation: Observation) -> Report:
    """The report on what was observed; nothing is looked at again."""
    answers = tuple(_doubt(answer) for answer in plan.judge(observation.pulls))
    crashed = (f"{answer.check.id}: {answer.verdict.because}" for answer in answers if answer.broken)
    bugs = tuple(dict.fromkeys([*(bug for pull in observation.pulls for bug in pull.broken), *crashed]))
    hosts = hosts_of(observation.pulls)
    return Report(observation.target, observation.vantages, hosts, findings(answers), broken=bugs)


def _doubt(answer: Answer) -> Answer:
    """What was seen from outside the VPC proves nothing where the VPC uses another address for the registry.

    An address that the user named (``--resolve``), or one of this machine (a tunnel), is as deliberate as the VPC's.
    """
    seen = answer.observed.facts.get(RegistrySeen)
    used = answer.observed.facts.get(RegistryAddresses)
    judged = answer.verdict.status in (Status.PASS, Status.FAIL)
    if answer.vantage != VantageName.OUTSIDE or not judged:
        return answer
    if other := _other_host(answer):
        return _doubt_of(other, answer)
    if not isinstance(seen, RegistrySeen) or not isinstance(used, RegistryAddresses) or seen.forced:
        return answer
    inside = {named.address for named in used.addresses}
    elsewhere = [address for address in seen.addresses if address not in inside and not _is_loopback(address)]
    if not elsewhere or not inside:
        return answer
    because = (
        f"{answer.verdict.because}; but that was {', '.join(elsewhere)}, seen from outside, and the VPC uses "
        f"{', '.join(sorted(inside))} for {seen.host}; run with --vantage inside, or name the address with --resolve"
    )
    return replace(answer, verdict=unknown(answer.verdict.subject, because, cause=answer.verdict.cause))


def _other_host(answer: Answer) -> ServedChains | None:
    """The host beside the registry whose handshakes the verdict is about."""
    shown = answer.observed.facts.get(ServedElsewhere)
    hosts = shown.hosts if isinstance(shown, ServedElsewhere) and answer.check.family == "tls" else ()
    return next((one for one in hosts if answer.verdict.subject.startswith(f"{one.host}:{one.port} (")), None)


def _doubt_of(host: ServedChains, answer: Answer) -> Answer:
    """The same for such a host, of which a failure counts only where the VPC is known to use the same addresses."""
    known = answer.observed.facts.get(PullHostAddresses)
    rows = known.hosts if isinstance(known, PullHostAddresses) else ()
    row = next((one for one in rows if (one.host.name, one.host.port) == (host.host, host.port)), None)
    inside = {named.address for named in row.addresses if named.source != host.vantage} if row else set()
    public = row is not None and (row.s3_region is not None or (bool(row.addresses) and not inside))
    elsewhere = [one.address for one in host.addresses if one.address not in inside]
    if host.forced or public or not elsewhere or all(map(_is_loopback, elsewhere)):
        return answer
    if not inside and answer.verdict.status is Status.PASS:
        return answer
    uses = f"the VPC uses {', '.join(sorted(inside))}" if inside else "it is not known which the VPC uses"
    because = (
        f"{answer.verdict.because}; but that was {', '.join(elsewhere)}, seen from outside, and {uses} for {host.host};"
        " run with --vantage inside, or name the address with --resolve"
    )
    return replace(answer, verdict=unknown(answer.verdict.subject, because, cause=answer.verdict.cause))


def _is_loopback(address: str) -> bool:
    from ipaddress import ip_address

    return ip_address(address).is_loopback
