"""Who calls, and how a Principal element names the caller (iam rules 12, 13, 19)."""

from dataclasses import dataclass
from enum import Enum

from pullcheck_checks.role.kleene import Truth
from pullcheck_checks.role.policy import Named, Statement

SESSIONS = ("SageMaker", "another-name")
"""Hosting's session name is not documented; it was seen as SageMaker. What holds for both does not depend on it."""


@dataclass(frozen=True)
class RoleCaller:
    """A session of a role. ``bounded`` says whether the role has a permissions boundary."""

    arn: str
    id: str
    name: str
    account: str
    partition: str
    session: str
    bounded: bool = False

    @property
    def session_arn(self) -> str:
        """The principal that really calls."""
        return f"arn:{self.partition}:sts::{self.account}:assumed-role/{self.name}/{self.session}"

    @property
    def root_arn(self) -> str:
        """The account, as a principal."""
        return f"arn:{self.partition}:iam::{self.account}:root"


@dataclass(frozen=True)
class UserCaller:
    """An IAM user. ``bounded`` says whether it has a permissions boundary."""

    arn: str
    id: str
    account: str
    partition: str
    bounded: bool = False

    @property
    def root_arn(self) -> str:
        """The account, as a principal."""
        return f"arn:{self.partition}:iam::{self.account}:root"


@dataclass(frozen=True)
class ServiceCaller:
    """An AWS service, e.g. sagemaker.amazonaws.com."""

    name: str


Caller = RoleCaller | UserCaller | ServiceCaller


class By(Enum):
    """The way in which a Principal element names the caller: it decides what the grant is worth (rule 12)."""

    SESSION = "the session, or the user"
    ROLE = "the role"
    ACCOUNT = "the account"
    EVERYONE = "everyone"
    SERVICE = "the service"


def named_by(entries: tuple[Named, ...], caller: Caller, effect: str | None) -> dict[By, Truth]:
    """Each way in which the entries name the caller, or (None) may name it; empty if they name somebody else."""
    denies = effect == "Deny"
    ways: dict[By, Truth] = {}
    for entry in entries:
        named = (
            _names_service(entry, caller, denies)
            if isinstance(caller, ServiceCaller)
            else _names_identity(entry, caller)
        )
        way, truth = named
        if truth is not False:
            ways[way] = ways.get(way) or truth
    return ways


def _names_service(entry: Named, caller: ServiceCaller, denies: bool) -> tuple[By, Truth]:
    """A Deny for everyone hits services too (rule 19); whether an Allow for everyone admits them is not documented."""
    match entry.kind:
        case "Service":
            return By.SERVICE, None if "*" in entry.value else entry.value == caller.name
        case "*":
            return By.EVERYONE, denies or None
        case "AWS":
            return By.EVERYONE, None if denies and entry.value == "*" else False
        case "Federated" | "CanonicalUser":
            return By.SERVICE, False
        case _:
            return By.EVERYONE, None


def _names_identity(entry: Named, caller: RoleCaller | UserCaller) -> tuple[By, Truth]:
    match entry.kind:
        case "*":
            return By.EVERYONE, True
        case "AWS":
            return _names_aws(entry.value, caller)
        case "Service" | "Federated":
            return By.ROLE, False
        case _:
            return By.SESSION, None


def _names_aws(value: str, caller: RoleCaller | UserCaller) -> tuple[By, Truth]:
    """A role's ARN must be whole, with its path; the id stands there once a role was deleted (rule 13)."""
    if value == "*":
        return By.EVERYONE, True
    if value in (caller.account, caller.root_arn):
        return By.ACCOUNT, True
    if isinstance(caller, RoleCaller) and value == caller.session_arn:
        return By.SESSION, True
    if value in (caller.arn, caller.id):
        return By.ROLE if isinstance(caller, RoleCaller) else By.SESSION, True
    return By.SESSION, None if "*" in value or "?" in value else False


def escapes_not_principal(statement: Statement, caller: Caller) -> Truth:
    """Whether NotPrincipal spares the caller.

    Under Deny nobody with a permissions boundary is spared, a role's session only where role, session and account are
    all listed, and a user where user and account are (IAM user guide, NotPrincipal). Under Allow the element is
    discouraged, and its reach not relied on.
    """
    entries = statement.not_principals or ()
    ways = named_by(entries, caller, None)
    if statement.effect != "Deny":
        return None
    if isinstance(caller, ServiceCaller):
        return ways.get(By.SERVICE, None if ways else False)
    if caller.bounded or not ways:
        return False
    needed = (By.SESSION, By.ROLE, By.ACCOUNT) if isinstance(caller, RoleCaller) else (By.SESSION, By.ACCOUNT)
    spared = ways.get(By.EVERYONE) or all(ways.get(way) for way in needed)
    return True if spared else None
