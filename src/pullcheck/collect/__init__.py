"""Observing: the only part that does I/O, one module per evidence module."""

from pullcheck.collect import (
    credentials,
    dns,
    endpoint,
    far,
    function,
    names,
    network,
    placement,
    pull,
    registry,
    role,
    simulation,
    tls,
    vpc,
)

COLLECTORS = (
    *placement.COLLECTORS,
    *vpc.COLLECTORS,
    *names.COLLECTORS,
    *dns.COLLECTORS,
    *endpoint.COLLECTORS,
    *far.COLLECTORS,
    *network.COLLECTORS,
    *registry.COLLECTORS,
    *tls.COLLECTORS,
    *role.COLLECTORS,
    *simulation.COLLECTORS,
    *function.COLLECTORS,
    *credentials.COLLECTORS,
    *pull.COLLECTORS,
)
"""Every built-in collector."""
