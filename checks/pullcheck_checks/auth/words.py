"""What was asked and what came back, in a few words, and how much it proves."""

from ipaddress import ip_address

from pullcheck.evidence.pull import ImagePull
from pullcheck.evidence.steps import Reply, Step
from pullcheck.vantage import Outcome, VantageName

TOO_MANY_REQUESTS = 429
MOST_ANSWERS = 4
"""How many answers in a row are told in full."""


def said(step: Step) -> str:
    """The request and its answer, with the redirects between them."""
    answers = [_answer(reply) for reply in step.replies]
    if len(answers) > MOST_ANSWERS:
        answers = [*answers[:2], f"{len(answers) - 3} more", answers[-1]]
    words = " -> ".join(answers)
    if step.stop is None:
        return words
    detail = f" ({step.detail})" if step.detail else ""
    return f"{words + ' -> ' if words else ''}{step.target} was not asked: {step.stop.value}{detail}"


def _answer(reply: Reply) -> str:
    request = f"{reply.method} {reply.url}"
    if reply.outcome is not Outcome.OK or reply.status is None:
        detail = f" ({reply.detail})" if reply.detail else ""
        return f"{request} at {reply.address}: {reply.outcome.value}{detail}"
    error = reply.error
    if error and (error.code or error.message):
        return f"{request} answers {reply.status} ({': '.join(filter(None, (error.code, error.message)))})"
    page = " with a web page" if reply.media_type == "text/html" else ""
    titled = f' titled "{reply.title}"' if page and reply.title else ""
    return f"{request} answers {reply.status}{page}{titled}"


def stopped_by(step: Step) -> str | None:
    """The check whose failure is why there was no answer to judge; None where that is not known."""
    if step.last and step.last.outcome is Outcome.TLS_ALERT:
        return "tls.protocol"
    return "registry.answers-steadily" if step.status == TOO_MANY_REQUESTS else None


def holds_in_vpc(pull: ImagePull, url: str) -> bool:
    """Whether what was seen at this URL is what the model's subnets would see.

    From outside the VPC that is so for hosts that ``--resolve`` names, and for names that mean the same everywhere.
    """
    host = host_of(url)
    forced = any(one.forced and one.name == host for one in pull.met)
    return pull.vantage != VantageName.OUTSIDE or forced or _means_the_same_everywhere(host)


def host_of(url: str) -> str:
    """The host in a URL without user, in lower case, without port and brackets."""
    place = url.partition("://")[2].partition("/")[0].lower()
    return place[1:].partition("]")[0] if place.startswith("[") else place.partition(":")[0]


def place_of(url: str) -> str:
    """Host and port in a URL without user, in lower case; the port of https is left out."""
    return url.partition("://")[2].partition("/")[0].lower().removesuffix(":443")


def _means_the_same_everywhere(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
