"""What is known of the makes of registries: how their answers give them away, and what they want of a user name."""

import json
import time
from base64 import b64decode, urlsafe_b64decode
from email.utils import parsedate_to_datetime
from typing import Any

from pullcheck.evidence.steps import SKEW
from pullcheck.vantage import Exchange

ARTIFACTORY, NEXUS = "Artifactory", "Nexus"
HARBOR_SERVICE = "harbor-registry"
ECR_LIFE = 12 * 3600
"""Seconds for which a token of Amazon ECR is good (ECR API reference, GetAuthorizationToken)."""


def make_of(exchange: Exchange) -> str | None:
    """The registry's make, None where the headers do not tell."""
    names = {name.lower() for name, _ in exchange.headers}
    if names & {"x-jfrog-version", "x-artifactory-id", "x-artifactory-node-id"}:
        return ARTIFACTORY
    return NEXUS if (exchange.header("server") or "").startswith("Nexus/") else None


def ahead_of(exchange: Exchange) -> int:
    """Seconds by which the other side's clock is ahead of this machine's; 0 where they agree, or it does not tell."""
    try:
        ahead = parsedate_to_datetime(exchange.header("date") or "").timestamp() - time.time()
    except (ValueError, OverflowError, TypeError):
        return 0
    return int(ahead) if abs(ahead) >= SKEW else 0


def wrong_user_name(host: str, service: str | None, username: str, password: str) -> str:
    """What is wrong with the form of a user name, without the name; empty where nothing is known to be.

    Source: NVIDIA NGC user guide, Docker; Amazon ECR user guide, registry authentication; Google Artifact Registry
    documentation, authentication methods; Harbor documentation, robot accounts.
    """
    host = host.lower()
    if host == "nvcr.io" and username != "$oauthtoken":
        return "NVIDIA NGC wants the user name $oauthtoken, to the letter"
    if ".dkr.ecr." in host and username != "AWS":
        return "Amazon ECR wants the user name AWS"
    if host.endswith((".pkg.dev", "gcr.io")):
        wanted = "_json_key" if password.lstrip().startswith("{") else ""
        wanted = wanted or ("oauth2accesstoken" if password.startswith("ya29.") else "")
        return f"Google wants the user name {wanted} with this kind of password" if wanted not in ("", username) else ""
    if service == HARBOR_SERVICE and username in ("robot", "robot$"):
        return "the name of a Harbor robot goes on behind robot$; a shell takes $NAME for a variable"
    return ""


def lifetime(password: str) -> tuple[int | None, int | None]:
    """Seconds since a password was issued and until it expires, where it is a token that tells (RFC 7519; ECR's)."""
    parts = password.split(".")
    claims = _object(parts[1], urlsafe_b64decode) if len(parts) == 3 else _object(password, b64decode)
    expires, issued = _number(claims.get("exp")), _number(claims.get("iat"))
    if len(parts) != 3 and "datakey" in claims:
        expires = _number(claims.get("expiration"))
        issued = expires - ECR_LIFE if expires is not None else None
    now = int(time.time())
    return (None if issued is None else now - issued), (None if expires is None else expires - now)


def _object(text: str, decode: Any) -> dict[str, Any]:
    try:
        value = json.loads(decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**40 else None
