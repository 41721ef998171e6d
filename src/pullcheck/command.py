"""What the commands do, without their command line: options in, report out."""

import os
import sys
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path

from pullcheck import evidence_file
from pullcheck.collect.aws import Aws
from pullcheck.engine import Plan
from pullcheck.errors import UsageError
from pullcheck.judgement import Report
from pullcheck.observation import GIVEN, Observation, judge, observe, plan_for
from pullcheck.packs import load_packs, select
from pullcheck.progress import progress
from pullcheck.report import FORMATS
from pullcheck.report.terminal import Choice
from pullcheck.settings import Resolve, Settings
from pullcheck.vantage import VantageName

EVIDENCE_LIMIT = 256 * 1024 * 1024
TERMINATED = 143


@dataclass(frozen=True)
class Options:
    """Options that steer observing, as written on the command line. ``timeout`` is in seconds."""

    vantage: str = VantageName.AUTO
    invoke_function: bool = False
    verify_with_reachability_analyzer: bool = False
    public_roots: str | None = None
    resolve: tuple[str, ...] = ()
    registry_address: tuple[str, ...] = ()
    timeout: float = 10.0
    region: str | None = None
    profile: str | None = None


@dataclass(frozen=True)
class Style:
    """What standard output gets, and the further reports (``FORMAT=PATH``)."""

    output_format: str = "text"
    reports: tuple[str, ...] = ()
    colour: Choice = "auto"
    verbose: bool = False


def check(target: str, options: Options, only: tuple[str, ...], skip: tuple[str, ...], style: Style) -> Report:
    """Observe the target, judge, print and write the reports."""
    files = _report_files(style)
    plan = _plan(only, skip)
    return _report(plan, _observe(plan, target, options), style, files)


def check_saved(path: str, only: tuple[str, ...], skip: tuple[str, ...], style: Style) -> Report:
    """Judge saved evidence; contacts nobody."""
    files = _report_files(style)
    packs = load_packs()
    plan = plan_for(packs, select(packs, only, skip))
    types = [*GIVEN, *(source.provides for source in plan_for(packs, select(packs)).collectors)]
    return _report(plan, evidence_file.load(_read(path), path, types), style, files)


def collect(
    target: str, options: Options, only: tuple[str, ...], skip: tuple[str, ...], output: str
) -> tuple[str, ...]:
    """Observe the target and write the evidence; returns bugs of our own that showed, one line each."""
    destination = None if output == "-" else _writable(output)
    plan = _plan(only, skip)
    observation = _observe(plan, target, options)
    text = evidence_file.dump(observation)
    if destination:
        _write(destination, text)
    else:
        _say(text)
    return tuple(dict.fromkeys(bug for pull in observation.pulls for bug in pull.broken))


def _plan(only: tuple[str, ...], skip: tuple[str, ...]) -> Plan:
    packs = load_packs((*only, *skip) if only else ())
    return plan_for(packs, select(packs, only, skip))


def _observe(plan: Plan, text: str, options: Options) -> Observation:
    from pullcheck.readers import read_target, region_of

    settings = _settings(options)
    if settings.verify_with_reachability_analyzer:
        _leave_tidily()
    region = options.region or region_of(text)
    aws = Aws(region, options.profile, options.timeout)
    target = read_target(text, aws, region)
    with progress(sys.stderr, len(plan.collectors)) as watch:
        return observe(plan, target, settings, aws, VantageName(options.vantage), watch)


def _leave_tidily() -> None:
    """A job that CI ends is left as by Ctrl-C: what was made in the account is deleted."""
    import signal
    import threading

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))


def _settings(options: Options) -> Settings:
    return Settings(
        region=options.region,
        timeout=options.timeout,
        invoke_function=options.invoke_function,
        verify_with_reachability_analyzer=options.verify_with_reachability_analyzer,
        resolve=tuple(_resolve(text) for text in options.resolve),
        registry_addresses=tuple(_address("--registry-address", text) for text in options.registry_address),
        public_roots=_roots(options.public_roots) if options.public_roots else None,
        public_roots_source=options.public_roots,
    )


def _resolve(text: str) -> Resolve:
    host, _, rest = text.partition(":")
    port, _, address = rest.partition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536 or not address:
        raise UsageError(f"--resolve {text}: expected HOST:PORT:ADDRESS, e.g. registry.example.com:443:10.0.10.20")
    return Resolve(host.lower(), int(port), _address("--resolve", address.strip("[]")))


def _address(option: str, text: str) -> str:
    from ipaddress import ip_address

    try:
        return str(ip_address(text))
    except ValueError as error:
        raise UsageError(f"{option} {text}: expected an IPv4 or IPv6 address") from error


def _roots(path: str) -> str:
    """The certificates of the file, without what stands between them; one that cannot be read is refused by number."""
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    found = ["".join((begin, *block.partition(end)[:2], "\n")) for block in _read(path).split(begin)[1:]]
    if not found:
        raise UsageError(f"--public-roots {path}: expected certificates in PEM form")
    for number, certificate in enumerate(found, start=1):
        if not _readable(certificate):
            raise UsageError(f"--public-roots {path}: certificate {number} of {len(found)} cannot be read")
    return "".join(found)


def _readable(certificate: str) -> bool:
    """Whether the library that judges certificates can read it."""
    import warnings

    from cryptography import x509

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read = x509.load_pem_x509_certificate(certificate.encode())
            read.subject, read.issuer  # noqa: B018 - parsed on first access
        except (ValueError, TypeError):
            return False
    return True


def _read(path: str) -> str:
    try:
        if Path(path).stat().st_size > EVIDENCE_LIMIT:
            raise UsageError(f"{path}: larger than {EVIDENCE_LIMIT // 1024 // 1024} MiB")
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not a text file (UTF-8)") from error


def _report_files(style: Style) -> tuple[tuple[str, Path], ...]:
    """The formats and paths of ``--report``, checked before anything is observed."""
    _known_format("--format", style.output_format)
    files = []
    for text in style.reports:
        name, equals, path = text.partition("=")
        if not equals or not path:
            raise UsageError(f"--report {text}: expected FORMAT=PATH, e.g. junit=report.xml")
        _known_format("--report", name)
        files.append((name, _writable(path)))
    return tuple(files)


def _known_format(option: str, name: str) -> None:
    if name not in FORMATS:
        raise UsageError(f"{option} {name}: expected one of {', '.join(FORMATS)}")


def _writable(path: str) -> Path:
    destination = Path(path)
    if destination.is_dir() or not destination.absolute().parent.is_dir():
        raise UsageError(f"{path}: expected a file in a folder that exists")
    return destination


def _write(destination: Path, text: str) -> None:
    """Write all of it or nothing: a new file takes the old one's place when it is complete."""
    draft = destination.with_name(f".{destination.name}.{os.getpid()}")
    try:
        if destination.exists() and not destination.is_file():
            destination.write_text(text, encoding="utf-8")
            return
        draft.write_text(text, encoding="utf-8")
        draft.replace(destination)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise UsageError(f"{destination}: cannot be written: {error.strerror or error}") from error


def _report(plan: Plan, observation: Observation, style: Style, files: tuple[tuple[str, Path], ...]) -> Report:
    report = judge(plan, observation)
    for name, path in files:
        _write(path, FORMATS[name](report))
    _print(report, style)
    return report


def _print(report: Report, style: Style) -> None:
    """The report on standard output; a terminal's own encoding counts for text only, the others are UTF-8."""
    is_text = style.output_format == "text"
    content = _styled(report, style) if is_text else FORMATS[style.output_format](report)
    if isinstance(sys.stdout, TextIOWrapper):
        encoding = sys.stdout.encoding if is_text else "utf-8"
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
    _say(content)


def _say(content: str) -> None:
    try:
        sys.stdout.write(content)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"standard output: cannot be written: {error.strerror or error}") from error


def _styled(report: Report, style: Style) -> str:
    from shutil import get_terminal_size

    from pullcheck.report.terminal import ascii_wanted, colour_wanted
    from pullcheck.report.text import text

    return text(
        report,
        colour=colour_wanted(sys.stdout, os.environ, style.colour),
        width=get_terminal_size((100, 24)).columns,
        verbose=style.verbose,
        ascii=ascii_wanted(sys.stdout),
    )
