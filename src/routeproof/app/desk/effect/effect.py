"""The effect of a proposal: told at once where it is quick, kept where a day has to be judged anew, else why not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.desk.effect.of_duties import effect_of_duties
from routeproof.app.desk.effect.of_margins import effect_of_margin
from routeproof.app.desk.effect.of_rules import effect_of_rules
from routeproof.app.desk.effect.sides import sides_of
from routeproof.app.measuring.background import Pending, at_work, kept_look, look_path, read_look
from routeproof.app.monitoring.policy import rule_policy
from routeproof.app.monitoring.worked_days import days_worked
from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.app.desk.effect.sides import Sides

    Row = dict[str, Any]

NOT_TOLD = {
    "calendar": "a trading day is taken up or left out: its effect is seen when the day comes",
    "cases": "clocks are set when a case is opened: cases on record keep theirs, later ones follow the new value",
    "drift": "a drift alarm rests on every session since its baseline began: judge the days again after the approval",
    "monitoring_waits": "it says how long findings stay provisional: no finding of a day that is over changes",
    "margins": "no pack on record has a verdict on this metric: the first pack after the approval is judged by it",
    "evidence": "intervals are made anew with each pack: build the review again after the approval to see them",
}
OTHERWISE = "nothing on record is computed again from it: the next step that reads it follows the new value"


def proposal_effect(context: Context, proposal: str, day: date | None = None) -> Row:
    """What a proposal would change.

    Args:
        context: the workspace.
        proposal: its id; one that is decided already is held against policy without it.
        day: that rules judge again; the last day with findings if none is given.

    Returns:
        `values` (see `Sides.values`; null for what is no single value), and one of: `effect` (see `effect_of_rules`,
        `effect_of_margin`, `effect_of_duties`); `asks`: `{"day", "days"}`, a day has to be judged twice for it, which
        takes its time; `pending`: seconds since that was begun; `reason`: why none can be told. What is not there is
        null.
    """
    found: Row = {"values": None, "effect": None, "asks": None, "pending": None, "reason": None}
    sides = sides_of(context, proposal)
    if sides is None:
        return {**found, "reason": "it adopts everything that is shipped as one decision: there is nothing to compare"}
    begins = max(sides.proposal.effective_from, context.business_day)
    found["values"] = sides.values(begins)
    subject, _, rest = sides.proposal.key.partition(".")
    if subject == "rules":
        return {**found, **_of_day(context, sides, day)}
    if subject == "margins":
        effect = effect_of_margin(context, rest, float(sides.proposal.value))
        return {**found, "effect": effect} if effect["verdicts"] else {**found, "reason": NOT_TOLD["margins"]}
    if subject == "duties":
        return {**found, "effect": effect_of_duties(context, sides, begins)}
    return {**found, "reason": NOT_TOLD.get(subject, OTHERWISE)}


def judge_effect(context: Context, proposal: str, day: date, wait_s: float | None = None) -> Row | Pending | None:
    """Judge a day without a proposal and with it, and keep what was found; null for a proposal of no rule."""
    sides = sides_of(context, proposal)
    if sides is None or not sides.proposal.key.startswith("rules."):
        return None
    made_of = _made_of(context, sides, day)
    return kept_look(context, "effect", made_of, lambda own: effect_of_rules(own, sides, day), wait_s)


def _of_day(context: Context, sides: Sides, day: date | None) -> Row:
    days = [item["day"] for item in days_worked(context)]
    if not days and day is None:
        return {"reason": "no day was judged yet: `routeproof exceptions run --day` judges one"}
    chosen = day.isoformat() if day else days[0]
    path = look_path(context, "effect", _made_of(context, sides, chosen))
    found: Row = {"effect": read_look(path), "asks": {"day": chosen, "days": days}}
    try:
        return {**found, "pending": at_work(path) if found["effect"] is None else None}
    except RouteproofError as error:
        return {**found, "reason": f"the day could not be judged: {error.message}"}


def _made_of(context: Context, sides: Sides, day: date | str) -> Row:
    proposal, on = sides.proposal, date.fromisoformat(str(day))
    said = {"id": proposal.id, "key": proposal.key, "value": proposal.value, "from": proposal.effective_from}
    return {**said, "day": str(day), "rules": rule_policy(context.records, on).id}
