"""The service control policies that bind the execution role's account."""

from dataclasses import dataclass

from pullcheck.evidence.role import PolicyDocument


@dataclass(frozen=True)
class Level:
    """One level of the organisation, e.g. ``account 123456789012``, and the policies attached to it."""

    name: str
    policies: tuple[PolicyDocument, ...]


@dataclass(frozen=True)
class ServiceControlPolicies:
    """Every level from the root down to the account."""

    levels: tuple[Level, ...]
