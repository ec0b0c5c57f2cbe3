"""Figures of plain rows, each in exact fractions and as its definition reads."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from oracle.lookup import Row

Value = Fraction | int | None
HORIZONS = ("50ms", "1s", "15s", "60s", "300s")
NS_PER_MS = 1_000_000


def _mean(rows: Iterable[Row], term: Callable[[Row], Value]) -> Value:
    pairs = [(term(row), row["quantity"]) for row in rows]
    known = [(value, weight) for value, weight in pairs if value is not None]
    total = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / total if total else None


def _ratio(upper: Any, lower: Any) -> Value:  # noqa: ANN401 - numbers
    return Fraction(upper) / lower if lower else None


def _times(rows: list[Row], name: str, key: str) -> dict[str, Value]:
    known = [row for row in rows if row.get(key) is not None]
    out = {f"{name}_avg": _mean(known, lambda row: Fraction(row[key], NS_PER_MS))}
    ordered = sorted(row[key] for row in known)
    for percent in (50, 95, 99):
        rank = ceil(Fraction(percent, 100) * len(ordered)) - 1
        out[f"{name}_p{percent}"] = Fraction(ordered[rank], NS_PER_MS) if ordered else None
    return out


def fill_figures(rows: list[Row]) -> dict[str, Value]:
    """Figures of executions or prints."""
    covered = [row for row in rows if row["covered"]]
    signed = [row for row in covered if row["sign"]]
    shares = sum((row["quantity"] for row in rows), Fraction(0))
    covered_shares = sum((row["quantity"] for row in covered), Fraction(0))
    out: dict[str, Value] = {
        "executions": len(rows),
        "executed_shares": shares,
        "covered_executions": len(covered),
        "covered_shares": covered_shares,
        "excluded_shares": shares - covered_shares,
        "coverage": _ratio(covered_shares, shares),
        "executed_notional_usd": sum(row["quantity"] * row["price"] for row in rows),
    }
    out |= _spreads(covered) | _improvement(signed) | _after(signed)
    out |= _concentration(rows)
    return out


def _spreads(covered: list[Row]) -> dict[str, Value]:
    effective = sum(row["quantity"] * 2 * row["sign"] * (row["price"] - row["mid"]) for row in covered)
    quoted = sum(row["quantity"] * row["quoted"] for row in covered)
    shares = sum(row["quantity"] for row in covered)
    ratio = _ratio(effective, quoted)
    return {
        "quoted_spread_usd_per_share": _ratio(quoted, shares),
        "effective_spread_usd_per_share": _ratio(effective, shares),
        "effective_spread_bps": _mean(
            covered, lambda r: 20_000 * r["sign"] * (r["price"] - r["mid"]) / r["mid"]
        ),
        "e_over_q": ratio,
        "spread_capture": None if ratio is None else 1 - ratio,
    }  # fmt: skip


def _improvement(signed: list[Row]) -> dict[str, Value]:
    gains = [(row["sign"] * (row["far"] - row["price"]), row["quantity"]) for row in signed]
    total = sum(gain * shares for gain, shares in gains)
    improved = [(gain, shares) for gain, shares in gains if gain > 0]
    outside = [(gain, shares) for gain, shares in gains if gain < 0]
    return {
        "price_improvement_usd_per_share": _ratio(total, sum(shares for _, shares in gains)),
        "price_improvement_usd": total if gains else None,
        "improved_shares": sum(shares for _, shares in improved),
        "at_quote_shares": sum(shares for gain, shares in gains if gain == 0),
        "outside_shares": sum(shares for _, shares in outside),
        "improved_usd_per_share": _ratio(sum(g * q for g, q in improved), sum(q for _, q in improved)),
        "outside_usd_per_share": _ratio(-sum(g * q for g, q in outside), sum(q for _, q in outside)),
    }


def _after(signed: list[Row]) -> dict[str, Value]:
    out: dict[str, Value] = {}
    for name in HORIZONS:
        known = [row for row in signed if row[f"mid_{name}"] is not None]
        out[f"realized_spread_usd_per_share_{name}"] = _mean(
            known, lambda r, h=f"mid_{name}": 2 * r["sign"] * (r["price"] - r[h])
        )
        out[f"price_impact_usd_per_share_{name}"] = _mean(
            known, lambda r, h=f"mid_{name}": 2 * r["sign"] * (r[h] - r["mid"])
        )
        out[f"markout_bps_{name}"] = _mean(
            known, lambda r, h=f"mid_{name}": 10_000 * r["sign"] * (r[h] - r["price"]) / r["mid"]
        )
    for name in ("1s", "60s", "300s"):
        known = [row for row in signed if None not in (row[f"mid_{name}"], row["mid_execution"])]
        out[f"reversion_usd_per_share_{name}"] = _mean(
            known, lambda r, h=f"mid_{name}": r["sign"] * (r[h] - r["mid_execution"])
        )
    return out


def _concentration(rows: list[Row]) -> dict[str, Value]:
    shares: dict[str, Fraction] = {}
    for row in rows:
        if row["venue"] is not None:
            shares[row["venue"]] = shares.get(row["venue"], Fraction(0)) + row["quantity"]
    return {"hhi_venue": _ratio(sum(s**2 for s in shares.values()), sum(shares.values()) ** 2)}


def own_figures(rows: list[Row]) -> dict[str, Value]:
    """What only own executions have: costs, delays, sizes, slippage."""
    fees = [r["fee"] for r in rows if r["fee"] is not None]
    rebates = [r["rebate"] for r in rows if r["rebate"] is not None]
    payments = [r["payment"] for r in rows if r["payment"] is not None]
    out: dict[str, Value] = {
        "fees_usd": sum(fees) if fees else None,
        "rebates_usd": sum(rebates) if rebates else None,
        "payments_usd": sum(payments) if payments else None,
    }
    priced = [r for r in rows if r["covered"] and not r["fee"] is r["rebate"] is None]
    out["net_cost_bps"] = _mean(priced, lambda r: 10_000 * _net_cost(r) / (r["quantity"] * r["mid"]))
    out["net_price_improvement_usd_per_share"] = _mean(
        priced, lambda r: r["sign"] * (r["far"] - r["price"]) - _net_fee(r) / r["quantity"]
    )
    sized = [r["size_improvement"] for r in rows if r["size_improvement"] is not None]
    out["size_improvement_shares"] = sum(sized) if sized else None
    for party, begin, end in (
        ("firm", "receipt", "route"), ("provider", "route", "venue"), ("venue", "venue", "execution")
    ):  # fmt: skip
        both = [r for r in rows if r["sign"] and None not in (r[f"mid_{begin}"], r[f"mid_{end}"])]
        out[f"delay_cost_usd_per_share_{party}"] = _mean(
            both, lambda r, b=f"mid_{begin}", e=f"mid_{end}": r["sign"] * (r[e] - r[b])
        )
        out[f"delay_coverage_{party}"] = _ratio(sum(r["quantity"] for r in both), sum(r["quantity"] for r in rows))
    out["arrival_slippage_bps"] = _slippage(rows, "arrival")
    out["vwap_slippage_bps"] = _slippage(rows, "vwap")
    for row in rows:
        row["to_execution"] = _span(row["clock_start"], row["executed_at"])
        row["to_route"] = _span(row["sent_for"], row["sent_at"])
        row["to_ack"] = _span(row["sent_at"], row["first_ack"])
    out |= _times(rows, "time_to_execution_ms", "to_execution")
    out |= _times(rows, "receipt_to_route_ms", "to_route")
    return out | _times(rows, "route_to_ack_ms", "to_ack")


def _net_fee(row: Row) -> Any:  # noqa: ANN401
    return (row["fee"] or 0) - (row["rebate"] or 0)


def _net_cost(row: Row) -> Any:  # noqa: ANN401
    return row["sign"] * (row["price"] - row["mid"]) * row["quantity"] + _net_fee(row)


def _span(begin: int | None, end: int | None) -> int | None:
    return None if begin is None or end is None else end - begin


def _slippage(rows: list[Row], key: str) -> Value:
    known = [r for r in rows if r[key] is not None and r["sign"]]
    cost = sum(r["quantity"] * r["sign"] * (r["price"] - r[key]) for r in known)
    return _ratio(10_000 * cost, sum(r["quantity"] * r[key] for r in known))


def order_figures(rows: list[Row]) -> dict[str, Value]:
    """Figures of parent orders."""
    accepted = [r for r in rows if not r["refused"]]
    limits = [r for r in accepted if r["order_class"] == "non_marketable"]
    filled = [dict(r, quantity=1) for r in rows if r["executed"]]
    short = [r for r in rows if r["shortfall"] is not None]
    out: dict[str, Value] = {
        "orders": len(rows),
        "refused_orders": len(rows) - len(accepted),
        "order_shares": sum(r["quantity"] for r in rows),
        "cancelled_shares": sum(r["cancelled"] for r in rows),
        "executable_limit_orders": len([r for r in accepted if r["order_class"] == "non_marketable"]),
        "never_executable_orders": len([r for r in accepted if r["order_class"] == "never_executable"]),
        "missed_auction_orders": len([r for r in rows if r["order_class"][:3] == "on_" and not r["executed"]]),
        "implementation_shortfall_bps": _ratio(
            10_000 * sum(r["shortfall"] for r in short), sum(r["paper"] for r in short)
        ),
    }
    for prefix, some in (("fill_rate", accepted), ("limit_fill_rate", limits)):
        expected = sum(r["quantity"] - r["cancelled_early"] for r in some)
        out[f"{prefix}_shares"] = _ratio(sum(r["executed"] for r in some), expected)
        out[f"{prefix}_orders"] = _ratio(len([r for r in some if r["executed"]]), len(some))
    out |= _times(filled, "time_to_first_fill_ms_orders", "first_ns")
    return out | _times(filled, "time_to_last_fill_ms_orders", "last_ns")


def route_figures(rows: list[Row], *, by_hop: bool) -> dict[str, Value]:
    """Figures of routes; shares count on the last route of each chain unless hops are told apart."""
    counted = rows if by_hop else [r for r in rows if r["is_leaf"]]
    sent = sum((r["quantity"] for r in counted), Fraction(0))
    return {
        "routes": len(rows),
        "rejected_routes": len([r for r in rows if r["rejected_at"] is not None]),
        "routed_shares": sent,
        "route_fill_rate_shares": _ratio(sum((r["executed"] for r in counted), Fraction(0)), sent),
    }
