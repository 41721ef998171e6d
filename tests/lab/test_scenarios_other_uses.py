"""Requests that mean another API, and endpoints of another kind than the feature is for."""

import pytest
from breaking import both, container, request, variant
from laboratory import Lab, Scenario, prove

TRAINING = {"TrainingRepositoryAccessMode": "Vpc"}
OUTPUT = {"OutputConfig": {"S3OutputPath": "s3://bucket/answers"}}


def created(lab: Lab) -> None:
    """The model exists, and is read from the account."""
    lab.client("sagemaker").create_model(**lab.request)
    lab.request = f"model/{lab.request['ModelName']}"


SCENARIOS = (
    Scenario(
        "cfg.training-image-fields-mixed-up", container(ImageConfig=None, TrainingImageConfig=TRAINING), heals=False
    ),
    Scenario("cfg.sdk-drops-image-config", both(container(ImageConfig=None), created), status="unknown"),
    Scenario("cfg.non-realtime-consumer", both(variant(), request(AsyncInferenceConfig=OUTPUT)), heals=False),
    Scenario(
        "cfg.inference-ami-too-old", variant(InferenceAmiVersion="al2-ami-sagemaker-inference-gpu-2"), heals=False
    ),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_was_meant_for_another_use(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)
