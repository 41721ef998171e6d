"""Can the token service, where there is one, be asked?"""

from collections.abc import Iterator

from pullcheck.evidence.pull import ImagePull
from pullcheck.evidence.steps import Reply, Step, Stop
from pullcheck.vantage import Outcome
from pullcheck.verdict import Basis, Cause, Fix, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.auth import login_causes as causes
from pullcheck_checks.auth.words import holds_in_vpc, said

NETWORK = "network.pull-hosts-reachable"
"""The check whose failure may be why the host is silent."""
LOOK_FROM_INSIDE = "run with --vantage inside, or name its address with --resolve"


@check("auth.token-realm", "The token service answers, over TLS that verifies", causes.REALM, basis=Basis.SPECIFICATION)
def token_service_answers(pull: ImagePull) -> Iterator[Verdict]:
    """Asks the token service that the registry's challenge names.

    What: The realm of the Bearer challenge: its host's name, the connection, its certificate, the status of its answer.

    Why: The token service is often another host. It then needs a name, a path and a public certificate of its own, and
    a pull that gets none of its tokens ends before the manifest.

    Passes: The realm answers over TLS that verifies against the public roots.

    Fails: The name does not exist in the VPC, the host cannot be reached from there, its certificate does not verify,
    or the service answers with a server error.

    Not verified when: From outside the VPC, a name that does not resolve or a host that stays silent proves nothing.

    Fix: Correct the external URL of the registry, open the path, or serve the realm on the registry's own host.

    Source: Distribution project, token authentication specification.
    """
    token = pull.login.token
    if token is None:
        yield not_applicable(pull.name, "the registry names no token service")
    elif token.step.last is None:
        yield _of_stop(token.realm, token.step, certain=holds_in_vpc(pull, token.step.target))
    else:
        yield _of_reply(token.realm, token.step, token.step.last, certain=holds_in_vpc(pull, token.step.last.url))


def _of_stop(realm: str, step: Step, *, certain: bool) -> Verdict:
    if step.stop not in (Stop.OWN_MACHINE, Stop.NO_NAME):
        return unknown(realm, f"{said(step)}; look where the realm leads")
    if certain and (step.stop is Stop.OWN_MACHINE or step.no_such_name):
        return _failed(realm, said(step), causes.REALM_NAME)
    return unknown(realm, f"{said(step)}; {LOOK_FROM_INSIDE}", cause=causes.REALM_NAME)


def _of_reply(realm: str, step: Step, reply: Reply, *, certain: bool) -> Verdict:
    if reply.status is not None and reply.status >= 500:
        return _failed(realm, said(step), causes.IDP_DOWN)
    if reply.status is not None:
        return passed(realm, f"{said(step)}, at {reply.address}, over TLS that verified")
    untrusted = reply.outcome is Outcome.UNTRUSTED
    because = f"{said(step)}, so nothing was sent" if untrusted else said(step)
    cause = causes.REALM_UNTRUSTED if untrusted else causes.REALM_UNREACHABLE
    if certain:
        return _failed(realm, because, cause)
    return unknown(realm, f"{because}; {LOOK_FROM_INSIDE}", cause=cause)


def _failed(realm: str, because: str, cause: Cause) -> Verdict:
    explained_by = NETWORK if cause is causes.REALM_UNREACHABLE else None
    if cause is causes.REALM_UNTRUSTED:
        explained_by = "tls.public-ca"
    return failed(realm, because, cause, Fix(cause.fix), explained_by=explained_by)
