"""A provider's daily figures have left their baseline for the worse.

Watched are price improvement, effective spread, fill rate and time to execution, for each venue and kind of order and
for all together. Each day the mean of the days since the baseline is held against it by a confidence sequence, which
may be looked at every day; the level is the agreement's, where a clause names the same metric, venue and kind, else
that of the provider's own first 63 sessions of the watch (`drift show`). It fires on the day on which an interval first
lies wholly on the worse side. Sequences begin anew every 42 sessions, so a stream that stays worse is told again by
each that finds it, and never twice by one. All streams of a provider that do so on a day are one incident.

At most 5 % of providers without any drift get such a finding in a year, over all of their streams: the page on drift
says how that was measured, and what is missed. Nothing is said of a stream with fewer than 40 days of baseline or 10
since, nor where days were not measured. The values are the policy's `drift`. Ask the provider what changed on or
before that day, and compare like with like (symbols, sizes) before holding it to the figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.rules.drifting import WATCHED, day_of, divided, judged_streams
from routeproof.rules.hits import Shape, hits
from routeproof.rules.rule import Rule
from routeproof.rules.say import counted, trimmed
from routeproof.rules.stream_keys import METRIC_OF
from routeproof.rules.stream_metrics import BY_METRIC
from routeproof.rules.windows import end_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeproof.policy.monitoring import Limits
    from routeproof.rules.drifting import JudgedStream
    from routeproof.rules.facts import Facts

UNITS = tuple(sorted({BY_METRIC[metric].unit for metric in WATCHED}))
_ROWS = {
    "provider": pl.String,
    "venue": pl.String,
    "key": pl.String,
    "unit": pl.String,
    "metric": pl.String,
    "said": pl.String,
    "at_venue": pl.String,
    "since": pl.String,
    "sessions": pl.Int64,
    "mean": pl.Float64,
    "baseline": pl.Float64,
}


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Streams on the day of an alarm."""
    del limits  # what is a drift is said by the policy of drift, which all streams share
    watched = facts.need("history").filter(pl.col("metric").is_in(WATCHED))
    providers = watched["provider"].unique().sort().to_list()
    rows = [row for provider in providers for row in _alarms(facts, provider, watched)]
    frame = pl.DataFrame(rows, schema=_ROWS)
    return pl.concat([_of_unit(frame.filter(pl.col("unit") == unit), unit, end_of(facts)) for unit in UNITS])


def _of_unit(frame: pl.DataFrame, unit: str, at: int) -> pl.DataFrame:
    return hits(
        frame,
        pl.lit(value=True),
        lambda: Shape(
            at=pl.lit(at),
            key=pl.col("key"),
            unit=unit,
            observed=pl.col("mean"),
            threshold=pl.col("baseline"),
            metrics=pl.col("metric"),
            sentence=pl.format(
                "{} of {}{} has become worse: {} on average over {} since {}, against a level of {} ({}).",
                "said",
                "provider",
                "at_venue",
                trimmed(pl.col("mean")),
                counted("sessions", "sessions"),
                "since",
                trimmed(pl.col("baseline")),
                pl.lit(unit),
            ),
        ),
    )


def _alarms(facts: Facts, provider: str, watched: pl.DataFrame) -> Iterator[dict[str, Any]]:
    own = watched.filter(pl.col("provider") == provider)
    before, since = divided(own, facts.day, facts.drift)
    agreed = facts.agreed_levels
    mine = None if agreed is None else agreed.filter(pl.col("provider") == provider)
    for stream in judged_streams(before, since, facts.drift, mine):
        if stream.found is not None and facts.day in map(day_of, stream.found.alarms):
            yield {"provider": provider, **_row(stream)}


def _row(stream: JudgedStream) -> dict[str, Any]:
    venue, kind, metric = stream.key
    found = stream.found
    assert found is not None  # noqa: S101  # only such streams have alarms
    assert found.since is not None  # noqa: S101  # an alarm has a first day
    words = metric.removesuffix("_ms").replace("_", " ").capitalize()
    return {
        "venue": venue,
        "key": f"{metric} {kind or ''}".strip(),
        "unit": BY_METRIC[metric].unit,
        "metric": METRIC_OF[metric],
        "said": f"{words} of {kind} orders" if kind else words,
        "at_venue": f" at {venue}" if venue else "",
        "since": day_of(found.since).isoformat(),
        "sessions": found.n,
        "mean": found.mean,
        "baseline": found.baseline,
    }


RULE = Rule(
    code="RP167",
    name="quality_drift",
    title="Execution quality has drifted",
    kind="window",
    scope=(),
    needs=("history",),
    units={"history_sessions": "sessions"},
    source="FINRA Rule 5310.09(b): regular and rigorous review; alarms between the reviews",
    judge=judge,
    docs=__doc__ or "",
    metrics=None,
    family="drift",
    wide=True,
    quoted=True,
)
