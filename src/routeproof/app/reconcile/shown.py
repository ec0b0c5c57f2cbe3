"""The comparison of a provider's own report with the record, as the pack shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.reconcile.reported import TABLES_READ, report_of
from routeproof.metrics.registry import BY_NAME
from routeproof.reports.pack.inputs import StatedFigure, VendorWord
from routeproof.stores.manifest import WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.reports.numbers import Kind
    from routeproof.stores.lake import Lake

_KINDS: dict[str, Kind] = {
    "ratio": "ratio",
    "usd_per_share": "usd_per_share",
    "ms": "ms",
    "bps": "bps",
    "usd": "usd",
}
_RECORDS = ("matched", "missing_at_provider", "missing_here", "set_aside")
_PLACES = {"missing": "left out", "reported": "reported"}
_CLOCKS = pl.Schema(
    dict.fromkeys(("source", "against"), pl.String())
    | dict.fromkeys(("estimate_ms", "lower_ms", "upper_ms"), pl.Float64())
    | {"reason": pl.String()}
)


def has_report(lake: Lake, provider: str, first: date, last: date) -> bool:
    """Whether anything that the provider reported is of the period."""
    return not report_of(lake, provider, first, last).is_empty


def reported_parts(lake: Lake, first: date, last: date) -> dict[str, str]:
    """Content of every part of a report that may speak of the period, by table and part: what the pack rests on too."""
    held = lake.manifest().partitions
    return {
        f"{table} {part}": item.content
        for (table, part), item in held.items()
        if table in TABLES_READ and item.rows and (part == WHOLE or first.isoformat() <= part <= last.isoformat())
    }


def vendor_word(found: Mapping[str, Any]) -> VendorWord:
    """The pack's values of a comparison, as `Reconciliation.plain` has them."""
    parts = {"orders": found["orders"], "fills": found["executions"]}
    return VendorWord(
        headline=found["headline"],
        agrees=not found["has_differences"],
        figures=tuple(_figure(row) for row in found["statistics"]),
        records=pl.DataFrame(
            [{"record": name, **{key: part[key] for key in _RECORDS}} for name, part in parts.items() if part]
        ),
        fields=pl.DataFrame([_field(row) for row in found["differing"]]),
        places=_places(found["missing"]),
        clocks=_clocks(found["clock_offset_ms"]),
        selection=_selection(found["missing"]),
        times=_times(found["timestamps"]),
    )


def _figure(row: Mapping[str, Any]) -> StatedFigure:
    metric = BY_NAME.get(row["metric"])
    said = [row["definition"] or "none stated", row["population"] or "all orders"]
    if row["by"]:
        said.append(f"{row['by']} {row['level']}")
    return StatedFigure(
        name=metric.label if metric else row["metric"],
        kind=_KINDS.get(row["unit"], "count"),
        definition="; ".join(said),
        stated=row["stated"],
        recomputed=row["recomputed"],
        lower=row["lower"],
        upper=row["upper"],
        n=row["n"],
        differs=row["differs"],
        reason=row["reason"],
    )


def _field(row: Mapping[str, Any]) -> dict[str, Any]:
    allowed = f"{row['tolerance']:g} {row['unit']}" if row["unit"] else "must be equal"
    return {"record": row["of"], "field": row["field"].replace("_", " "), "n": row["n"], "tolerance": allowed}


def _places(out: Mapping[str, Any] | None) -> pl.DataFrame:
    if out is None or not out["orders"]:
        return pl.DataFrame()
    rows = [{"orders": word, **out[name], "cost_bps": out[f"{name}_cost_bps"]} for name, word in _PLACES.items()]
    return pl.DataFrame(rows, schema_overrides={"cost_bps": pl.Float64})


def _selection(out: Mapping[str, Any] | None) -> str:
    """The tests in words; empty where nothing is left out."""
    if out is None or not out["orders"]:
        return ""
    said = []
    if out["outside_p"] is not None:
        said.append(f"if leaving out had nothing to do with the quote, so many outside it: p = {out['outside_p']:.2g}")
    if out["cost_p"] is not None:
        said.append(f"a mean cost so much higher: p = {out['cost_p']:.2g}")
    return "By chance alone, " + "; ".join(said) + "." if said else f"{out['reason'].capitalize()}."


def _times(times: Mapping[str, Any]) -> str:
    if times["pattern"] is None:
        return ""
    before = times["before_venue"]
    also = f"; {before:,} are stated to be earlier than the venue's own report" if before else ""
    late = f"{times['late']:,} of {times['fills']:,} fills were reported more than {times['late_ms'] / 1000:g} s after"
    whole = f"{times['late_and_whole_ms']:,} of these stand on whole milliseconds"
    return f"{late} the time stated, and {whole}{also}: they look written afterwards."


def _clocks(clocks: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
    rows = [
        (source, item["against"], item["estimate"], item["lower"], item["upper"], item["reason"])
        for source, item in clocks.items()
    ]
    return pl.DataFrame(rows, schema=_CLOCKS, orient="row")
