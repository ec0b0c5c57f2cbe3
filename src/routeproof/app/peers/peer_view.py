"""A provider beside what others publish: Rule 605 quality by market centre, Rule 606 shares and payments by venue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.disclosure.benchmark_606 import benchmark_606
from routeproof.app.measuring.background import kept_look, look_if_kept
from routeproof.app.peers.benchmark_605 import asked, benchmark_605, months_of, parts_by_layout, said_month
from routeproof.app.peers.beside_605 import OWN, Beside, benchmark_beside
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.provider.liquidity_access import flow_by_venue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.app.context import Context
    from routeproof.app.measuring.background import Pending
    from routeproof.app.peers.benchmark_605 import Asked, Benchmark605

    Row = dict[str, Any]

QUALITY = (
    "reporter", "side", "kind", "used", "liquidity_share", "covered_orders", "coverage", "e_over_q",
    "e_over_q_adjusted", "weight_matched", "own_e_over_q_matched", "own_e_over_q_lower", "own_e_over_q_upper",
    "price_improvement_usd_per_share", "price_improvement_usd_per_share_adjusted", "time_ms", "time_ms_adjusted",
    "effective_spread_usd_per_share", "fill_rate_shares",
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


def published_kept(context: Context, provider: str, quarter: str, wait_s: float | None = None) -> Row | Pending:
    """What others publish of a quarter, kept until any of it changes.

    Returns:
        `quality`: `rows` by reporter as `benchmark_605` has them, `months`, `notes`; `routing`: `sections` of `rows` by
        venue as `benchmark_606` has them, with `own_share` of the provider's executed shares beside each venue whose
        MIC is known, and `notes`. Without public reports, rows are empty and the notes say what brings them.
    """

    def look(own: Context) -> Row:
        return {"quality": _published(own, quarter), "routing": _routing(own, provider, quarter)}

    return kept_look(context, "published", _made_of(context, provider, quarter), look, wait_s)


def beside_kept(
    context: Context, provider: str, quarter: str, *, count: bool = False, wait_s: float | None = None
) -> Row | Pending | None:
    """The provider's own orders counted as public reports count theirs, beside each reporter in the same mix.

    Args:
        context: the workspace.
        provider: whose flow.
        quarter: of both sides.
        count: count them, where nobody has asked for it yet: every order of the months is measured, which takes its
            time.
        wait_s: how long to wait for that; null waits until it is done.

    Returns:
        `rows` as `benchmark_beside` has them, the own row first, `months`, `notes`, and `chart`; null while nobody has
        asked.
    """
    made_of = _made_of(context, provider, quarter)
    found = look_if_kept(context, "beside", made_of)
    if found is None and count:
        found = kept_look(context, "beside", made_of, lambda own: _beside(own, provider, quarter), wait_s)
    return found


def _made_of(context: Context, provider: str, quarter: str) -> Row:
    held = context.lake.manifest().partitions.items()
    return {
        "provider": provider,
        "quarter": quarter,
        "readings": policy_in_force(context.records).readings,
        # A manifest's id says nothing of what others publish.
        "public": sorted([table, part, item.content] for (table, part), item in held if table.startswith(PUBLIC)),
    }


def _question(quarter: str, layout: str | None = None) -> Asked:
    first, last = months_of(quarter, None, None)
    return asked("reporter", first=first, last=last, layout=layout)


def _published(context: Context, quarter: str) -> Row:
    question = _question(quarter)
    held = parts_by_layout(context.lake, question)
    layout = next((name for name in ("detailed", "legacy", "summary") if name in held), None)
    return _told(benchmark_605(context.lake, _question(quarter, layout)))


def _beside(context: Context, provider: str, quarter: str) -> Row:
    found = _told(benchmark_beside(context, _question(quarter), Beside(provider=provider)))
    rows = found["rows"]
    rows.sort(key=lambda row: (row["side"] != OWN, row["e_over_q_adjusted"] is None, row["e_over_q_adjusted"] or 0.0))
    return {**found, "chart": _chart(rows)}


def _told(found: Benchmark605) -> Row:
    rows = [{name: row.get(name) for name in QUALITY} for row in found.rows]
    months = sorted({said_month(part.rpartition("-")[2]) for part in found.parts})
    return {"layout": found.layout, "rows": rows, "months": months, "notes": list(found.notes)}


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
