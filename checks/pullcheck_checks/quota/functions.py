"""May the credentials function run when many instances ask for it at once?"""

from collections.abc import Iterator

from pullcheck import Basis, Cause, Severity, Verdict, check, failed, passed
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.quota import AccountConcurrency
from pullcheck_checks.quota.limits import CONCURRENCY, raise_to

FEWEST = 100
"""Lambda keeps so many for functions without a reserve; an account with fewer has a quota below the usual one."""
FEW = Cause(
    "quo.lambda-concurrency",
    "The account may run few functions at once, and the credentials function shares that with all others: when it is"
    " used up, SageMaker's call is refused with 429.",
    "lambda:GetAccountSettings: AccountLimit.ConcurrentExecutions, or what is reserved for no function, is below 100.",
    "Ask for more in Service Quotas, or reserve some for the function.",
    Basis.DOCUMENTED,
    "Lambda Developer Guide, function scaling and quotas: new accounts start with less",
    Severity.WARNING,
)


@check("quota.lambda-concurrency", "The account may run enough functions at once", (FEW,))
def functions_may_run(provider: CredentialsProvider, account: AccountConcurrency) -> Iterator[Verdict]:
    """What: Reads how many functions the account may run at once, less those reserved for single functions.

    Why: Every new instance calls the credentials function. New accounts begin with a small quota, and a call beyond it
    is refused.

    Passes: A hundred or more are left, which Lambda keeps free in accounts with the usual quota.

    Fails: There are fewer, as a warning.

    Not verified when: The account's settings may not be read. A function with a reserve of its own is not concerned.

    Fix: Ask for more; AWS decides on it.

    Source: Lambda Developer Guide, function scaling; Lambda API, GetAccountSettings.
    """
    because = f"{account.unreserved} of {account.limit} concurrent executions are left to functions without a reserve"
    if account.unreserved >= FEWEST:
        yield passed(provider.function_name, because)
    else:
        fix = raise_to("lambda", CONCURRENCY, int(CONCURRENCY.value))
        yield failed(provider.function_name, because, FEW, fix, resources=(provider.arn,))
