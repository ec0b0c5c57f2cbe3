"""One ingest's memory does not grow with the day: measured in a process of its own, by night."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

MILLIONS = 20
LIMIT_BYTES = 1_500_000_000


@pytest.mark.night
def test_a_day_of_one_symbol_is_taken_in_within_bounds(repository: Path, tmp_path: Path) -> None:
    """20 million quotes would be 10 GB merged in memory; neither the program nor its child needs a sixth of that."""
    command = [sys.executable, "-m", "bench.big_day", str(tmp_path / "big"), str(MILLIONS)]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    assert figures["peak_bytes"] < LIMIT_BYTES
    assert figures["child_peak_bytes"] < LIMIT_BYTES
    assert figures["lake_bytes"] > MILLIONS * 10_000_000
