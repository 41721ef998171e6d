"""How the request is changed: in the file, or by a new model, since a model that exists cannot be changed."""

from pullcheck.shown import shown
from pullcheck.target import Container, Target, TargetKind
from pullcheck.verdict import Fix


def subject_of(container: Container) -> str:
    """The container as findings name it, e.g. ``PrimaryContainer registry.example.com/team/model:v1``."""
    return f"{container.field} {shown(container.image)}" if container.image else container.field


def change(target: Target, what: str) -> Fix:
    """The fix that ``what`` says, e.g. "set VpcConfig". No command can make it: a file is edited, a model made anew."""
    match target.kind:
        case TargetKind.REQUEST:
            return Fix(f"in {target.source}: {what}")
        case TargetKind.ENDPOINT:
            then = "create a new model with that, a new endpoint configuration that names it, and update the endpoint"
        case _:
            then = "create a new model with that and name it in a new endpoint configuration"
    return Fix(f"{what}; a model cannot be changed, so {then}")
