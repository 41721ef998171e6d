"""The built-in checks: a room a subject, in the order of the report, which is that of a pull.

A room is loaded when its checks are asked for, so that the page of one of them does not cost the reasoning of all.
"""

from importlib import import_module

from pullcheck.wiring import AnyCheck

ROOMS = {
    "target": ("cfg", "sub", "end"),
    "role": ("iam", "lam", "cfg"),
    "endpoint": ("vpce", "dns"),
    "function": ("lam", "auth"),
    "dns": (),
    "network": ("lb", "sg", "nacl", "rt", "sub", "vpce", "dns", "x", "reg", "cfg", "tls"),
    "tls": (),
    "registry": ("reg",),
    "auth": ("cfg",),
    "image": ("img", "reg", "rt"),
    "quota": ("quo",),
    "deployment": ("end", "cfg", "reg", "quo", "iam"),
}
"""Each room, and the first words of the causes that it names beside its own."""

CHECKS: tuple[AnyCheck, ...]
"""Every built-in check."""


def checks_of(room: str) -> tuple[AnyCheck, ...]:
    """The checks of one room."""
    checks: tuple[AnyCheck, ...] = import_module(f"{__name__}.{room}").CHECKS
    return checks


def rooms_of(name: str) -> tuple[str, ...]:
    """The rooms in which the check or cause of this id may stand; the one of that name comes first."""
    word = name.partition(".")[0]
    found = (room for room, words in ROOMS.items() if word == room or word in words)
    return tuple(sorted(found, key=lambda room: room != word))


def __getattr__(name: str) -> object:
    if name != "CHECKS":
        raise AttributeError(name)
    return tuple(check for room in ROOMS for check in checks_of(room))
