"""What the function shares: its alias with other versions, its executions with other callers, its key with others."""

from collections.abc import Iterator

from pullcheck.evidence.function import FunctionConcurrency
from pullcheck.evidence.function_surroundings import FunctionAlias, FunctionKey
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.quota import AccountConcurrency
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Target
from pullcheck.verdict import Fix, Verdict, failed
from pullcheck_checks.function import causes
from pullcheck_checks.function.remedies import remedy

SPARE = 100
"""Lambda keeps so many executions for functions without a reserve (Lambda developer guide, reserved concurrency)."""


def shared_calls(provider: CredentialsProvider, alias: FunctionAlias) -> Iterator[Verdict]:
    """A version with a share of the calls fails that share of the pulls."""
    for one in alias.others:
        state = one.found.state if one.found else "gone"
        if state in ("Active", None):
            continue
        code = one.found.state_reason_code if one.found else None
        because = f"alias {alias.name} sends {one.weight:.0%} of the calls to version {one.version}, which is {state}"
        cause = causes.INACTIVE if state == "Inactive" else causes.BY_REASON.get(code or "", causes.NOT_ACTIVE)
        command = f"aws lambda update-alias --function-name {provider.unqualified_arn} --name {alias.name}"
        whole = f"{command} --routing-config AdditionalVersionWeights={{}}"
        first = remedy(code)
        fix = Fix(
            f"send all calls of alias {alias.name} to its own version{f', or {first}' if first else ''}", (whole,)
        )
        resources = (one.found.arn,) if one.found else (provider.arn,)
        yield failed(provider.arn, f"{because} ({code or 'no reason code'})", cause, fix, resources=resources)


def crowding(
    provider: CredentialsProvider,
    own: FunctionConcurrency | Unavailable,
    account: AccountConcurrency | Unavailable | NotApplicable,
    target: Target,
) -> Iterator[Verdict]:
    """As many may ask at once as there are instances: each asks when it starts."""
    instances = sum(variant.instance_count or 0 for variant in target.variants)
    if isinstance(own, FunctionConcurrency) and own.reserved and own.reserved < instances:
        because = (
            f"{instances} instances may start at once, and the function has a reserve of {own.reserved} executions"
        )
        command = (
            f"aws lambda put-function-concurrency --function-name {provider.unqualified_arn} "
            f"--reserved-concurrent-executions {instances}"
        )
        fix = Fix(f"reserve {instances}; Lambda keeps {SPARE} of the account's for all others", (command,))
        yield failed(provider.arn, because, causes.CONCURRENCY, fix, resources=(provider.unqualified_arn,))
    elif isinstance(account, AccountConcurrency) and account.unreserved < max(instances, 1):
        because = (
            f"{max(instances, 1)} instances may start at once, and the account has {account.unreserved} of "
            f"{account.limit} executions left for functions without a reserve"
        )
        fix = Fix("take reserves from other functions, or ask for more; see quota.lambda-concurrency")
        yield failed(provider.arn, because, causes.CONCURRENCY, fix, resources=(provider.unqualified_arn,))


def key_out_of_use(provider: CredentialsProvider, key: FunctionKey) -> Iterator[Verdict]:
    """A key that cannot decrypt keeps the function from starting, even where its state is still active."""
    if key.state in causes.ENABLED:
        return
    name = key.arn.rpartition("/")[2]
    enable = f"aws kms enable-key --key-id {name}"
    fixes = {
        "Disabled": Fix("enable the key", (enable,)),
        "PendingDeletion": Fix("keep the key, and enable it", (f"aws kms cancel-key-deletion --key-id {name}", enable)),
    }
    fix = fixes.get(key.state or "", Fix("name another key for the function's environment"))
    because = (
        f"the key of the function's environment, {key.arn}, {f'is {key.state}' if key.state else 'does not exist'}"
    )
    yield failed(provider.arn, because, causes.KMS_KEY, fix, resources=(key.arn,))
