"""Quotas: what the account may have, where the endpoint or a printed fix runs into it."""

from pullcheck_checks.quota.functions import functions_may_run
from pullcheck_checks.quota.instances import quotas_admit_the_instances
from pullcheck_checks.quota.lengths import failure_reason_is_whole, model_name_is_short, policy_has_room
from pullcheck_checks.quota.network import endpoint_has_room, interfaces_have_room
from pullcheck_checks.quota.rules import rules_have_room

CHECKS = (
    quotas_admit_the_instances,
    interfaces_have_room,
    rules_have_room,
    endpoint_has_room,
    policy_has_room,
    functions_may_run,
    model_name_is_short,
    failure_reason_is_whole,
)
"""In the order of the report."""
