"""Why a function that exists is not ready to be invoked (failure-modes.md, area lam)."""

from pullcheck.verdict import Basis, Cause, Severity

_STATES = "Lambda developer guide, function states"
_API = "Lambda API reference, GetFunctionConfiguration"

NOT_ACTIVE = Cause(
    "lam.state-not-active",
    breaks="The function is not in a state in which Lambda runs it.",
    seen="GetFunctionConfiguration shows State Pending, Failed or another than Active, with StateReason",
    fix="mend what Lambda's reason names",
    basis=Basis.DOCUMENTED,
    source=_STATES,
)
INACTIVE = Cause(
    "lam.state-inactive",
    breaks="The function was idle for so long that Lambda took its resources back: the next call fails and wakes it.",
    seen="GetFunctionConfiguration shows State Inactive",
    fix="invoke the function once before deploying",
    basis=Basis.DOCUMENTED,
    source=_STATES,
    certain=False,
)
LAST_UPDATE_FAILED = Cause(
    "lam.last-update-failed",
    breaks="The last update of the function failed, so that older code or configuration runs.",
    seen="GetFunctionConfiguration shows LastUpdateStatus Failed, with the reason",
    fix="deploy the function again",
    basis=Basis.DOCUMENTED,
    source=_STATES,
    severity=Severity.WARNING,
)
SWITCHED_OFF = Cause(
    "lam.reserved-concurrency-zero",
    breaks="The function's reserved concurrency is 0, so that every call is throttled.",
    seen="GetFunctionConcurrency shows ReservedConcurrentExecutions 0",
    fix="delete the reservation, or raise it",
    basis=Basis.DOCUMENTED,
    source="Lambda developer guide, reserved concurrency",
)
SHORT_TIMEOUT = Cause(
    "lam.timeout-default-3s",
    breaks="Three seconds may not be enough for a cold start in a VPC and the reading of a secret.",
    seen="GetFunctionConfiguration shows Timeout 3 or less for a function with a VpcConfig",
    fix="raise the timeout to between 10 and 30 seconds",
    basis=Basis.API,
    source="Lambda API reference, CreateFunction; Lambda developer guide, function timeout",
    severity=Severity.WARNING,
    certain=False,
)
DEPRECATED_RUNTIME = Cause(
    "lam.deprecated-runtime",
    breaks="The function's runtime is past its end of support: it still runs, but will not take changes for ever.",
    seen="GetFunctionConfiguration shows a Runtime that Lambda has deprecated",
    fix="move the function to a supported runtime",
    basis=Basis.API,
    source="Lambda developer guide, runtime deprecation policy",
    severity=Severity.WARNING,
)
TENANT_ISOLATION = Cause(
    "lam.tenant-isolation",
    breaks="The function isolates tenants, so that a call without a tenant id is refused, and SageMaker sends none.",
    seen="GetFunctionConfiguration shows TenancyConfig.TenantIsolationMode PER_TENANT",
    fix="use a function without tenant isolation: it cannot be turned off",
    basis=Basis.API,
    source="Lambda API reference, TenancyConfig and Invoke",
)
CONCURRENCY = Cause(
    "lam.concurrency-exhausted",
    breaks="More instances may ask for credentials at once than the function may run, and the others are throttled.",
    seen="GetFunctionConcurrency's reserve, or GetAccountSettings' UnreservedConcurrentExecutions, is smaller than the "
    "number of instances in the variants",
    fix="reserve as many concurrent executions as instances may start at once",
    basis=Basis.DOCUMENTED,
    source="Lambda developer guide, function scaling and reserved concurrency",
    severity=Severity.WARNING,
    certain=False,
)
KMS_KEY = Cause(
    "lam.kms-env-key",
    breaks="Lambda cannot use the key that encrypts the function's environment.",
    seen="StateReasonCode is KMSKeyAccessDenied, KMSKeyNotFound, InvalidStateKMSKey or DisabledKMSKey; or "
    "kms:DescribeKey for KMSKeyArn shows another KeyState than Enabled",
    fix="enable the key, let the function's role use it, or name another key",
    basis=Basis.DOCUMENTED,
    source="Lambda developer guide, invocation troubleshooting",
)
IMAGE_GONE = Cause(
    "lam.image-gone",
    breaks="The container image that the function runs from is gone or out of reach.",
    seen="StateReasonCode is ImageDeleted, ImageAccessDenied or InvalidImage",
    fix="push the image again, or let Lambda read it",
    basis=Basis.API,
    source=_API,
)
NO_ADDRESSES = Cause(
    "lam.eni-or-ip-exhausted",
    breaks="Lambda cannot make the function's network interfaces: no addresses, or no interfaces, are left.",
    seen="StateReasonCode is EniLimitExceeded or SubnetOutOfIPAddresses",
    fix="give the function subnets with free addresses, or raise the quota of network interfaces",
    basis=Basis.API,
    source=_API,
)
READY = (
    NOT_ACTIVE,
    INACTIVE,
    LAST_UPDATE_FAILED,
    SWITCHED_OFF,
    CONCURRENCY,
    SHORT_TIMEOUT,
    DEPRECATED_RUNTIME,
    TENANT_ISOLATION,
    KMS_KEY,
    IMAGE_GONE,
    NO_ADDRESSES,
)
ENABLED = ("Enabled", "Updating")
"""The states in which a key decrypts (KMS developer guide, key states)."""
BY_REASON = {
    "KMSKeyAccessDenied": KMS_KEY,
    "KMSKeyNotFound": KMS_KEY,
    "InvalidStateKMSKey": KMS_KEY,
    "DisabledKMSKey": KMS_KEY,
    "ImageDeleted": IMAGE_GONE,
    "ImageAccessDenied": IMAGE_GONE,
    "InvalidImage": IMAGE_GONE,
    "EniLimitExceeded": NO_ADDRESSES,
    "SubnetOutOfIPAddresses": NO_ADDRESSES,
}
