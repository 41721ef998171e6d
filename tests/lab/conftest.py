"""One lab in each test process, whole again for every test; Debian's registry where it can be had."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from laboratory import Lab, laboratory

CACHE = Path(__file__).parents[2] / ".cache" / "docker-registry"


@pytest.fixture(scope="session")
def lab_of_this_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with laboratory(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def lab(lab_of_this_process: Lab) -> Lab:
    lab_of_this_process.reset()
    return lab_of_this_process


@pytest.fixture(scope="session")
def debian_registry() -> str:
    """The path of the program ``docker-registry``: installed, or unpacked from Debian's package without root."""
    for path in (shutil.which("docker-registry"), *map(str, CACHE.glob("usr/bin/docker-registry"))):
        if path:
            return path
    try:
        return _unpack()
    except (OSError, subprocess.CalledProcessError, StopIteration) as error:
        reason = f"no docker-registry here, and Debian's package cannot be had: {error}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def _unpack() -> str:
    """Download Debian's package and unpack it beside the sources; another test process may be doing the same."""
    draft = CACHE.with_name(f"{CACHE.name}.{os.getpid()}")
    draft.mkdir(parents=True)
    try:
        subprocess.run(
            ["apt-get", "download", "docker-registry"], cwd=draft, check=True, capture_output=True, timeout=120
        )
        package = next(draft.glob("docker-registry_*.deb"))
        subprocess.run(["dpkg", "-x", package.name, "."], cwd=draft, check=True, capture_output=True, timeout=60)
        if not CACHE.exists():
            draft.rename(CACHE)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return str(CACHE / "usr" / "bin" / "docker-registry")
