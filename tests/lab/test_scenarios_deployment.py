"""Endpoints that exist and do not serve: the report says so in SageMaker's own words."""

import pytest
from breaking import Break
from laboratory import Lab, Scenario, prove

NAME = "live"


def deployed(status: str, reason: str | None = None) -> Break:
    """The model is deployed, and the endpoint has this status."""

    def apply(lab: Lab) -> None:
        sagemaker = lab.client("sagemaker")
        variant = {
            "VariantName": "all",
            "ModelName": lab.request["ModelName"],
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.xlarge",
        }
        sagemaker.create_model(**lab.request)
        sagemaker.create_endpoint_config(EndpointConfigName=NAME, ProductionVariants=[variant])
        sagemaker.create_endpoint(EndpointName=NAME, EndpointConfigName=NAME)
        made = lab.backend("sagemaker").endpoints[NAME]
        made.endpoint_status, made.failure_reason = status, reason
        lab.request = f"endpoint/{NAME}"

    return apply


SCENARIOS = tuple(
    Scenario(cause, deployed(status, reason), heals=status == "Failed")
    for cause, status, reason in (
        (
            "end.failed-image",
            "Failed",
            "Please make sure all images included in the model for the production variant all exist",
        ),
        (
            "end.failed-ping",
            "Failed",
            "The primary container for production variant all did not pass the ping health check.",
        ),
        (
            "end.failed-cannot-start",
            "Failed",
            "CannotStartContainerError. Please ensure the model container starts correctly",
        ),
        ("end.failed-role", "Failed", "Could not assume role arn:aws:iam::123456789012:role/x."),
        (
            "end.failed-capacity",
            "Failed",
            "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error.",
        ),
        (
            "end.failed-zones",
            "Failed",
            "Unable to locate at least 2 availability zone(s) with the requested instance type",
        ),
        (
            "end.failed-generic",
            "Failed",
            "Request to service failed. If failure persists after retry, contact customer support.",
        ),
        ("end.failed-is-terminal", "Failed", None),
        ("end.out-of-service", "OutOfService", None),
        ("end.update-rollback-failed", "UpdateRollbackFailed", None),
    )
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_why_the_endpoint_does_not_serve(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)
