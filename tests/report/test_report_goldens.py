"""Whole reports, as text. To write the goldens anew: ``PULLCHECK_GOLDENS=write pytest -n 0 tests/report``."""

import os
from pathlib import Path

import pytest
from report_samples import SAMPLES

from pullcheck.report import FORMATS
from pullcheck.report.text import text

GOLDENS = Path(__file__).parent / "goldens"
SUFFIX = {"text": "txt", "json": "json", "junit": "xml"}


def compare(name: str, written: str) -> None:
    golden = GOLDENS / name
    if os.environ.get("PULLCHECK_GOLDENS") == "write":
        golden.write_bytes(written.encode())

    assert golden.read_bytes().decode() == written


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("form", FORMATS)
def test_report_is_the_golden(sample: str, form: str) -> None:
    compare(f"{sample}.{SUFFIX[form]}", FORMATS[form](SAMPLES[sample]))


@pytest.mark.parametrize("sample", ["blocked", "hostile"])
def test_text_in_its_other_dresses_is_the_golden(sample: str) -> None:
    compare(f"{sample}.verbose.txt", text(SAMPLES[sample], verbose=True, width=120))
    compare(f"{sample}.narrow.ascii.txt", text(SAMPLES[sample], ascii=True, width=80))
    compare(f"{sample}.colour.txt", text(SAMPLES[sample], colour=True))


def test_every_golden_belongs_to_a_test() -> None:
    names = {f"{sample}.{suffix}" for sample in SAMPLES for suffix in SUFFIX.values()}
    dresses = {
        f"{sample}.{dress}.txt" for sample in ("blocked", "hostile") for dress in ("verbose", "narrow.ascii", "colour")
    }

    assert {golden.name for golden in GOLDENS.iterdir()} == names | dresses
