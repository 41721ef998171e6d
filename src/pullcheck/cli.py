"""The command line: options, wiring, exit status."""

import os
import sys
from collections.abc import Callable
from typing import Any, Literal, NoReturn

import click

from pullcheck import __version__
from pullcheck.errors import UsageError
from pullcheck.vantage import VantageName
from pullcheck.verdict import Severity

USAGE = 2
BROKEN = 4
INTERRUPTED = 130

Command = Callable[..., None]


def _all(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Several options as one decorator, in the order of the help."""

    def decorate(function: Command) -> Command:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


target_argument = click.argument("target", required=False)
choosing = _all(
    click.option("--only", multiple=True, metavar="ID", help="Only this check or family; repeatable."),
    click.option("--skip", multiple=True, metavar="ID", help="Leave this check or family out; repeatable."),
)
invoking = click.option(
    "--invoke-function", is_flag=True, help="Allow the credentials Lambda to be invoked (it returns a secret)."
)
verifying = click.option(
    "--verify-with-reachability-analyzer",
    is_flag=True,
    help="Have Reachability Analyzer judge the network paths too: it costs 0.10 USD a path, 1 USD at most.",
)
observing = _all(
    click.option(
        "--vantage",
        type=click.Choice([name.value for name in VantageName]),
        default=VantageName.AUTO.value,
        show_default=True,
        help="Where live observations are made: nowhere, this machine outside the VPC, or this machine standing in the "
        "model's subnets with its security groups.",
    ),
    invoking,
    verifying,
    click.option(
        "--public-roots", metavar="FILE", help="PEM bundle that counts as the public CAs (default: Mozilla's)."
    ),
    click.option(
        "--resolve",
        multiple=True,
        metavar="HOST:PORT:ADDRESS",
        help="Use this address for live observations, as curl does; repeatable.",
    ),
    click.option(
        "--registry-address",
        multiple=True,
        metavar="ADDRESS",
        help="The address that the VPC uses for the registry; repeatable.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(0.1, 600),
        default=10.0,
        show_default=True,
        metavar="SECONDS",
        help="Longest wait for one live observation.",
    ),
    click.option("--region", help="The AWS region (default: AWS's own environment)."),
    click.option("--profile", help="The AWS profile (default: AWS's own environment)."),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="pullcheck %(version)s")
def app() -> None:
    """Tells which link is broken when SageMaker pulls a model image from a private Docker registry in your VPC."""


@app.command()
@target_argument
@click.option(
    "--format", "output_format", default="text", metavar="FORMAT", help="text, json or junit, on standard output."
)
@click.option(
    "--report", "reports", multiple=True, metavar="FORMAT=PATH", help="A further report to a file; repeatable."
)
@choosing
@observing
@click.option("--from", "evidence", metavar="FILE", help="Judge this saved evidence; contacts nobody.")
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.ERROR.value,
    show_default=True,
    help="What makes the exit status 1.",
)
@click.option("--allow-unknown", is_flag=True, help="Exit with 0 where it would be 3.")
@click.option(
    "--color",
    "colour",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show the paths of passes too.")
def check(
    target: str | None,
    output_format: str,
    reports: tuple[str, ...],
    only: tuple[str, ...],
    skip: tuple[str, ...],
    evidence: str | None,
    fail_on: str,
    allow_unknown: bool,
    colour: Literal["auto", "always", "never"],
    verbose: bool,
    **options: Any,
) -> None:
    """Read, observe, judge, and print the report on TARGET.

    TARGET is a CreateModel request (JSON or YAML; - for standard input), model/NAME, endpoint-config/NAME,
    endpoint/NAME, or the ARN of one.
    """
    from pullcheck import command

    style = command.Style(output_format, reports, colour, verbose)
    if evidence is None:
        report = command.check(_required(target), command.Options(**options), only, skip, style)
    elif target is None:
        _say(*(f"--{name.replace('_', '-')} has no effect with --from" for name in _steering(options)))
        report = command.check_saved(evidence, only, skip, style)
    else:
        raise UsageError("give a TARGET or --from FILE, not both")
    _say(*report.broken)
    sys.exit(report.exit_status(Severity(fail_on), allow_unknown))


@app.command()
@target_argument
@click.option("-o", "--output", metavar="FILE", required=True, help="Where the evidence goes (- for standard output).")
@choosing
@observing
def collect(target: str | None, output: str, only: tuple[str, ...], skip: tuple[str, ...], **options: Any) -> None:
    """Read and observe only; write the evidence on TARGET, without secrets, for check --from."""
    from pullcheck import command

    bugs = command.collect(_required(target), command.Options(**options), only, skip, output)
    _say(*bugs)
    sys.exit(BROKEN if bugs else 0)


@app.command()
@click.argument("name", metavar="ID")
def explain(name: str) -> None:
    """Print the page of a check or of a cause: what, why, how it is seen, how it is fixed, source."""
    from pullcheck import pages

    click.echo(pages.explain(name))


@app.command("list")
@click.option("--causes", is_flag=True, help="Every cause with the check that finds it.")
def list_checks(causes: bool) -> None:
    """Print the checks, their packs, and what each needs."""
    from pullcheck import pages

    click.echo(pages.list_causes() if causes else pages.list_checks())


@app.command()
@choosing
@invoking
@verifying
def permissions(
    only: tuple[str, ...], skip: tuple[str, ...], invoke_function: bool, verify_with_reachability_analyzer: bool
) -> None:
    """Print the least IAM policy for the chosen checks, as JSON."""
    from pullcheck import pages

    given = {pages.INVOKE: invoke_function, pages.VERIFY: verify_with_reachability_analyzer}
    click.echo(pages.permissions(only, skip, tuple(option for option, is_given in given.items() if is_given)))


@app.command()
def demo() -> None:
    """Run the main job on an embedded world: a working set-up, then a broken one."""
    from pullcheck.demo import run_demo

    sys.exit(run_demo(sys.stdout))


def _steering(options: dict[str, Any]) -> list[str]:
    """The options given that steer observing; saved evidence was observed without them."""
    defaults = {"vantage": VantageName.AUTO.value, "timeout": 10.0}
    return [name for name, value in options.items() if value not in (None, False, (), defaults.get(name))]


def _required(target: str | None) -> str:
    if target is None:
        raise UsageError("name a TARGET: a request file, model/NAME, endpoint-config/NAME, endpoint/NAME, or an ARN")
    return target


def main() -> NoReturn:
    """The command ``pullcheck``."""
    sys.exit(run())


def run(arguments: list[str] | None = None) -> int:
    """Run one command; what goes wrong becomes one line on standard error and an exit status."""
    try:
        app.main(arguments, prog_name="pullcheck", standalone_mode=False)
    except UsageError as error:
        _say(str(error))
        return USAGE
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0
    except click.Abort:
        _say("interrupted")
        os._exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN
    except Exception as bug:
        if os.environ.get("PULLCHECK_DEBUG"):
            raise
        _say(f"pullcheck itself broke: {type(bug).__name__}: {bug}; set PULLCHECK_DEBUG=1 to see where, and report it")
        return BROKEN
    return 0


def _say(*lines: str) -> None:
    """Lines on standard error, each on one line."""
    for line in lines:
        click.echo(f"pullcheck: {' '.join(line.split())}", err=True)
