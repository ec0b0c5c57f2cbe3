"""What payers pay beside what they give the customer."""

from __future__ import annotations

from math import fsum, sqrt
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.rules.windows import pooled, series

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from routeproof.policy.monitoring import Limits
    from routeproof.rules.windows import Days

LEAST_DAYS = 3
"""Daily differences below which their spread says nothing."""


def rates(payers: pl.DataFrame) -> dict[str, float]:
    """Known payments in USD per share by venue; the highest where several are known."""
    known = payers.filter(pl.col("usd_per_share").is_not_null()).sort("venue", "usd_per_share")
    return dict(known.select("venue", "usd_per_share").iter_rows())


def best_payers(
    history: pl.DataFrame,
    provider: str,
    payers: pl.DataFrame,
    shares: Mapping[str, float],
    recent: Sequence[date],
    own: Limits,
) -> Iterator[dict[str, Any]]:
    """Payers that pay more and improve less than the others: `venue, key, value, allowed, paid, others_paid, worse`."""
    paid = rates(payers)
    improved = {
        venue: days
        for (by, venue), days in series(history, "price_improvement").items()
        if by == provider and venue in paid
    }
    for venue, rate in sorted(paid.items()):
        others = {name: days for name, days in improved.items() if name != venue}
        if venue not in improved or not others or shares.get(venue, 0.0) < own.value("least_share"):
            continue
        control = _weighted(others, paid, recent)
        if control is None or rate < own.value("payer_multiple") * control:
            continue
        worse = _worse(improved[venue], list(others.values()), recent, own)
        if worse is not None:
            yield {
                "venue": venue,
                "key": "best_payer",
                "value": shares[venue],
                "allowed": own.value("least_share"),
                "paid": rate,
                "others_paid": control,
                "worse": worse,
            }


def _weighted(others: Mapping[str, Days], paid: Mapping[str, float], recent: Sequence[date]) -> float | None:
    """What the other payers pay per share, by the shares they filled."""
    filled = {name: fsum(days[day].weight for day in recent if day in days) for name, days in others.items()}
    whole = fsum(filled.values())
    return fsum(paid[name] * amount for name, amount in filled.items()) / whole if whole else None


def _worse(own_days: Days, others: Sequence[Days], recent: Sequence[date], own: Limits) -> float | None:
    """How much less a payer improves, where the daily differences leave no doubt; USD per share, positive."""
    gaps = []
    for day in recent:
        control = [days[day] for days in others if day in days]
        if day in own_days and control:
            gaps.append(pooled(control).value - own_days[day].value)
    if len(gaps) < LEAST_DAYS:
        return None
    mean = fsum(gaps) / len(gaps)
    error = sqrt(fsum((gap - mean) ** 2 for gap in gaps) / (len(gaps) - 1) / len(gaps))
    return mean if mean >= max(own.value("least_worse_usd"), own.value("least_z") * error) else None
