"""What the router does is not what its configuration in force says.

Read are settings of the approved configuration by these names; a list may be written as one text (words with commas or
spaces between them) or as a list, whose members become `NAME[0]`, `NAME[1]`, … Other settings are not judged.

- `order_types`: order types that the provider may send to venues. It fires for each other type among the day's last
  routes, from `least_routes` of them on.
- `routed_venues`: venues that it may route to; the same.
- `default_strategy`: the name of its usual tactic. It fires when less than `least_default_share` of the day's last
  routes that name a tactic name this one, from `least_n` of them on.
- `price_improvement_usd_per_share`: improvement of marketable orders that was agreed. It fires when that of the last
  `window_sessions` sessions together is lower, from `least_n` fills on.

Shares of venues (`routing_share.MIC`) are judged by `routing_share_drift`. Ask the provider which version of its
configuration was in production, and since when.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.rule import Rule
from routeproof.rules.windows import divided_days, end_of, pooled, series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

LISTS = {"order_types": "order_type", "routed_venues": "venue"}
"""Setting to the column of routes that it lists the allowed values of."""
_IMPROVEMENT = "price_improvement_usd_per_share"
"""The setting and the metric that it promises have one name."""
_PLACE = re.compile(r"\[\d+\]$")
_ROWS = {
    "provider": pl.String,
    "key": pl.String,
    "observed": pl.Float64,
    "threshold": pl.Float64,
    "unit": pl.String,
    "sentence": pl.String,
}


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Settings in force that the day's routes and fills contradict."""
    rows: list[dict[str, Any]] = []
    for provider, told in _settings(facts.need("settings")).items():
        own = limits.within(provider=provider)
        found = [*_lists(facts, provider, told, own), *_strategy(facts, provider, told, own)]
        found += _improvement(facts, provider, told, own)
        rows += [{"provider": provider, **row} for row in found]
    frame = pl.DataFrame(rows, schema=_ROWS)
    parts = [
        hits(
            frame.filter(pl.col("unit") == unit),
            pl.lit(value=True),
            Shape(
                at=pl.lit(end_of(facts)),
                key=pl.col("key"),
                unit=unit,
                observed=pl.col("observed"),
                threshold=pl.col("threshold"),
                sentence=pl.col("sentence"),
                metrics=(_IMPROVEMENT,) if unit == "usd_per_share" else (),
            ),
        )
        for unit in ("routes", "ratio", "usd_per_share")
    ]
    return pl.concat(parts)


def _settings(settings: pl.DataFrame) -> dict[str, dict[str, list[str]]]:
    """Words of each setting by provider and name."""
    found: dict[str, dict[str, list[str]]] = {}
    for provider, name, value in settings.select("provider", "name", "value").sort("provider", "name").iter_rows():
        words = [word for word in re.split(r"[,\s]+", value or "") if word]
        found.setdefault(provider, {}).setdefault(_PLACE.sub("", name), []).extend(words)
    return found


def _last_routes(facts: Facts, provider: str) -> pl.DataFrame | None:
    if facts.routes is None:
        return None
    return facts.routes.filter(
        (pl.col("provider") == provider) & (pl.col("is_leaf") == 1) & pl.col("venue").is_not_null()
    )


def _lists(facts: Facts, provider: str, told: dict[str, list[str]], own: Limits) -> Iterator[dict[str, Any]]:
    routes = _last_routes(facts, provider)
    for name, column in LISTS.items():
        if name not in told or routes is None:
            continue
        others = routes.filter(~pl.col(column).is_in(told[name])).group_by(column).len().sort(column)
        for value, count in others.iter_rows():
            if value is not None and count >= own.value("least_routes"):
                routes_said = f"{count} route{'' if count == 1 else 's'}"
                said = f"{provider} sent {routes_said} with {column.replace('_', ' ')} {value}"
                yield {
                    "key": f"{name} {value}",
                    "observed": count,
                    "threshold": own.value("least_routes"),
                    "unit": "routes",
                    "sentence": f"{said}; its configuration ({name}) allows {', '.join(told[name])}.",
                }


def _strategy(facts: Facts, provider: str, told: dict[str, list[str]], own: Limits) -> Iterator[dict[str, Any]]:
    routes = _last_routes(facts, provider)
    if "default_strategy" not in told or routes is None:
        return
    usual = " ".join(told["default_strategy"])
    named = routes["strategy"].drop_nulls()
    if len(named) < own.value("least_n"):
        return
    share = int((named == usual).sum()) / len(named)
    if share < own.value("least_default_share"):
        yield {
            "key": "default_strategy",
            "observed": share,
            "threshold": own.value("least_default_share"),
            "unit": "ratio",
            "sentence": f"{provider} used its default strategy {usual} for {share:.1%} of {len(named)} routes.",
        }


def _improvement(facts: Facts, provider: str, told: dict[str, list[str]], own: Limits) -> Iterator[dict[str, Any]]:
    agreed = _number(told.get(_IMPROVEMENT, []))
    if agreed is None:
        return
    days = series(facts.need("history"), "price_improvement").get((provider, None), {})
    recent, _ = divided_days(days, facts.day, own.value("window_sessions"))
    if not recent:
        return
    point = pooled(days[one] for one in recent)
    if len(recent) == own.value("window_sessions") and point.n >= own.value("least_n") and point.value < agreed:
        said = f"{provider} improved prices by ${point.value:.6f} a share over {len(recent)} sessions"
        yield {
            "key": _IMPROVEMENT,
            "observed": point.value,
            "threshold": agreed,
            "unit": "usd_per_share",
            "sentence": f"{said}; its configuration promises ${agreed:.6f}.",
        }


def _number(words: list[str]) -> float | None:
    try:
        return float(words[0]) if len(words) == 1 else None
    except ValueError:
        return None


RULE = Rule(
    code="RP176",
    name="configuration_differs",
    title="Behaviour differs from the configuration",
    kind="window",
    scope=("provider",),
    needs=("settings", "history"),
    units={
        "least_routes": "routes",
        "least_n": "records",
        "least_default_share": "ratio",
        "window_sessions": "sessions",
        "history_sessions": "sessions",
    },
    source="The provider's approved configuration; FINRA Rule 3110: supervision of what was agreed",
    judge=judge,
    docs=__doc__ or "",
    metrics=None,
    family="configuration",
)
