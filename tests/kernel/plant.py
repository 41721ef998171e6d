"""Namespaces, the cables between them and the bridges that they sit on: first all is planned, then all is started."""

from collections import defaultdict
from collections.abc import Iterable
from ipaddress import ip_network

from namespaces import Namespace


class Plant:
    """What is planned is kept as commands of ip(8) and rules of nft(8), for each namespace by its name."""

    def __init__(self) -> None:
        self.spaces: dict[str, Namespace] = {}
        self._links: defaultdict[str, list[str]] = defaultdict(list)
        self._settings: defaultdict[str, list[str]] = defaultdict(list)
        self._filters: dict[str, list[str]] = {}
        self._cables: dict[tuple[str, str], tuple[str, str]] = {}
        self._bridges: dict[str, tuple[str, str, str]] = {}

    def space(self, name: str, *, forwards: bool = False) -> None:
        """A new namespace; one that forwards is a router."""
        self.spaces[name] = Namespace(forwards=forwards)
        self.set(name, "link set lo up")

    def set(self, name: str, *commands: str) -> None:
        """Commands for when every cable is there."""
        self._settings[name] += commands

    def filter(self, name: str, ruleset: Iterable[str]) -> None:
        """The packet filters of the namespace."""
        self._filters[name] = list(ruleset)

    def cable(self, near: str, far: str) -> None:
        """Joins two namespaces, each with an address of the cable's own."""
        at = len(self._cables) // 2 + 1
        device = f"l{at}"
        self._links[near].append(f"link add {device} type veth peer name {device} netns {self.spaces[far].path}")
        for own, other, last in ((near, far, 1), (far, near, 2)):
            self.set(own, f"addr add 169.254.{at}.{last}/30 dev {device}", f"link set {device} up")
            self._cables[own, other] = device, f"169.254.{at}.{3 - last}"

    def joined(self, near: str, far: str) -> bool:
        """Whether there is a cable between the two."""
        return (near, far) in self._cables

    def device(self, near: str, far: str) -> str:
        """The near end of the cable."""
        return self._cables[near, far][0]

    def by(self, near: str, far: str) -> str:
        """The next hop of a route along the cable."""
        device, address = self._cables[near, far]
        return f"via {address} dev {device}"

    def bridge(self, name: str, router: str, cidr: str) -> None:
        """A subnet: a bridge on its router, which has the first address."""
        device = f"s{len(self._bridges)}"
        self._bridges[name] = device, router, cidr
        network = ip_network(cidr)
        self._links[router] += [f"link add {device} type bridge", f"link set {device} up"]
        self.set(router, f"addr add {network[1]}/{network.prefixlen} dev {device}")

    def bridge_device(self, name: str) -> str:
        """The subnet as its router knows it."""
        return self._bridges[name][0]

    def seat(self, name: str, subnet: str, addresses: Iterable[str], *, forwards: bool = False) -> None:
        """A namespace with an interface in the subnet, and the subnet's router as its way out."""
        bridge, router, cidr = self._bridges[subnet]
        network = ip_network(cidr)
        device = f"h{len(self.spaces)}"
        self.space(name, forwards=forwards)
        self._links[router] += [
            f"link add {device} type veth peer name eth0 netns {self.spaces[name].path}",
            f"link set {device} master {bridge} up",
        ]
        self.set(name, *(f"addr add {address}/{network.prefixlen} dev eth0" for address in addresses))
        self.set(name, "link set eth0 up", f"route add default via {network[1]}")

    def start(self) -> None:
        """From here on packets move."""
        for commands in (self._links, self._settings):
            for name, lines in commands.items():
                self.spaces[name].ip(lines)
        for name, ruleset in self._filters.items():
            self.spaces[name].nft(ruleset)

    def close(self) -> None:
        """The end of all namespaces, and so of everything in them."""
        for space in self.spaces.values():
            space.close()
