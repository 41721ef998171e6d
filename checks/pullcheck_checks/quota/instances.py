"""Does a quota of instances keep the endpoint from being created?"""

from collections import Counter
from collections.abc import Iterator

from pullcheck import Basis, Cause, Verdict, check, failed, passed, unknown
from pullcheck.evidence.quota import EndpointQuotas, Quota
from pullcheck.target import Target, Variant
from pullcheck_checks.quota.limits import raise_to

TOTAL = "Number of instances across active endpoints"
FOR_ENDPOINTS = "for endpoint usage"
TYPE_ZERO = Cause(
    "quo.instance-type-zero",
    "The account may not run as many instances of this type for endpoints; new accounts may run none of many types.",
    "servicequotas:ListServiceQuotas for sagemaker: the quota TYPE for endpoint usage is smaller than"
    " InitialInstanceCount.",
    "Ask for more in Service Quotas, or use a type that the account has a quota for.",
    Basis.FIELD_REPORT,
    "reports of ResourceLimitExceeded at CreateEndpoint; Service Quotas, Amazon SageMaker AI",
)
TOTALS = Cause(
    "quo.endpoint-totals",
    "The account may not run as many instances for endpoints, whatever their type.",
    "servicequotas:ListServiceQuotas for sagemaker: Number of instances across active endpoints is smaller than what"
    " the variants ask for.",
    "Ask for more in Service Quotas, or for fewer instances in the variants.",
    Basis.API,
    "Service Quotas, Amazon SageMaker AI; SageMaker API, CreateEndpoint: ResourceLimitExceeded",
    certain=False,
)


@check("quota.endpoint-instances", "No quota is smaller than what the endpoint asks for", (TYPE_ZERO, TOTALS))
def quotas_admit_the_instances(target: Target, quotas: EndpointQuotas) -> Iterator[Verdict]:
    """What: Sets InitialInstanceCount of the variants beside the account's quotas of instances for endpoints.

    Why: With a quota of 0, which new accounts have for many types, CreateEndpoint is refused.

    Passes: No quota is smaller than what is asked for. What other endpoints use of it is not counted.

    Fails: A quota of one of the instance types, or of all of them, is smaller.

    Not verified when: Service Quotas may not be read, or lists no quota of that type.

    Fix: Ask for more; AWS decides on it.

    Source: Service Quotas, Amazon SageMaker AI; SageMaker API, CreateEndpoint.
    """
    counted = [variant for variant in target.variants if variant.instance_types]
    asked = Counter[tuple[str, ...]]()
    for variant in counted:
        asked[variant.instance_types] += _count(variant)
    for types, count in asked.items():
        yield _of_types(types, count, quotas)
    total = quotas.find(TOTAL)
    if total:
        yield _compared("all instance types", total, sum(map(_count, counted)), TOTALS)


def _count(variant: Variant) -> int:
    return variant.instance_count or 1


def _of_types(types: tuple[str, ...], count: int, quotas: EndpointQuotas) -> Verdict:
    """Of several types that SageMaker may choose from, the one with the most room counts."""
    found = {kind: quotas.find(f"{kind} {FOR_ENDPOINTS}") for kind in types}
    known = [quota for quota in found.values() if quota]
    lacking = [kind for kind, quota in found.items() if quota is None]
    best = max(known, key=lambda quota: quota.value, default=None)
    subject = ", ".join(types)
    if best is None or (lacking and best.value < count):
        because = f"Service Quotas lists no quota of {', '.join(lacking)} {FOR_ENDPOINTS}"
        return unknown(subject, f"{because}; look at it in the console, or check the name of the type")
    return _compared(subject, best, count, TYPE_ZERO)


def _compared(subject: str, quota: Quota, count: int, cause: Cause) -> Verdict:
    because = f'"{quota.name}" is {quota.value:g}, and the variants ask for {count}'
    if quota.value < count:
        return failed(subject, because, cause, raise_to("sagemaker", quota, count))
    return passed(subject, f"{because}; what other endpoints use of it was not counted")
