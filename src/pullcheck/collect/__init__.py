"""Observing: the only part that does I/O. A module of collectors is loaded when evidence of theirs is asked for."""

from collections.abc import Iterable
from importlib import import_module

from pullcheck.wiring import AnyCollector

SOURCES = {
    "placement": ("placement",),
    "vpc": ("vpc", "dns"),
    "names": ("names",),
    "dns": ("dns", "elsewhere"),
    "resolver": ("resolver", "firewall"),
    "servers": ("servers",),
    "endpoint": ("endpoint",),
    "network": ("far", "answers", "balancers", "network"),
    "gateways": ("gateways",),
    "analyzer": ("analyzer",),
    "registry": ("registry",),
    "tls": ("tls", "tls_elsewhere"),
    "staples": ("staples",),
    "role": ("role", "simulation"),
    "organization": ("organization",),
    "creation": ("creation",),
    "function": ("function",),
    "function_surroundings": ("function_surroundings",),
    "credentials": ("credentials",),
    "pull": ("pull",),
    "quota": ("quota",),
    "pull_hosts": ("pull_hosts", "destinations"),
    "destinations": ("destinations",),
    "around": ("around",),
    "s3": ("s3",),
    "model_data": ("s3",),
    "hosting": ("hosting",),
    "deployment": ("deployment",),
    "acm": ("acm",),
    "buckets": ("buckets",),
    "nat_ports": ("nat_ports",),
}
"""The modules of evidence, and for each the modules here that give it."""

COLLECTORS: tuple[AnyCollector, ...]
"""Every built-in collector."""


def collectors_for(kinds: Iterable[type]) -> tuple[AnyCollector, ...]:
    """The built-in collectors of these types of evidence, and of those that they need in turn."""
    found: dict[type, AnyCollector] = {}
    asked = list(kinds)
    while asked:
        kind = asked.pop()
        if kind in found or (source := _source_of(kind)) is None:
            continue
        found[kind] = source
        asked += (need.evidence for need in source.needs)
    return tuple(found.values())


def _source_of(kind: type) -> AnyCollector | None:
    package, _, name = kind.__module__.rpartition(".")
    modules = SOURCES.get(name, ()) if package.startswith("pullcheck.") else ()
    return next((source for module in modules for source in _of(module) if source.provides is kind), None)


def _of(module: str) -> tuple[AnyCollector, ...]:
    collectors: tuple[AnyCollector, ...] = import_module(f"{__name__}.{module}").COLLECTORS
    return collectors


def __getattr__(name: str) -> object:
    if name != "COLLECTORS":
        raise AttributeError(name)
    modules = dict.fromkeys(module for modules in SOURCES.values() for module in modules)
    return tuple(source for module in modules for source in _of(module))
