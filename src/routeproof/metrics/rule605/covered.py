"""Which order versions are covered orders, and the one reason of each that is not. Source: 17 CFR 242.600(b)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.metrics.rule605.categories import is_immediate
from routeproof.tables.session_clock import day_of
from routeproof.vocab import quote_status as status
from routeproof.vocab.times import NS_PER_S, months_after
from routeproof.vocab.words import LASTING

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from routeproof.policy.report605 import Reporting605

REASONS = {
    "refused": "refused at entry",
    "no_shares": "an order of no shares",
    "multi_leg": "a leg of a package",
    "not_held": "not held",
    "on_open": "to be executed at the opening price",
    "on_close": "to be executed at the closing price",
    "pegged": "pegged",
    "all_or_none": "to be executed only at its full size",
    "directed": "the customer named the venue",
    "inactive_security": "in a security that hardly traded in the months before",
    "unclassified": "the order's terms are unknown",
    "outside_hours": "received outside regular hours and not executable in them as a resting order or stop",
    "halted": "received in a halt, or executable shortly before one and still open",
    "short_sale_restricted": "a short sale under a price restriction",
    "executed_before_clock_start": "a fill is stamped before the order's clock started",
    "not_yet_executable": "still waiting to become executable when the month ended",
    "never_executable": "never executable in regular hours",
    "no_nbbo": "no two-sided national best bid and offer when its clock started",
    "crossed": "the market was crossed when its clock started",
    "executed_outside_hours": "executed outside regular hours",
}
"""Reason word -> what it means; an order has the first that holds."""

RESTING = ("non_marketable", "stop")


def exclusion_reason(reporting: Reporting605, exempt_symbols: Collection[str] = ()) -> pl.Expr:
    """The reason why a version is no covered order; null where it is one.

    Reads measured versions with `category, shares, has_early_fill, has_fill_outside_hours, next_halt_at`.
    """
    found = {
        "refused": pl.col("refused"),
        "no_shares": pl.col("shares") <= 0,
        **{name: rule for name, rule in _special().items() if name in reporting.value("special_handling")},
        **({"directed": pl.col("directed")} if reporting.value("directed") == "exclude" else {}),
        **({"inactive_security": inactive(exempt_symbols)} if exempt_symbols else {}),
        "unclassified": _has_no_terms(),
        "outside_hours": received_outside_hours(),
        "halted": halted(reporting),
        "short_sale_restricted": short_sale_restricted(reporting),
        "executed_before_clock_start": pl.col("has_early_fill"),
        "not_yet_executable": not_yet_executable(months_after(reporting.first_day, 1)),
        "never_executable": never_executable(),
        "no_nbbo": without_nbbo(),
        "crossed": crossed(reporting),
        "executed_outside_hours": executed_outside_hours(reporting),
    }
    reason = pl.lit(None, dtype=pl.String)
    for name, holds in reversed(found.items()):
        reason = pl.when(holds.fill_null(value=False)).then(pl.lit(name)).otherwise(reason)
    return reason


def _special() -> dict[str, pl.Expr]:
    """Special handling. Source: 17 CFR 242.600(b), covered order; policy `special_handling`."""
    terms = pl.col("terms_class")
    return {
        "multi_leg": pl.col("multileg_id").is_not_null(),
        "not_held": ~pl.col("held"),
        "on_open": terms == "on_open",
        "on_close": terms == "on_close",
        "pegged": terms == "pegged",
        "all_or_none": pl.col("instructions").str.split(" ").list.contains("all_or_none"),
    }


def _has_no_terms() -> pl.Expr:
    """No category, no shares known, or no receipt: nothing can be said of it."""
    return pl.col("category").is_null() | pl.col("shares").is_null() | pl.col("clock_at").is_null()


def inactive(symbols: Collection[str]) -> pl.Expr:
    """In a security that is exempt as inactive. Policy `inactive_security`, by date."""
    return pl.col("symbol").is_in(sorted(symbols))


def received_outside_hours() -> pl.Expr:
    """Received outside regular hours and not a non-marketable or stop order that became executable in them.

    Limits between midpoint and far quote are non-marketable; immediate ones of them do not wait for the open.
    Source: 89 FR 26428, abstract: certain orders submitted outside of regular trading hours are covered.
    """
    waits = pl.col("terms_class").is_in(RESTING)
    waits |= (pl.col("terms_class") == "midpoint_or_better") & (pl.col("clock_start_at") > pl.col("clock_at"))
    became = waits & pl.col("clock_start_at").is_not_null()
    return (pl.col("session") != "regular") & ~became


def not_yet_executable(next_month: date) -> pl.Expr:
    """Good beyond its day and still waiting when the month ends: it counts in the month in which it is executable."""
    lives_on = pl.col("ends_at").is_null() | (day_of(pl.col("ends_at")) >= next_month)
    return pl.col("time_in_force").is_in(LASTING) & pl.col("clock_start_at").is_null() & lives_on


def never_executable() -> pl.Expr:
    """Never executable in regular hours; an immediate order must be so at its receipt. Policy `executable`."""
    late = is_immediate() & pl.col("terms_class").is_in(RESTING) & (pl.col("clock_start_at") > pl.col("clock_at"))
    return pl.col("clock_start_at").is_null() | late


def without_nbbo() -> pl.Expr:
    """No two-sided quote when the clock started. Source: 17 CFR 242.600(b), covered order."""
    return ~pl.col("clock_status").is_in([status.OK, status.LOCKED, status.CROSSED])


def crossed(reporting: Reporting605) -> pl.Expr:
    """The quote when the clock started was crossed, where such orders are exempt. Policy `crossed`, by date."""
    exempt = reporting.value("crossed") == "exclude"
    return (pl.col("clock_status") == status.CROSSED) & pl.lit(exempt)


def halted(reporting: Reporting605) -> pl.Expr:
    """Received in a halt, or resting, executable shortly before one and still open then. Policy `halts`, by date."""
    rule = reporting.value("halts")
    resting = pl.col("terms_class").is_in(RESTING)
    received: pl.Expr = pl.col("halted") == "yes"
    if rule["received"] == "market_and_marketable":
        received &= ~resting
    window_ns: int = rule["executable_before_s"] * NS_PER_S
    soon = pl.col("next_halt_at") - pl.col("clock_start_at") < window_ns
    is_open = pl.col("out_of_force_at").is_null() | (pl.col("out_of_force_at") > pl.col("next_halt_at"))
    return received | (resting & soon & is_open & pl.lit(window_ns > 0))


def short_sale_restricted(reporting: Reporting605) -> pl.Expr:
    """A short sale, not marked exempt, under a price restriction at receipt. Policy `short_sale_restriction`."""
    excludes = reporting.value("short_sale_restriction") == "exclude"
    return (pl.col("side") == "sell_short") & (pl.col("short_sale_restricted") == "yes") & pl.lit(excludes)


def executed_outside_hours(reporting: Reporting605) -> pl.Expr:
    """Executed, at least in part, outside regular hours. Policy `outside_hours_fills`."""
    excludes = reporting.value("outside_hours_fills") == "exclude"
    return pl.col("has_fill_outside_hours") & pl.lit(excludes)
