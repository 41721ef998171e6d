"""A SageMaker endpoint that exists already: what became of it."""

from pullcheck_checks.deployment.attempts import (
    containers_have_logged,
    was_not_created_too_early,
    was_tried_with_what_is_there,
)
from pullcheck_checks.deployment.healthy import endpoint_is_in_service
from pullcheck_checks.deployment.instances import nothing_scales_by_itself, variants_are_at_size

CHECKS = (
    endpoint_is_in_service,
    variants_are_at_size,
    nothing_scales_by_itself,
    containers_have_logged,
    was_not_created_too_early,
    was_tried_with_what_is_there,
)
