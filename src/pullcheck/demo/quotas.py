"""Service Quotas and Lambda's account settings, of which moto knows little: an account with AWS's defaults."""

import json
from collections.abc import Mapping
from typing import Any

from pullcheck.demo.calls import Call, Reply

VPC = {
    "L-0EA8095F": ("Inbound or outbound rules per security group", 60.0),
    "L-2AEEBF1A": ("Rules per network ACL", 20.0),
    "L-29B6F2EB": ("Interface VPC endpoints per VPC", 50.0),
    "L-3248932A": ("Characters per VPC endpoint policy", 20480.0),
    "L-DF5E4CA3": ("Network interfaces per Region", 5000.0),
}
SAGEMAKER = {
    "L-2F737F8D": ("ml.m5.xlarge for endpoint usage", 4.0),
    "L-7A3DF611": ("Number of instances across active endpoints", 20.0),
}
QUOTAS: Mapping[str, Mapping[str, tuple[str, float]]] = {"vpc": VPC, "sagemaker": SAGEMAKER, "lambda": {}}
"""Of each service, the name and value of a quota by its code."""


def list_service_quotas(call: Call) -> Reply:
    """``ListServiceQuotas``, all on one page."""
    return listed(call, QUOTAS)


def listed(call: Call, quotas: Mapping[str, Mapping[str, tuple[str, float]]]) -> Reply:
    """The answer of an account that has these."""
    service = call.fields["ServiceCode"]
    rows = [
        {"ServiceCode": service, "QuotaCode": code, "QuotaName": name, "Value": value, "Adjustable": True}
        for code, (name, value) in quotas.get(service, {}).items()
    ]
    return as_json({"Quotas": rows})


def get_account_settings(_call: Call, limit: int = 1000) -> Reply:
    """Lambda's ``GetAccountSettings``."""
    return as_json({"AccountLimit": {"ConcurrentExecutions": limit, "UnreservedConcurrentExecutions": limit}})


def as_json(body: Mapping[str, Any]) -> Reply:
    """A JSON answer."""
    return Reply(200, json.dumps(body).encode(), (("Content-Type", "application/x-amz-json-1.1"),))
