"""What the request itself tells: access mode, place, role, function, variants."""

from dataclasses import replace

import pytest

from pullcheck.collect.placement import COLLECTORS, credentials_provider, image_reference, registry
from pullcheck.engine import Answer, Observed, Plan, Pull
from pullcheck.evidence.placement import CredentialsProvider, ImageReference
from pullcheck.missing import Unavailable
from pullcheck.observation import GIVEN
from pullcheck.target import Container, Model, Target, TargetKind, Variant, VpcConfig
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck.wiring import AnyCheck
from pullcheck_checks.target import CHECKS
from pullcheck_checks.target.access_mode import access_mode_fits
from pullcheck_checks.target.provider import provider_is_a_function_here
from pullcheck_checks.target.role import role_is_named
from pullcheck_checks.target.variants import variants_fit
from pullcheck_checks.target.vpc_config import is_not_isolated, vpc_config_is_complete

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:sagemaker-registry-credentials"
ROLE = "arn:aws:iam::123456789012:role/SageMakerExecutionRole"
IMAGE = "registry.example.com/team/model:v1"
ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/model:v1"
CONTAINER = Container("PrimaryContainer", IMAGE, "Vpc", FUNCTION, True)
VPC = VpcConfig(("subnet-0a1", "subnet-0a2"), ("sg-0b1",))
MODEL = Model("vpc-model", ROLE, VPC, (CONTAINER,))
TARGET = Target(TargetKind.REQUEST, "vpc-model", "model.json", "us-east-1", (MODEL,))


def ids(verdicts: list[Verdict]) -> list[str | None]:
    return [verdict.cause.id if verdict.cause else None for verdict in verdicts]


def access(container: Container, model: Model = MODEL, target: Target = TARGET) -> list[Verdict]:
    image = image_reference(container)
    assert isinstance(image, ImageReference)
    return list(access_mode_fits(container, image, model, target))


def test_vpc_mode_fits_a_private_registry() -> None:
    [verdict] = access(CONTAINER)

    assert verdict.status is Status.PASS
    assert verdict.subject == f"PrimaryContainer {IMAGE}"
    assert "Vpc" in verdict.because
    assert "registry.example.com" in verdict.because


@pytest.mark.parametrize("mode", [None, "Platform"])
def test_platform_mode_fits_ecr(mode: str | None) -> None:
    [verdict] = access(Container("PrimaryContainer", ECR, mode))

    assert verdict.status is Status.PASS


@pytest.mark.parametrize(
    ("image", "mode", "cause", "change"),
    [
        (IMAGE, None, "cfg.non-ecr-without-vpc-mode", "RepositoryAccessMode to Vpc"),
        (IMAGE, "Platform", "cfg.non-ecr-without-vpc-mode", "RepositoryAccessMode to Vpc"),
        ("team/model:v1", None, "cfg.non-ecr-without-vpc-mode", "RepositoryAccessMode to Vpc"),
        ("public.ecr.aws/a/b:v1", "Platform", "cfg.public-ecr-counts-as-non-ecr", "RepositoryAccessMode to Vpc"),
        (ECR, "Vpc", "cfg.ecr-image-in-vpc-mode", "RepositoryAccessMode to Platform"),
        (IMAGE, "vpc", "cfg.access-mode-value", "RepositoryAccessMode to Vpc"),
        (ECR, "PLATFORM", "cfg.access-mode-value", "RepositoryAccessMode to Platform"),
        ("https://x/y", "VPC", "cfg.access-mode-value", "RepositoryAccessMode to Vpc"),
    ],
)
def test_a_mode_that_does_not_fit_fails_and_says_what_to_write(
    image: str, mode: str | None, cause: str, change: str
) -> None:
    [verdict] = access(Container("PrimaryContainer", image, mode))

    assert (verdict.status, verdict.severity) == (Status.FAIL, Severity.ERROR)
    assert ids([verdict]) == [cause]
    assert verdict.fix is not None
    assert verdict.fix.summary.startswith("in model.json: set PrimaryContainer.ImageConfig.")
    assert change in verdict.fix.summary
    assert verdict.fix.commands == ()


def test_a_mode_without_a_known_host_is_unknown() -> None:
    [verdict] = access(Container("PrimaryContainer", "https://registry.example.com/a", "Platform"))

    assert (verdict.status, verdict.blocked_by) == (Status.UNKNOWN, "target.image-reference")


def test_one_container_of_a_pipeline_without_its_own_config_is_named() -> None:
    bare = Container("Containers[1]", IMAGE)
    pipeline = replace(MODEL, containers=(replace(CONTAINER, field="Containers[0]"), bare))

    [verdict] = access(bare, pipeline)

    assert ids([verdict]) == ["cfg.pipeline-container-without-imageconfig"]
    assert verdict.subject == f"Containers[1] {IMAGE}"


def test_credentials_in_platform_mode_are_a_warning() -> None:
    verdicts = access(replace(CONTAINER, image=ECR, access_mode="Platform"))

    assert [verdict.status for verdict in verdicts] == [Status.PASS, Status.FAIL]
    assert ids(verdicts)[1] == "cfg.auth-config-in-platform-mode"
    assert verdicts[1].severity is Severity.WARNING


def test_a_model_that_exists_is_made_anew() -> None:
    live = replace(TARGET, kind=TargetKind.ENDPOINT)

    [verdict] = access(
        replace(CONTAINER, access_mode="Platform", has_auth_config=False), replace(MODEL, vpc_config=None), live
    )

    assert verdict.fix is not None
    assert "give VpcConfig" in verdict.fix.summary
    assert "new model" in verdict.fix.summary
    assert "update the endpoint" in verdict.fix.summary


def test_a_complete_vpc_config_passes() -> None:
    [verdict] = vpc_config_is_complete(MODEL, TARGET)

    assert verdict.status is Status.PASS
    assert verdict.resources == ("subnet-0a1", "subnet-0a2", "sg-0b1")


def test_a_private_registry_without_vpc_config_fails() -> None:
    [verdict] = vpc_config_is_complete(replace(MODEL, vpc_config=None), TARGET)

    assert ids([verdict]) == ["cfg.vpc-mode-no-vpcconfig"]
    assert verdict.explained_by is None
    assert verdict.fix is not None
    assert "VpcConfig" in verdict.fix.summary


def test_where_the_mode_is_wrong_too_the_missing_vpc_config_is_its_symptom() -> None:
    platform = replace(MODEL, vpc_config=None, containers=(Container("PrimaryContainer", IMAGE),))

    [verdict] = vpc_config_is_complete(platform, TARGET)

    assert verdict.explained_by == "target.access-mode"


def test_ecr_needs_no_vpc_config() -> None:
    ecr = replace(MODEL, vpc_config=None, containers=(Container("PrimaryContainer", ECR),))

    [verdict] = vpc_config_is_complete(ecr, TARGET)

    assert verdict.status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("subnets", "groups", "causes"),
    [
        ((), ("sg-1",), ["cfg.vpc-config-empty-list"]),
        (("subnet-1",), (), ["cfg.vpc-config-empty-list"]),
        (("sg-1",), ("subnet-1",), ["cfg.vpc-config-malformed-id"] * 2),
        (("subnet-1 ",), ("sg-1",), ["cfg.vpc-config-malformed-id"]),
        (("arn:aws:ec2:us-east-1:123456789012:subnet/subnet-1",), ("sg-1",), ["cfg.vpc-config-malformed-id"]),
        (("subnet-1",) * 17, ("sg-1",) * 6, ["sub.too-many"] * 2),
        (("subnet-1",) * 16, ("sg-1",) * 5, [None]),
    ],
)
def test_the_limits_of_vpc_config(subnets: tuple[str, ...], groups: tuple[str, ...], causes: list[str | None]) -> None:
    verdicts = list(vpc_config_is_complete(replace(MODEL, vpc_config=VpcConfig(subnets, groups)), TARGET))

    assert ids(verdicts) == causes
    assert all(verdict.fix or verdict.status is Status.PASS for verdict in verdicts)


def test_network_isolation_is_a_warning_for_a_private_registry_only() -> None:
    [off] = is_not_isolated(MODEL, TARGET)
    [on] = is_not_isolated(replace(MODEL, network_isolation=True), TARGET)
    [ecr] = is_not_isolated(replace(MODEL, containers=(Container("PrimaryContainer", ECR),)), TARGET)

    assert off.status is Status.PASS
    assert (on.status, on.severity, ids([on])) == (Status.FAIL, Severity.WARNING, ["cfg.network-isolation-on"])
    assert ecr.status is Status.NOT_APPLICABLE


def role_verdict(model: Model, target: Target = TARGET) -> Verdict:
    [verdict] = role_is_named(model, target)
    return verdict


def test_a_role_arn_passes() -> None:
    [verdict] = role_is_named(MODEL, TARGET)

    assert (verdict.status, verdict.resources) == (Status.PASS, (ROLE,))


def test_something_else_than_a_role_fails() -> None:
    verdict = role_verdict(replace(MODEL, role_arn="SageMakerExecutionRole"))

    assert ids([verdict]) == ["cfg.execution-role-malformed"]
    assert verdict.fix is not None
    assert "arn:aws:iam::" in verdict.fix.summary


def test_no_role_fails_where_a_variant_runs_the_model_and_else_is_unknown() -> None:
    roleless = replace(MODEL, role_arn=None)
    deployed = replace(TARGET, variants=(Variant("a", "vpc-model"),))

    assert role_verdict(roleless, deployed).status is Status.FAIL
    assert role_verdict(roleless).status is Status.UNKNOWN
    assert ids([role_verdict(roleless)]) == ["cfg.execution-role-missing"]


def provider_verdicts(arn: str, target: Target = TARGET, model: Model = MODEL) -> list[Verdict]:
    return list(provider_is_a_function_here(replace(CONTAINER, provider_arn=arn), model, target))


@pytest.mark.parametrize("arn", [FUNCTION, f"{FUNCTION}:live", f"{FUNCTION}:$LATEST"])
def test_a_function_of_the_region_passes_with_or_without_qualifier(arn: str) -> None:
    [verdict] = provider_verdicts(arn)

    assert verdict.status is Status.PASS
    assert "sagemaker-registry-credentials in us-east-1, account 123456789012" in verdict.because


@pytest.mark.parametrize(
    ("arn", "causes"),
    [
        ("arn:aws:secretsmanager:us-east-1:123456789012:secret:x", ["cfg.provider-arn-not-a-lambda"]),
        ("sagemaker-registry-credentials", ["cfg.provider-arn-not-a-lambda"]),
        (FUNCTION.replace("us-east-1", "eu-west-1"), ["cfg.provider-region-mismatch"]),
        (FUNCTION.replace("arn:aws:", "arn:aws-cn:"), ["cfg.provider-partition-mismatch"]),
    ],
)
def test_another_thing_region_or_partition_fails(arn: str, causes: list[str]) -> None:
    verdicts = provider_verdicts(arn)

    assert ids(verdicts) == causes
    assert all(verdict.severity is Severity.ERROR for verdict in verdicts)
    assert verdicts[0].fix is not None
    assert "RepositoryCredentialsProviderArn" in verdicts[0].fix.summary


def test_another_account_is_a_warning_since_both_sides_may_allow() -> None:
    [verdict] = provider_verdicts(FUNCTION.replace("123456789012", "210987654321"))

    assert ids([verdict]) == ["cfg.provider-cross-account"]
    assert verdict.severity is Severity.WARNING


def test_without_a_region_the_function_is_unknown() -> None:
    [verdict] = provider_verdicts(FUNCTION, replace(TARGET, region=None))

    assert verdict.status is Status.UNKNOWN
    assert "--region" in verdict.because


def variants_verdict(variant: Variant, target: Target = TARGET) -> Verdict:
    [verdict] = variants_fit(replace(target, variants=(variant,)))
    return verdict


def test_no_variants_no_question() -> None:
    [verdict] = variants_fit(TARGET)

    assert verdict.status is Status.NOT_APPLICABLE


def test_a_variant_with_instances_passes() -> None:
    verdict = variants_verdict(Variant("a", "vpc-model", ("ml.m5.large",), 1))

    assert (verdict.status, verdict.subject) == (Status.PASS, "variant a")
    assert "ml.m5.large" in verdict.because


def test_a_serverless_variant_fails_for_a_model_with_a_vpc() -> None:
    verdict = variants_verdict(Variant("a", "vpc-model", serverless=True))

    assert ids([verdict]) == ["cfg.serverless-variant"]
    assert verdict.fix is not None
    assert "ServerlessConfig" in verdict.fix.summary


def test_a_serverless_variant_passes_for_ecr_and_is_unknown_for_a_model_that_is_not_read() -> None:
    ecr = replace(MODEL, vpc_config=None, containers=(Container("PrimaryContainer", ECR),))
    unread = replace(TARGET, kind=TargetKind.ENDPOINT, models=(Unavailable("sagemaker:DescribeModel was denied"),))

    assert (
        variants_verdict(Variant("a", "vpc-model", serverless=True), replace(TARGET, models=(ecr,))).status
        is Status.PASS
    )
    assert variants_verdict(Variant("a", "vpc-model", serverless=True), unread).status is Status.UNKNOWN


def test_a_variant_of_another_model_is_a_warning() -> None:
    verdict = variants_verdict(Variant("a", "other", ("ml.m5.large",)))

    assert (ids([verdict]), verdict.severity) == (["end.wrong-model-in-variant"], Severity.WARNING)


def ask(container: Container) -> tuple[Answer, ...]:
    checks: list[AnyCheck] = [access_mode_fits, provider_is_a_function_here]
    plan = Plan(checks, [image_reference], [Target, Model, Container])
    return plan.judge(plan.collect([Pull("p", {Target: TARGET, Model: MODEL, Container: container})]))


def test_without_an_image_the_access_mode_waits_for_the_image() -> None:
    [access_mode, provider] = ask(replace(CONTAINER, image=None, provider_arn=None))

    assert (access_mode.verdict.status, access_mode.verdict.blocked_by) == (Status.UNKNOWN, "target.image-reference")
    assert provider.verdict.status is Status.NOT_APPLICABLE


def test_a_function_that_is_there_is_evidence() -> None:
    assert isinstance(credentials_provider(CONTAINER), CredentialsProvider)


def test_evidence_that_is_merely_absent_makes_nothing_malformed() -> None:
    plan = Plan(CHECKS, COLLECTORS, GIVEN)
    facts = {Target: TARGET, Model: MODEL, Container: CONTAINER}

    answers = plan.judge([Observed("p", facts)])

    assert [answer.check.id for answer in answers if answer.verdict.status is Status.FAIL] == []
    assert {answer.check.id for answer in answers if answer.verdict.status is Status.PASS} >= {
        "target.image-reference",
        "target.execution-role",
        "target.credentials-provider",
    }


@pytest.mark.parametrize(
    "host", ["x." * 50_000 + "example.com", "x" * 100_000, "registry.example.com/" + "X/" * 50_000]
)
@pytest.mark.parametrize("mode", [None, "Vpc"])
def test_what_is_far_too_long_is_not_repeated_in_full(host: str, mode: str | None) -> None:
    long = "y" * 100_000
    container = Container("PrimaryContainer", f"{host}/model:{long}", mode, long, True)
    model = replace(MODEL, role_arn=long, vpc_config=None, containers=(container,))
    target = replace(TARGET, models=(model,))
    pull = Pull("p", {Target: target, Model: model, Container: container})
    plan = Plan(CHECKS, [image_reference, registry], [Target, Model, Container])

    verdicts = [answer.verdict for answer in plan.judge(plan.collect([pull]))]

    assert "cfg.image-over-255" in ids(verdicts) or "cfg.image-invalid-host" in ids(verdicts)
    assert max(len(str(verdict)) for verdict in verdicts) < 5_000
