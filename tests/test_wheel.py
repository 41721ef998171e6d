"""What is released works: the wheel that the sdist gives, in an empty environment."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*words: str | Path, folder: Path) -> str:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands' folder of an environment that holds the wheel, its demo extra, and nothing of this one."""
    folder = tmp_path_factory.mktemp("release")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, folder=folder)
    [wheel] = folder.glob("*.whl")
    venv.create(folder / "empty", with_pip=True)
    commands = folder / "empty" / "bin"
    run(commands / "pip", "install", "-q", f"{wheel}[demo]", folder=folder)
    return commands


def test_the_wheel_lists_its_checks(installed: Path, tmp_path: Path) -> None:
    listed = run(installed / "pullcheck", "list", folder=tmp_path)

    assert "tls.public-ca" in listed
    assert "network.registry-reachable" in listed


def test_the_wheel_runs_the_demo(installed: Path, tmp_path: Path) -> None:
    told = run(installed / "pullcheck", "demo", folder=tmp_path)

    assert "Every link holds" in told
    assert "This pull would fail" in told
    assert not list(tmp_path.iterdir())
