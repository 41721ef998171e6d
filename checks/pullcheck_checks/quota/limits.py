"""The quotas by code, and how one is raised (Service Quotas; Amazon VPC User Guide, quotas)."""

from pullcheck import Fix
from pullcheck.evidence.quota import Quota, VpcQuotas

GROUP_RULES = Quota("L-0EA8095F", "Inbound or outbound rules per security group", 60)
ACL_RULES = Quota("L-2AEEBF1A", "Rules per network ACL", 20)
INTERFACES = Quota("L-DF5E4CA3", "Network interfaces per Region", 5000)
ENDPOINTS = Quota("L-29B6F2EB", "Interface VPC endpoints per VPC", 50)
POLICY = Quota("L-3248932A", "Characters per VPC endpoint policy", 20480)
"""Each with AWS's default."""
CONCURRENCY = Quota("L-B99A9384", "Concurrent executions", 1000)


def applied(quotas: VpcQuotas, default: Quota) -> int:
    """The account's own value; AWS leaves a quota out of the list where its default applies."""
    return int((quotas.find(default.code) or default).value)


def raise_to(service: str, quota: Quota, value: int) -> Fix:
    """The request for more, which AWS decides on."""
    command = (
        f"aws service-quotas request-service-quota-increase --service-code {service} --quota-code {quota.code}"
        f" --desired-value {value}"
    )
    return Fix(f'ask AWS to raise "{quota.name}" to {value}, which may take days', (command,))
