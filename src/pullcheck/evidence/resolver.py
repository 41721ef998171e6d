"""What else has a say in the names of the model's VPC: Route 53 profiles, DNS Firewall, outbound endpoints."""

from dataclasses import dataclass

from pullcheck.evidence.dns import ForwardRule, HostedZone


@dataclass(frozen=True)
class FirewallGroup:
    """A rule group that filters the VPC's queries; ``source`` is its association, or the profile that brings it.

    Groups are asked in the order of their ``priority``.
    """

    id: str
    priority: int
    source: str


@dataclass(frozen=True)
class DnsProfiles:
    """What the Route 53 profiles of the VPC add to it. ``endpoints`` are ids of interface endpoints."""

    vpc_id: str
    ids: tuple[str, ...] = ()
    zones: tuple[HostedZone, ...] = ()
    rules: tuple[ForwardRule, ...] = ()
    groups: tuple[FirewallGroup, ...] = ()
    endpoints: tuple[str, ...] = ()


@dataclass(frozen=True)
class VpcFirewallGroups:
    """The rule groups that are associated with the VPC itself."""

    vpc_id: str
    groups: tuple[FirewallGroup, ...]


@dataclass(frozen=True)
class FirewallRule:
    """One rule, with the domains of its list; ``hidden`` says why these cannot be seen, and without an ``action`` that
    not even the group's rules can.

    ``response`` is what a BLOCK answers: NODATA, NXDOMAIN, or OVERRIDE with the name ``instead``. ``trusts_redirects``
    leaves what a CNAME leads to uninspected. ``owned`` is whether the list is the account's own to change.
    """

    group: FirewallGroup
    name: str
    priority: int
    action: str
    list_id: str = ""
    domains: tuple[str, ...] = ()
    hidden: str = ""
    response: str = ""
    instead: str = ""
    trusts_redirects: bool = False
    owned: bool = True

    def __str__(self) -> str:
        which = f"rule {self.name or self.priority}" if self.action else "a rule"
        return f"{which} of {self.group.id}" + (f" (priority {self.priority})" if self.action else "")

    def matches(self, name: str) -> str | None:
        """The domain of the list that covers the name; a leading asterisk stands for anything."""
        return next((one for one in self.domains if _covers(one.lower().rstrip("."), name)), None)


def _covers(pattern: str, name: str) -> bool:
    return name.endswith(pattern[1:]) if pattern.startswith("*") else name == pattern


@dataclass(frozen=True)
class DnsFirewall:
    """Every rule that filters the VPC's queries, in the order in which they are asked; the first that matches decides.

    ``fail_open`` is whether queries pass while the firewall does not answer; None where that was not seen, for the
    reason ``unseen``.
    """

    vpc_id: str
    groups: tuple[FirewallGroup, ...] = ()
    rules: tuple[FirewallRule, ...] = ()
    fail_open: bool | None = None
    unseen: str = ""


@dataclass(frozen=True)
class OutboundSeat:
    """One address of a Resolver endpoint."""

    subnet_id: str
    address: str
    status: str = "ATTACHED"


@dataclass(frozen=True)
class OutboundEndpoint:
    """A Resolver endpoint as ListResolverEndpoints shows it."""

    id: str
    vpc_id: str
    status: str
    message: str = ""
    group_ids: tuple[str, ...] = ()
    seats: tuple[OutboundSeat, ...] = ()

    @property
    def operational(self) -> bool:
        """Whether it forwards: it does while it is being changed or recovers, too."""
        return self.status in ("OPERATIONAL", "UPDATING", "AUTO_RECOVERING")


@dataclass(frozen=True)
class UsedRule:
    """A FORWARD rule that decides a name of the pull, and its endpoint, None where that is not shown."""

    name: str
    rule: ForwardRule
    endpoint: OutboundEndpoint | None = None


@dataclass(frozen=True)
class RulesInUse:
    """Every such rule; empty where the VPC answers all names by itself."""

    vpc_id: str
    rules: tuple[UsedRule, ...] = ()


@dataclass(frozen=True)
class RulesElsewhere:
    """FORWARD rules of the account, or shared with it, that cover the registry's name and that the VPC does not use."""

    name: str
    vpc_id: str
    rules: tuple[ForwardRule, ...] = ()
