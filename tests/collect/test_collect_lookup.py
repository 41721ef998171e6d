"""Following names through private zones, as RFC 1034, RFC 4592 and the Route 53 guide have it."""

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from pullcheck.collect.lookup import Contents, Record, View, follow, records_for
from pullcheck.evidence.branches import Ending
from pullcheck.evidence.dns import ForwardRule, HostedZone, covers

RFC_4592 = tuple(
    Record(name, kind, ("x",))
    for name, kind in (
        ("example", "SOA"),
        ("*.example", "TXT"),
        ("*.example", "MX"),
        ("sub.*.example", "TXT"),
        ("host1.example", "A"),
        ("_ssh._tcp.host1.example", "SRV"),
        ("_ssh._tcp.host2.example", "SRV"),
        ("subdel.example", "NS"),
    )
)
LABEL = st.sampled_from(["a", "b", "c", "*"])
NAME = st.lists(LABEL, max_size=4).map(lambda labels: ".".join([*labels, "example"]))
RECORDS = st.lists(NAME, max_size=8).map(lambda names: tuple(Record(name, "A", (name,)) for name in names))
APEX = Record("example", "SOA", ("x",))


def look_up(name: str, zones: Mapping[str, Sequence[Record]], *rules: ForwardRule) -> list[tuple[Ending, str]]:
    listed = [HostedZone(f"Z-{domain}", domain, "123456789012") for domain in zones]
    view = View(listed, rules, lambda zone: Contents(tuple(zones[zone.name])))
    return [(branch.ending, branch.detail) for branch in follow(name, view)]


def a(name: str, *addresses: str) -> Record:
    return Record(name, "A", addresses)


def test_the_wildcard_examples_of_rfc_4592() -> None:
    answered = {"host3.example", "foo.bar.example"}
    empty = {"host2.example", "_tcp.host1.example", "sub.*.example"}
    absent = {"_telnet._tcp.host1.example", "ghost.*.example"}

    assert all({one.name for one in records_for(name, RFC_4592) or ()} == {"*.example"} for name in answered)
    assert all(records_for(name, RFC_4592) is not None for name in empty)
    assert all("A" not in {one.type for one in records_for(name, RFC_4592) or ()} for name in empty)
    assert all(records_for(name, RFC_4592) is None for name in absent)


@given(NAME, RECORDS)
def test_a_name_of_its_own_is_never_answered_by_a_wildcard(name: str, records: tuple[Record, ...]) -> None:
    found = records_for(name, (APEX, *records, a(name, "10.0.0.1")))

    assert found
    assert {one.name for one in found} == {name}


@given(NAME, RECORDS)
def test_a_wildcard_answers_only_below_the_closest_name_that_exists(name: str, records: tuple[Record, ...]) -> None:
    every = (APEX, *records)
    found = records_for(name, every)
    for record in found or ():
        encloser = record.name.removeprefix("*.")
        between = name.removesuffix(f".{encloser}")

        assert record.name == name or (record.name == f"*.{encloser}" and covers(encloser, name))
        if record.name != name:
            labels = between.split(".")
            longer = [".".join([*labels[start:], encloser]) for start in range(len(labels))]
            assert not any(covers(one, other.name) for one in longer for other in every)


@given(NAME, st.lists(NAME, min_size=1, max_size=5, unique=True), st.lists(NAME, max_size=3, unique=True))
def test_the_longest_domain_decides_and_a_rule_before_a_zone(name: str, zones: list[str], rules: list[str]) -> None:
    forwards = [ForwardRule(f"rslvr-{domain}", domain, "FORWARD", ("10.9.0.2",)) for domain in rules]
    [(ending, detail), *_] = look_up(name, {domain: [a(name, domain)] for domain in zones}, *forwards)
    matching = [(len(domain), rule, domain) for rule, some in ((0, zones), (1, rules)) for domain in some]
    best = max((one for one in matching if covers(one[2], name)), default=None)

    if best is None:
        assert ending is Ending.PUBLIC
    elif best[1]:
        assert ending is Ending.FORWARDED
        assert f"({best[2]})" in detail
    else:
        assert (ending, detail) == (Ending.ADDRESS, best[2])


@given(st.lists(st.tuples(NAME, NAME), max_size=6))
def test_every_chain_comes_to_an_end(links: list[tuple[str, str]]) -> None:
    zone = [APEX, *(Record(name, "CNAME", (target,)) for name, target in links)]

    assert look_up("a.example", {"example": zone})


def test_a_zone_that_covers_the_name_and_has_no_record_denies_it() -> None:
    [(ending, detail)] = look_up("r.example.com", {"example.com": [], "com": [a("r.example.com", "10.0.0.1")]})

    assert ending is Ending.NO_NAME
    assert "Z-example.com" in detail


def test_a_domain_covers_whole_labels_only() -> None:
    assert look_up("myexample.com", {"example.com": []}) == [(Ending.PUBLIC, "")]


def test_chains_cross_zones_and_end_in_public_dns() -> None:
    zones = {
        "example.com": [Record("r.example.com", "CNAME", ("r.corp.internal",))],
        "corp.internal": [Record("r.corp.internal", "A", (), "lb.elb.us-east-1.amazonaws.com")],
    }
    view = View([HostedZone(name, name, "1") for name in zones], (), lambda zone: Contents(tuple(zones[zone.name])))

    [branch] = follow("r.example.com", view)

    assert (branch.ending, branch.name) == (Ending.PUBLIC, "lb.elb.us-east-1.amazonaws.com")
    assert len(branch.trail) == 2


def test_weighted_records_are_all_taken() -> None:
    zone = [a("r.example.com", "10.0.0.1"), a("r.example.com", "10.0.0.2", "10.0.0.3")]

    found = look_up("r.example.com", {"example.com": zone})

    assert [address for _, address in found] == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]


def test_an_alias_for_each_family_leads_where_that_family_leads() -> None:
    zone = [
        Record("r.example.com", "A", (), "t.example.com"),
        Record("r.example.com", "AAAA", (), "t.example.com"),
        a("t.example.com", "10.0.0.1"),
    ]

    assert look_up("r.example.com", {"example.com": zone}) == [(Ending.ADDRESS, "10.0.0.1")]


def test_a_name_with_other_records_only_has_no_address() -> None:
    [(ending, _)] = look_up("r.example.com", {"example.com": [Record("r.example.com", "TXT", ("x",))]})

    assert ending is Ending.NO_ADDRESS


def test_a_system_rule_leaves_the_name_to_the_zones() -> None:
    forward = ForwardRule("rslvr-1", "example.com", "FORWARD", ("10.9.0.2",))
    system = ForwardRule("rslvr-2", "r.example.com", "SYSTEM")
    zones = {"example.com": [a("r.example.com", "10.0.0.1")]}

    assert look_up("r.example.com", zones, forward)[0][0] is Ending.FORWARDED
    assert look_up("r.example.com", zones, forward, system) == [(Ending.ADDRESS, "10.0.0.1")]


def test_the_rule_for_everything_forwards_what_no_zone_covers() -> None:
    everything = ForwardRule("rslvr-1", "", "FORWARD", ("10.9.0.2",))

    assert look_up("r.example.org", {"example.com": []}, everything)[0][0] is Ending.FORWARDED
    assert look_up("r.example.com", {"example.com": [a("r.example.com", "10.0.0.1")]}, everything) == [
        (Ending.ADDRESS, "10.0.0.1")
    ]
