"""Finds the hosts of the pull beside the registry."""

from collections.abc import Iterator

from pullcheck.challenge import BEARER, challenges, first_of_each
from pullcheck.collect.places import Origin, origin
from pullcheck.evidence.placement import Registry
from pullcheck.evidence.pull import ImagePull
from pullcheck.evidence.pull_hosts import PullHost, PullHosts
from pullcheck.evidence.registry import Ping
from pullcheck.evidence.steps import Stop, steps_in
from pullcheck.missing import Missing, NotApplicable, Unavailable
from pullcheck.wiring import collector

TOKEN_REALM, REDIRECT_TARGET = "token realm", "redirect target"
NOT_REACHED = (Stop.NO_URL, Stop.PLAIN_HTTP, Stop.OWN_MACHINE)
"""Where a request went nowhere that a network path leads to."""
URLS_KEPT = 3


@collector()
def pull_hosts(
    registry: Registry, found: Ping, pull: ImagePull | Unavailable | NotApplicable
) -> PullHosts | Unavailable | NotApplicable:
    """The token service that the registry's challenge names, and every host that a request of the pull led to."""
    realms = {origin(url) for url in _realms(found)}
    places: dict[Origin, dict[str, None]] = {}
    for url in (*_realms(found), *(_led_to(pull) if isinstance(pull, ImagePull) else ())):
        place = origin(url)
        if place and place[0] == "https" and place[1:] != (registry.host.strip("[]"), registry.port):
            places.setdefault(place, {})[url] = None
    hosts = tuple(
        PullHost(
            place[1].rstrip(".").lower(),
            place[2],
            TOKEN_REALM if place in realms else REDIRECT_TARGET,
            (*urls,)[:URLS_KEPT],
        )
        for place, urls in places.items()
    )
    unseen = _unseen(pull)
    if not hosts:
        return unseen or NotApplicable(f"every request of the pull goes to {registry} itself", str(registry))
    return PullHosts(hosts, found.vantage, unseen)


def _realms(found: Ping) -> Iterator[str]:
    for answer in found.answers:
        lines = answer.last.all("www-authenticate") if answer.last else ()
        for one in first_of_each(challenges(line) for line in lines):
            realm = one.as_clients_read().get("realm")
            if one.kind == BEARER and realm:
                yield realm.partition("?")[0]


def _led_to(pull: ImagePull) -> Iterator[str]:
    for step in steps_in(pull):
        yield from (reply.url for reply in step.replies)
        if step.target and step.stop not in NOT_REACHED:
            yield step.target


def _unseen(pull: ImagePull | Missing) -> Unavailable | None:
    """Why nobody knows where the layers come from; None where one at least was asked for."""
    what = "where the layers come from was not seen"
    if isinstance(pull, NotApplicable):
        return Unavailable(f"{what}: {pull.reason}")
    if isinstance(pull, Unavailable):
        return Unavailable(f"{what}: {pull.reason}", pull.remedy, pull.blocked_by)
    if any(layer.step.replies for image in pull.images for layer in image.layers):
        return None
    blocked_by = "image.media-types"
    if pull.root is None or not pull.root.served:
        blocked_by = "auth.credentials-accepted" if pull.root is None else "image.exists"
    return Unavailable(what, f"mend what {blocked_by} reports, then run again", blocked_by)


COLLECTORS = (pull_hosts,)
