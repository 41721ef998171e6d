"""Are the name servers reached that the VPC forwards names of the pull to?"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from pullcheck.evidence.around import ForwardingNetwork
from pullcheck.evidence.dns import RegistryAnswer
from pullcheck.evidence.resolver import OutboundEndpoint, OutboundSeat, RulesElsewhere, RulesInUse, UsedRule
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.verdict import Fix, Severity, Status, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.dns.filter_causes import ENDPOINT_BROKEN, RULE_MISSING
from pullcheck_checks.network.findings import findings
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source

DOMAIN = 53
DIGITS = {"udp": 6, "tcp": 8}
ATTACHED = ("ATTACHED", "UPDATING")


@check("dns.forwarding", "What the VPC forwards is answered", (ENDPOINT_BROKEN, RULE_MISSING))
def forwards_to_servers(
    used: RulesInUse,
    around: ForwardingNetwork | Unavailable | NotApplicable,
    elsewhere: RulesElsewhere | Unavailable,
    live: RegistryAnswer | Unavailable,
) -> Iterator[Verdict]:
    """What: where a Resolver rule forwards a name of the pull, the outbound endpoint of that rule, and the path from
    each of the endpoint's addresses to each target, by UDP and TCP: groups, ACLs and routes, there and back.

    Why: the questions leave from the endpoint, with the endpoint's groups, not from the model's subnets. What is open
    there decides whether the name has an address at all.

    Passes: when the endpoint is operational and nothing stops packets between it and the targets, or when a lookup
    inside the VPC had an answer.

    Fails: when the endpoint does not work, or something stops packets: by UDP an error, by TCP a warning. When a rule
    for the registry's domain exists, the VPC does not use it, and public DNS does not know the name.

    Not verified when: the endpoint belongs to another account or VPC, or the path leads to a network that is not
    judged.

    Fix: the command of the finding; for a rule that the VPC lacks, its association.

    Source: Route 53 Developer Guide, forwarding outbound DNS queries; RFC 7766 (DNS over TCP).
    """
    inside = live.resolutions if isinstance(live, RegistryAnswer) and live.inside else ()
    heard = {one.name for one in inside if one.addresses}
    for one in used.rules:
        told = list(_of_rule(one, used.vpc_id, around))
        for verdict in told:
            settled = verdict.status is Status.UNKNOWN and one.name in heard
            yield _settled(verdict, one) if settled else verdict
    yield from _missing(elsewhere, live)
    if not used.rules and not (isinstance(elsewhere, RulesElsewhere) and elsewhere.rules):
        yield not_applicable(used.vpc_id, f"no Resolver rule forwards a name of the pull for {used.vpc_id}")


def _settled(doubt: Verdict, one: UsedRule) -> Verdict:
    because = f"{one.rule} forwards {one.name}, and a lookup inside the VPC has an answer"
    return passed(doubt.subject, because, resources=doubt.resources, path=doubt.path)


def _of_rule(one: UsedRule, vpc_id: str, around: ForwardingNetwork | Unavailable | NotApplicable) -> Iterator[Verdict]:
    endpoint, subject = one.endpoint, f"{one.name} by {one.rule.id}"
    resources = [one.rule.id, *filter(None, [one.rule.endpoint_id])]
    if endpoint is None:
        owner = one.rule.owner or "another account"
        because = (
            f"{one.rule} forwards {one.name} to {', '.join(one.rule.targets) or 'servers that it does not show'} by an"
            f" endpoint that only its owner sees ({owner}); look from there, or run with --vantage inside"
        )
        yield unknown(subject, because, resources=resources)
    elif not endpoint.operational:
        yield _not_working(one, endpoint, subject)
    elif endpoint.vpc_id != vpc_id:
        because = f"{endpoint.id} stands in {endpoint.vpc_id}, whose network was not read; run with --vantage inside"
        yield unknown(subject, because, resources=resources)
    elif isinstance(around, ForwardingNetwork):
        yield from _paths(one, endpoint, Index(around.tables))
    else:
        because = around.because if isinstance(around, Unavailable) else around.reason
        yield unknown(subject, because, resources=resources)


def _not_working(one: UsedRule, endpoint: OutboundEndpoint, subject: str) -> Verdict:
    why = f": {endpoint.message}" if endpoint.message else ""
    because = f"{one.rule} forwards {one.name} by {endpoint.id}, which is {endpoint.status}{why}"
    fix = Fix(f"give {endpoint.id} addresses in subnets that exist and have room, or make it anew")
    if endpoint.status == "CREATING":
        fix = Fix(f"wait until {endpoint.id} is operational, then look again")
    return failed(subject, because, ENDPOINT_BROKEN, fix, resources=[one.rule.id, endpoint.id])


def _paths(one: UsedRule, endpoint: OutboundEndpoint, index: Index) -> Iterator[Verdict]:
    for seat in endpoint.seats:
        if seat.status not in ATTACHED:
            yield _lost_seat(one, endpoint, seat)
            continue
        source = Source(seat.subnet_id, endpoint.group_ids, within=seat.address)
        for address, port in zip_longest(one.rule.targets, one.rule.ports, fillvalue=DOMAIN):
            for protocol, digit in DIGITS.items():
                there = Destination(str(address), str(address), int(port), protocol=protocol, digit=digit)
                subject = f"{endpoint.id} {seat.address} -> {address}:{port} {protocol}"
                for verdict in findings(index, source, there, subject, lambda _step: ENDPOINT_BROKEN):
                    yield replace(verdict, severity=Severity.WARNING) if protocol == "tcp" else verdict


def _lost_seat(one: UsedRule, endpoint: OutboundEndpoint, seat: OutboundSeat) -> Verdict:
    because = (
        f"{one.rule} forwards {one.name} by {endpoint.id}, whose address {seat.address} in {seat.subnet_id} is"
        f" {seat.status}; it has {sum(other.status in ATTACHED for other in endpoint.seats)} that work"
    )
    fix = Fix(f"give {endpoint.id} another address in place of {seat.address}")
    subject, weight = f"{endpoint.id} {seat.address}", Severity.WARNING
    resources = [endpoint.id, seat.subnet_id]
    return failed(subject, because, ENDPOINT_BROKEN, fix, severity=weight, resources=resources)


def _missing(elsewhere: RulesElsewhere | Unavailable, live: RegistryAnswer | Unavailable) -> Iterator[Verdict]:
    """A rule that the VPC does not use counts for something only once public DNS was asked."""
    if isinstance(elsewhere, Unavailable) or not elsewhere.rules:
        return
    name, rule = elsewhere.name, max(elsewhere.rules, key=lambda one: len(one.domain))
    holds = f"{rule} forwards {name} to {', '.join(rule.targets)}, and {elsewhere.vpc_id} does not use it"
    answer = live.to(name) if isinstance(live, RegistryAnswer) else None
    resources = [rule.id, elsewhere.vpc_id]
    if answer and answer.addresses:
        yield not_applicable(name, f"{holds}; the name has an answer without it: {', '.join(answer.addresses)}")
    elif answer and answer.no_such_name:
        which = f"--resolver-rule-id {rule.id} --vpc-id {elsewhere.vpc_id}"
        fix = Fix(f"associate {rule} with the VPC", (f"aws route53resolver associate-resolver-rule {which}",))
        because = f"{holds}; without it there is no such name ({answer.error})"
        yield failed(name, because, RULE_MISSING, fix, resources=resources)
    else:
        because = f"{holds}; whether public DNS has the name settles whether it has to (--vantage outside)"
        yield unknown(name, because, cause=RULE_MISSING, resources=resources)
