"""How long the network is judged, and what it costs to read: ``python tests/benchmarks/network.py`` prints a table.

One core, no AWS: the evidence is made here, 16 model subnets whose 5 groups have 1,000 rules each, 50 addresses of the
registry, 200 route tables. What is measured is processor time of the whole check, findings and tried fixes included.
The memory is that of a process that reads a VPC's interfaces by the real collector, from an EC2 API on loopback.
"""

import os
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

from pullcheck import Status
from pullcheck.evidence.names import NamedAddress, Provenance, RegistryAddresses
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.evidence.placement import Placement
from pullcheck_checks.network.reachability import registry_is_reachable

Row = dict[str, Any]
VPC = "vpc-1"
SUBNETS, GROUPS, DESTINATIONS, TABLES, RULES = 16, 5, 50, 200, 1000
INTERFACES, PAGE = 5000, 1000
ROUNDS = 3
FAULTS = ("nothing", "the model's groups", "the ACLs", "the routes", "all of these")


def main() -> None:
    """Print one line for each promise."""
    for fault in FAULTS:
        seconds, findings = judged(fault, RULES)
        say(f"{SUBNETS * DESTINATIONS} paths, broken: {fault}", f"{seconds:.2f} s, {findings} findings", "at most 1 s")
    for fault in (FAULTS[0], FAULTS[-1]):
        sizes = (RULES // 2, RULES, RULES * 2)
        times = [judged(fault, rules)[0] for rules in sizes]
        ratios = " : ".join(f"{taken / times[0]:.2f}" for taken in times)
        say(f"{' : '.join(map(str, sizes))} rules a group, broken: {fault}", ratios, "at most 1 : 2 : 4")
    say(f"peak memory of a process that reads {INTERFACES} interfaces", f"{memory_of_reading():.0f} MB", "under 300 MB")


def say(what: str, measured: str, wanted: str) -> None:
    """One row of a Markdown table."""
    sys.stdout.write(f"| {what} | {measured} | {wanted} |\n")
    sys.stdout.flush()


def judged(fault: str, rules: int) -> tuple[float, int]:
    """The least time of a few rounds, in seconds, and how many findings there are."""
    evidence = NetworkEvidence.from_describe(tables(fault, rules))
    where = Placement(tuple(f"subnet-{n}" for n in range(SUBNETS)), tuple(f"sg-{n}" for n in range(GROUPS)))
    named = tuple(NamedAddress(address(n), Provenance.PRIVATE_ZONE, "Z1") for n in range(DESTINATIONS))
    registry = RegistryAddresses("registry.example.com", 443, named)
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        found = list(registry_is_reachable.function(where, registry, evidence))
        times.append(time.process_time() - started)
    assert {one.status for one in found} == {Status.PASS if fault == FAULTS[0] else Status.FAIL}
    return min(times), len(found)


def address(number: int) -> str:
    """Where the registry has its interfaces."""
    return f"10.0.200.{10 + number}"


def tables(fault: str, rules: int) -> dict[str, list[Row]]:
    """What EC2 would describe: nothing that lets the packets pass stands before the last rule."""
    of = (fault,) if fault != FAULTS[-1] else FAULTS[1:-1]
    useless = [permission(f"172.{16 + n // 250}.{n % 250}.0/24") for n in range(rules - 1)]
    useful = [] if "the model's groups" in of else [permission("10.0.0.0/16")]
    entries = [] if "the ACLs" in of else [entry(100, egress=True), entry(100, egress=False)]
    local = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}
    gone = {"DestinationCidrBlock": "10.0.200.0/24", "NetworkInterfaceId": "eni-gone", "State": "blackhole"}
    routes = [local, gone] if "the routes" in of else [local]
    subnets = [f"subnet-{n}" for n in range(SUBNETS)]
    return {
        "Subnets": [
            {"SubnetId": name, "VpcId": VPC, "CidrBlock": f"10.0.{n}.0/24", "OwnerId": "1"}
            for n, name in [*enumerate(subnets), (200, "subnet-registry")]
        ],
        "RouteTables": [
            {
                "RouteTableId": f"rtb-{n}",
                "VpcId": VPC,
                "Associations": [{"SubnetId": name} for name in subnets[n : n + 1]] or [{"Main": n == TABLES - 1}],
                "Routes": routes if n < SUBNETS else [local],
            }
            for n in range(TABLES)
        ],
        "NetworkAcls": [
            {
                "NetworkAclId": f"acl-{n}",
                "VpcId": VPC,
                "IsDefault": n == SUBNETS,
                "Associations": [{"SubnetId": name} for name in subnets[n : n + 1]],
                "Entries": entries,
            }
            for n in range(SUBNETS + 1)
        ],
        "SecurityGroups": [
            {"GroupId": f"sg-{n}", "VpcId": VPC, "OwnerId": "1", "IpPermissions": [], "IpPermissionsEgress": allowed}
            for n, allowed in enumerate([useless] * (GROUPS - 1) + [[*useless, *useful]])
        ]
        + [{"GroupId": "sg-registry", "VpcId": VPC, "OwnerId": "1", "IpPermissions": [*useless, *useful]}],
        "NetworkInterfaces": [
            {
                "NetworkInterfaceId": f"eni-{n}",
                "VpcId": VPC,
                "SubnetId": "subnet-registry",
                "PrivateIpAddress": address(n),
                "Groups": [{"GroupId": "sg-registry"}],
            }
            for n in range(DESTINATIONS)
        ],
        "PrefixLists": [],
        "NatGateways": [],
        "InternetGateways": [],
        "VpcPeeringConnections": [],
        "TransitGateways": [],
        "TransitGatewayRouteTables": [],
    }


def permission(cidr: str) -> Row:
    """A rule of a group."""
    return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": cidr}]}


def entry(number: int, *, egress: bool) -> Row:
    """An entry of an ACL."""
    return {"RuleNumber": number, "Egress": egress, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}


class Account(BaseHTTPRequestHandler):
    """EC2's answer to DescribeNetworkInterfaces, in pages."""

    def do_POST(self) -> None:
        """One page."""
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        first = int(asked.get("NextToken", ["0"])[0])
        items = "".join(interface_xml(number) for number in range(first, first + PAGE))
        more = f"<nextToken>{first + PAGE}</nextToken>" if first + PAGE < INTERFACES else ""
        body = f"<R><networkInterfaceSet>{items}</networkInterfaceSet>{more}</R>".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def interface_xml(number: int) -> str:
    """An interface as EC2 writes it."""
    where = f"10.0.{number // 250}.{number % 250}"
    return (
        f"<item><networkInterfaceId>eni-{number:017x}</networkInterfaceId><vpcId>{VPC}</vpcId>"
        f"<subnetId>subnet-{number % 40:017x}</subnetId><description>ELB app/one/{number}</description>"
        f"<privateIpAddress>{where}</privateIpAddress><interfaceType>interface</interfaceType><status>in-use</status>"
        f"<groupSet><item><groupId>sg-{number % 90:017x}</groupId><groupName>group</groupName></item></groupSet>"
        f"<privateIpAddressesSet><item><privateIpAddress>{where}</privateIpAddress><primary>true</primary></item>"
        "</privateIpAddressesSet><tagSet><item><key>Name</key><value>one of many</value></item></tagSet></item>"
    )


READ = f"""
import resource
from pullcheck.collect.aws import Aws
from pullcheck.collect.network import vpc_interfaces
from pullcheck.evidence.vpc import ModelVpc
found = vpc_interfaces(ModelVpc({VPC!r}), Aws("us-east-1"))
assert len(found.rows) == {INTERFACES}
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def memory_of_reading() -> float:
    """The largest resident set, in MB."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Account)
    Thread(target=server.serve_forever, daemon=True).start()
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    environment = os.environ | keys | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}"}
    done = subprocess.run([sys.executable, "-c", READ], env=environment, capture_output=True, text=True, check=True)
    server.shutdown()
    return int(done.stdout) / 1024


if __name__ == "__main__":
    main()
