"""How long a verdict takes, as ratios in one run: ``python tests/benchmarks/speed.py`` prints the README's table.

The AWS API is moto in this process, slowed by a fixed wait in every call; ``pullcheck`` is the real command. What
counts is the time that waiting adds: start-up and moto's own work are in the run without waits, which is subtracted.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pullcheck.collect.aws import Aws
from pullcheck.demo.cloud import Cloud
from pullcheck.demo.world import World, build
from pullcheck.observation import GIVEN, observe, plan_for
from pullcheck.packs import load_packs, select
from pullcheck.readers import read_target
from pullcheck.settings import Settings
from pullcheck.vantage import VantageName

WAIT = 0.05
SLOW = 0.4
ROUNDS = 7
PORT = 5443


def main() -> None:
    """Print one line for each promise."""
    with world() as (built, request), slowed_environment(built):
        command = [sys.executable, "-m", "pullcheck", "check", str(request), "--vantage", "none", "--format", "json"]
        path = critical_path(built, request)

        def at(wait: float) -> None:
            built.cloud.latency = wait
            quiet(command)

        swift, slow = fastest([lambda: at(0.0), lambda: at(WAIT)])
        calls = count_calls(built, command)
        fifteen = count_calls(built, [*command[:4], str(many(request, 15)), *command[5:]])
        waited = slow - swift
        say("longest chain of dependent AWS calls", f"{path} calls, {path * WAIT * 1000:.0f} ms at 50 ms a call")
        say("a full check without the waits, and with them", f"{swift:.2f} s, {slow:.2f} s")
        say("waiting of a full check, against that chain", f"{waited / (path * WAIT):.2f} times", "at most 1.3")
        say("the same calls one after another, against that", f"{calls * WAIT / waited:.1f} times", "at least 4")
        more = f"{fifteen / calls:.2f} times ({fifteen}, {calls})"
        say("AWS calls for 15 containers, against one", more, "at most 1.3")
        say("peak memory of a run", f"{peak_memory(command):.0f} MB", "under 200")
    python = [sys.executable, "-m", "pullcheck"]
    words = ["--version"], ["explain", "tls.missing-intermediate"]
    typer, *own = fastest(
        [
            lambda: quiet([sys.executable, "-c", "import typer"]),
            lambda: quiet([*python, *words[0]]),
            lambda: quiet([*python, *words[1]]),
        ]
    )
    for which, seconds in zip(words, own, strict=True):
        say(f"`pullcheck {' '.join(which)}`, against `import typer`", f"{seconds / typer:.2f} times", "at most 1.5")


def say(what: str, measured: str, wanted: str = "") -> None:
    """One row of a Markdown table."""
    sys.stdout.write(f"| {what} | {measured} | {wanted or '-'} |\n")
    sys.stdout.flush()


@contextmanager
def world() -> Iterator[tuple[World, Path]]:
    """The healthy set-up, and its request in a file."""
    cloud = Cloud()
    with tempfile.TemporaryDirectory() as folder:
        built = build(cloud, PORT, "user", "secret")
        request = Path(folder, "model.json")
        request.write_text(json.dumps(built.request))
        yield built, request
    cloud.close()


@contextmanager
def slowed_environment(built: World) -> Iterator[None]:
    """This process and its children talk to the embedded account."""
    before = dict(os.environ)
    os.environ.update(built.environment)
    yield
    os.environ.clear()
    os.environ.update(before)


def critical_path(built: World, request: Path) -> int:
    """The calls on the longest chain: how many waits long each collector is, summed along who needs whom."""
    packs = load_packs()
    plan = plan_for(packs, select(packs))
    spans: dict[str, list[float]] = {}
    built.cloud.latency = SLOW
    aws = Aws()
    target = read_target(str(request), aws, None)
    watch = lambda name, _done: spans.setdefault(name, []).append(time.monotonic())  # noqa: E731
    observe(plan, target, Settings(), aws, VantageName.NONE, watch)
    depth: dict[type, int] = dict.fromkeys(GIVEN, 0)
    for source in plan.collectors:
        span = spans.get(source.name, [0.0, 0.0])
        own = round((span[-1] - span[0]) / SLOW)
        depth[source.provides] = own + max((depth[need.evidence] for need in source.needs), default=0)
    return max(depth.values())


def count_calls(built: World, command: Sequence[str]) -> int:
    """AWS calls of one run."""
    built.cloud.calls.clear()
    quiet(command)
    return len(built.cloud.calls)


def many(request: Path, containers: int) -> Path:
    """The same request with this many containers."""
    document = json.loads(request.read_text())
    first = document.pop("PrimaryContainer")
    document["Containers"] = [first | {"ContainerHostname": f"c{number}"} for number in range(containers)]
    other = request.with_name("many.json")
    other.write_text(json.dumps(document))
    return other


def peak_memory(command: Sequence[str]) -> float:
    """The largest resident set of a run, in MB."""
    code = "import resource,subprocess,sys; subprocess.run(sys.argv[1:], capture_output=True); " \
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def quiet(command: Sequence[str]) -> None:
    """Run it and look away."""
    subprocess.run(command, capture_output=True, check=False)


def fastest(runs: Sequence[Callable[[], None]]) -> list[float]:
    """The least time of each, in seconds, over a few rounds in turn: what disturbs one round disturbs all of them."""
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(ROUNDS):
        for run, taken in zip(runs, times, strict=True):
            started = time.perf_counter()
            run()
            taken.append(time.perf_counter() - started)
    return [min(taken) for taken in times]


if __name__ == "__main__":
    main()
