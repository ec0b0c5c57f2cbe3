"""A stream gives an alarm when it became worse, is let out when it is back, and otherwise says what is lacking."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from examples import examples
from routeproof.evidence.baseline import Baselines, baseline_of, distance_sequence, information
from routeproof.evidence.drift import drift, first_alarms, recovery
from routeproof.evidence.partials import Floats, Partials
from routeproof.policy.thresholds import DriftStandards
from routeproof.vocab.errors import UsageError

RULES = DriftStandards()
FIRST_DAY = 20_000


def _days(values: Floats, weight: Floats | None = None, first: int = FIRST_DAY) -> Partials:
    weights = np.ones(len(values)) if weight is None else weight
    return Partials.of(day=range(first, first + len(values)), numerator=values * weights, denominator=weights)


def _noise(seed: int, days: int) -> Floats:
    return np.random.default_rng(seed).standard_normal(days)


def _baseline(seed: int = 1, days: int = 63, agreed: float | None = None) -> Baselines:
    found = baseline_of(_days(_noise(seed, days)), RULES, agreed)
    assert isinstance(found, Baselines)
    return found


def test_a_baseline_is_its_mean_its_spread_and_its_days() -> None:
    """A baseline is its mean its spread and its days."""
    values = _noise(1, 63)
    found = _baseline()
    assert found.level[0] == pytest.approx(values.mean())
    assert found.day_variance[0] == pytest.approx(values.var(ddof=1))
    assert found.effective_days[0] == pytest.approx(63.0)
    assert found.level_days[0] == pytest.approx(63.0)
    assert 0.0 <= found.correlation[0] <= 0.5


def test_an_agreed_level_has_no_error_of_its_own() -> None:
    """An agreed level has no error of its own."""
    found = _baseline(agreed=0.25)
    assert (found.level[0], found.level_days[0]) == (0.25, np.inf)
    assert found.day_variance[0] == _baseline().day_variance[0]
    estimated, agreed = (drift(_days(_noise(2, 80)), one, "higher", 1, RULES) for one in (_baseline(), found))
    assert estimated.lower is not None
    assert estimated.upper is not None
    assert agreed.lower is not None
    assert agreed.upper is not None
    assert agreed.upper - agreed.lower < estimated.upper - estimated.lower


def test_thirty_nine_days_are_no_baseline_and_forty_are() -> None:
    """Thirty nine days are no baseline and forty are."""
    refused = baseline_of(_days(_noise(1, 39)), RULES)
    assert isinstance(refused, str)
    assert refused.startswith("39.0 effective days")
    assert isinstance(baseline_of(_days(_noise(1, 40)), RULES), Baselines)


def test_sixty_days_of_which_one_weighs_most_are_no_baseline() -> None:
    """Sixty days of which one weighs most are no baseline."""
    refused = baseline_of(_days(_noise(1, 60), np.r_[100.0, np.ones(59)]), RULES)
    assert isinstance(refused, str)
    assert "60 days traded" in refused


@pytest.mark.parametrize("level", [0.0, 0.1, 1.0])
def test_days_that_do_not_differ_are_no_baseline(level: float) -> None:
    """Days that do not differ are no baseline."""
    refused = baseline_of(_days(np.full(63, level)), RULES)
    assert isinstance(refused, str)
    assert "do not differ" in refused


def test_nothing_measured_is_said() -> None:
    """Nothing measured is said."""
    nothing = _days(np.zeros(0))
    assert baseline_of(nothing, RULES) == "nothing was measured in the baseline period"
    found = drift(nothing, _baseline(), "higher", 160, RULES)
    assert (found.n, found.since, found.mean, found.lower, found.upper, found.alarm_on) == (
        0,
        None,
        None,
        None,
        None,
        None,
    )
    assert found.reason == "nothing was measured since the baseline"
    left = recovery(nothing, _baseline(), "higher", 1.0, RULES)
    assert (left.n, left.mean, left.passed_on) == (0, None, None)
    assert left.reason is not None


def test_nine_days_cannot_tell_and_fifteen_can() -> None:
    """Nine days cannot tell and fifteen can."""
    for days, told in ((9, False), (15, True)):
        found = drift(_days(_noise(2, days)), _baseline(), "higher", 160, RULES)
        assert found.mean is not None
        assert (found.lower is not None) is told
        assert (found.upper is not None) is told
        assert (found.reason is None) is told
        assert found.alarm_on is None


def test_more_streams_ask_more_of_each() -> None:
    """More streams ask more of each."""
    watched = _days(_noise(2, 60))
    one, many = (drift(watched, _baseline(), "higher", streams, RULES) for streams in (1, 160))
    assert one.lower is not None
    assert many.lower is not None
    assert many.lower < one.lower


def test_a_stream_that_fell_gives_an_alarm_and_keeps_it() -> None:
    """A stream that fell gives an alarm and keeps it."""
    values = np.r_[_noise(2, 40) - 4.0, _noise(3, 200)]
    found = drift(_days(values), _baseline(), "higher", 160, RULES)
    assert found.alarm_on is not None
    assert FIRST_DAY + 9 <= found.alarm_on < FIRST_DAY + 40
    # the same days are no alarm where lower is better
    assert drift(_days(values[:40]), _baseline(), "lower", 160, RULES).alarm_on is None


def test_a_late_fall_is_found_by_a_later_sequence() -> None:
    """A late fall is found by a later sequence."""
    values = np.r_[_noise(2, 168), _noise(3, 42) - 2.5]
    found = drift(_days(values), _baseline(), "higher", 160, RULES)
    assert found.alarm_on is not None
    assert found.alarm_on >= FIRST_DAY + 168
    assert found.since == FIRST_DAY + 168
    assert found.n == 42
    only = drift(_days(values), _baseline(), "higher", 160, replace(RULES, restart_every_days=1000))
    assert (only.alarm_on, only.since, only.n) == (None, FIRST_DAY, 210)


def test_a_sequence_that_cannot_tell_yet_hides_none_that_can() -> None:
    """A sequence that cannot tell yet hides none that can."""
    found = drift(_days(_noise(2, 45) + 2.0), _baseline(), "higher", 160, RULES)  # better; the second has three days
    assert (found.since, found.n, found.reason) == (FIRST_DAY, 45, None)
    assert found.lower is not None
    assert found.lower > found.baseline


@examples(15)
@given(seed=st.integers(0, 10**6), days=st.integers(12, 120))
def test_later_days_take_no_alarm_back_and_make_none_earlier(seed: int, days: int) -> None:
    """Later days take no alarm back and make none earlier."""
    values = _noise(seed, 130) - 2.5
    whole = drift(_days(values), _baseline(), "higher", 160, RULES).alarm_on
    part = drift(_days(values[:days]), _baseline(), "higher", 160, RULES).alarm_on
    seen_by_then = whole if whole is not None and whole < FIRST_DAY + days else None
    assert part == seen_by_then


@examples(15)
@given(seed=st.integers(0, 10**6), scale=st.sampled_from([1e-4, 1.0, 250.0]), level=st.sampled_from([0.0, 7.0, -1e3]))
def test_unit_level_and_direction_do_not_matter(seed: int, scale: float, level: float) -> None:
    """Unit level and direction do not matter."""
    held, seen = _noise(seed, 63), _noise(seed + 1, 60) - 2.0
    there = baseline_of(_days(held), RULES)
    back = baseline_of(_days(level - scale * held), RULES)
    assert isinstance(there, Baselines)
    assert isinstance(back, Baselines)
    one = drift(_days(seen), there, "higher", 160, RULES)
    other = drift(_days(level - scale * seen), back, "lower", 160, RULES)
    assert one.alarm_on == other.alarm_on
    assert one.since == other.since
    assert one.lower is not None
    assert other.upper is not None
    assert (level - other.upper) / scale == pytest.approx(one.lower, abs=1e-4)  # ends keep 12 digits


def _slow_sequence(held: Floats, seen: Floats, correlation: float, alpha: float) -> tuple[float, float]:
    """Mean and reach of the last look, from the definitions: Welch, AR(1), and a root of the likelihood ratio."""
    m, n = len(held), len(seen)
    spread = max(seen.var(ddof=1), held.var(ddof=1))
    level = max((m * held.var(ddof=1) + n * seen.var(ddof=1)) / (m + n), held.var(ddof=1))
    a, b = spread / n, level / m
    df = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1)) * (1 - correlation**2) / (1 + correlation**2)
    tightest = 30 * m / (30 + m)
    height = -2 * np.log(2 * alpha)
    prior = tightest / (height + np.log(height) + 1)
    wider = (1 + n * m / (n + m) / prior) ** 0.5

    def short(t: float) -> float:
        return float(stats.t.logpdf(t, df, scale=wider) - stats.t.logpdf(t, df) + np.log(2 * alpha))

    t = optimize.brentq(short, 0.1, 60.0)
    return float(seen.mean()), float(t * np.sqrt((a + b) * (1 + correlation) / (1 - correlation)))


@pytest.mark.parametrize(("days", "streams"), [(15, 4), (42, 160), (33, 1)])
def test_the_interval_agrees_with_a_slow_form(days: int, streams: int) -> None:
    """The interval agrees with a slow form."""
    held, seen = _noise(1, 63), 1.5 * _noise(2, days)
    baseline = _baseline()
    found = drift(_days(seen), baseline, "higher", streams, RULES)
    mean, reach = _slow_sequence(held, seen, float(baseline.correlation[0]), RULES.alpha / streams / 2)
    assert found.mean == pytest.approx(mean)
    assert found.lower == pytest.approx(mean - reach)
    assert found.upper == pytest.approx(mean + reach)


def test_information_of_a_difference_by_hand() -> None:
    """Information of a difference by hand."""
    # 21 days against 63: 21 x 63 / 84 = 15.75; against an agreed level: 21
    np.testing.assert_allclose(information(np.array([21.0, 21.0]), np.array([63.0, np.inf])), [15.75, 21.0])


def test_streams_together_give_what_each_gives_alone() -> None:
    """Streams together give what each gives alone."""
    held, seen = np.stack([_noise(s, 63) for s in range(6)]), np.stack([_noise(s + 50, 90) for s in range(6)])
    seen -= np.array([0.0, 1.0, 2.0, 3.0, 4.0, -4.0])[:, None]
    alone = [drift(_days(seen[s]), _of(held[s]), "higher", 6, RULES).alarm_on for s in range(6)]
    many = [_of(one) for one in held]
    stacked = Baselines(
        *(
            np.concatenate([getattr(one, name) for one in many])
            for name in ("level", "day_variance", "effective_days", "level_days", "correlation")
        )
    )
    found = first_alarms(seen, np.ones_like(seen), stacked, np.full(6, -1.0), RULES.alpha / 6, RULES)
    assert [FIRST_DAY + look if look >= 0 else None for look in found.tolist()] == alone
    assert alone[0] is None
    assert alone[3] is not None


def _of(values: Floats) -> Baselines:
    found = baseline_of(_days(values), RULES)
    assert isinstance(found, Baselines)
    return found


@pytest.mark.parametrize(("better", "sign"), [("higher", 1.0), ("lower", -1.0)])
def test_a_stream_that_is_back_passes_and_one_that_is_not_does_not(
    better: Literal["higher", "lower"], sign: float
) -> None:
    """A stream that is back passes and one that is not does not."""
    baseline = _baseline(agreed=0.0)
    back = recovery(_days(sign * _noise(2, 120)), baseline, better, 1.0, RULES)
    assert back.passed_on is not None
    assert back.bound == -sign
    worse = recovery(_days(sign * (_noise(2, 120) - 1.5)), baseline, better, 1.0, RULES)
    assert worse.passed_on is None
    assert worse.reason is None


def test_the_exit_is_the_first_day_whose_worse_end_clears_the_bound() -> None:
    """The exit is the first day whose worse end clears the bound."""
    baseline, values = _baseline(agreed=0.0), _noise(2, 120)
    looks = [recovery(_days(values[:days]), baseline, "higher", 0.6, RULES) for days in range(1, 121)]
    clears = [look for look, one in enumerate(looks) if one.lower is not None and one.lower > one.bound]
    assert looks[-1].passed_on == FIRST_DAY + clears[0]
    assert looks[clears[0] - 1].passed_on is None


def test_a_few_days_cannot_tell_whether_a_stream_is_back() -> None:
    """A few days cannot tell whether a stream is back."""
    found = recovery(_days(_noise(2, 5) + 100.0), _baseline(), "higher", 1.0, RULES)
    assert (found.n, found.lower, found.passed_on) == (5, None, None)
    assert found.reason is not None
    assert found.reason.startswith("cannot tell: 5.0 effective days")


def test_senseless_questions_are_refused() -> None:
    """Senseless questions are refused."""
    with pytest.raises(UsageError, match="at least 1 stream"):
        drift(_days(_noise(2, 30)), _baseline(), "higher", 0, RULES)
    for margin in (0.0, -1.0, float("nan")):
        with pytest.raises(UsageError, match="margin above 0"):
            recovery(_days(_noise(2, 30)), _baseline(), "higher", margin, RULES)


def test_too_little_is_known_until_the_burn_in_whatever_the_days_say() -> None:
    """Too little is known until the burn in whatever the days say."""
    seen = np.full((1, 30), 1e6)
    found = distance_sequence(seen, np.ones_like(seen), _baseline(), 0.05, RULES)
    assert np.isinf(found.reach[0, :9]).all()
    assert np.isfinite(found.reach[0, 9:]).all()
