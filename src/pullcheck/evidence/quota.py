"""The account's quotas that a pull, or a fix, may run into, and what counts towards them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """One applied quota, by Service Quotas' code and name."""

    code: str
    name: str
    value: float


@dataclass(frozen=True)
class VpcQuotas:
    """Those of Amazon VPC in the region; one that is not listed has AWS's default."""

    rows: tuple[Quota, ...]

    def find(self, code: str) -> Quota | None:
        """The quota with this code."""
        return next((row for row in self.rows if row.code == code), None)


@dataclass(frozen=True)
class EndpointQuotas:
    """Those of SageMaker that count the instances of endpoints: of the variants' instance types, and of all types."""

    rows: tuple[Quota, ...]

    def find(self, name: str) -> Quota | None:
        """The quota of this name."""
        return next((row for row in self.rows if row.name == name), None)


@dataclass(frozen=True)
class RegionInterfaces:
    """How many network interfaces the account has in the region."""

    count: int


@dataclass(frozen=True)
class VpcInterfaceEndpoints:
    """How many interface endpoints the VPC has."""

    vpc_id: str
    count: int


@dataclass(frozen=True)
class AccountConcurrency:
    """How many functions may run at once in the account and region, and how many of those are reserved for none."""

    limit: int
    unreserved: int


@dataclass(frozen=True)
class PrefixListSize:
    """The most entries that a prefix list may have; None for AWS's own, whose weight no API call tells."""

    id: str
    most: int | None


@dataclass(frozen=True)
class PrefixListSizes:
    """The sizes of the prefix lists that the groups' rules name."""

    rows: tuple[PrefixListSize, ...]

    def of(self, name: str) -> int | None:
        """The size of this list, as far as it is known."""
        return next((row.most for row in self.rows if row.id == name), None)
