"""What the other containers of the run need too, so that one printed document does not undo another."""

from hashlib import sha256

from pullcheck.arns import function_in
from pullcheck.target import Model, Target

DIGITS = 8


def functions_of(target: Target, role_arn: str) -> tuple[str, ...]:
    """The functions that containers of the target's models name, where the model has this role."""
    models = (model for model in target.models if isinstance(model, Model) and model.role_arn == role_arn)
    named = (container.provider_arn for model in models for container in model.containers)
    return tuple(dict.fromkeys(arn for arn in named if arn and function_in(arn)))


def roles_of(target: Target) -> tuple[str, ...]:
    """The roles of the target's models, in their order."""
    named = (model.role_arn for model in target.models if isinstance(model, Model))
    return tuple(dict.fromkeys(arn for arn in named if arn))


def name_for(base: str, *contents: str) -> str:
    """A policy's name that another content would not have: putting one policy never takes away what another gives."""
    return f"{base}-{sha256(' '.join(contents).encode()).hexdigest()[:DIGITS]}"
