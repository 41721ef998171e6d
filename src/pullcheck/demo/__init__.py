"""The main job on an embedded world: AWS, a registry and a certificate authority on loopback."""

from contextlib import redirect_stdout
from importlib.util import find_spec
from typing import TYPE_CHECKING, TextIO

from pullcheck.errors import UsageError

if TYPE_CHECKING:
    from pullcheck.demo.stage import Stage
    from pullcheck.judgement import Report

AS_EXPECTED, BROKE = 0, 4


def run_demo(output: TextIO) -> int:
    """Check a set-up that works, then the same with three things broken; print what is done and both reports.

    Returns 0 where the first verdict is ``pass`` and the second report names every fault as a root cause, else 4.

    Raises:
        UsageError: the extra ``demo`` is not installed.
    """
    if any(find_spec(name) is None for name in ("moto", "flask", "werkzeug")):
        raise UsageError("the demo needs what its extra brings: pip install 'pullcheck[demo]'")
    from pullcheck.demo.faults import FAULTS
    from pullcheck.demo.stage import stage

    with redirect_stdout(output), stage() as place:
        _say("A set-up that works, on this machine's loopback: no AWS account, no internet.")
        working = _check(place)
        _say("\nThe same set-up, broken in three places:")
        for number, fault in enumerate(FAULTS, start=1):
            fault.make(place)
            _say(f"  {number}. {fault.line}")
        broken = _check(place)
    found = working.verdict == "pass" and {fault.cause for fault in FAULTS} == set(broken.root_causes)
    return AS_EXPECTED if found else BROKE


def _check(place: "Stage") -> "Report":
    """What ``pullcheck check`` does with this command line, which is shown."""
    from pullcheck import command
    from pullcheck.vantage import VantageName

    options = {"--public-roots": place.roots, "--resolve": place.resolve}
    shown = " ".join(f"{name} {getattr(value, 'name', value)}" for name, value in options.items())
    _say(f"\n$ pullcheck check {place.request.name} --invoke-function {shown}\n")
    chosen = command.Options(
        vantage=VantageName.OUTSIDE, invoke_function=True, public_roots=str(place.roots), resolve=(place.resolve,)
    )
    return command.check(str(place.request), chosen, (), (), command.Style())


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the demo speaks on standard output
