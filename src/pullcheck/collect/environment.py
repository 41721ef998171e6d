"""What the function's environment names: hosts and AWS services. Values may be secrets, so none leaves here whole."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from pullcheck.evidence.function import EnvironmentHost
from pullcheck.host_names import is_address

PLACE = re.compile(r"(?:.*_)?(?:HOST|HOSTNAME|URL|URI|ENDPOINT|ADDR|ADDRESS|REGISTRY|SERVER|DOMAIN)", re.IGNORECASE)
SECRET = re.compile(r".*(?:PASS|TOKEN|SECRET|KEY).*", re.IGNORECASE)
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
SERVICES = {
    "secretsmanager": re.compile(r"(?:.*_)?SECRET_?(?:ARN|ID|NAME)", re.IGNORECASE),
    "ssm": re.compile(r"(?:.*_)?(?:SSM_?)?PARAMETER(?:_?(?:ARN|NAME|PATH))?", re.IGNORECASE),
}


def hosts_in(variables: Mapping[str, str]) -> tuple[EnvironmentHost, ...]:
    """The hosts in variables whose names say that they hold one; of a URL nothing else is kept."""
    found = (
        (name, _host(value))
        for name, value in sorted(variables.items())
        if PLACE.fullmatch(name) and not SECRET.fullmatch(name)
    )
    return tuple(EnvironmentHost(name, host) for name, host in found if host)


def services_in(variables: Mapping[str, str]) -> tuple[str, ...]:
    """The AWS services that keep a secret and are named, by a variable's name or by an ARN in its value."""
    return tuple(
        service
        for service, name in SERVICES.items()
        if any(name.fullmatch(one) or _is_arn_of(service, value) for one, value in variables.items())
    )


def _is_arn_of(service: str, value: str) -> bool:
    fields = value.split(":", 3)
    return fields[0] == "arn" and fields[2:3] == [service]


def _host(value: str) -> str | None:
    try:
        host = urlsplit(value if "://" in value else f"//{value}").hostname or ""
    except ValueError:
        return None
    return host if HOST.fullmatch(host) or is_address(host) else None
