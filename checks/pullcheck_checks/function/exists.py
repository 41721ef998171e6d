"""Does the ARN of the model lead to a function?"""

from collections.abc import Iterator

from pullcheck.evidence.function import FunctionLookup
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.verdict import Basis, Cause, Fix, Verdict, failed, passed
from pullcheck.wiring import check

NOT_FOUND = Cause(
    "lam.not-found",
    breaks="The credentials function does not exist.",
    seen="lambda:GetFunctionConfiguration answers ResourceNotFoundException, with and without the qualifier",
    fix="create the function, or correct RepositoryCredentialsProviderArn",
    basis=Basis.API,
    source="Lambda API reference, GetFunctionConfiguration",
)
QUALIFIER_MISSING = Cause(
    "lam.qualifier-missing",
    breaks="The function exists, but not the version or alias that the model names.",
    seen="lambda:GetFunctionConfiguration answers ResourceNotFoundException with the qualifier and succeeds without",
    fix="create the alias or publish the version, or name one that exists",
    basis=Basis.API,
    source="Lambda API reference, GetFunctionConfiguration",
)


@check("function.exists", "The credentials function exists", (NOT_FOUND, QUALIFIER_MISSING))
def function_exists(provider: CredentialsProvider, lookup: FunctionLookup) -> Iterator[Verdict]:
    """
    What: Asks Lambda for the function's configuration under the version or alias that the model names.

    Why: SageMaker accepts any text in RepositoryCredentialsProviderArn; that it leads nowhere shows when the image is
    to be pulled.

    Passes: Lambda knows the function and its qualifier.

    Fails: There is no such function, or no such version or alias.

    Not verified when: lambda:GetFunctionConfiguration is denied, or the function lies in another region.

    Fix: Create what is missing, or correct the ARN.

    Source: Lambda API reference, GetFunctionConfiguration.
    """
    subject, resources = provider.arn, (provider.arn,)
    if lookup.found:
        because = f"lambda:GetFunctionConfiguration shows {lookup.found.arn}, version {lookup.found.version}"
        yield passed(subject, because, resources=resources)
    elif lookup.unqualified_exists:
        because = f"{provider.unqualified_arn} exists, but it has no version or alias {provider.qualifier}"
        yield failed(subject, because, QUALIFIER_MISSING, _qualifier_fix(provider), resources=resources)
    else:
        because = f"Lambda finds no function {provider.function_name} in {provider.region}, account {provider.account}"
        fix = Fix(f"create {provider.unqualified_arn}, or correct RepositoryCredentialsProviderArn")
        yield failed(subject, because, NOT_FOUND, fix, resources=resources)


def _qualifier_fix(provider: CredentialsProvider) -> Fix:
    """An alias needs a version to lead to; $LATEST is the one that is always there, though it can't carry weights."""
    qualifier = provider.qualifier or ""
    if qualifier.isdigit():
        return Fix(f"name a version of {provider.function_name} that exists, or an alias")
    command = (
        f"aws lambda create-alias --function-name {provider.unqualified_arn} --name {qualifier} "
        "--function-version '$LATEST'"
    )
    return Fix(f"create the alias {qualifier}, here for the code as it stands", (command,))
