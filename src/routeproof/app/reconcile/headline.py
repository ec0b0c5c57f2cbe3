"""The comparison in one sentence: the figure that matters most, what is missing, what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.metrics.registry import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIRST = ("spread_capture", "e_over_q")
"""Figures that a headline speaks of first."""
_PLACES = {
    "outside": "outside the quote",
    "at": "at the quote",
    "inside": "inside the quote",
    "no_quote": "without a quote",
}
_PERCENT = 100.0


def headline(found: Mapping[str, Any]) -> str:
    """One sentence about a comparison as `Reconciliation.as_plain` gives it."""
    provider = found["provider"]
    parts = [*_figure(found["statistics"]), *_missing(found), *_differing(found), *_times(found)]
    if not any(found[name] for name in ("has_differences",)):
        agreed = _agreed(found)
        return f"Provider {provider}: {'; '.join([*parts[:1], agreed]) if found['statistics'] else agreed}."
    return (
        f"Provider {provider} {'; '.join(parts)}."
        if parts[0].startswith("states")
        else f"Provider {provider}: {'; '.join(parts)}."
    )


def _figure(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    known = [row for row in rows if row["recomputed"] is not None]
    ranked = sorted(known, key=lambda row: (not row["differs"], _rank(row["metric"])))
    if not ranked:
        return []
    row = ranked[0]
    between = "" if row["lower"] is None else f" [{_bare(row, row['lower'])}, {_bare(row, row['upper'])}]"
    label = BY_NAME[row["metric"]].label.lower() if row["metric"] not in FIRST else row["metric"].replace("_", " ")
    stated, ours = _figured(row, row["stated"]), _figured(row, row["recomputed"])
    also = f" (E/Q {(1 - row['stated']):.1%})" if row["metric"] == "spread_capture" else ""
    name = "E/Q" if row["metric"] == "e_over_q" else label
    return [f"states {name} {stated}{also}; recomputed {ours}{between}"]


def _rank(metric: str) -> int:
    return FIRST.index(metric) if metric in FIRST else len(FIRST)


def _figured(row: Mapping[str, Any], value: float) -> str:
    if row["unit"] == "ratio":
        return f"{value:.1%}"
    return f"{_bare(row, value)} {row['unit'].replace('_', ' ')}"


def _bare(row: Mapping[str, Any], value: float) -> str:
    if row["unit"] == "ratio":
        return f"{value * _PERCENT:.1f}"
    return f"{value:,.0f}" if row["unit"] in {"shares", "count"} else f"{value:,.5g}"


def _missing(found: Mapping[str, Any]) -> list[str]:
    out, parts = found["missing"], []
    if out is not None and out["orders"]:
        most = max(_PLACES, key=lambda place: out["missing"][place])
        chance = "" if out["cost_p"] is None else f", which chance would bring with p = {min(_ps(out)):.2g}"
        how = "mostly" if 2 * out["missing"][most] > out["orders"] else "most often"
        where = f"{how} {_PLACES[most]}{chance},"
        parts.append(f"{_many(out['orders'], 'order')}, {where} absent from its file in whole or part")
    elif found["missing_at_provider"]:
        parts.append(f"{_many(found['missing_at_provider'], found['counted'])} absent from its file")
    if found["missing_here"]:
        parts.append(f"{_many(found['missing_here'], found['counted'])} of its file unknown to us")
    return parts


def _ps(out: Mapping[str, Any]) -> list[float]:
    return [p for p in (out["outside_p"], out["cost_p"]) if p is not None]


def _differing(found: Mapping[str, Any]) -> list[str]:
    rows = found["differing"]
    if not rows:
        return []
    named = ", ".join(f"{row['field']} of {_many(row['n'], row['of'])}" for row in rows[:3])
    more = f" and {len(rows) - 3} more fields" if len(rows) > 3 else ""  # noqa: PLR2004
    return [f"differing: {named}{more}"]


def _times(found: Mapping[str, Any]) -> list[str]:
    times = found["timestamps"]
    if times is None or times["pattern"] is None:
        return []
    late = _many(times["late"], "fill")
    return [
        f"{late} reported more than {times['late_ms'] / 1000:g} s after the time stated, {times['late_and_whole_ms']:,} "
        "of them stamped on whole milliseconds: times look written afterwards"
    ]


def _agreed(found: Mapping[str, Any]) -> str:
    counts = [
        _many(found[name]["matched"], word)
        for name, word in (("orders", "order"), ("executions", "fill"))
        if found[name]
    ]
    matched = f"{' and '.join(counts)} match, nothing is missing on either side, " if counts else ""
    return f"{matched}nothing differs beyond tolerance"


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
