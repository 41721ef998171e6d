"""A SageMaker endpoint that exists already: what became of it."""

from pullcheck_checks.deployment.healthy import endpoint_is_in_service

CHECKS = (endpoint_is_in_service,)
