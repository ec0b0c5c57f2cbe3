"""`routeproof conflicts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.analysis_options import Given, analysis_options, answer_lines
from routeproof.cli.printing import print_found, table_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

FINDINGS = ("provider", "orders", "kind", "verdict", "p", "loss_usd_per_share", "loss_share_unfilled", "reason")
VENUES = ("provider", "venue", "net_payment_cents_per_hundred_shares", "orders", "response", "lower", "upper")
MONEY = (
    "provider", "kind", "order_class", "executed_shares", "ordered_shares", "shares_with_a_better_venue", "lost_usd",
    "earned_usd", "unfilled_shares",
)  # fmt: skip
DIGITS = 4


@click.group()
def conflicts() -> None:
    """Whether money pulls a router's choice of venue, and what that costs customers."""


@conflicts.command("test")
@analysis_options
def test(given: Given) -> None:
    """Does the chance of routing to a venue rise with its net payment, given the quality predicted there?

    Venues' quality is predicted from earlier weeks. A provider is named only where both the pull and customers' loss
    are more than chance.

    Example: routeproof conflicts test --provider P1 --from 2026-07-01 --to 2026-09-30
    """
    from routeproof.app.analysis.conflict.run import conflicts_test  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(given.workspace) as context:
        found = conflicts_test(context, given.span())
    print_found(found, _lines, as_json=given.as_json)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['from']} to {found['to']}, {found['days']} days."
    if not found["findings"]:
        yield f"Cannot tell: {found['reason']}."
        return
    yield from table_lines(FINDINGS, [_short(row) for row in found["findings"]])
    yield ""
    yield from found["sentences"]
    yield ""
    for answer in found["answers"]:
        is_total = answer["about"] == "loss" and answer["order_class"] == "all"
        if answer["about"] == "pull" or (is_total and answer["kind"] != "best"):
            rests = ", orders that rest" if answer["orders"] == "resting" else ""
            whose = f"{answer['provider']}{rests}, {answer['kind']}"
            yield f"{whose}{', ' + answer['bound'] if is_total else ''}:"
            yield from answer_lines(answer)
    yield ""
    yield from table_lines(VENUES, [_short(row) for row in found["venues"]])
    yield ""
    yield from table_lines(MONEY, [_short(row) for row in found["money"]])
    yield from found["notes"]
    if found["unpriced"]:
        named = ", ".join(f"{row['venue']} ({row['provider']})" for row in found["unpriced"])
        yield f"Neither fees nor payments are known of {named}: nothing is said of what they pay."


def _short(row: dict[str, Any]) -> dict[str, Any]:
    return {name: float(f"{item:.{DIGITS}g}") if isinstance(item, float) else item for name, item in row.items()}
