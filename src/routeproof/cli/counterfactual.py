"""`routeproof counterfactual`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.analysis_options import Given, analysis_options, answer_lines
from routeproof.cli.printing import print_found, table_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_COLUMNS = ("routes", "paid_usd", "achievable_usd", "saved_usd", "saved_cents_per_share", "tells")
CENTS = 100


@click.command()
@analysis_options
def counterfactual(given: Given) -> None:
    """Bound what marketable routes could have cost at the displayed quotes that their router reaches.

    Costs are against the midpoint, after fees and rebates. Every figure is an interval: its upper cost rests on
    displayed size alone, its lower one on what policy `counterfactual` assumes of hidden size.

    Example: routeproof counterfactual --from 2026-07-01 --to 2026-09-30 --provider ACME
    """
    from routeproof.app.analysis.counterfactual.run import counterfactual as bound  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(given.workspace) as context:
        found = bound(context, given.span())
    print_found(found, _lines, as_json=given.as_json)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    for answer in found["answers"][:1]:
        yield from answer_lines(answer)
    for title, name, keys in (
        ("By provider and order class", "by_class", ("provider", "order_class")),
        ("By provider and venue that was chosen", "by_venue", ("provider", "venue")),
    ):
        if found[name]:
            yield ""
            yield title
            yield from table_lines((*keys, *_COLUMNS), _shown(found[name], keys))
    yield ""
    for title in ("identified", "not_identified"):
        yield f"{title.replace('_', ' ').capitalize()}:"
        yield from (f"  {sentence}" for sentence in found[title])
    left = found["left_out"]
    yield (
        f"Of {left['marketable']:,} marketable routes, {left['without_quote']:,} had no usable quote and "
        f"{left['without_fill']:,} no fill in time."
    )


def _shown(rows: Sequence[Mapping[str, Any]], keys: tuple[str, ...]) -> list[dict[str, Any]]:
    shown = []
    for row in rows:
        bare = {name: row[name] for name in (*keys, "routes")}
        if row["reason"] is not None:
            shown.append({**bare, "tells": row["reason"]})
            continue
        least, most = (row[f"saved_{end}_usd_per_share"] * CENTS for end in ("lower", "upper"))
        shown.append(
            {
                **bare,
                "paid_usd": f"{row['paid_usd']:,.2f}",
                "achievable_usd": _between(row["achievable_lower_usd"], row["achievable_upper_usd"]),
                "saved_usd": _between(row["saved_lower_usd"], row["saved_upper_usd"]),
                "saved_cents_per_share": _between(least, most, digits=3),
                "tells": row["tells"].replace("_", " "),
            }
        )
    return shown


def _between(lower: float, upper: float, digits: int = 2) -> str:
    return f"{lower:,.{digits}f} to {upper:,.{digits}f}"
