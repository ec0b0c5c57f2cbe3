"""`routeproof report 606a1`: the quarterly public report on the routing of non-directed held orders."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from routeproof import __version__
from routeproof.app.disclosure.late_changes import late_changes
from routeproof.app.disclosure.made import Made, UnknownMembershipError
from routeproof.app.disclosure.report606.aspects import material_aspects, read_aspects
from routeproof.app.disclosure.report606.basis import basis_606
from routeproof.app.disclosure.report606.completeness import order_completeness
from routeproof.app.disclosure.report606.flow import flow_of
from routeproof.metrics.rule606.orders import OPTIONS, OTHER_STOCKS, counted, is_option, public_reason, section
from routeproof.metrics.rule606.payments import net_paid, paid_sums
from routeproof.metrics.rule606.public_report import Routed, public_figures
from routeproof.metrics.rule606.venues import order_venues
from routeproof.reports.catalog.rule606_report import PublicPages, public_document
from routeproof.reports.rule606.public_file import PublicReport, public_file
from routeproof.tables.wide import but
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import months_after, quarter_days

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.disclosure.report606.basis import Basis606
    from routeproof.app.disclosure.report606.flow import Flow606, Moves

SAID = (
    *("schema_version", "venues", "non_directed", "sp500", "order_types", "without_quote", "outside_hours"),
    *("routed_to", "net_payments", "payments_split", "per_hundred_shares"),
)
SAID_OF_OPTIONS = ("options_order_below_usd", "shares_per_contract")
OF_ORDER = ("order_id", "provider_id", "symbol", "month", "section", "kind", "reason", "without_quote")
MOST_NAMED = 10
PAIR = ("order_id", "reported_venue")
NO_PAIRS = pl.DataFrame(schema=dict.fromkeys(PAIR, pl.String))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked606a1:
    """What is asked for.

    Attributes:
        quarter: `2026Q3`.
        bd: name of the broker or dealer; the workspace's firm if empty.
        aspects: TOML of a person's texts by venue; empty if none.
        other_if_unknown: count stocks of unknown membership as not in the S&P 500, instead of refusing.
    """

    quarter: str
    bd: str = ""
    aspects: str = ""
    other_if_unknown: bool = True

    def options(self) -> dict[str, object]:
        """For the record; the texts are kept beside."""
        return {"quarter": self.quarter, "bd": self.bd, "other_if_unknown": self.other_if_unknown}


def make_606a1(context: Context, asked: Asked606a1) -> Made:
    """Make the report from the lake as it is now.

    Raises:
        UsageError: text that is no quarter, an empty lake, no orders in the quarter.
        UnknownMembershipError: stocks of which the instruments table does not say whether they are in the S&P 500.
    """
    first, last = quarter_days(asked.quarter)
    basis = basis_606(context, asked.bd, last)
    given = read_aspects(asked.aspects, "--material-aspects") if asked.aspects else {}
    flow = flow_of(context, basis.manifest, basis.agents)
    days = flow.days("parent_orders", first, last)
    if not days:
        message = f"expected orders received in {asked.quarter}, found none in the lake"
        raise UsageError(message, where=asked.quarter)
    members = _members(context, basis.manifest, first)
    orders, unknown = _with_sections(_orders(flow, days, basis, last), members, first, asked)
    per_contract = basis.rule.shares_per_contract.on_or_first(last).value
    routed, notes = _routed(context, flow, orders, (first, last), per_contract)
    months = [months_after(first, place) for place in range(3)]
    figures = public_figures(routed, months, basis.rule.venues.on_or_first(last).value)
    notes |= {"executions_in_no_row": sum(month.unplaced for month in figures), "unknown_membership": len(unknown)}
    venues = {item.venue for month in figures for part in month.sections for item in part.venues}
    aspects, drafts = material_aspects(context, venues, given, (first, last), basis.agents)
    has_options = bool((orders["section"] == OPTIONS).any())
    said = basis.rule.said_on(last, SAID + (SAID_OF_OPTIONS if has_options else ()))
    report = PublicReport(
        bd=basis.bd,
        quarter=asked.quarter.upper(),
        months=figures,
        names=basis.names,
        aspects=aspects,
        schema_version=basis.rule.schema_version.on_or_first(last).value,
    )
    excluded = counted(orders["reason"])
    pages = PublicPages(
        report=report,
        dated_on=last,
        publish_by=last + timedelta(days=basis.publish_days),
        orders_in=orders.height,
        lake=order_completeness(context, flow, days),
        excluded=excluded,
        notes=notes | {"drafts": drafts, "unused_texts": len(given.keys() - venues)},
        said=said,
        basis=basis.recorded(said),
        version=__version__,
    )
    return Made(
        kind="606a1",
        period=asked.quarter.upper(),
        content=public_file(report),
        orders_in=orders.height,
        excluded=excluded,
        options=asked.options(),
        basis=basis.recorded(said),
        aspects=asked.aspects,
        drafts=drafts,
        warnings=_warnings(unknown, first, notes["executions_in_no_row"]),
        document=partial(public_document, pages),
    )


def _orders(flow: Flow606, days: list[date], basis: Basis606, last: date) -> pl.DataFrame:
    """Every order received on the days, as the report looks at it; its section is still to come."""
    reason = public_reason(
        basis.rule.options_order_below_usd.on_or_first(last).value,
        basis.rule.shares_per_contract.on_or_first(last).value,
    )
    wanted = [name for name in OF_ORDER if name not in ("section", "reason")]
    return pl.concat([flow.orders_at_receipt(day).with_columns(reason).select(*wanted, "reason") for day in days])


def _members(context: Context, manifest: str, first: date) -> pl.DataFrame:
    """`symbol, sp500` as of a day; symbols of which nothing is said are not there."""
    known = context.lake.read("instruments", manifest=manifest).filter(
        (pl.col("valid_from") <= first) & pl.col("sp500").is_not_null()
    )
    return known.sort("valid_from").unique("symbol", keep="last", maintain_order=True).select("symbol", "sp500")


def _with_sections(
    orders: pl.DataFrame, members: pl.DataFrame, first: date, asked: Asked606a1
) -> tuple[pl.DataFrame, list[str]]:
    """Orders with their section, and the symbols of the report's orders of which nothing is said."""
    placed = orders.with_columns(section(members))
    counts = pl.col("reason").is_null() | (pl.col("reason") == "directed")
    unknown = placed.filter(pl.col("section").is_null() & counts)["symbol"].unique().sort().to_list()
    if unknown and not asked.other_if_unknown:
        message = f"expected {_membership_words(unknown, first)}"
        raise UnknownMembershipError(message, where="instruments")
    return placed.with_columns(pl.col("section").fill_null(OTHER_STOCKS)), unknown


def _warnings(unknown: list[str], first: date, unplaced: int) -> tuple[str, ...]:
    found = []
    if unknown:
        found.append(f"taken for other stocks; expected {_membership_words(unknown, first)}")
    if unplaced:
        found.append(
            f"what was paid for {unplaced} executions is in no row: the venue got no orders in the month in which they "
            "were made"
        )
    return tuple(found)


def _membership_words(unknown: list[str], first: date) -> str:
    more = f" and {len(unknown) - MOST_NAMED} more" if len(unknown) > MOST_NAMED else ""
    return (
        f"the instruments table to say whether each stock was in the S&P 500 on {first}, found nothing for "
        f"{', '.join(unknown[:MOST_NAMED])}{more}: take in instruments with sp500 and valid_from up to that day"
    )


@dataclass(slots=True)
class _Gathered:
    """What the days of routes and executions gave: pairs of order and venue, sums of what was paid, counts."""

    routed: list[pl.DataFrame] = field(default_factory=lambda: [NO_PAIRS])
    traded: list[pl.DataFrame] = field(default_factory=lambda: [NO_PAIRS])
    paid: dict[date, list[pl.DataFrame]] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)

    def take(self, moves: Moves, orders: pl.DataFrame) -> None:
        """Routes and executions of a day, as far as orders of the quarter are concerned."""
        own = moves.executions.join(orders.select("order_id"), on="order_id", how="semi")
        self.routed.append(moves.routes.select(PAIR).unique())
        self.traded.append(own.select(PAIR).unique())
        self.notes["unlinked_routes"] += moves.unlinked_routes

    def pay(self, moves: Moves, orders: pl.DataFrame, month: date, per_contract: int) -> None:
        """Sums of a day's executions, by section and order type where the report has the order."""
        shown = orders.filter(pl.col("reason").is_null())
        placed = moves.executions.join(
            shown.select("order_id", "section", "kind"), on="order_id", how="left", maintain_order="left"
        ).with_columns(
            pl.when(is_option()).then(pl.col("quantity") * per_contract).otherwise("quantity").alias("quantity")
        )
        self.paid.setdefault(month, []).append(paid_sums(placed))
        own = placed.filter(pl.col("section").is_not_null())
        self.notes["executions"] += own.height
        self.notes["executions_of_other_orders"] += but(placed, orders, ["order_id"]).height
        self.notes["charges_unknown"] += own["charged_e18"].null_count()
        self.notes["venue_unknown"] += own["reported_venue"].null_count()


def _routed(
    context: Context, flow: Flow606, orders: pl.DataFrame, period: tuple[date, date], per_contract: int
) -> tuple[Routed, dict[str, int]]:
    """Venues of the orders, what was paid for those executed in the quarter, and what a reader must know, counted."""
    first, last = period
    of_order = orders.select("order_id", "provider_id")
    shown = orders.filter(pl.col("reason").is_null())
    gathered = _Gathered()
    for day in sorted({*flow.days("routes", first), *flow.days("executions", first)}):
        moves = flow.moves(day, of_order)
        gathered.take(moves, of_order)
        if day <= last:
            gathered.pay(moves, orders, day.replace(day=1), per_contract)
    pairs = order_venues(pl.concat(gathered.routed), pl.concat(gathered.traded))
    payments = _payments(context, flow.manifest)
    paid = {month: net_paid(pl.concat(parts), payments.get(month, {})) for month, parts in gathered.paid.items()}
    undivided = {
        month: [venue for venue in totals if venue not in paid.get(month, {})]
        for month, totals in payments.items()
        if first <= month <= last
    }
    notes = {
        "without_quote": int(shown["without_quote"].sum()),
        "not_routed": shown.join(pairs, on="order_id", how="anti").height,
        **gathered.notes,
        "late_changes": late_changes(flow.source, flow.source.days(), first, last),
        "payments_without_executions": sum(len(venues) for venues in undivided.values()),
    }
    return Routed(orders=orders, venues=pairs, paid=paid, undivided=undivided), notes


def _payments(context: Context, manifest: str) -> Mapping[date, dict[str, int]]:
    """The payments table's totals in 1e-9 USD, by month and venue, over all providers."""
    rows = (
        context.lake.read("payments", manifest=manifest)
        .group_by(pl.col("month").dt.truncate("1mo"), "venue")
        .agg(pl.col("payment_usd").sum())
        .sort("month", "venue")
    )
    found: dict[date, dict[str, int]] = {}
    for month, venue, total in rows.iter_rows():
        found.setdefault(month, {})[venue] = total
    return found
