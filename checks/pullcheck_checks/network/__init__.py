"""The network between the model's subnets and what the pull needs."""

from pullcheck_checks.network.placement import groups_are_usable, subnets_are_usable
from pullcheck_checks.network.reachability import lambda_is_reachable, registry_is_reachable

CHECKS = (subnets_are_usable, groups_are_usable, registry_is_reachable, lambda_is_reachable)
"""In the order of the report."""
