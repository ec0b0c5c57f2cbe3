"""Whatever stands in a file, it is read, or refused with reason and place, within ten seconds and 512 MiB.

Each input follows from a format, a seed and a number; `python -m tests.fuzz --format csv --seed 7 --first 12 --count 1`
makes and reads one again.
"""

import os
import sys
from pathlib import Path

import pytest

from fuzz.campaign import Report, run
from fuzz.formats import FORMATS

SEED = int(os.environ.get("ROUTEPROOF_FUZZ_SEED", "20260701"))
INPUTS = int(os.environ.get("ROUTEPROOF_FUZZ_INPUTS", "100000"))
SAMPLE = 40
SHOWN = 5


def _tried(name: str, count: int, folder: Path) -> Report:
    report = run(name, SEED, range(count), folder, folder / "found")
    line = report.line(name, SEED)
    sys.stdout.write(line + "\n")
    told = [f"number {number}: {why}" for number, why in list(report.defects.items())[:SHOWN]]
    assert not report.defects, "\n".join([line, *told])
    return report


@pytest.mark.parametrize("name", FORMATS)
def test_a_sample_of_damage_is_read_or_refused(name: str, tmp_path: Path) -> None:
    """The first inputs of the seed; some of them are read, so that the rest is not refused for a reason of its own."""
    report = _tried(name, SAMPLE, tmp_path)
    assert report.inputs == SAMPLE
    assert report.verdicts["read"] + report.verdicts["partly"] >= SAMPLE // 20


@pytest.mark.night
@pytest.mark.parametrize("name", FORMATS)
def test_a_hundred_thousand_inputs_are_read_or_refused(name: str, tmp_path: Path) -> None:
    """The promise of P12, for each format."""
    assert _tried(name, INPUTS, tmp_path).inputs == INPUTS
