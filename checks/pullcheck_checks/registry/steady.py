"""Does the registry answer every request of a pull?"""

import re
from collections.abc import Iterator

from pullcheck.evidence.pull import ImagePull
from pullcheck.evidence.steps import Reply, Step, steps_in
from pullcheck.vantage import VantageName
from pullcheck.verdict import Cause, Fix, Severity, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.auth.words import TOO_MANY_REQUESTS, said
from pullcheck_checks.registry import steady_causes as causes

FEW = 10
"""Requests left under a limit that are worth a word."""
SLOW = 5
"""Seconds until the first byte of an answer that are worth a word."""


@check("registry.answers-steadily", "The registry answers every request of a pull alike and in time", causes.STEADY)
def answers_steadily(pull: ImagePull) -> Iterator[Verdict]:
    """Looks at all requests of the pull for those that were put off, failed at first, or took long.

    What: Status, pauses asked for, and seconds until the first byte, of every request of the pull; the manifest at each
    of the registry's addresses.

    Why: One pull that works is no proof for the next: SageMaker pulls again whenever it starts an instance, with many
    others at the same time.

    Passes: Every request was answered the first time, in less than 5 seconds, and all addresses agree.

    Fails: Requests answer 429 even after a pause, or one of the addresses does not have the image. As warnings: a pause
    or a server error that passed, fewer than 10 requests left under a limit, a slow first byte, and an address that has
    another image.

    Not verified when: The manifest was not served. A limit that was met from outside the VPC without credentials is the
    one of the address of who looked.

    Fix: Raise limits, mend the nodes that differ, warm caches before deploying.

    Source: RFC 6585 section 4; distribution project, deploying a registry.
    """
    steps = list(dict.fromkeys(steps_in(pull)))
    found = [*_of_limits(pull, steps), *_of_errors(pull, steps), *_of_time(pull, steps), *_of_addresses(pull)]
    yield from found
    if not found and (pull.root is None or not pull.root.served or pull.root.is_page):
        because = "the pull did not come as far as the manifest"
        yield unknown(pull.name, because, blocked_by="image.exists" if pull.root else "auth.credentials-accepted")
    elif not found:
        left = _left(steps)
        quota = f"; RateLimit-Remaining: {left.string}" if left else ""
        also = f", at {len(pull.elsewhere) + 1} addresses alike" if pull.elsewhere else ""
        yield passed(pull.name, f"{len(steps)} requests were answered the first time, in under {SLOW} s{also}{quota}")


def _of_limits(pull: ImagePull, steps: list[Step]) -> Iterator[Verdict]:
    limited = [step for step in steps if step.status == TOO_MANY_REQUESTS]
    if limited:
        first = next((step for step in limited if step.last and step.last.error), limited[0])
        wait = f" with Retry-After: {first.last.retry_after}" if first.last and first.last.retry_after else ""
        because = f"{_share(limited, steps)}{said(first)}{wait}"
        if pull.login.account.is_anonymous and pull.vantage == VantageName.OUTSIDE:
            because = f"{because}, for the address of who looked; run with --vantage inside"
            yield unknown(pull.name, because, cause=causes.RATE_LIMITED)
        else:
            beside = all(step.last and step.last.method in ("HEAD", "POST") for step in limited)
            because += "; Docker asks by GET, which is answered" if beside else ""
            yield _failed(pull, because, causes.RATE_LIMITED, Severity.WARNING if beside else None)
        return
    put_off = [step for step in steps if _were(step, TOO_MANY_REQUESTS)]
    if put_off:
        because = f"{_share(put_off, steps)}{_twice(put_off[0])}, after a pause"
        yield _failed(pull, because, causes.RATE_LIMITED, Severity.WARNING)
        return
    left = _left(steps)
    of_who_looked = pull.login.account.is_anonymous and pull.vantage == VantageName.OUTSIDE
    if left and not of_who_looked and int(left.group()) < FEW:
        because = f"the registry says RateLimit-Remaining: {left.string}: every pull counts, also that of each instance"
        yield _failed(pull, because, causes.RATE_LIMITED, Severity.WARNING)


def _left(steps: list[Step]) -> re.Match[str] | None:
    """How many requests the registry still allows, as its first answer that tells has it."""
    told = (reply.remaining for step in steps for reply in step.replies if reply.remaining)
    return re.match(r"[0-9]{1,9}", next(told, ""))


def _of_errors(pull: ImagePull, steps: list[Step]) -> Iterator[Verdict]:
    token = pull.login.token.step if pull.login.token else None
    told = token if token and (token.status or 0) >= 500 else None
    failing = [step for step in steps if step != told and any((reply.status or 0) >= 500 for reply in step.before)]
    if failing:
        yield _failed(pull, f"{_share(failing, steps)}{_twice(failing[0])}", causes.UNSTEADY)


def _of_time(pull: ImagePull, steps: list[Step]) -> Iterator[Verdict]:
    slow = [reply for step in steps for reply in step.replies if reply.seconds >= SLOW]
    if not slow:
        return
    first = next((step.last for step in (pull.unasked, pull.root.head if pull.root else None) if step), None)
    again = pull.root.get.last if pull.root else None
    cold = slow == [first] and again is not None and again.seconds == 0
    slowest = max(slow, key=lambda reply: reply.seconds)
    others = f", the slowest of {len(slow)} that took {SLOW} s or more" if len(slow) > 1 else ""
    because = f"{said(Step((slowest,)))} after {slowest.seconds} s{others}"
    yield _failed(pull, because, causes.COLD if cold else causes.SLOW)


def _of_addresses(pull: ImagePull) -> Iterator[Verdict]:
    served = pull.root.computed if pull.root else None
    other = [step for step in pull.elsewhere if step.last and _disagrees(step.last, served)]
    for step in other:
        at = step.replies[0].address
        what = f" with the digest {step.last.digest}" if step.last and step.status == 200 else ""
        share = f"{len(other)} of {len(pull.elsewhere) + 1} addresses: " if len(other) > 1 else ""
        because = f"{share}{pull.address} serves the manifest {served}, and at {at} {said(step)}{what}"
        yield _failed(pull, because, causes.INCONSISTENT, None if step.status == 200 else Severity.ERROR)


def _disagrees(reply: Reply, served: str | None) -> bool:
    """Whether another address does not have the manifest, or has another; one that stays silent says nothing."""
    if reply.status == 200:
        return None not in (reply.digest, served) and reply.digest != served
    return reply.status is not None and reply.status not in (405, TOO_MANY_REQUESTS) and reply.status < 500


def _were(step: Step, status: int) -> bool:
    return any(reply.status == status for reply in step.before)


def _twice(step: Step) -> str:
    return f"{said(Step(step.before))}, and then {said(step)}"


def _share(some: list[Step], steps: list[Step]) -> str:
    return f"{len(some)} of {len(steps)} requests, e.g. " if len(some) > 1 else ""


def _failed(pull: ImagePull, because: str, cause: Cause, severity: Severity | None = None) -> Verdict:
    return failed(pull.name, because, cause, Fix(cause.fix), severity=severity)
