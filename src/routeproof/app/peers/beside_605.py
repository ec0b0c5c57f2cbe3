"""The firm's own flow on the table of public rows, and public figures in its mix."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Literal

import polars as pl

from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.peers.benchmark_605 import (
    Asked,
    Benchmark605,
    Row,
    benchmark_605,
    notes_of,
    nothing_there,
    only_layout,
    parts_by_layout,
    row_of,
    said_month,
    terms_of,
    with_membership,
    with_month,
)
from routeproof.app.peers.own_605 import OwnFlow, own_terms
from routeproof.app.peers.own_days import NO_POSITIVE_DAY, by_day
from routeproof.app.peers.sources_605 import EXCHANGE, FINRA, OFF_EXCHANGE, Used, liquidity, used_venues
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.shipped_rules import rules_of
from routeproof.evidence.compare import estimate_mean
from routeproof.metrics.rule605.peer_mix import (
    CELL,
    E_OVER_Q,
    OF_REPORTER,
    PER_SHARE,
    adjusted,
    cell_keys,
    in_cells_of,
    matched,
)
from routeproof.metrics.rule605.peer_sums import added_up, grouping
from routeproof.policy.disclosure605 import first_of
from routeproof.vocab.times import months_after

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.app.context import Context
    from routeproof.policy.thresholds import EvidenceStandards
    from routeproof.policy.whole import WholePolicy
    from routeproof.stores.manifest import Partition

Match = Literal["symbol", "group"]
OWN, PUBLIC = "own", "public"
IMMEDIATE = ("LYNYN", "LNYYN", "LNNYN")
WAITING = ("LNYNN", "LNNNN", "LNNNY")
"""Order types that may rest on a book, so that their fills depend on how long they wait."""
MOST_INTERVALS = 400
"""Rows that carry an interval of the own side; a larger table has none, and says so."""
STAYS_APART = (
    "What remains incomparable: exchanges match what they are sent, dealers choose what they take; "
    "resting time, the share of IOC orders (ioc_share, resting_share) and the hour of day are not held equal. The "
    "interval is of our side only: published figures have no sampling error, and months and reporters differ as shown. "
    "No verdict rests on this table, none on exchange rows against dealer rows alone, and an industry average alone "
    "never answers what competing markets would give."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Whose flow stands beside public rows, and what is one security: `symbol`, or `group` of the S&P 500 or not."""

    provider: str
    match: Match = "symbol"


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides in cells.

    Attributes:
        public: additive rows of others with `security`.
        own: the same of the firm, with `day`.
        months: of the public rows, YYYYMM.
    """

    public: pl.LazyFrame
    own: pl.DataFrame
    months: tuple[str, ...]


def benchmark_beside(context: Context, question: Asked, beside: Beside) -> Benchmark605:
    """Public rows and the own flow of a provider, month by month where public rows are.

    Raises:
        UsageError: as `benchmark_605`.
    """
    held = parts_by_layout(context.lake, question)
    layout = question.layout or ("detailed" if "detailed" in held else only_layout(held))
    if layout != "detailed":
        return _alone(context, replace(question, layout=layout), beside)
    parts = held.get(layout, [])
    if not parts:
        nothing = (nothing_there(context.lake, question),)
        return Benchmark605(layout=layout, by=question.by, rows=(), notes=nothing)
    sides = sides_of(context, parts, question, beside)
    rows, without = _rows(context, question, sides, beside)
    notes = [*notes_of(layout, question, rows), *_notes(question, held, sides, beside)]
    if without:
        notes.append(f"Own E/Q of {without} row{'s' if without > 1 else ''}: {NO_POSITIVE_DAY}.")
    contents = {item.part: item.content for item in parts}
    return Benchmark605(layout=layout, by=question.by, rows=tuple(rows), notes=tuple(notes), parts=contents)


def _alone(context: Context, question: Asked, beside: Beside) -> Benchmark605:
    found = benchmark_605(context.lake, question)
    why = (
        f"The own flow of {beside.provider} is counted by the amended rule: its classes, sizes and clock are those of "
        f"detailed reports, so it does not stand beside {found.layout or 'other'} rows."
    )
    empty = {"side": PUBLIC, "e_over_q_adjusted": None, "weight_matched": None}
    return replace(found, rows=tuple(row | empty for row in found.rows), notes=(*found.notes, why))


def sides_of(
    context: Context, parts: Sequence[Partition], question: Asked, beside: Beside, policy: WholePolicy | None = None
) -> Sides:
    """Both sides over the months that have public rows; by the policy in force if none is given."""
    lake = context.lake
    manifest = lake.manifest(question.manifest).id
    months = tuple(sorted({item.part.rpartition("-")[2] for item in parts}))
    source = LakeSource(lake, manifest)
    whole = policy or policy_in_force(context.records).whole
    flow = OwnFlow(source, source.days(), rules_of(lake, manifest, whole), beside.provider, whole.rule605)
    own = with_membership(lake, own_terms(flow, months).lazy()).collect()
    for name, values in question.where.items():
        if name not in OF_REPORTER:
            own = own.filter(pl.col(name).is_in(values))
    security = pl.col("symbol") if beside.match == "symbol" else pl.col("sp500").fill_null("unknown")
    public = terms_of(lake, "detailed", parts, question.where)
    named = security.alias("security")
    return Sides(public.with_columns(named), own.with_columns(named), months)


def _rows(context: Context, question: Asked, sides: Sides, beside: Beside) -> tuple[list[Row], int]:
    """The rows, own ones first, and of how many the own days carry no interval."""
    by = question.by
    cells = list(dict.fromkeys((*by, *cell_keys(by))))
    own_cells = added_up(sides.own.lazy(), cell_keys(by))
    public_cells = added_up(in_cells_of(sides.public, own_cells), cells)
    extra = _adjusted_by(public_cells, own_cells, by)
    intervals = _intervals(context, question, sides, public_cells)
    spreads = _months(public_cells, own_cells, by)
    mixes = _mix(sides.public, by) | {(OWN, *key): mix for key, mix in _mix(sides.own.lazy(), by).items()}
    shares: dict[str, Used] = {}
    if "reporter" in by:
        used = used_venues(context, beside.provider, sides.months, question.manifest)
        shares = liquidity(sides.public, sides.own, used)
    rows = []
    for sums in added_up(sides.own.lazy(), by).iter_rows(named=True):
        key = tuple(sums[name] for name in by)
        row = row_of(sums, by, "detailed")
        own = {
            "e_over_q_adjusted": row["e_over_q"], "weight_matched": None if row["e_over_q"] is None else 1.0,
            "own_e_over_q_matched": row["e_over_q"], **_bounds(intervals.get((OWN, *key))), **_no_spread(),
            **{f"{item.name}_adjusted": row[item.name] for item in PER_SHARE},
        }  # fmt: skip
        rows.append(_with_side(row, OWN, by, {}, mixes.get((OWN, *key)), own))
    for sums in added_up(sides.public, by).iter_rows(named=True):
        key = tuple(sums[name] for name in by)
        row = row_of(sums, by, "detailed")
        other = {**extra.get(key, _nothing()), **_bounds(intervals.get(key)), **spreads.get(key, _no_spread())}
        rows.append(_with_side(row, PUBLIC, by, shares, mixes.get(key), other))
    return [with_month(row) for row in rows], sum(interval is None for interval in intervals.values())


def _with_side(row: Row, side: str, by: Sequence[str], shares: dict[str, Used], mix: Row | None, added: Row) -> Row:
    said: Row = {"side": side}
    if "reporter" in by:
        found = shares.get(row["reporter"])
        said |= {
            "kind": "own" if side == OWN else found.kind if found else None,
            "used": None if side == OWN or found is None else found.used,
            "liquidity_share": None if side == OWN or found is None else found.share,
        }
    return row | said | added | (mix or {"ioc_share": None, "resting_share": None})


def _nothing() -> Row:
    names = [f"{item.name}_adjusted" for item in (E_OVER_Q, *PER_SHARE)]
    return dict.fromkeys([*names, "own_e_over_q_matched"]) | {"weight_matched": 0.0}


def _no_spread() -> Row:
    return {"e_over_q_adjusted_month_low": None, "e_over_q_adjusted_month_high": None}


def _bounds(interval: tuple[float, float] | None) -> Row:
    lower, upper = interval or (None, None)
    return {"own_e_over_q_lower": lower, "own_e_over_q_upper": upper}


def _adjusted_by(public: pl.DataFrame, own: pl.DataFrame, by: Sequence[str]) -> dict[tuple[object, ...], Row]:
    found: dict[tuple[object, ...], Row] = {}
    for item in (E_OVER_Q, *PER_SHARE):
        for line in adjusted(public, own, by, item).iter_rows(named=True):
            row = found.setdefault(tuple(line[name] for name in by), _nothing())
            row[f"{item.name}_adjusted"] = line["adjusted"]
            if item is E_OVER_Q:
                row |= {"weight_matched": line["weight_matched"], "own_e_over_q_matched": line["own"]}
    return found


def _months(public: pl.DataFrame, own: pl.DataFrame, by: Sequence[str]) -> dict[tuple[object, ...], Row]:
    """Lowest and highest month of the adjusted figure, where there are several."""
    if "month" in by or public.get_column("month").n_unique() < 2:  # noqa: PLR2004 - two months make a spread
        return {}
    monthly = adjusted(public, own, (*by, "month"), E_OVER_Q).filter(pl.col("adjusted").is_not_null())
    keys = grouping(by)
    spread = monthly.group_by(keys).agg(
        pl.col("adjusted").min().alias("low"), pl.col("adjusted").max().alias("high"), pl.len()
    )
    return {
        tuple(line[name] for name in by): {
            "e_over_q_adjusted_month_low": line["low"], "e_over_q_adjusted_month_high": line["high"]
        }
        for line in spread.iter_rows(named=True)
        if line["len"] > 1
    }  # fmt: skip


def _mix(terms: pl.LazyFrame, by: Sequence[str]) -> dict[tuple[object, ...], Row]:
    """Shares of executed shares in IOC orders and in orders that may rest."""
    executed = (pl.col("executed_shares").fill_null(0) + pl.col("executed_away_shares").fill_null(0)).cast(pl.Float64())

    def share(codes: Sequence[str]) -> pl.Expr:
        total = executed.sum()
        return pl.when(total > 0).then(executed.filter(pl.col("order_type").is_in(list(codes))).sum() / total)

    keys = grouping(by)
    found = terms.group_by(keys).agg(share(IMMEDIATE).alias("ioc_share"), share(WAITING).alias("resting_share"))
    return {
        tuple(line[name] for name in by): {name: line[name] for name in ("ioc_share", "resting_share")}
        for line in found.collect().iter_rows(named=True)
    }


def _intervals(
    context: Context, question: Asked, sides: Sides, public: pl.DataFrame
) -> dict[tuple[object, ...], tuple[float, float] | None]:
    """Interval of the own E/Q over the cells that a row has; of the own rows under `OWN`; null as in `by_day`."""
    by = question.by
    first = min(sides.months)
    standards = policy_in_force(context.records).whole.book.evidence.on(first_of(first)).value
    keys = cell_keys(by)
    daily = added_up(sides.own.lazy(), [*keys, "day"]).filter(pl.col("both_shares") > 0)
    daily = daily.select(
        *keys, "day", pl.col("both_effective_e18").cast(pl.Float64()).alias("top"),
        pl.col("both_quoted_e18").cast(pl.Float64()).alias("bottom"),
    )  # fmt: skip
    found = _estimates(daily, [name for name in by if name not in OF_REPORTER], standards)
    own = {(OWN, *_own_key(by, key, sides)): item for key, item in found.items()}
    own_cells = added_up(sides.own.lazy(), keys)
    both = matched(public, own_cells, by, E_OVER_Q).select(*dict.fromkeys((*by, *keys)))
    joined = both.join(daily, on=keys, how="inner", nulls_equal=True)
    if joined.select(pl.struct(by).n_unique() if by else pl.lit(1)).item() > MOST_INTERVALS:
        return own
    return own | _estimates(joined, list(by), standards)


def _own_key(by: Sequence[str], key: tuple[object, ...], sides: Sides) -> tuple[object, ...]:
    """The key of an own row: its reporter is the provider, its participant null."""
    values = dict(zip([name for name in by if name not in OF_REPORTER], key, strict=True))
    provider = sides.own.get_column("reporter").first() if sides.own.height else None
    return tuple({"reporter": provider, "participant": None}.get(name, values.get(name)) for name in by)


def _estimates(
    daily: pl.DataFrame, by: Sequence[str], standards: EvidenceStandards
) -> dict[tuple[object, ...], tuple[float, float] | None]:
    groups = daily.partition_by(list(by), as_dict=True) if by else {(): daily}
    found: dict[tuple[object, ...], tuple[float, float] | None] = {}
    for key, rows in groups.items():
        parts = by_day(rows)
        interval = None if parts is None else estimate_mean(parts, standards).interval
        if interval is not None:
            found[key] = (interval.lower, interval.upper)
        elif parts is None:
            found[key] = None
    return found


def _notes(question: Asked, held: Mapping[str, Sequence[Partition]], sides: Sides, beside: Beside) -> list[str]:
    notes = []
    others = [name for name in held if name != "detailed"]
    if others:
        notes.append(
            f"Rows of other layouts are left out, as own flow is counted like detailed ones: {', '.join(others)}."
        )
    if not sides.own.height:
        notes.append(f"{beside.provider} has no covered orders in {_said(sides.months)}: nothing is adjusted.")
    absent = _absent_months(question, sides.months)
    if absent:
        notes.append(
            f"No public rows of {_said(absent)}: own flow of those months is left out too. Reports of a month are "
            f"public by the end of the next one: {months_after(first_of(absent[-1]), 1):%Y-%m} for the last of these."
        )
    notes.append(
        f"Public months {_said(sides.months)}; cells of month, order type, order size and "
        + ("symbol." if beside.match == "symbol" else "membership of the S&P 500.")
    )
    spread = _reporters(sides)
    return [*notes, *spread, STAYS_APART]


def _absent_months(question: Asked, months: Sequence[str]) -> list[str]:
    if not question.first or not question.last:
        return []
    asked, month = [], first_of(question.first)
    while f"{month:%Y%m}" <= question.last:
        asked.append(f"{month:%Y%m}")
        month = months_after(month, 1)
    return [item for item in asked if item not in months]


def _said(months: Sequence[str]) -> str:
    return ", ".join(said_month(month) for month in months)


def _reporters(sides: Sides) -> list[str]:
    """How far reporters lie apart in the own mix, exchanges and others each for themselves."""
    by = ("reporter", "participant")
    keys = list(dict.fromkeys((*by, *CELL)))
    own = added_up(sides.own.lazy(), CELL)
    found = adjusted(added_up(in_cells_of(sides.public, own), keys), own, by, E_OVER_Q)
    is_off = pl.col("participant") == FINRA
    notes = []
    for kind, is_kind in ((EXCHANGE, ~is_off), (OFF_EXCHANGE, is_off)):
        values = found.filter(is_kind & pl.col("adjusted").is_not_null()).get_column("adjusted").sort().to_list()
        if values:
            reporters = f"{len(values)} {kind} reporter{'s' if len(values) > 1 else ''}"
            bounds = f"{values[0]:.4f} to {values[-1]:.4f}"
            notes.append(f"E/Q in our mix over {reporters}: {bounds}, median {median(values):.4f}.")
    return notes
