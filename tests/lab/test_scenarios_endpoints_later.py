"""Endpoints that exist: what became of them after the deployment, and why the failure may be one of the past."""

from typing import Any

import pytest
from breaking import Break, both
from laboratory import Lab, Scenario, prove
from test_scenarios_deployment import NAME, deployed

ASSUMED = "Could not assume role arn:aws:iam::123456789012:role/SageMakerExecutionRole."
FEWER = {"VariantName": "all", "CurrentInstanceCount": 1, "DesiredInstanceCount": 3}


def shown(**fields: Any) -> Break:
    """DescribeEndpoint says this of the variant: moto has no instances that come and go."""

    def apply(lab: Lab) -> None:
        lab.backend("sagemaker").endpoints[NAME].production_variants = [{**FEWER, **fields}]

    return apply


def scaled(lab: Lab) -> None:
    """The variant may grow to four instances."""
    lab.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=f"endpoint/{NAME}/variant/all",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=4,
    )


def without_model(lab: Lab) -> None:
    """The model is gone, its configuration is not."""
    lab.client("sagemaker").delete_model(ModelName="vpc-model")


def changed_function(lab: Lab) -> None:
    """The function is changed when the endpoint has failed already; moto keeps the time of its creation."""
    function = lab.backend("lambda").get_function("sagemaker-registry-credentials")
    function.last_modified = "2126-01-01T00:00:00.000+0000"


SCENARIOS = (
    Scenario("end.scale-out-cannot-pull", both(deployed("InService"), shown()), heals=False),
    Scenario(
        "quo.capacity",
        both(
            deployed("InService"),
            shown(VariantStatus=[{"Status": "Updating", "StatusMessage": "Insufficient capacity"}]),
        ),
        heals=False,
    ),
    Scenario("reg.runtime-dependency", both(deployed("InService"), scaled), heals=False),
    Scenario("end.no-log-group", deployed("Failed", "The image does not exist"), heals=False),
    Scenario("iam.propagation-delay", deployed("Failed", ASSUMED)),
    Scenario("end.eventual-consistency", deployed("Failed", "Could not find endpoint configuration")),
    Scenario("end.fix-not-applied", both(deployed("Failed", "The image does not exist"), changed_function)),
    Scenario("cfg.iac-forces-replacement", both(deployed("InService"), without_model), status="unknown"),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_became_of_the_endpoint(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)
