"""The intervals hold the truth as often as promised: a quick check by day, the published table's shapes by night."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

BENCH = Path(__file__).resolve().parents[3] / "bench" / "coverage.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """Bench."""
    spec = importlib.util.spec_from_file_location("bench_coverage", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "shape",
    [
        ("fixed", 21, "t3", 0.5, 1.0, "even", 30),
        ("paired", 63, "normal", 0.5, 1.0, "uneven", 4),
        ("unpaired", 42, "lognormal", 0.3, 1.0, "even", 30),
    ],
)
def test_three_shapes_hold_the_truth(bench: ModuleType, shape: tuple[object, ...]) -> None:
    """Three shapes hold the truth."""
    found = bench.simulate(bench.Shape(*shape), 300, 1)
    assert found.given > 250
    assert found.coverage >= 0.90  # 300 draws: 93 % less two standard errors


def test_a_simulation_is_the_same_every_time_and_ten_noisy_days_get_no_interval(bench: ModuleType) -> None:
    """A simulation is the same every time and ten noisy days get no interval."""
    shape = bench.Shape("fixed", 12, "normal", 0.0, 0.0, "even", 30)
    assert bench.simulate(shape, 20, 5) == bench.simulate(shape, 20, 5)
    assert bench.simulate(bench.Shape("fixed", 10, "normal", 0.0, 0.0, "uneven", 4), 20, 5).given == 0


@pytest.mark.night
def test_every_published_shape_holds_the_truth(bench: ModuleType) -> None:
    """Every published shape holds the truth."""
    outcomes = bench.run(bench.full_grid(), 1500, bench.SEED, 2)
    assert bench.broken(outcomes) == []
