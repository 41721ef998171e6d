"""Registries that do not speak the protocol, do not take the credentials, or do not have the image."""

import json
from dataclasses import replace
from typing import Any

import pytest
from breaking import Break, container, image, returns, serves
from laboratory import Lab, Scenario, prove

from pullcheck.demo.image import tiny_image

HTML = "<html><body>Sign in</body></html>"
MANIFEST = "/v2/team/model/manifests/v1"


def live(cause: str, breaks: Break, label: str = "", status: str = "fail") -> Scenario:
    return Scenario(cause, breaks, heals=False, live=True, label=label, status=status)


def challenge(text: str) -> Break:
    """Ask for credentials in other words."""
    return serves("/v2/", 401, "{}", WWW_Authenticate=text)


def changed(**fields: Any) -> Break:
    """Serve the image with another manifest."""

    def apply(lab: Lab) -> None:
        made = tiny_image()
        manifest = json.dumps(json.loads(made.manifest) | fields).encode()
        lab.registry.image = replace(made, manifest=manifest, media_type=fields.get("mediaType", made.media_type))

    return apply


def for_arm(lab: Lab) -> None:
    lab.registry.image = tiny_image(architecture="arm64")
    lab.request["ProductionVariants"] = [
        {"VariantName": "all", "ModelName": "vpc-model", "InitialInstanceCount": 1, "InstanceType": "ml.m5.xlarge"}
    ]


def a_blob_is_gone(lab: Lab) -> None:
    lab.registry.image.blobs.popitem()


def another_password(lab: Lab) -> None:
    lab.registry.password = "changed since"


OCI = "application/vnd.oci.image.manifest.v1+json"

SCENARIOS = (
    live("reg.v2-root-missing", serves("/v2/", 404, "not found")),
    live("reg.sso-or-waf-answers", serves("/v2/", 302, "", Location="https://sso.example.com/login")),
    live("reg.sso-or-waf-answers", serves("/v2/", 200, HTML, Content_Type="text/html"), label="page"),
    live("reg.elb-targets-unhealthy", serves("/v2/", 503, HTML, Server="awselb/2.0")),
    live("auth.basic-rejected", another_password),
    live("auth.scheme-unsupported", challenge('Digest realm="x", nonce="y"')),
    live("auth.challenge-malformed", challenge("Bearer service=registry")),
    live("auth.realm-http", challenge('Bearer realm="http://auth.example.com/token",service="registry"')),
    live(
        "auth.secret-has-newline",
        returns({"Credentials": {"Username": "sagemaker", "Password": "only-for-the-demo\n"}}),
    ),
    live("cfg.auth-needed-not-configured", container(ImageConfig={"RepositoryAccessMode": "Vpc"})),
    live("img.tag-not-found", image("{host}:{port}/team/model:v2")),
    live("img.repo-not-found", image("{host}:{port}/team/other:v1")),
    live("img.oci-media-type", changed(mediaType=OCI)),
    live(
        "img.schema1",
        serves(
            MANIFEST,
            200,
            '{"schemaVersion": 1}',
            Content_Type="application/vnd.docker.distribution.manifest.v1+prettyjws",
        ),
    ),
    live("img.no-amd64-for-x86-instance", for_arm),
    live("img.blob-missing", a_blob_is_gone),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_is_wrong_with_the_registry(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)
