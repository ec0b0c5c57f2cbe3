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
_COUNTED = ("shares", "count")
_UNITS = {"usd_per_share": " USD a share", "ms": " ms", "bps": " bps", "usd": " USD", "shares": " shares"}
_NO_CHANCE = 0.05
"""Both tests together (Bonferroni); beyond, leaving out is not said to have to do with quality."""


def headline(found: Mapping[str, Any]) -> str:
    """One sentence about a comparison as `Reconciliation.plain` has it, `has_differences` included."""
    figure = _figure(found["statistics"])
    if found["has_differences"]:
        parts = [*figure, *_missing(found), *_differing(found), *_times(found), *_clocks(found)]
    else:
        parts = [*figure, _agreed(found)]
    return f"Provider {found['provider']}{'' if figure else ':'} {'; '.join(parts)}."


def _figure(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is stated and recomputed of the first figure that differs, else of the first that is known."""
    known = [row for row in rows if row["recomputed"] is not None]
    if not known:
        return []
    row = min(known, key=lambda row: (not row["differs"], _rank(row["metric"])))
    between = "" if row["lower"] is None else f" [{_bare(row, row['lower'])}, {_bare(row, row['upper'])}]"
    also = f" (E/Q {1 - row['stated']:.1%})" if row["metric"] == "spread_capture" else ""
    return [f"states {_named(row, row['stated'])}{also}; recomputed {_figured(row, row['recomputed'])}{between}"]


def _named(row: Mapping[str, Any], value: float) -> str:
    label = BY_NAME[row["metric"]].label
    plain = label if label.isupper() else label.lower()
    return f"{_bare(row, value)} {plain}" if row["unit"] in _COUNTED else f"{plain} {_figured(row, value)}"


def _rank(metric: str) -> int:
    return FIRST.index(metric) if metric in FIRST else len(FIRST)


def _figured(row: Mapping[str, Any], value: float) -> str:
    if row["unit"] == "ratio":
        return f"{value:.1%}"
    return _bare(row, value) + _UNITS.get(row["unit"], "")


def _bare(row: Mapping[str, Any], value: float) -> str:
    if row["unit"] == "ratio":
        return f"{value * _PERCENT:.1f}"
    return f"{value:,.0f}" if row["unit"] in _COUNTED else f"{value:,.5g}"


def _missing(found: Mapping[str, Any]) -> list[str]:
    out, parts = found["missing"], []
    if out is not None and out["orders"]:
        parts.append(_left_out(out))
    elif found["missing_at_provider"]:
        parts.append(f"{_many(found['missing_at_provider'], found['counted'])} absent from its file")
    if found["missing_here"]:
        parts.append(f"{_many(found['missing_here'], found['counted'])} of its file unknown to us")
    return parts


def _left_out(out: Mapping[str, Any]) -> str:
    most = max(_PLACES, key=lambda place: int(out["missing"][place]))
    how = "mostly" if 2 * out["missing"][most] > out["orders"] else "most often"
    tests = [p for p in (out["outside_p"], out["cost_p"]) if p is not None]
    p = min(1.0, len(tests) * min(tests)) if tests else None
    chance = "" if p is None else f" (p = {p:.2g}{'' if p < _NO_CHANCE else ', no sign of selection'})"
    return f"{_many(out['orders'], 'order')}, {how} {_PLACES[most]}{chance}, absent from its file in whole or part"


def _differing(found: Mapping[str, Any]) -> list[str]:
    rows = found["differing"]
    if not rows:
        return []
    named = ", ".join(f"{row['field']} of {_many(row['n'], row['of'])}" for row in rows[:3])
    more = f" and {len(rows) - 3} more fields" if len(rows) > 3 else ""  # noqa: PLR2004
    return [f"differing: {named}{more}"]


def _times(found: Mapping[str, Any]) -> list[str]:
    times = found["timestamps"]
    if times["pattern"] is None:
        return []
    late, after = _many(times["late"], "fill"), f"{times['late_ms'] / 1000:g} s"
    whole = f"{times['late_and_whole_ms']:,} of them on whole milliseconds"
    return [f"{late} reported more than {after} after the time stated, {whole}: times look written afterwards"]


def _clocks(found: Mapping[str, Any]) -> list[str]:
    off = [source for source, clock in found["clock_offset_ms"].items() if clock["differs"]]
    return [f"clock off beyond tolerance: {', '.join(off)}"] if off else []


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
