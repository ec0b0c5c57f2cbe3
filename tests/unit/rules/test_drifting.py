"""Streams against baselines: a fall is found, dated and told once; an agreed level counts from its day on."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from routeproof.policy.monitoring import Limits
from routeproof.policy.thresholds import DriftStandards
from routeproof.rules.catalog.quality_drift import RULE
from routeproof.rules.drifting import JudgedStream, day_of, divided, judged_streams
from routeproof.rules.facts import Facts
from routeproof.rules.judge import judge
from routeproof.rules.stream_keys import AGREED, stream_key
from routeproof.rules.streams import STREAMS
from routeproof.vocab.errors import UsageError

FIRST = date(2026, 1, 5)
BASELINE, WATCHED = 63, 60
FALL = 20
"""Watched days before the fall."""
STANDARDS = DriftStandards()
LEVEL, DEVIATION = 0.003, 0.0005
ON = Limits(enabled=True, severity="medium", thresholds={"history_sessions": 320})


def stream(venue: str | None, metric: str, values: np.ndarray, start: int = 0) -> pl.DataFrame:
    """One stream of provider P, a value a day."""
    rows = [
        (FIRST + timedelta(days=start + place), "P", venue, "market", metric, float(value), 50, 5_000.0)
        for place, value in enumerate(values)
    ]
    return pl.DataFrame(rows, schema=STREAMS, orient="row")


def record() -> pl.DataFrame:
    """Improvement falls by four day deviations at AAAA and CCCC after 20 watched days; at BBBB it stays."""
    chance = np.random.default_rng(4)
    noise = {venue: chance.normal(LEVEL, DEVIATION, BASELINE + WATCHED) for venue in ("AAAA", "BBBB", "CCCC")}
    noise["AAAA"][BASELINE + FALL :] -= 4 * DEVIATION
    noise["CCCC"] = noise["AAAA"]
    return pl.concat([stream(venue, "price_improvement", values) for venue, values in noise.items()])


def judged(
    own: pl.DataFrame, last: date = date(2026, 12, 31), agreed: pl.DataFrame | None = None
) -> list[JudgedStream]:
    """Streams at a look."""
    before, watched = divided(own, last, STANDARDS)
    return judged_streams(before, watched, STANDARDS, agreed)


def test_a_fall_is_found_and_a_steady_stream_is_not() -> None:
    """The alarm comes after the fall; the steady stream keeps its level within the interval; a new one waits."""
    few = stream("DDDD", "effective_spread", np.full(5, 0.01), BASELINE)
    found = {one.key[0]: one for one in judged(pl.concat([record(), few]))}
    fallen, steady, new = found["AAAA"].found, found["BBBB"].found, found["DDDD"]
    assert fallen is not None
    assert steady is not None
    assert fallen.alarm_on is not None
    assert day_of(fallen.alarm_on) > FIRST + timedelta(days=BASELINE + FALL)
    assert fallen.upper is not None
    assert fallen.upper < fallen.baseline
    assert (steady.alarm_on, steady.alarms, steady.reason) == (None, (), None)
    assert (new.n, new.found) == (5, None)
    assert "nothing was measured in the baseline period" in str(new.reason)


def test_before_anything_is_watched() -> None:
    """A baseline alone has nothing to look at yet, and says so."""
    (one,) = judged(stream(None, "fill_rate", np.random.default_rng(4).normal(0.9, 0.01, BASELINE)))
    assert one.found is not None
    assert (one.n, one.found.lower, one.found.alarm_on) == (0, None, None)
    assert "since the baseline" in str(one.reason)


def test_a_new_year_is_a_new_watch() -> None:
    """By hand: of days from 5 January 2026 on, a look in 2027 knows those from 1 October, the 63 first as baseline."""
    values = np.full(500, LEVEL)
    before, watched = divided(stream(None, "price_improvement", values), date(2027, 3, 1), STANDARDS)
    assert (before["day"].min(), before["day"].max()) == (date(2026, 10, 1), date(2026, 12, 2))
    assert (watched["day"].min(), watched["day"].max()) == (date(2026, 12, 3), date(2027, 3, 1))


def test_the_rule_tells_each_alarm_once_and_a_providers_streams_together() -> None:
    """Day after day: findings on the days that `drift show` names at the end, and on no other; venues in one group."""
    own = record()
    ends = {one.key[0]: one.found.alarms for one in judged(own) if one.found is not None}
    assert ends["AAAA"] == ends["CCCC"]
    assert len(ends["AAAA"]) >= 1
    told: dict[date, pl.DataFrame] = {}
    for place in range(BASELINE, BASELINE + WATCHED):
        day = FIRST + timedelta(days=place)
        found = judge([RULE], Facts(day=day, history=own.filter(pl.col("day") <= day)), {RULE.name: ON}).findings
        if found.height:
            told[day] = found
    assert list(told) == [day_of(one) for one in ends["AAAA"]]
    first = told[day_of(ends["AAAA"][0])]
    assert sorted(first["venue"]) == ["AAAA", "CCCC"]
    assert first["group"].n_unique() == 1
    assert first["severity"].to_list() == ["medium", "medium"]
    assert first["family"].to_list() == ["drift", "drift"]
    assert first["sentence"].str.starts_with("Price improvement of market orders of P at AAAA has become worse").any()


def test_without_history_the_rule_cannot_judge() -> None:
    """Absent history is no clean bill."""
    found = judge([RULE], Facts(day=FIRST, absent={"history": "the day is not over"}), {RULE.name: ON})
    assert found.unjudged == {"quality_drift": "history: the day is not over"}


def test_an_agreed_level_counts_from_its_day_on() -> None:
    """Steady days at 0.003 are far above 0.001 and far below 0.006; only days since the agreement are held to it."""
    own = stream(None, "price_improvement", np.random.default_rng(4).normal(LEVEL, DEVIATION, BASELINE + WATCHED))
    since = FIRST + timedelta(days=BASELINE + 30)
    for level, alarmed in ((0.001, False), (0.006, True)):
        row = ("P", None, "market", "price_improvement", level, since, "C1")
        agreed = pl.DataFrame([row], schema=AGREED, orient="row")
        (one,) = judged(own, agreed=agreed)
        assert one.found is not None
        assert (one.clause, one.found.baseline, one.n) == ("C1", level, WATCHED - 30)
        assert (one.found.alarm_on is not None) is alarmed


@pytest.mark.parametrize(
    ("metric", "where", "key"),
    [
        ("price_improvement_usd_per_share", ("order_class=market",), (None, "market", "price_improvement")),
        ("effective_spread_usd_per_share", (), (None, None, "effective_spread")),
        ("route_fill_rate_shares", ("venue=XNAS", "order_group=limit"), ("XNAS", "limit", "fill_rate")),
        ("fill_rate", (), (None, None, "fill_rate")),
        ("time_to_execution_ms_p95", (), None),
        ("price_improvement_usd_per_share", ("order_class=marketable_limit",), None),
        ("price_improvement_usd_per_share", ("symbol=A",), None),
        ("routing_share", (), None),
    ],
)
def test_what_a_clause_names_has_a_stream_or_none(metric: str, where: tuple[str, ...], key: object) -> None:
    """Only what a stream really measures; a percentile of all fills or a single symbol is no stream."""
    assert stream_key(metric, where) == key


@pytest.mark.parametrize(
    "change", [{"alpha": 0.0}, {"alpha": 0.3}, {"allowed_correlation": 1.0}, {"restart_every_days": 41.5}]
)
def test_values_that_mean_nothing_are_refused(change: dict[str, float]) -> None:
    """A chance of nothing, a correlation of one, half a session."""
    with pytest.raises(UsageError, match="expected alpha"):
        DriftStandards(**change)  # type: ignore[arg-type]
