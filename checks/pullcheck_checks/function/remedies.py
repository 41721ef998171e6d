"""What mends a function that Lambda calls failed, by its reason code (Lambda API reference, StateReasonCode)."""

_ROLE = "let the function's role make network interfaces, e.g. by AWSLambdaVPCAccessExecutionRole"
_IMAGE = "push the image again, or let Lambda read it from its repository"
_START = "mend what the function does before its handler runs; its log says what"
_FILES = "mend the function's file system: its mount target, its access point, and the way there"
_ADDRESSES = "give the function subnets with free addresses"

_BY_CODE = {
    "InsufficientRolePermissions": _ROLE,
    "InvalidSubnet": "name subnets that exist in the function's VpcConfig",
    "InvalidSecurityGroup": "name security groups that exist in the function's VpcConfig",
    "SubnetOutOfIPAddresses": _ADDRESSES,
    "EniLimitExceeded": "ask for a higher quota of network interfaces, or delete unused ones",
    "ImageDeleted": "push the image again, and update the function's code with it",
    "ImageAccessDenied": _IMAGE,
    "InvalidImage": "build the image for Lambda: its architecture, its size, an entry point",
    "KMSKeyAccessDenied": "let the function's role use the key of its environment",
    "KMSKeyNotFound": "name a key that exists for the function's environment",
    "InvalidStateKMSKey": "enable the key of the function's environment",
    "DisabledKMSKey": "enable the key of the function's environment",
    "InvalidRuntime": "move the function to a supported runtime",
    "InvalidZipFileException": "build the deployment package, or the layer, again",
    "EFSIOError": _FILES,
    "EFSMountConnectivityError": _FILES,
    "EFSMountFailure": _FILES,
    "EFSMountTimeout": _FILES,
    "FunctionError": _START,
    "VcpuLimitExceeded": "ask for a higher quota of vCPUs",
    "DisallowedByVpcEncryptionControl": "place the function in a VPC whose encryption controls admit it",
    "InternalError": "wait, then update the function's configuration to have Lambda try again",
}


def remedy(code: str | None) -> str | None:
    """What to do about this reason code, of which a dot parts off a kind; None where nothing is known."""
    return _BY_CODE.get((code or "").partition(".")[0])
