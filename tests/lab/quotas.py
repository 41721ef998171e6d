"""Quotas that a test sets, and raises as AWS would."""

import json
from collections.abc import Callable

from laboratory import Lab

from pullcheck.demo.calls import Call, Reply
from pullcheck.demo.quotas import QUOTAS, as_json, get_account_settings, listed

Break = Callable[[Lab], None]
CONCURRENCY = "L-B99A9384"


def quotas(**values: float) -> Break:
    """The account has these, by code (``L_2F737F8D``); a request for more is granted at once."""

    def apply(lab: Lab) -> None:
        given = {code.replace("_", "-"): value for code, value in values.items()}
        own = {
            service: {code: (name, given.get(code, value)) for code, (name, value) in rows.items()}
            for service, rows in QUOTAS.items()
        }

        def granted(call: Call) -> Reply:
            service, code = call.fields["ServiceCode"], call.fields["QuotaCode"]
            value = float(call.fields["DesiredValue"])
            if code in own[service]:
                own[service][code] = (own[service][code][0], value)
            given[code] = value
            return as_json({"RequestedQuota": {"QuotaCode": code, "DesiredValue": value, "Status": "PENDING"}})

        lab.cloud.answer("servicequotas:ListServiceQuotas", lambda call: listed(call, own))
        lab.cloud.answer("servicequotas:RequestServiceQuotaIncrease", granted)
        lab.cloud.answer(
            "lambda:GetAccountSettings", lambda call: get_account_settings(call, int(given.get(CONCURRENCY, 1000)))
        )

    return apply


def policy_of(length: int) -> str:
    """A policy that allows everything, with so many characters."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Sid": ""}
    padded = length - len(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Sid": "S" * padded}]})
