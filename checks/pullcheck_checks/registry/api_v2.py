"""Is it a registry that answers?"""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck.evidence.registry import AddressPing, ManifestAsked, PathPrefix, Ping, RegistrySeen
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.vantage import Outcome
from pullcheck.verdict import Basis, Fix, Verdict, failed, unknown
from pullcheck.wiring import check
from pullcheck_checks.registry import causes
from pullcheck_checks.registry.addresses import by_address, no_address, seen_from_outside
from pullcheck_checks.registry.answers import of_answer
from pullcheck_checks.registry.connection import without_answer, without_connection
from pullcheck_checks.registry.first_request import for_both


@check(
    "registry.api-v2",
    "The registry speaks Docker Registry HTTP API V2",
    causes=causes.API_V2,
    basis=Basis.DOCUMENTED,
)
def speaks_api_v2(
    ping: Ping, prefix: PathPrefix | NotApplicable | Unavailable, asked: ManifestAsked | NotApplicable | Unavailable
) -> Iterator[Verdict]:
    """Asks the registry for its API version, without credentials, at each of its addresses.

    What: GET /v2/ over TLS at every address of the registry: connection, status, headers, and who seems to answer.

    Why: SageMaker pulls only from registries that speak the Docker Registry HTTP API V2, over TLS, at the root of the
    host that the image names. Every pull begins at this door.

    Passes: The answer is 200, or 401 with a Basic or Bearer challenge, and names the API version.

    Fails: Nothing listens; the port speaks plain HTTP; the path is missing or lies below a prefix; a sign-in page, a
    filter or a proxy without a backend answers instead. A missing version header is a warning, and so is anything
    that only Docker meets: containerd asks for the manifest at once, without /v2/ before it.

    Not verified when: From outside the VPC the name does not resolve or the address does not answer, which proves
    nothing about the VPC; the TLS handshake fails (see tls.protocol); or the answer leads to another host.

    Fix: Name the registry's own host and port in Image, serve it over TLS, and let proxies pass /v2/* on unchanged.

    Source: SageMaker guide, private Docker registry for real-time inference; distribution project, registry HTTP API V2
    specification, API version check.
    """
    if not ping.answers:
        yield of_no_address(ping.seen)
    else:
        known = prefix if isinstance(prefix, PathPrefix) else None
        let_in = asked if isinstance(asked, ManifestAsked) else None
        yield from by_address(ping, lambda one: for_both(one, of_address(ping.seen, one, known), let_in))


def of_address(seen: RegistrySeen, answer: AddressPing, prefix: PathPrefix | None = None) -> Verdict:
    """The verdict on one address; its subject is left empty."""
    if answer.last is None:
        return without_connection(seen, answer)
    if answer.last.outcome is not Outcome.OK:
        return without_answer(answer.last)
    verdict = of_answer(seen.host, answer.last, prefix)
    if verdict.cause is causes.GEO_OR_AGENT_BLOCK and seen_from_outside(seen):
        because = f"{verdict.because}: that is said to who looked; run with --vantage inside"
        return unknown("", because, cause=verdict.cause)
    if answer.forwarded and answer.exchange:
        return replace(verdict, because=f"/v2/ answers {answer.exchange.status} and leads on: {verdict.because}")
    return verdict


def of_no_address(seen: RegistrySeen) -> Verdict:
    """The verdict on a name that does not resolve."""
    if seen_from_outside(seen) or not seen.no_such_name:
        return no_address(seen)
    because = f"the resolver inside the VPC says of {seen.host}: {seen.error}"
    cause = causes.NAME_NOT_RESOLVED
    return failed(f"{seen.host}:{seen.port}", because, cause, Fix(cause.fix), explained_by="dns.registry-name")
