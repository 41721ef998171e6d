"""The execution role: who it is, what its policies say, what binds its account, and the call it will make."""

from dataclasses import dataclass
from enum import StrEnum

from pullcheck.missing import Unavailable


class PolicyKind(StrEnum):
    """How a policy is tied to the role."""

    INLINE = "inline policy"
    MANAGED = "managed policy"
    BOUNDARY = "permissions boundary"
    SERVICE_CONTROL = "service control policy"


@dataclass(frozen=True)
class PolicyDocument:
    """One policy as JSON text; ``arn`` is None for an inline policy."""

    kind: PolicyKind
    name: str
    arn: str | None
    text: str


@dataclass(frozen=True)
class PolicySet:
    """The documents of one layer, and what could not be read of it."""

    documents: tuple[PolicyDocument, ...]
    unread: tuple[Unavailable, ...] = ()


@dataclass(frozen=True)
class Tag:
    """A tag of the role or of the function."""

    key: str
    value: str


@dataclass(frozen=True)
class Role:
    """GetRole's answer. ``trust_policy`` is JSON text; ``region`` is where SageMaker will assume the role.

    ``created_at`` is ISO 8601.
    """

    arn: str
    name: str
    path: str
    id: str
    account: str
    partition: str
    boundary_arn: str | None
    trust_policy: str
    tags: tuple[Tag, ...] = ()
    region: str | None = None
    created_at: str | None = None


@dataclass(frozen=True)
class RoleLookup:
    """The role of that name in the account, None if there is none. Its ARN may be another than the model's."""

    asked_arn: str
    found: Role | None


@dataclass(frozen=True)
class RolePolicies:
    """The role's identity policies, and its permissions boundary; ``boundary`` is None where the role has none."""

    identity: PolicySet
    boundary: PolicySet | None


@dataclass(frozen=True)
class Organization:
    """The organisation of the role's account; ``id`` is None where the account is in none."""

    id: str | None
    management_account: str | None = None
    all_features: bool = True

    def may_bind(self, account: str) -> bool:
        """Whether service control policies can apply to the account's roles (AWS Organizations user guide, SCPs)."""
        return self.id is not None and self.all_features and self.management_account != account


@dataclass(frozen=True)
class ConditionKey:
    """A condition key of a request and its values."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class InvokeCall:
    """The call that SageMaker hosting makes as the role, as far as it is known beforehand.

    ``absent`` are the keys that it does not carry (a name that ends with ``/`` stands for all keys of that family
    that are not known), ``present`` those that it carries with a value nobody knows; about every other key nothing
    is known. ``path`` says in words which way it takes, None where that is not known.
    """

    action: str
    resource: str
    known: tuple[ConditionKey, ...]
    absent: tuple[str, ...]
    present: tuple[str, ...]
    path: str | None


@dataclass(frozen=True)
class Simulation:
    """SimulatePrincipalPolicy's answer for the `InvokeCall`: identity policies, boundary and SCPs, nothing else.

    ``decision`` is ``allowed``, ``explicitDeny`` or ``implicitDeny``; the two details are None where AWS gave none.
    """

    decision: str
    allowed_by_organization: bool | None
    allowed_by_boundary: bool | None
    matched_policies: tuple[str, ...]
    missing_keys: tuple[str, ...]
