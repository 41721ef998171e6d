"""A credentials function that is not there, not ready, or answers something else."""

import pytest
from breaking import Break, both, configuration, configure, provider, raises, returns
from laboratory import Lab, Scenario, prove

from pullcheck.demo.identity import FUNCTION, FUNCTION_ARN
from pullcheck.demo.registry import PASSWORD, USERNAME

CREDENTIALS = {"Credentials": {"Username": USERNAME, "Password": PASSWORD}}


def deleted(lab: Lab) -> None:
    lab.client("lambda").delete_function(FunctionName=FUNCTION)


def switched_off(lab: Lab) -> None:
    lab.client("lambda").put_function_concurrency(FunctionName=FUNCTION, ReservedConcurrentExecutions=0)


def attached_to_the_vpc(lab: Lab) -> None:
    """The function lives in subnets that have no way to Secrets Manager."""
    configure(VpcConfig={"SubnetIds": list(lab.world.subnets), "SecurityGroupIds": [lab.world.model_group]})(lab)


def until(call: str, **fields: str) -> Break:
    """Lambda shows this until the call is made: the function is ready when it was waited for, or woken."""

    def apply(lab: Lab) -> None:
        configuration(**fields)(lab)
        lab.cloud.answer(call, lambda _call: lab.cloud.amend("lambda:GetFunctionConfiguration"))

    return apply


SCENARIOS = (
    Scenario("lam.not-found", deleted, heals=False),
    Scenario("lam.not-found", provider(f"{FUNCTION_ARN}s"), heals=False, label="misspelt"),
    Scenario("lam.qualifier-missing", provider(f"{FUNCTION_ARN}:live")),
    Scenario("lam.state-not-active", until("lambda:GetFunction", State="Pending", StateReasonCode="Creating")),
    Scenario(
        "lam.state-not-active",
        configuration(State="Failed", StateReasonCode="InvalidSubnet"),
        heals=False,
        label="failed",
    ),
    Scenario("lam.state-inactive", until("lambda:Invoke", State="Inactive", StateReasonCode="Idle")),
    Scenario(
        "lam.eni-or-ip-exhausted", configuration(State="Failed", StateReasonCode="SubnetOutOfIPAddresses"), heals=False
    ),
    Scenario("lam.image-gone", configuration(State="Failed", StateReasonCode="ImageDeleted"), heals=False),
    Scenario("lam.kms-env-key", configuration(State="Failed", StateReasonCode="DisabledKMSKey"), heals=False),
    Scenario("lam.last-update-failed", configuration(LastUpdateStatus="Failed"), heals=False),
    Scenario("lam.tenant-isolation", configuration(TenancyConfig={"TenantIsolationMode": "PER_TENANT"}), heals=False),
    Scenario("lam.reserved-concurrency-zero", switched_off),
    Scenario("lam.timeout-default-3s", both(attached_to_the_vpc, configure(Timeout=3))),
    Scenario(
        "lam.response-wrong-shape", returns({"credentials": {"username": "u", "password": "p"}}), heals=False, live=True
    ),
    Scenario("lam.response-proxy-format", returns({"statusCode": 200, "body": "{}"}), heals=False, live=True),
    Scenario("lam.response-json-string", returns('{"Credentials": {}}'), heals=False, live=True),
    Scenario("lam.response-empty", returns(None), heals=False, live=True),
    Scenario("lam.function-error", raises("RuntimeError"), heals=False, live=True),
    Scenario("lam.depends-on-event", raises("KeyError"), status="unknown", live=True),
    Scenario("lam.handler-or-package", raises("Runtime.ImportModuleError"), heals=False, live=True),
    Scenario(
        "lam.secrets-in-env-or-logs", configure(Environment={"Variables": {"REGISTRY_PASSWORD": "x"}}), heals=False
    ),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_is_wrong_with_the_function(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)
