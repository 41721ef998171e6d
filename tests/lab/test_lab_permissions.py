"""The policy that ``pullcheck permissions`` prints is enough, and each action in it is missed when it is not there."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from laboratory import Lab, Run
from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin

BY_MOTO = {"ec2", "iam", "sts", "organizations", "sagemaker"}
"""The services whose requests moto checks against policies; the signatures of others it cannot read."""
USER = "pipeline"


@pytest.fixture
def enforced(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """Policies count, as in a real account."""
    authorize = ActionAuthenticatorMixin._authenticate_and_authorize_action

    def only_where_moto_can(self: Any, *arguments: Any) -> None:
        if self.service_name in BY_MOTO:
            authorize(self, *arguments)

    lab.client("iam").create_user(UserName=USER)
    monkeypatch.setattr(ActionAuthenticatorMixin, "_authenticate_and_authorize_action", only_where_moto_can)
    yield lab
    monkeypatch.setattr(settings, "INITIAL_NO_AUTH_ACTION_COUNT", float("inf"))


def run_as(lab: Lab, policy: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run by a user who has this policy and no other."""
    iam = lab.client("iam")
    iam.put_user_policy(UserName=USER, PolicyName="pullcheck", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    allowed = {action for statement in policy["Statement"] for action in statement["Action"]}
    lab.cloud.deny(*({name for name in lab.cloud.calls if name.split(":")[0] not in BY_MOTO} - as_calls(allowed)))
    monkeypatch.setattr(settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0)
    try:
        names = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
        return lab.subprocess("check", lab.target, "--format", "json", *lab.live, **names)
    finally:
        monkeypatch.setattr(settings, "INITIAL_NO_AUTH_ACTION_COUNT", float("inf"))


def as_calls(actions: set[str]) -> set[str]:
    return {"lambda:Invoke" if action == "lambda:InvokeFunction" else action for action in actions}


def policy_of(lab: Lab) -> dict[str, Any]:
    policy: dict[str, Any] = json.loads(lab.run("permissions", "--invoke-function").output)
    return policy


def test_the_printed_policy_is_enough(enforced: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    free = enforced.check(*enforced.live)
    bound = run_as(enforced, policy_of(enforced), monkeypatch)

    assert [(one["check"], one["status"]) for one in bound.report["findings"]] == [
        (one["check"], one["status"]) for one in free.report["findings"]
    ]
    assert bound.status == 0


@pytest.mark.parametrize(
    "action",
    ["ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "ec2:DescribeRouteTables", "ec2:DescribeVpcEndpoints",
     "iam:GetRole", "iam:GetRolePolicy", "route53:ListHostedZonesByVPC", "lambda:GetFunctionConfiguration"],
)  # fmt: skip
def test_an_action_that_the_policy_lacks_is_missed_by_name(
    action: str, enforced: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    enforced.check(*enforced.live)
    policy = policy_of(enforced)
    policy["Statement"][0]["Action"].remove(action)
    run = run_as(enforced, policy, monkeypatch)
    because = [one["because"] for one in run.report["findings"] if one["status"] == "unknown"]

    assert any(action in text for text in because)
    assert run.report["counts"]["fail"] == 0
    assert run.status == 3
