"""The built-in checks, in the order of the report: that of a pull."""

from pullcheck_checks import auth, deployment, dns, endpoint, function, network, registry, role, target, tls

CHECKS = (
    *target.CHECKS,
    *role.CHECKS,
    *endpoint.CHECKS,
    *function.CHECKS,
    *dns.CHECKS,
    *network.CHECKS,
    *tls.CHECKS,
    *registry.CHECKS,
    *auth.CHECKS,
    *deployment.CHECKS,
)
"""Every built-in check."""
