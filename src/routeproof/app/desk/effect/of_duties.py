"""What is owed without a proposal, and with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.firm.duties import duties_under

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.desk.effect.sides import Sides

    Row = dict[str, Any]


def effect_of_duties(context: Context, sides: Sides, on: date) -> Row:
    """Duties of a day that appear, vanish, are due on another day or stand otherwise.

    Returns:
        `kind` is `duties`; `on`; `total`: duties with the proposal; `duties`: `id, title, subject, period, what,
        due_before, due_after, state_before, state_after`, by due date, null where a side has no such duty; `sums`:
        how many of them `appears, vanishes, moves`, and how many are `overdue_before` and `overdue_after`.
    """
    before = {duty.id: duty.shown() for duty in duties_under(context.records, sides.before(), on)}
    after = {duty.id: duty.shown() for duty in duties_under(context.records, sides.after(on), on)}
    rows = sorted(_changes(before, after), key=lambda row: str(row["due_after"] or row["due_before"]))
    sums = {what: sum(row["what"] == what for row in rows) for what in ("appears", "vanishes", "moves")}
    sums |= {f"overdue_{side}": sum(row[f"state_{side}"] == "overdue" for row in rows) for side in ("before", "after")}
    return {"kind": "duties", "on": on.isoformat(), "total": len(after), "duties": rows, "sums": sums}


def _changes(before: Mapping[str, Row], after: Mapping[str, Row]) -> Iterator[Row]:
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old and new and (old["due_on"], old["state"]) == (new["due_on"], new["state"]):
            continue
        said: Row = new or old or {}
        yield {
            **{key: said[key] for key in ("id", "title", "subject", "period")},
            "what": "appears" if old is None else "vanishes" if new is None else "moves",
            "due_before": old and old["due_on"],
            "due_after": new and new["due_on"],
            "state_before": old and old["state"],
            "state_after": new and new["state"],
        }
