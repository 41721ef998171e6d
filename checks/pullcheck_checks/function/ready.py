"""Will Lambda run the function when SageMaker calls it?"""

from collections.abc import Iterator

from pullcheck.evidence.function import Function, FunctionConcurrency
from pullcheck.evidence.function_surroundings import FunctionAlias, FunctionKey
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.quota import AccountConcurrency
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Target
from pullcheck.verdict import Fix, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.function import causes
from pullcheck_checks.function.remedies import remedy
from pullcheck_checks.function.sharing import crowding, key_out_of_use, shared_calls

SHORT = 3
ROOMY = 15
DEPRECATED = frozenset(
    {
        *("python2.7", "python3.6", "python3.7", "python3.8", "python3.9"),
        *("nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x"),
        *("nodejs14.x", "nodejs16.x", "nodejs18.x", "java8", "go1.x", "ruby2.5", "ruby2.7", "provided"),
        *("dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet6"),
    }
)
"""Runtimes whose end of support has passed (Lambda developer guide, runtimes); later ones may have joined them."""


@check("function.ready", "Lambda runs the credentials function when it is called", causes.READY)
def function_ready(
    provider: CredentialsProvider,
    function: Function,
    concurrency: FunctionConcurrency | Unavailable,
    account: AccountConcurrency | Unavailable | NotApplicable,
    alias: FunctionAlias | Unavailable | NotApplicable,
    key: FunctionKey | Unavailable | NotApplicable,
    target: Target,
) -> Iterator[Verdict]:
    """
    What: Reads the function's state, its last update, its concurrency, timeout, runtime and tenancy, the key of its
    environment, and every version that the alias of the model sends calls to.

    Why: A function that exists can still refuse every call: while it is pending, when its key or image is gone, when
    its concurrency was set to 0.

    Passes: The function is active, its last update did not fail, and nothing is set that throttles or refuses calls.

    Fails: Its state, or that of a version with a share of the alias, is another; its concurrency is 0; its key is
    disabled; it isolates tenants. A failed update, a deprecated runtime, a timeout of three seconds or less in a VPC,
    and fewer concurrent executions than instances that start at once are warnings.

    Not verified when: The configuration, the reserved concurrency, the alias or the key could not be read.

    Fix: What the reason that Lambda gives asks for.

    Source: Lambda developer guide, function states, reserved concurrency, runtimes.
    """
    subject, resources = provider.arn, (function.arn,)
    problems = [
        *_state(provider, function),
        *(shared_calls(provider, alias) if isinstance(alias, FunctionAlias) else ()),
        *_concurrency(provider, concurrency),
        *(crowding(provider, concurrency, account, target)),
        *(key_out_of_use(provider, key) if isinstance(key, FunctionKey) else ()),
        *_configuration(provider, function),
    ]
    yield from problems
    unread = {
        "calls are throttled": concurrency,
        "every version of the alias is ready": alias,
        "its key is usable": key,
    }
    missing = {what: one for what, one in unread.items() if isinstance(one, Unavailable)}
    for what, one in missing.items():
        yield unknown(subject, f"whether {what}: {one.because}", resources=resources)
    if not missing and not problems and isinstance(concurrency, FunctionConcurrency):
        because = (
            f"State {function.state}, LastUpdateStatus {function.last_update}, Timeout {function.timeout} s, "
            f"Runtime {function.runtime}, reserved concurrency {concurrency.reserved or 'none'}"
        )
        yield passed(subject, because, resources=resources)


def _state(provider: CredentialsProvider, function: Function) -> Iterator[Verdict]:
    reason = f"{function.state_reason_code or 'no reason code'}: {function.state_reason or 'no reason given'}"
    if function.state == "Inactive":
        name = _name(provider)
        wake = (f"aws lambda invoke {name} /dev/null", f"aws lambda wait function-active-v2 {name}")
        fix = Fix("wake the function; what it answers is thrown away", wake)
        yield failed(provider.arn, f"State is Inactive ({reason})", causes.INACTIVE, fix, resources=(function.arn,))
    elif function.state not in ("Active", None):
        cause = causes.BY_REASON.get(function.state_reason_code or "", causes.NOT_ACTIVE)
        wait = Fix("wait until the function is active", (f"aws lambda wait function-active-v2 {_name(provider)}",))
        fix = wait if function.state == "Pending" else Fix(remedy(function.state_reason_code) or cause.fix)
        yield failed(provider.arn, f"State is {function.state} ({reason})", cause, fix, resources=(function.arn,))
    if function.last_update == "Failed":
        because = f"LastUpdateStatus is Failed ({function.last_update_reason_code}: {function.last_update_reason})"
        first = remedy(function.last_update_reason_code)
        fix = Fix(f"{first or 'mend the reason'}; then deploy the function again")
        yield failed(provider.arn, because, causes.LAST_UPDATE_FAILED, fix, resources=(function.arn,))


def _concurrency(provider: CredentialsProvider, concurrency: FunctionConcurrency | Unavailable) -> Iterator[Verdict]:
    if isinstance(concurrency, FunctionConcurrency) and concurrency.reserved == 0:
        command = f"aws lambda delete-function-concurrency --function-name {provider.unqualified_arn}"
        fix = Fix("delete the reservation of 0", (command,))
        because = "ReservedConcurrentExecutions is 0: Lambda throttles every call"
        yield failed(provider.arn, because, causes.SWITCHED_OFF, fix, resources=(provider.unqualified_arn,))


def _configuration(provider: CredentialsProvider, function: Function) -> Iterator[Verdict]:
    if function.tenant_isolation:
        because = f"TenantIsolationMode is {function.tenant_isolation}: each call must name a tenant"
        fix = Fix(causes.TENANT_ISOLATION.fix)
        yield failed(provider.arn, because, causes.TENANT_ISOLATION, fix, resources=(function.arn,))
    if function.timeout is not None and function.timeout <= SHORT and function.subnet_ids:
        because = f"Timeout is {function.timeout} s, and the function lies in {', '.join(function.subnet_ids)}"
        yield failed(provider.arn, because, causes.SHORT_TIMEOUT, _longer_timeout(provider), resources=(function.arn,))
    if function.runtime in DEPRECATED:
        because = f"Runtime is {function.runtime}, whose support has ended"
        fix = Fix(causes.DEPRECATED_RUNTIME.fix)
        yield failed(provider.arn, because, causes.DEPRECATED_RUNTIME, fix, resources=(function.arn,))


def _longer_timeout(provider: CredentialsProvider) -> Fix:
    """A published version cannot be changed, so a command helps only where the model names none."""
    if provider.qualifier not in (None, "$LATEST"):
        return Fix(f"publish a version with a timeout of {ROOMY} s and let {provider.qualifier} lead to it")
    command = f"aws lambda update-function-configuration --function-name {provider.unqualified_arn} --timeout {ROOMY}"
    return Fix(f"raise the timeout to {ROOMY} s", (command,))


def _name(provider: CredentialsProvider) -> str:
    qualifier = f" --qualifier '{provider.qualifier}'" if provider.qualifier else ""
    return f"--function-name {provider.unqualified_arn}{qualifier}"
