"""Who creates the model, and what AWS's policy simulator says of that."""

from dataclasses import dataclass

from pullcheck.evidence.role import Role, RolePolicies, Simulation


@dataclass(frozen=True)
class Caller:
    """Who runs pullcheck: the ARN of the user or role, with its path; ``session`` is that of the session of a role."""

    arn: str
    name: str
    account: str
    session: str | None = None

    @property
    def is_role(self) -> bool:
        """Whether the caller is a role's session, not a user."""
        return self.session is not None

    @property
    def is_editable(self) -> bool:
        """Whether the account may change its policies: IAM Identity Center's roles are not the account's to edit."""
        return "/aws-reserved/" not in self.arn


@dataclass(frozen=True)
class Creation:
    """What the caller may do, with the keys that CreateModel carries.

    ``without_vpc`` is CreateModel without the keys of the VPC: asked only where it is denied explicitly with them.
    """

    caller: Caller
    pass_role: Simulation
    create_model: Simulation
    without_vpc: Simulation | None = None


@dataclass(frozen=True)
class CallerPolicies:
    """The role of who runs pullcheck and its policies: read only where the simulator may not be asked."""

    caller: Caller
    role: Role
    policies: RolePolicies
