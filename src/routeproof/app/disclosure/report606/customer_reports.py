"""`routeproof report 606b1` and `606b3`: a customer's orders of six months, where they went, how they were handled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from routeproof import __version__
from routeproof.app.disclosure.late_changes import late_changes
from routeproof.app.disclosure.made import DeMinimisError, Made
from routeproof.app.disclosure.report606.basis import basis_606
from routeproof.app.disclosure.report606.completeness import order_completeness
from routeproof.app.disclosure.report606.flow import flow_of
from routeproof.app.disclosure.report606.levels import levels_606
from routeproof.metrics.rule606.customer_handling import handled_months
from routeproof.metrics.rule606.customer_routing import part_and_reason, routed_orders
from routeproof.metrics.rule606.orders import counted
from routeproof.reports.catalog.rule606_customer_report import CustomerPages, customer_document
from routeproof.reports.rule606.customer_files import CustomerHead, handling_file, routing_file
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import months_after

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.disclosure.report606.basis import Basis606
    from routeproof.app.disclosure.report606.flow import Flow606
    from routeproof.metrics.rule606.de_minimis import Levels
    from routeproof.reports.rule606.pages import Completeness

COMMON = ("schema_version", "window_months", "customer", "routed_to")
OF_LEVELS = ("firm_de_minimis_below_percent", "customer_de_minimis_below_usd", "de_minimis_months", "sent_shares")
OF_ROUTING = (*COMMON, "not_held_exempt", *OF_LEVELS)
OF_HANDLING = (
    *COMMON,
    *OF_LEVELS,
    *("spread_side", "fill_size", "order_duration", "liquidity", "principal", "net_fee"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked606b:
    """What is asked for.

    Attributes:
        customer: account token.
        to: last day.
        name: that the report is made out to; the token if empty.
        bd: name of the broker or dealer; the workspace's firm if empty.
        voluntary: make a handling report though none is owed.
    """

    customer: str
    to: date
    name: str = ""
    bd: str = ""
    voluntary: bool = False

    def options(self) -> dict[str, object]:
        """For the record; the customer stands there by the hash of an envelope."""
        return {"to": self.to.isoformat(), "bd": self.bd, "named": bool(self.name), "voluntary": self.voluntary}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Customer:
    """The customer's orders of the period and all their routes and executions."""

    basis: Basis606
    first: date
    orders: pl.DataFrame
    routes: pl.DataFrame
    executions: pl.DataFrame
    lake: Completeness
    levels: Levels
    late_changes: int


def make_606b1(context: Context, asked: Asked606b) -> Made:
    """The routing report: held orders and options; not-held ones where no handling report is owed.

    Raises:
        UsageError: an empty lake, or no order of the customer in the period.
    """
    found = _customer(context, asked)
    orders = found.orders.with_columns(part_and_reason(exempt=found.levels.met))
    head = _head(found, asked)
    parts = routed_orders(orders, found.routes, found.executions)
    content = routing_file(head, parts, found.basis.names)
    excluded = counted(orders["reason"])
    pages = _pages(found, head, OF_ROUTING, excluded, {"late_changes": found.late_changes})
    return _made("606b1", asked, found, content, pages(rule="606(b)(1)", routing=parts, handling={}))


def make_606b3(context: Context, asked: Asked606b) -> Made:
    """The handling report of not-held orders in NMS stocks.

    Raises:
        DeMinimisError: no report is owed, unless it is asked for as a voluntary one.
        UsageError: an empty lake, or no order of the customer in the period.
    """
    found = _customer(context, asked)
    if found.levels.met and not asked.voluntary:
        message = (
            f"no handling report is owed: below a de minimis level ({found.levels.said()}); --voluntary makes it anyway"
        )
        raise DeMinimisError(message, where="--customer")
    orders = found.orders.with_columns(_handling_reason())
    shown = orders.filter(pl.col("reason").is_null()).with_columns(pl.col("quantity").fill_null(0))
    fills = found.executions.join(shown, on="order_id", how="semi")
    months = handled_months(shown, found.routes, fills)
    head = _head(found, asked)
    content = handling_file(head, months, found.basis.names)
    notes = {
        "unquoted_fills": fills["spread_side"].null_count(),
        "unknown_capacity": fills["capacity"].null_count(),
        "unknown_liquidity": fills.filter(
            ~pl.col("liquidity").is_in(["added", "removed"]).fill_null(value=False)
        ).height,
        "charges_unknown": fills["charged_e18"].null_count(),
        "late_changes": found.late_changes,
    }
    pages = _pages(found, head, OF_HANDLING, counted(orders["reason"]), notes)
    return _made("606b3", asked, found, content, pages(rule="606(b)(3)", routing={}, handling=months))


def _handling_reason() -> pl.Expr:
    return (
        pl.when("refused")
        .then(pl.lit("refused"))
        .when(pl.col("quantity") == 0)
        .then(pl.lit("no_shares"))
        .when("is_option")
        .then(pl.lit("options"))
        .when("held")
        .then(pl.lit("held"))
        .alias("reason")
    )


def _customer(context: Context, asked: Asked606b) -> _Customer:
    basis = basis_606(context, asked.bd, asked.to)
    flow = flow_of(context, basis.manifest, basis.agents)
    months = basis.rule.window_months.on_or_first(asked.to).value
    first = months_after(asked.to + timedelta(days=1), -months)
    days = flow.days("parent_orders", first, asked.to)
    theirs = pl.col("account_id") == asked.customer
    orders = pl.concat([flow.orders_with_terms(day, theirs) for day in days]) if days else pl.DataFrame()
    if orders.is_empty():
        message = f"expected orders of customer {asked.customer!r} received from {first} to {asked.to}, found none"
        raise UsageError(message, where="--customer")
    routes, executions = _moves(flow, orders, first)
    return _Customer(
        basis=basis,
        first=first,
        orders=orders,
        routes=routes,
        executions=executions,
        lake=order_completeness(context, flow, days),
        levels=levels_606(flow, basis, asked.customer, asked.to),
        late_changes=late_changes(flow.source, flow.source.days(), first, asked.to),
    )


def _moves(flow: Flow606, orders: pl.DataFrame, first: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Routes and executions of the orders, to the end of the lake: an order may outlive the period."""
    days = sorted({*flow.days("routes", first), *flow.days("executions", first)}) or [first]
    moves = [flow.moves(day, orders, sided=True) for day in days]
    return pl.concat([item.routes for item in moves]), pl.concat([item.executions for item in moves])


def _head(found: _Customer, asked: Asked606b) -> CustomerHead:
    return CustomerHead(
        schema_version=found.basis.rule.schema_version.on_or_first(asked.to).value,
        customer=asked.name or asked.customer,
        bd=found.basis.bd,
        first=found.first,
        last=asked.to,
    )


def _pages(
    found: _Customer,
    head: CustomerHead,
    names: tuple[str, ...],
    excluded: Mapping[str, int],
    notes: Mapping[str, int],
) -> partial[CustomerPages]:
    said = found.basis.rule.said_on(head.last, names)
    return partial(
        CustomerPages,
        head=head,
        names=found.basis.names,
        orders_in=found.orders.height,
        lake=found.lake,
        excluded=excluded,
        notes=notes,
        levels=found.levels.said(),
        said=said,
        basis=found.basis.recorded(said),
        version=__version__,
    )


def _made(kind: str, asked: Asked606b, found: _Customer, content: bytes, pages: CustomerPages) -> Made:
    return Made(
        kind="606b1" if kind == "606b1" else "606b3",
        period=asked.to.isoformat(),
        customer=asked.customer,
        content=content,
        orders_in=found.orders.height,
        excluded=pages.excluded,
        options=asked.options(),
        basis=pages.basis,
        document=partial(customer_document, pages),
    )
