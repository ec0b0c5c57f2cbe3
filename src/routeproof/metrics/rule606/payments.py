"""What a venue paid net for orders: exact to 1e-18 dollar, divided by shares where a payment names no orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_KEYS = ("reported_venue", "section", "kind")
Key = tuple[str, str]
"""Section and order type."""


@dataclass(frozen=True, slots=True)
class Paid:
    """Net amount and shares of one venue, month, section and order type.

    Attributes:
        net_e18: received less paid, in 1e-18 USD; null where nothing is known of fees, rebates or payments.
        shares: executed, in 1e-9; a contract counts as the shares that it stands for.
        unknown_shares: of them, those without a fee or rebate of their own or of a schedule.
        executions: that the shares were executed in.
    """

    net_e18: int | None
    shares: int
    unknown_shares: int = 0
    executions: int = 0


def with_charges(executions: pl.DataFrame, schedule: pl.DataFrame) -> pl.DataFrame:
    """Executions with `charged_e18`: rebate less fee in 1e-18 USD; null where neither they nor the schedule say.

    Args:
        executions: `venue, liquidity, quantity, fee, rebate`.
        schedule: `venue, liquidity, rate` in 1e-9 USD a share, positive = received, in force on the day.
    """
    own = pl.col("fee").is_not_null() | pl.col("rebate").is_not_null()
    net = (pl.col("rebate").fill_null(0) - pl.col("fee").fill_null(0)).cast(pl.Int128) * SCALE
    listed = pl.col("rate").cast(pl.Int128) * pl.col("quantity")
    return (
        executions.join(schedule, on=["venue", "liquidity"], how="left", maintain_order="left")
        .with_columns(pl.when(own).then(net).otherwise(listed).alias("charged_e18"))
        .drop("rate")
    )


def schedule_on(fee_schedules: pl.DataFrame, day: date) -> pl.DataFrame:
    """`venue, liquidity, rate` in force on a day."""
    return (
        fee_schedules.filter(pl.col("valid_from") <= day)
        .sort("valid_from")
        .unique(["venue", "liquidity"], keep="last", maintain_order=True)
        .select("venue", "liquidity", (pl.col("rebate_usd_per_share") - pl.col("fee_usd_per_share")).alias("rate"))
    )


def allocated(total: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """A total in whole units divided by weight; the parts add up, the largest remainders get what is left.

    Nothing is divided where all weights are zero.
    """
    whole = sum(weights.values())
    if not whole:
        return {}
    parts = {key: abs(total) * weight // whole for key, weight in weights.items()}
    left = abs(total) - sum(parts.values())
    by_remainder = sorted(weights, key=lambda key: (-(abs(total) * weights[key] % whole), key))
    for key in by_remainder[:left]:
        parts[key] += 1
    return {key: part if total >= 0 else -part for key, part in parts.items()}


def paid_sums(executed: pl.DataFrame) -> pl.DataFrame:
    """Sums by venue, section and order type of some executions; such sums of several parts are added by `net_paid`.

    Args:
        executed: `reported_venue, section, kind` (null outside the report), `quantity` in shares, also of options,
            `charged_e18, payment` (1e-9 USD, null if unknown).
    """
    unknown = pl.col("quantity").filter(pl.col("charged_e18").is_null())
    return (
        executed.filter(pl.col("reported_venue").is_not_null())
        .with_columns(pl.col("section").fill_null(""), pl.col("kind").fill_null(""))
        .group_by(*_KEYS)
        .agg(
            pl.len().cast(pl.Int64).alias("executions"),
            pl.col("quantity").cast(pl.Int128).sum().alias("shares"),
            pl.col("charged_e18").sum().alias("charged"),
            pl.col("charged_e18").count().cast(pl.Int64).alias("charges"),
            unknown.cast(pl.Int128).sum().alias("unknown"),
            pl.col("payment").cast(pl.Int128).sum().alias("payment"),
            pl.col("payment").count().cast(pl.Int64).alias("payments"),
        )
    )


def net_paid(sums: pl.DataFrame, payments: Mapping[str, int]) -> dict[str, dict[Key, Paid]]:
    """What each venue paid net in one month, by section and order type.

    Args:
        sums: of `paid_sums`, the month's parts together.
        payments: the payments table's total of the month, 1e-9 USD by venue; it stands for the executions' own.
    """
    found: dict[str, dict[Key, Paid]] = {}
    grouped = sums.group_by(*_KEYS).agg(pl.exclude(*_KEYS).sum()).sort(*_KEYS)
    for (venue,), rows in grouped.group_by("reported_venue", maintain_order=True):
        found[str(venue)] = _of_venue(rows, payments.get(str(venue)))
    return found


def _of_venue(rows: pl.DataFrame, total: int | None) -> dict[Key, Paid]:
    items = list(rows.iter_rows(named=True))
    shares = {(item["section"], item["kind"]): int(item["shares"]) for item in items}
    parts = {} if total is None else allocated(total, shares)
    found: dict[Key, Paid] = {}
    for item in items:
        key = (item["section"], item["kind"])
        own = int(item["payment"]) if item["payments"] else None
        payment = own if total is None else parts.get(key, 0)
        charged = int(item["charged"]) if item["charges"] else None
        known = payment is not None or charged is not None
        net = (charged or 0) + (payment or 0) * SCALE if known else None
        found[key] = Paid(net, shares[key], int(item["unknown"]), int(item["executions"]))
    return found
