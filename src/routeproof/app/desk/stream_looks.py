"""Looks of an exit test with a margin: daily streams since heightened monitoring began, held against their level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.facts.agreed_levels import agreed_levels
from routeproof.app.monitoring.drift import drift_standards, provider_streams
from routeproof.evidence.drift import recovery
from routeproof.governance.remediation.state import StreamLook
from routeproof.rules.drifting import better, days_of, divided, own_baseline
from routeproof.rules.stream_keys import STREAM_OF, is_level_of, stream_key
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.evidence.drift import Recovery
    from routeproof.governance.remediation.bodies import Level
    from routeproof.governance.remediation.state import Heightened, Remediation
    from routeproof.policy.thresholds import DriftStandards
    from routeproof.rules.stream_keys import Key

SCORECARD_ROWS = {"fill_time": "time_to_execution_ms"}
"""Stream of a scorecard row, where it has another name."""
GIVEN = "given"


def require_streams(body: Mapping[str, Any]) -> None:
    """Refuse an exit test with a margin for what has no daily stream.

    Raises:
        UsageError: naming the metric.
    """
    test = body.get("exit")
    levels = [test, *test.get("also", ())] if isinstance(test, dict) else []
    for one in levels:
        if (
            isinstance(one, dict)
            and one.get("within") is not None
            and _key(one.get("metric"), one.get("where")) is None
        ):
            message = (
                f"expected within for a metric that is measured as a daily stream ({', '.join(STREAM_OF)}, all rows or "
                f"of one venue or order_group), found {one.get('metric')!r}"
            )
            raise UsageError(message, where="exit")


def measured_streams(context: Context, remediation: Remediation, monitoring: Heightened, last: date) -> dict[str, Any]:
    """Members of a `Look` from the streams of an exit test with a margin, on days since monitoring began."""
    own = provider_streams(context, remediation.provider, last)
    agreed = agreed_levels(context, last).filter(pl.col("provider") == remediation.provider)
    standards = drift_standards(context, last)
    levels = (monitoring.exit, *monitoring.exit.also)
    found = [
        stream_look(one, own.filter(pl.col("day") <= last), monitoring.on, standards, _level(one, agreed))
        for one in levels
    ]
    first = found[0]
    return {
        "value": first.mean,
        "n": first.n,
        "lower": first.lower,
        "upper": first.upper,
        "bound": first.bound,
        "passed": first.passed,
        "reason": "; ".join(f"{one.metric}: {one.reason}" for one in found if one.reason),
        "manifest": context.lake.manifest().id,
        "streams": tuple(found),
    }


def stream_look(
    level: Level, own: pl.DataFrame, begun: date, standards: DriftStandards, at: tuple[float | None, str]
) -> StreamLook:
    """What one metric shows since monitoring began.

    Args:
        level: what the exit test says of it, with a margin.
        own: `rules.streams.STREAMS` of the provider, up to the day of the look.
        begun: first day of heightened monitoring; the baseline is the watch's as it stood then.
        standards: of the policy in force.
        at: the level and whence it is; null: the baseline's own.
    """
    key = _key(level.metric, level.where)
    given, whence = at
    if key is None or level.within is None:
        return StreamLook(metric=level.metric, reason="not measured as a daily stream")
    if whence == GIVEN and not is_level_of(key, at_least=level.at_least is not None):
        return StreamLook(metric=level.metric, level=given, level_from=whence, reason="a bound on the better side")
    before, _ = divided(own, begun, standards)
    base = own_baseline(before.filter(pl.col("day") < begun), key, standards, given)
    if isinstance(base, str):
        return StreamLook(metric=level.metric, level=given, level_from=whence, reason=f"no baseline: {base}")
    since = own.filter(pl.col("day") >= begun, _is(key)).sort("day")
    found = recovery(days_of(since), base, better(key[2]), level.within, standards)
    return StreamLook(
        metric=level.metric,
        level=float(base.level[0]),
        level_from=whence,
        n=found.n,
        mean=found.mean,
        lower=found.lower,
        upper=found.upper,
        bound=found.bound,
        passed=_cleared(found, key),
        reason=found.reason or "",
    )


def _cleared(found: Recovery, key: Key) -> bool:
    """Whether the worse end clears the bound at this look; that it once did is not enough."""
    if found.lower is None or found.upper is None:
        return False
    return found.lower > found.bound if better(key[2]) == "higher" else found.upper < found.bound


def _level(level: Level, agreed: pl.DataFrame) -> tuple[float | None, str]:
    """The level that was given or agreed, and whence; null: the baseline's own."""
    given = level.at_least if level.at_least is not None else level.at_most
    if given is not None:
        return given, GIVEN
    key = _key(level.metric, level.where)
    clauses = agreed.clear() if key is None else agreed.filter(_is(key))
    for value, clause in clauses.select("level", "clause").iter_rows():
        return float(value), f"clause {clause}"
    return None, "baseline"


def _key(metric: object, where: object) -> Key | None:
    name = str(metric)
    return stream_key(SCORECARD_ROWS.get(name, name), where if isinstance(where, list | tuple) else ())


def _is(key: Key) -> pl.Expr:
    names = ("venue", "order_type", "metric")
    return pl.all_horizontal(pl.col(name).eq_missing(pl.lit(at)) for name, at in zip(names, key, strict=True))
