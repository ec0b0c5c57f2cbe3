"""An exit test with a margin: the worse end over all days since monitoring began, of every metric that is named."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from routeproof.app.desk.stream_looks import require_streams, stream_look
from routeproof.governance.remediation.bodies import ExitTest, StreamLevel
from routeproof.governance.remediation.rules import met, wanted
from routeproof.governance.remediation.state import Look, StreamLook
from routeproof.policy.thresholds import DriftStandards
from routeproof.rules.streams import STREAMS
from routeproof.vocab.errors import UsageError

FIRST, BEGUN = date(2026, 1, 5), date(2026, 4, 15)
LEVEL, DEVIATION = 0.003, 0.0005
MARGIN = StreamLevel(metric="price_improvement", within=2 * DEVIATION)
BASELINE = (None, "baseline")


def _days(after: int, shift: float) -> pl.DataFrame:
    """Steady for 100 days, then so many days of heightened monitoring at a shifted level."""
    values = np.random.default_rng(7).normal(LEVEL, DEVIATION, 100 + after)
    values[100:] += shift
    rows = [
        (FIRST + timedelta(days=place), "P", None, None, "price_improvement", float(value), 50, 5_000.0)
        for place, value in enumerate(values)
    ]
    return pl.DataFrame(rows, schema=STREAMS, orient="row")


def _look(after: int, shift: float, level: StreamLevel = MARGIN, at: tuple[float | None, str] = BASELINE) -> StreamLook:
    return stream_look(level, _days(after, shift), BEGUN, DriftStandards(), at)


def test_back_at_the_level_passes_and_short_of_the_margin_does_not() -> None:
    """By docs/drift.md an estimated level needs 1.35 deviations at look 20 and 0.88 at look 63 even when correlated."""
    back, short, few = _look(63, 0.0), _look(63, -2 * DEVIATION), _look(5, 0.0)
    assert (back.passed, short.passed, few.passed) == (True, False, False)
    assert back.lower is not None
    assert back.bound is not None
    assert back.level is not None
    assert back.bound == pytest.approx(back.level - 2 * DEVIATION, rel=1e-9)
    assert back.lower > back.bound
    assert (back.n, back.level_from) == (63, "baseline")
    assert (few.n, few.lower) == (5, None)
    assert "at least 10 are needed" in few.reason


def test_what_once_passed_must_pass_at_the_look() -> None:
    """Good for 60 days and bad for as many: the look at the end does not pass."""
    own = _days(120, 0.0).with_columns(
        pl.when(pl.col("day") >= BEGUN + timedelta(days=60))
        .then(pl.col("value") - 0.004)
        .otherwise("value")
        .alias("value")
    )
    assert stream_look(
        MARGIN, own.filter(pl.col("day") < BEGUN + timedelta(days=60)), BEGUN, DriftStandards(), BASELINE
    ).passed
    assert not stream_look(MARGIN, own, BEGUN, DriftStandards(), BASELINE).passed


def test_a_level_that_is_given_or_agreed_is_the_level() -> None:
    """0.003 is within 0.001 of 0.0031 and not of 0.006."""
    near = StreamLevel(metric="price_improvement", at_least=0.0031, within=0.001)
    assert _look(63, 0.0, near, (0.0031, "given")).passed
    assert not _look(63, 0.0, MARGIN, (0.006, "clause C1")).passed
    wrong = StreamLevel(metric="price_improvement", at_most=0.0031, within=0.001)
    assert _look(63, 0.0, wrong, (0.0031, "given")).reason == "a bound on the better side"


def test_all_metrics_must_pass() -> None:
    """One of two that does not pass fails the look; so does one that was not looked at."""
    test = ExitTest(
        metric="price_improvement", within=0.001, looks=1, also=(StreamLevel(metric="fill_rate", within=0.1),)
    )
    good, bad = StreamLook(metric="a", passed=True), StreamLook(metric="b", passed=False)

    def look(*streams: StreamLook) -> Look:
        return Look(from_on=FIRST, to_on=FIRST, metric="price_improvement", streams=streams)

    assert [met(test, look(*parts)) for parts in ((good, good), (good, bad), (good,), ())] == [
        True,
        False,
        False,
        False,
    ]
    assert wanted(test) == "price_improvement within 0.001 of its level and fill_rate within 0.1 of its level"


@pytest.mark.parametrize(
    "body",
    [
        {"metric": "x", "looks": 1},
        {"metric": "x", "looks": 1, "within": 0},
        {"metric": "x", "looks": 1, "within": 0.1, "at_least": 1, "at_most": 2},
        {"metric": "x", "looks": 1, "at_least": 1, "also": [{"metric": "y", "within": 1}]},
        {"metric": "x", "looks": 1, "within": 1, "also": [{"metric": "y", "at_least": 1}]},
    ],
)
def test_an_exit_test_that_means_nothing_is_refused(body: dict[str, Any]) -> None:
    """No bound, no margin, two bounds, further metrics without margins."""
    with pytest.raises(ValidationError):
        ExitTest.model_validate(body)


def test_an_exit_test_of_before_is_read_as_it_was_written() -> None:
    """The form without margin, and looks without streams, as earlier entries have them."""
    test = ExitTest.model_validate({"metric": "e_over_q", "at_least": None, "at_most": 0.9, "looks": 2, "where": []})
    look = {"from_on": "2026-07-01", "to_on": "2026-07-07", "metric": "e_over_q", "value": 0.8, "n": 10, "met": True}
    assert met(test, Look.model_validate(look))
    assert wanted(test) == "e_over_q at most 0.9"


def test_a_margin_needs_a_stream() -> None:
    """A percentile has none; a bound without margin needs none."""
    require_streams({"exit": {"metric": "fill_time", "within": 5, "looks": 1}})
    require_streams({"exit": {"metric": "e_over_q", "at_most": 1, "looks": 1}})
    with pytest.raises(UsageError, match="expected within for a metric that is measured as a daily stream"):
        require_streams({"exit": {"metric": "time_to_execution_ms_p95", "within": 5, "looks": 1}})
