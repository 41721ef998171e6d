"""Where this machine stands: its address, and on Amazon EC2 its subnet and security groups."""

import http.client
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

METADATA = "169.254.169.254"
ANYWHERE = "192.0.2.1"
_DMI = Path("/sys/class/dmi/id")
_METADATA_TIMEOUT = 1.0
_ANSWER_LIMIT = 4096


@dataclass(frozen=True)
class Standing:
    """The subnet of this machine's first network interface, and the groups that it carries."""

    subnet_id: str
    security_group_ids: frozenset[str]


def standing(dmi: Path = _DMI, metadata: str = METADATA) -> Standing | None:
    """Where this machine says it stands, None where it cannot show it.

    Only what its firmware calls an EC2 instance is asked, by the instance metadata service's version 2 (EC2 User
    Guide, "Use the Instance Metadata Service to access instance metadata"), and only where
    ``AWS_EC2_METADATA_DISABLED`` does not forbid it.
    """
    if os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true" or not _is_instance(dmi):
        return None
    try:
        token = _ask(metadata, "PUT", "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
        proof = {"X-aws-ec2-metadata-token": token}
        interface = f"/latest/meta-data/network/interfaces/macs/{_ask(metadata, 'GET', '/latest/meta-data/mac', proof)}"
        subnet = _ask(metadata, "GET", f"{interface}/subnet-id", proof)
        groups = _ask(metadata, "GET", f"{interface}/security-group-ids", proof)
    except (OSError, http.client.HTTPException, ValueError):
        return None
    return Standing(subnet, frozenset(groups.split()))


def local_address(towards: str = ANYWHERE) -> str | None:
    """The address that this machine would use towards another; nothing is sent to find out."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in towards else socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((towards, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return None


def _is_instance(dmi: Path) -> bool:
    return any("Amazon EC2" in text or text.startswith("i-") for text in _firmware(dmi))


def _firmware(dmi: Path) -> Iterator[str]:
    for name in ("sys_vendor", "board_asset_tag"):
        try:
            yield (dmi / name).read_text(errors="replace").strip()
        except OSError:
            continue


def _ask(metadata: str, method: str, path: str, headers: dict[str, str]) -> str:
    connection = http.client.HTTPConnection(metadata, timeout=_METADATA_TIMEOUT)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        if response.status != http.client.OK:
            raise ValueError(f"{path}: {response.status}")
        return response.read(_ANSWER_LIMIT).decode("ascii").strip()
    finally:
        connection.close()
