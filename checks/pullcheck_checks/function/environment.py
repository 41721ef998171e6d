"""Does the function keep secrets in its environment?"""

import re
from collections.abc import Iterator

from pullcheck.evidence.function import Function
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, passed
from pullcheck.wiring import check

SECRET_NAME = re.compile(r"(.*_)?(pass|password|passwd|token|api_?key)", re.IGNORECASE)

IN_ENVIRONMENT = Cause(
    "lam.secrets-in-env-or-logs",
    breaks="A secret seems to stand in the function's environment, open to everyone who may read its configuration.",
    seen="GetFunctionConfiguration lists an environment variable named like a password or token; its value is not read",
    fix="keep the secret in Secrets Manager, and only its name in the environment",
    basis=Basis.INFERENCE,
    source="Lambda developer guide, securing environment variables",
    severity=Severity.WARNING,
    certain=False,
)


@check("function.no-plain-secrets", "No environment variable of the function is named like a secret", (IN_ENVIRONMENT,))
def no_plain_secrets(provider: CredentialsProvider, function: Function) -> Iterator[Verdict]:
    """
    What: Looks at the names, never the values, of the function's environment variables.

    Why: The function exists to hand out a password; in its environment that password is open to everyone who may read
    the function's configuration.

    Passes: No variable is named like a password or a token.

    Fails: One is; a warning, for the value might be harmless.

    Not verified when: The function's configuration could not be read.

    Fix: Keep the secret in Secrets Manager and read it when invoked.

    Source: Lambda developer guide, securing environment variables.
    """
    suspect = [name for name in function.variables if SECRET_NAME.fullmatch(name)]
    if suspect:
        because = f"the environment has {', '.join(suspect)}"
        yield failed(provider.arn, because, IN_ENVIRONMENT, Fix(IN_ENVIRONMENT.fix), resources=(function.arn,))
    else:
        because = f"its {len(function.variables)} variables: {', '.join(function.variables) or 'none'}"
        yield passed(provider.arn, because, resources=(function.arn,))
