"""Does every model subnet reach the name servers that its VPC hands out?"""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import Basis, Cause, Severity, Verdict, check
from pullcheck.evidence.around import NameServerNetwork
from pullcheck.evidence.placement import Placement
from pullcheck_checks.network.causes.filters import NETWORK_ACLS, SECURITY_GROUPS
from pullcheck_checks.network.causes.routes import ROUTE_TABLES
from pullcheck_checks.network.findings import findings, subject_of
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.steps import Step

DOMAIN = 53
DIGITS = {"udp": 7, "tcp": 9}

UNREACHABLE = Cause(
    "dns.custom-servers-unreachable",
    "The VPC hands out name servers of its own, and the model's groups, a route or the servers' groups keep the model"
    " subnet from them: no name is found.",
    "DescribeDhcpOptions: domain-name-servers; the path to each of them on udp and tcp 53.",
    "Allow udp and tcp 53 from the model's group to the servers, and route to them.",
    Basis.INFERENCE,
    f"{SECURITY_GROUPS}; {ROUTE_TABLES}; RFC 7766 (DNS over TCP)",
)
ACL = Cause(
    "nacl.dns-to-custom-servers",
    "A network ACL stops the questions to the name servers that the VPC hands out, or their answers.",
    "DescribeNetworkAcls, both directions: udp and tcp 53 to the servers, udp and tcp 1024-65535 from them.",
    "Add the missing entries.",
    Basis.DOCUMENTED,
    f"{NETWORK_ACLS}; Amazon VPC User Guide, DHCP option sets",
)


@check("network.dns-servers-reachable", "Every model subnet reaches its VPC's name servers", (UNREACHABLE, ACL))
def name_servers_are_reachable(placement: Placement, around: NameServerNetwork) -> Iterator[Verdict]:
    """Judges the network path from each model subnet to each name server that is not Amazon's.

    What: The servers in the VPC's DHCP options, on port 53 by UDP and by TCP: groups, ACLs and routes there, and the
    answers' way back. Amazon's own resolver is left out: no group, ACL or route stands before it.

    Why: Without a name server neither the registry nor the Lambda API has an address, and everything times out.

    Passes: Nothing on the way there or back stops any address of the subnet or any client port.

    Fails: Something on the way stops packets. By UDP it is an error; by TCP, which answers too long for a datagram
    need, a warning.

    Not verified when: A table cannot be read, or the path leaves the VPC for something that is not judged.

    Fix: The command of the finding.

    Source: Amazon VPC User Guide, DHCP option sets and network ACLs; RFC 1035 section 4.2, RFC 7766.
    """
    index = Index(around.tables)
    for subnet_id in placement.subnet_ids:
        source = Source(subnet_id, placement.security_group_ids)
        for address in around.addresses:
            for protocol, digit in DIGITS.items():
                there = Destination(address, address, DOMAIN, protocol=protocol, digit=digit)
                for verdict in findings(index, source, there, subject_of(subnet_id, address, DOMAIN), _cause):
                    yield replace(verdict, severity=Severity.WARNING) if protocol == "tcp" else verdict


def _cause(step: Step) -> Cause:
    return ACL if step.hop.kind == "network-acl" else UNREACHABLE
