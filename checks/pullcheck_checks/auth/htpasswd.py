"""What keeps the reference registry from taking a password that is right."""

from collections.abc import Iterator

from pullcheck.evidence.pull import ImagePull, Scheme
from pullcheck.verdict import Basis, Cause, Status, Verdict, unknown
from pullcheck_checks.auth.login_causes import BASIC_REJECTED

NOT_BCRYPT = Cause(
    "auth.htpasswd-not-bcrypt",
    breaks="The account stands in the registry's htpasswd file in another form than bcrypt, or was added since the"
    " registry was started: both count for nothing.",
    seen="Basic credentials are answered 401 in the reference registry's words; the file itself is not seen from here.",
    fix="Write the account with htpasswd -B, and start the registry again.",
    basis=Basis.SPECIFICATION,
    source="Distribution project, configuration: htpasswd",
    certain=False,
)
WORDS = ("UNAUTHORIZED", "authentication required")


def may_not_be_bcrypt(pull: ImagePull, tried: Verdict) -> Iterator[Verdict]:
    """A doubt beside the refusal, where nothing says that it is another make than the reference registry."""
    trial = pull.login.trial
    last = trial.last if trial else None
    if pull.login.scheme is not Scheme.BASIC or tried.status is not Status.FAIL or tried.cause is not BASIC_REJECTED:
        return
    if last and last.error and (last.error.code, last.error.message) == WORDS and not (last.product or last.server):
        because = "if the password is right and the registry keeps its accounts in an htpasswd file, see whether the"
        words = "account's line there has $2y$ after the colon, and whether the registry was started since"
        yield unknown(pull.name, f"{because} {words}", cause=NOT_BCRYPT)
