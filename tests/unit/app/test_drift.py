"""Streams against baselines: a fall is found and dated, a steady stream is not accused, too little says so."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from routeproof.app.monitoring.drift import judged_streams
from routeproof.rules.streams import STREAMS

FIRST = date(2026, 1, 5)
BASELINE, WATCHED = 80, 60
FALL = 20
"""Watched days before the fall."""


def stream(venue: str | None, metric: str, values: np.ndarray, start: int) -> pl.DataFrame:
    """One stream, a value a day."""
    rows = [
        (FIRST + timedelta(days=start + place), "P", venue, "market", metric, float(value), 50, 5_000.0)
        for place, value in enumerate(values)
    ]
    return pl.DataFrame(rows, schema=STREAMS, orient="row")


def test_a_fall_is_found_and_a_steady_stream_is_not() -> None:
    """Improvement falls by four day deviations at AAAA after 20 days; BBBB stays; CCCC has no baseline."""
    chance = np.random.default_rng(4)
    level, deviation = 0.003, 0.0005
    noise = {venue: chance.normal(level, deviation, BASELINE + WATCHED) for venue in ("AAAA", "BBBB")}
    noise["AAAA"][BASELINE + FALL :] -= 4 * deviation
    before = pl.concat([stream(venue, "price_improvement", noise[venue][:BASELINE], 0) for venue in noise])
    after = [stream(venue, "price_improvement", noise[venue][BASELINE:], BASELINE) for venue in noise]
    few = stream("CCCC", "effective_spread", np.full(5, 0.01), BASELINE)
    found = {row["venue"]: row for row in judged_streams(before, pl.concat([*after, few]))}
    fallen, steady, new = found["AAAA"], found["BBBB"], found["CCCC"]
    assert fallen["alarm_on"] > (FIRST + timedelta(days=BASELINE + FALL)).isoformat()
    assert fallen["upper"] < fallen["baseline"]
    assert (fallen["better"], fallen["unit"]) == ("higher", "usd_per_share")
    assert (steady["alarm_on"], steady["reason"]) == (None, None)
    assert steady["lower"] < steady["baseline"] < steady["upper"]
    assert (new["n"], new["baseline"], new["alarm_on"]) == (5, None, None)
    assert "nothing was measured in the baseline period" in new["reason"]


def test_before_anything_is_watched() -> None:
    """A baseline alone has nothing to look at yet, and says so."""
    before = stream(None, "fill_rate", np.random.default_rng(4).normal(0.9, 0.01, BASELINE), 0)
    (row,) = judged_streams(before, before.clear())
    assert (row["n"], row["lower"], row["alarm_on"]) == (0, None, None)
    assert "since the baseline" in row["reason"]
