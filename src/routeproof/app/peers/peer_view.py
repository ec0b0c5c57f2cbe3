"""A provider beside what others publish: Rule 605 quality by market centre, Rule 606 shares and payments by venue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.disclosure.benchmark_606 import benchmark_606
from routeproof.app.measuring.background import kept_look
from routeproof.app.peers.benchmark_605 import asked, months_of
from routeproof.app.peers.beside_605 import OWN, Beside, benchmark_beside
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.provider.liquidity_access import flow_by_venue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.app.context import Context
    from routeproof.app.measuring.background import Pending

    Row = dict[str, Any]

QUALITY = (
    "reporter", "side", "kind", "used", "liquidity_share", "covered_orders", "coverage", "e_over_q",
    "e_over_q_adjusted", "weight_matched", "own_e_over_q_matched", "own_e_over_q_lower", "own_e_over_q_upper",
    "price_improvement_usd_per_share", "price_improvement_usd_per_share_adjusted", "time_ms", "time_ms_adjusted",
)  # fmt: skip
ROUTING = (
    "section", "venue", "mic", "reports", "reports_naming", "orders_share", "orders_share_least",
    "orders_share_greatest", "net_payment_cents_per_hundred_shares", "payment_coverage",
)  # fmt: skip
PUBLIC = ("rule605_", "rule606_")
"""Tables of what others publish."""
SHOWN = 15
"""Venues of a section; the tail of a public report says little."""
TITLES = {"sp500": "S&P 500 stocks", "other_stocks": "Other stocks", "options": "Options"}
OWN_SHARE = (
    "Our share is of executed shares through the provider, theirs is of orders: they are told beside each other, not "
    "compared to a decimal."
)


def peers_kept(context: Context, provider: str, quarter: str, wait_s: float | None = None) -> Row | Pending:
    """What `peers_beside` finds, kept until data or policy change."""
    held = context.lake.manifest().partitions.items()
    made_of = {
        "provider": provider,
        "quarter": quarter,
        "readings": policy_in_force(context.records).readings,
        # A manifest's id says nothing of what others publish.
        "public": sorted([table, part, item.content] for (table, part), item in held if table.startswith(PUBLIC)),
    }
    return kept_look(context, "peers", made_of, lambda own: peers_beside(own, provider, quarter), wait_s)


def peers_beside(context: Context, provider: str, quarter: str) -> Row:
    """The peer view of a quarter.

    Returns:
        `quality`: `rows` by reporter as `benchmark_beside` has them (the own row first), `notes`, and `chart`;
        `routing`: `sections` of `rows` by venue as `benchmark_606` has them, with `own_share` of executed shares
        beside each venue whose MIC is known, and `notes`. Without public reports of the quarter, rows are empty and the
        notes say what brings them.
    """
    return {
        "provider": provider,
        "quarter": quarter,
        "quality": _quality(context, provider, quarter),
        "routing": _routing(context, provider, quarter),
    }


def _quality(context: Context, provider: str, quarter: str) -> Row:
    first, last = months_of(quarter, None, None)
    found = benchmark_beside(context, asked("reporter", first=first, last=last), Beside(provider=provider))
    rows = [{name: row.get(name) for name in QUALITY} for row in found.rows]
    rows.sort(key=lambda row: (row["side"] != OWN, row["e_over_q_adjusted"] is None, row["e_over_q_adjusted"] or 0.0))
    months = sorted({part.rpartition("-")[2] for part in found.parts})
    return {"layout": found.layout, "rows": rows, "months": months, "notes": found.notes, "chart": _chart(rows)}


def _chart(rows: Sequence[Mapping[str, Any]]) -> Row | None:
    """Each reporter in our mix, and our own flow in the same cells with its interval."""
    drawn = [row for row in rows if row["side"] != OWN and row["e_over_q_adjusted"] is not None]
    if not drawn:
        return None
    y = {"field": "reporter", "type": "nominal", "title": None, "sort": [row["reporter"] for row in drawn]}
    scale = {"scale": {"zero": False}, "type": "quantitative"}
    x = {**scale, "title": "effective over quoted spread (lower is better)"}
    colour = {"color": {"field": "c", "type": "nominal", "title": None}}
    values = [
        {"reporter": row["reporter"], "v": row[name], "c": label, "lower": lower, "upper": upper}
        for row in drawn
        for name, label, lower, upper in (
            ("e_over_q_adjusted", "published, in our mix", None, None),
            ("own_e_over_q_matched", "ours, same orders", row["own_e_over_q_lower"], row["own_e_over_q_upper"]),
        )
        if row[name] is not None
    ]
    whisker = {"y": y, "x": {**x, "field": "lower"}, "x2": {"field": "upper"}, **colour}
    return {
        "width": "container",
        "height": {"step": 26},
        "data": {"values": values},
        "layer": [
            {"mark": {"type": "rule"}, "transform": [{"filter": "datum.lower !== null"}], "encoding": whisker},
            {
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
                "encoding": {"y": y, "x": {**x, "field": "v"}, **colour, "shape": {**colour["color"]}},
            },
        ],
    }


def _routing(context: Context, provider: str, quarter: str) -> Row:
    found = benchmark_606(context, quarter, ("section", "venue", "mic"), {})
    if not found["rows"]:
        return {"sections": [], "notes": found["notes"][-1:]}
    own = flow_by_venue(context, provider, quarter)
    sections: dict[str, list[Row]] = {}
    for row in found["rows"]:
        kept = {name: row[name] for name in ROUTING} | {"own_share": own.get(row["mic"]) if row["mic"] else None}
        sections.setdefault(str(row["section"]), []).append(kept)
    return {
        "sections": [
            {"section": name, "title": TITLES.get(name, name), "rows": rows[:SHOWN], "total": len(rows)}
            for name, rows in sections.items()
        ],
        "notes": [OWN_SHARE, *found["notes"]],
    }
