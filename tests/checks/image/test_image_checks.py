"""The checks of the image, on evidence made by hand."""

from dataclasses import replace

from pullcheck import Status, Verdict
from pullcheck.evidence.credentials import Account, Source
from pullcheck.evidence.pull import (
    Config,
    Descriptor,
    ImagePull,
    Layer,
    Login,
    Machine,
    Machines,
    Manifest,
    Platform,
    PlatformImage,
    Scheme,
)
from pullcheck.evidence.steps import RegistryError, Reply, Step, Stop
from pullcheck.vantage import Outcome
from pullcheck_checks.image.exists import image_is_in_the_registry
from pullcheck_checks.image.layers import every_layer_is_there
from pullcheck_checks.image.media_types import is_a_kind_that_can_be_run
from pullcheck_checks.image.platform import fits_the_instances

URL = "https://registry.example.com/v2/team/model/"
KIND = "application/vnd.docker.distribution.manifest.v2+json"
DIGEST = "sha256:" + "1" * 64
LAYER = Descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", "sha256:" + "2" * 64, 100)
NONE = Machines(())


def answered(what: str, status: int = 200, method: str = "GET", error: RegistryError | None = None) -> Step:
    return Step((Reply(method, URL + what, "10.0.10.20", Outcome.OK, status=status, error=error),))


MANIFEST = Manifest(
    "v1",
    answered("manifests/v1", method="HEAD"),
    answered("manifests/v1"),
    size=600,
    computed=DIGEST,
    media_type=KIND,
    schema=2,
    config=Descriptor("application/vnd.docker.container.image.v1+json", "sha256:" + "3" * 64, 50),
    layers=(LAYER,),
    layer_count=1,
    declared=KIND,
)
CONFIG = Config(answered("blobs/config"), "sha256:" + "3" * 64, "linux", "amd64")
IMAGE = PlatformImage(MANIFEST, CONFIG, (Layer(LAYER, answered("blobs/layer", method="HEAD")),))
GOOD = ImagePull(
    "registry.example.com",
    443,
    "10.0.10.20",
    "team/model",
    "v1",
    Login(Scheme.BASIC, Account(Source.FUNCTION), answered("")),
    "inside",
    MANIFEST,
    images=(IMAGE,),
)
REFUSED = replace(GOOD, login=Login(Scheme.BASIC, Account(Source.FUNCTION), answered("", 401)), root=None, images=())


def with_layer(step: Step) -> ImagePull:
    return replace(GOOD, images=(replace(IMAGE, layers=(Layer(LAYER, step),)),))


def cause(verdict: Verdict) -> str | None:
    return verdict.cause.id if verdict.cause else None


def test_image_that_is_there_passes_with_its_digest() -> None:
    [verdict] = image_is_in_the_registry.function(GOOD)

    assert verdict.status is Status.PASS
    assert DIGEST in verdict.because


def test_tag_that_is_not_there_fails_and_says_what_to_do() -> None:
    missing = replace(MANIFEST, get=answered("manifests/v1", 404, error=RegistryError("MANIFEST_UNKNOWN", "unknown")))
    [verdict] = image_is_in_the_registry.function(replace(GOOD, root=missing, tag_names=("v2", "v3")))

    assert (verdict.status, cause(verdict)) == (Status.FAIL, "img.tag-not-found")
    assert "v2, v3" in verdict.because
    assert verdict.fix
    assert "Push the image" in verdict.fix.summary


def test_missing_image_without_credentials_is_unknown() -> None:
    account = Account(Source.NOBODY, "the credentials are not at hand", "add --invoke-function")
    missing = replace(MANIFEST, get=answered("manifests/v1", 404))
    [verdict] = image_is_in_the_registry.function(replace(GOOD, root=missing, login=Login(Scheme.NONE, account)))

    assert verdict.status is Status.UNKNOWN
    assert "--invoke-function" in verdict.because


def test_refused_login_leaves_everything_unknown() -> None:
    for check in (image_is_in_the_registry, is_a_kind_that_can_be_run, every_layer_is_there):
        [verdict] = check.function(REFUSED)

        assert verdict.status is Status.UNKNOWN
    [verdict] = fits_the_instances.function(REFUSED, NONE)

    assert (verdict.status, verdict.blocked_by) == (Status.UNKNOWN, "image.exists")


def test_busy_registry_is_unknown() -> None:
    [verdict] = image_is_in_the_registry.function(
        replace(GOOD, root=replace(MANIFEST, get=answered("manifests/v1", 429)))
    )

    assert verdict.status is Status.UNKNOWN
    assert "answers 429" in verdict.because


def test_plain_docker_image_is_of_a_kind_that_runs() -> None:
    [verdict] = is_a_kind_that_can_be_run.function(GOOD)

    assert verdict.status is Status.PASS
    assert KIND in verdict.because


def test_image_for_windows_fails_and_says_what_to_do() -> None:
    windows = replace(GOOD, images=(replace(IMAGE, config=replace(CONFIG, os="windows")),))
    [verdict] = is_a_kind_that_can_be_run.function(windows)

    assert (verdict.status, cause(verdict)) == (Status.FAIL, "img.windows-or-foreign-layers")
    assert verdict.fix
    assert "Linux" in verdict.fix.summary


def test_index_of_attestations_only_is_no_image() -> None:
    only = replace(
        MANIFEST,
        media_type="application/vnd.oci.image.index.v1+json",
        declared=None,
        config=None,
        layers=(),
        entries=(Descriptor(KIND, DIGEST, 1, Platform("unknown", "unknown")),),
    )
    [verdict] = is_a_kind_that_can_be_run.function(replace(GOOD, root=only, images=()))

    assert cause(verdict) == "img.not-a-runnable-image"


def test_platform_without_variants_is_assumed_and_said() -> None:
    [verdict] = fits_the_instances.function(GOOD, NONE)

    assert verdict.status is Status.PASS
    assert "assumed" in verdict.because


def test_image_for_other_processors_fails_and_says_what_to_do() -> None:
    [verdict] = fits_the_instances.function(GOOD, Machines((Machine("all", "ml.c7g.large", "arm64"),)))

    assert (verdict.status, cause(verdict)) == (Status.FAIL, "img.no-arm64-for-graviton")
    assert "ml.c7g.large" in verdict.because
    assert verdict.fix
    assert "linux/arm64" in verdict.fix.summary


def test_image_that_does_not_say_its_platform_is_unknown() -> None:
    silent = replace(GOOD, images=(replace(IMAGE, config=Config(answered("blobs/config", 500))),))
    [verdict] = fits_the_instances.function(silent, NONE)

    assert verdict.status is Status.UNKNOWN


def test_layers_that_are_there_pass() -> None:
    [verdict] = every_layer_is_there.function(GOOD)

    assert verdict.status is Status.PASS
    assert "all 1 layers (100 bytes)" in verdict.because


def test_missing_layer_fails_and_says_what_to_do() -> None:
    [verdict] = every_layer_is_there.function(with_layer(answered("blobs/layer", 404)))

    assert (verdict.status, cause(verdict)) == (Status.FAIL, "img.blob-missing")
    assert verdict.fix
    assert "Push the image again" in verdict.fix.summary


def test_the_same_fault_of_many_layers_is_one_finding() -> None:
    layers = tuple(
        Layer(replace(LAYER, digest=f"sha256:{number:064x}"), answered(f"blobs/{number}", 404)) for number in range(7)
    )
    [verdict] = every_layer_is_there.function(replace(GOOD, images=(replace(IMAGE, layers=layers),)))

    assert verdict.because.startswith("7 of 7 layers, e.g. ")


def test_target_that_only_the_vpc_knows_is_unknown_from_outside() -> None:
    moved = answered("blobs/layer", 307).replies
    lost = Step(moved, Stop.NO_NAME, "https://store.example.com/x", "Name or service not known", no_such_name=True)
    [inside] = every_layer_is_there.function(with_layer(lost))
    [outside] = every_layer_is_there.function(replace(with_layer(lost), vantage="outside"))

    assert (inside.status, cause(inside)) == (Status.FAIL, "reg.blob-redirect-internal-name")
    assert (outside.status, cause(outside)) == (Status.UNKNOWN, "reg.blob-redirect-internal-name")


def test_time_that_was_used_up_is_unknown() -> None:
    [verdict] = every_layer_is_there.function(with_layer(Step((), Stop.NO_TIME, URL)))

    assert verdict.status is Status.UNKNOWN
    assert "--timeout" in verdict.because
