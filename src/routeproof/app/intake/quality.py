"""What came in and what it is worth, per day and source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.sources.fix.fold.misfits import FIX_MISFITS
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.fix.set_aside import COLUMNS, set_aside
from routeproof.stores.commits import source_outcomes
from routeproof.tables.intake.quality import clock_health, excluded_rows, link_coverage, quote_health, weekdays_without

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.stores.lake import Lake

Row = dict[str, Any]
MARKED_TABLES = ("executions", "trades", "parent_orders")
QUOTE_FLAWS = ("crossed", "locked", "one_sided", "stale")
"""What is told of quotes as a share of them, beside the count."""


def quality(context: Context) -> Row:
    """The quality report as JSON values.

    Returns:
        `total` and `days`: one row per trading day, source and table with `received = accepted + rejected` and
        `accepted = analysed + excluded`, and `misfits`: what the fold of FIX logs could not place, by reason; `tables`:
        canonical rows per day, whatever source they came from, analysed and excluded by reason; `quotes`, `clocks`,
        `links` per day; `gaps`. Of quotes `crossed`, `locked`, `one_sided`, `stale` are counts, and `crossed_share` and
        so on parts of 1 (of a day's quotes; in `total` of all, null where there are none).
    """
    lake = context.lake
    rows = _source_rows(context)
    exclusions = _exclusions(lake)
    _add_misfits(rows, lake)
    _exclude(rows, exclusions)
    health = [row for day in lake.days("quotes") for row in _records(quote_health(_quotes(lake, day)))]
    quotes = [row | _shares([row]) for row in health]
    orders = lake.read("parent_orders", columns=["order_id", "received_at", "trading_day"])
    executions = lake.read("executions")
    return {
        "manifest": lake.manifest().id,
        "total": _total(rows, quotes),
        "days": sorted(rows.values(), key=lambda row: (str(row["day"]), row["source"], row["table"])),
        "tables": _table_rows(lake, exclusions),
        "quotes": quotes,
        "clocks": _records(clock_health(executions, orders)),
        "links": _records(link_coverage(lake.read("links"), executions, orders)),
        "gaps": {table: weekdays_without(lake.days(table)) for table in _day_tables(lake)},
    }


def completeness(context: Context, day: date) -> dict[str, int]:
    """Rows of one day, all sources and tables: `received = accepted + rejected`, `accepted = analysed + excluded`."""
    rows = {key: row for key, row in _source_rows(context).items() if key[0] == day.isoformat()}
    _exclude(rows, _exclusions(context.lake, day))
    return {
        "received": sum(row["received"] for row in rows.values()),
        "accepted": sum(row["accepted"] for row in rows.values()),
        "rejected": sum(sum(row["rejected"].values()) for row in rows.values()),
        "analysed": sum(row["analysed"] for row in rows.values()),
        "excluded": sum(sum(row["excluded"].values()) for row in rows.values()),
    }


def _quotes(lake: Lake, day: date) -> pl.DataFrame:
    columns = ["trading_day", "symbol", "at", "bid", "ask", "source_id", "source_row"]
    return lake.read("quotes", [day], columns)


def _day_tables(lake: Lake) -> list[str]:
    return [table for table in ("quotes", "trades", "executions", "parent_orders") if lake.days(table)]


def _source_rows(context: Context) -> dict[tuple[str | None, str, str], Row]:
    """Counts of all committed sources, by day, source and table; deliveries of one format to one table add up."""
    rows: dict[tuple[str | None, str, str], Row] = {}
    latest = {(item.source_id, item.outcome["table"]): item for item in source_outcomes(context.records)}
    for item in latest.values():
        outcome: Any = item.outcome
        for day in outcome["days"]:
            key = (day["day"], outcome["source"], outcome["table"])
            row = rows.setdefault(key, _empty_row(*key))
            row["files"].append(outcome["file"])
            row["source_ids"].append(item.source_id)
            row["received"] += day["received"]
            row["accepted"] += day["accepted"]
            _add(row["rejected"], day["rejected"])
            if day["already_known"]:
                _add(row["excluded"], {"already_known": day["already_known"]})
            if outcome["refused"]:
                row["refused"][outcome["file"]] = outcome["refused"]
        _noise(rows, outcome)
    return rows


def _empty_row(day: str | None, source: str, table: str) -> Row:
    return {
        "day": day,
        "source": source,
        "table": table,
        "files": [],
        "source_ids": [],
        "received": 0,
        "accepted": 0,
        "rejected": {},
        "noise": 0,
        "analysed": 0,
        "excluded": {},
        "misfits": {},
        "refused": {},
    }


def _noise(rows: dict[tuple[str | None, str, str], Row], outcome: Any) -> None:  # noqa: ANN401  # JSON
    """Noise has no day of its own; it stands with the file's first day."""
    days = outcome["days"]
    if days:
        rows[(days[0]["day"], outcome["source"], outcome["table"])]["noise"] += outcome["noise"]


def _add(into: dict[str, int], counts: dict[str, int]) -> None:
    for reason, count in counts.items():
        into[reason] = into.get(reason, 0) + count


def _exclusions(lake: Lake, only: date | None = None) -> pl.DataFrame:
    frames = []
    for table in MARKED_TABLES:
        for day in _days(lake, table, only):
            symbols = [(day, symbol) for symbol in lake.symbol_ranges("quotes", day)]
            quoted = pl.DataFrame(symbols, schema={"trading_day": pl.Date, "symbol": pl.String}, orient="row")
            marked = excluded_rows(table, lake.read(table, [day]), quoted)
            frames.append(marked.with_columns(pl.lit(table).alias("table")))
    for day in _days(lake, FIX_MESSAGES.name, only):
        aside = set_aside(lake.read(FIX_MESSAGES.name, [day], COLUMNS))
        frames.append(aside.with_columns(pl.lit(FIX_MESSAGES.name).alias("table")))
    return pl.concat(frames) if frames else pl.DataFrame()


def _days(lake: Lake, table: str, only: date | None) -> list[date]:
    return [day for day in lake.days(table) if only in (None, day)]


def _table_rows(lake: Lake, exclusions: pl.DataFrame) -> list[Row]:
    """Rows of the tables that statistics are made from; a FIX log's messages become rows of several of them."""
    excluded: dict[tuple[str, str], dict[str, int]] = {}
    for item in exclusions.iter_rows(named=True):
        _add(excluded.setdefault((item["trading_day"].isoformat(), item["table"]), {}), {item["reason"]: item["rows"]})
    held = [item for item in lake.manifest().partitions.values() if item.table in MARKED_TABLES and item.rows]
    return [
        {
            "day": item.part,
            "table": item.table,
            "rows": item.rows,
            "analysed": item.rows - sum(excluded.get((item.part, item.table), {}).values()),
            "excluded": excluded.get((item.part, item.table), {}),
        }
        for item in sorted(held, key=lambda item: (item.part, item.table))
    ]


def _add_misfits(rows: dict[tuple[str | None, str, str], Row], lake: Lake) -> None:
    """They are counted beside the messages, not among them: an order of many messages is one."""
    for day in lake.days(FIX_MISFITS.name):
        found = lake.read(FIX_MISFITS.name, [day], ["trading_day", "source_id", "reason"])
        counted = found.group_by("trading_day", "source_id", "reason").agg(pl.len().alias("rows")).sort("reason")
        _count(rows, counted.with_columns(pl.lit(FIX_MESSAGES.name).alias("table")), "misfits")


def _count(rows: dict[tuple[str | None, str, str], Row], found: pl.DataFrame, name: str) -> None:
    by_source = {(source_id, row["day"], row["table"]): row for row in rows.values() for source_id in row["source_ids"]}
    for item in found.iter_rows(named=True):
        row = by_source.get((item["source_id"], item["trading_day"].isoformat(), item["table"]))
        if row is not None:
            _add(row[name], {item["reason"]: item["rows"]})


def _exclude(rows: dict[tuple[str | None, str, str], Row], exclusions: pl.DataFrame) -> None:
    _count(rows, exclusions, "excluded")
    for row in rows.values():
        row["analysed"] = row["accepted"] - sum(row["excluded"].values())
        del row["source_ids"]


def _total(rows: dict[tuple[str | None, str, str], Row], quotes: list[Row]) -> Row:
    total: Row = {
        "received": 0,
        "accepted": 0,
        "rejected": {},
        "noise": 0,
        "analysed": 0,
        "excluded": {},
        "misfits": {},
    }
    for row in rows.values():
        for name in ("received", "accepted", "noise", "analysed"):
            total[name] += row[name]
        _add(total["rejected"], row["rejected"])
        _add(total["excluded"], row["excluded"])
        _add(total["misfits"], row["misfits"])
    return total | _shares(quotes)


def _shares(quotes: list[Row]) -> dict[str, float | None]:
    counted = sum(row["quotes"] for row in quotes)
    return {f"{name}_share": sum(row[name] for row in quotes) / counted if counted else None for name in QUOTE_FLAWS}


def _records(frame: pl.DataFrame) -> list[Row]:
    return [dict(_plain(row)) for row in frame.iter_rows(named=True)]


def _plain(row: Row) -> Iterable[tuple[str, Any]]:
    for name, value in row.items():
        if name == "trading_day":
            yield "day", value.isoformat() if value is not None else None
        else:
            yield name, value
