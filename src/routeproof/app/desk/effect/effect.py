"""The effect of a proposal: told at once where it is quick, kept where a day has to be judged anew, else why not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.desk.effect.of_duties import effect_of_duties
from routeproof.app.desk.effect.of_margins import effect_of_margin
from routeproof.app.desk.effect.sides import sides_of
from routeproof.app.measuring.background import Pending, kept_look, look_if_kept
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


def proposal_effect(
    context: Context, proposal: str, day: date | None = None, *, judge: bool = False, wait_s: float | None = None
) -> Row:
    """What a proposal would change.

    Args:
        context: the workspace.
        proposal: its id; one that is decided already is held against policy without it.
        day: that rules judge again; the last day with findings if none is given.
        judge: judge that day, where nobody has asked for it yet; what was found is kept.
        wait_s: how long to wait for that; null waits until it is done.

    Returns:
        `values` (see `Sides.values`; null for what is no single value), and one of: `effect` (see `effect_of_rules`,
        `effect_of_margin`, `effect_of_duties`); `pending`: seconds since a day is being judged; `reason`: why none can
        be told. `asks`: `{"day", "days"}` where a day has to be judged twice for it. What is not there is null.
    """
    found: Row = {"values": None, "effect": None, "asks": None, "pending": None, "reason": None}
    sides = sides_of(context, proposal)
    if sides is None:
        return {**found, "reason": "it adopts everything that is shipped as one decision: there is nothing to compare"}
    begins = max(sides.proposal.effective_from, context.business_day)
    found["values"] = sides.values(begins)
    subject, _, rest = sides.proposal.key.partition(".")
    if subject == "rules":
        asks = _asks(context, day)
        return {**found, "asks": asks, **_of_day(context, sides, asks, wait_s, judge=judge)}
    if subject == "margins":
        effect = effect_of_margin(context, rest, float(sides.proposal.value))
        return {**found, "effect": effect} if effect["verdicts"] else {**found, "reason": NOT_TOLD["margins"]}
    if subject == "duties":
        return {**found, "effect": effect_of_duties(context, sides, begins)}
    return {**found, "reason": NOT_TOLD.get(subject, OTHERWISE)}


def _asks(context: Context, day: date | None) -> Row | None:
    days = [item["day"] for item in days_worked(context)]
    return {"day": day.isoformat() if day else days[0], "days": days} if days or day else None


def _of_day(context: Context, sides: Sides, asks: Row | None, wait_s: float | None, *, judge: bool) -> Row:
    if asks is None:
        return {"reason": "no day was judged yet: `routeproof exceptions run --day` judges one"}
    on = date.fromisoformat(asks["day"])
    made_of = _made_of(context, sides, on)
    try:
        found = look_if_kept(context, "effect", made_of)
        if found is None and judge:
            found = kept_look(context, "effect", made_of, lambda own: _judged_twice(own, sides, on), wait_s)
    except RouteproofError as error:
        return {"reason": f"the day could not be judged: {error.message}"}
    return {"pending": found.seconds} if isinstance(found, Pending) else {"effect": found}


def _judged_twice(context: Context, sides: Sides, on: date) -> Row:
    from routeproof.app.desk.effect.of_rules import effect_of_rules  # noqa: PLC0415  # rules are slow to import

    return effect_of_rules(context, sides, on)


def _made_of(context: Context, sides: Sides, on: date) -> Row:
    proposal = sides.proposal
    said = {"id": proposal.id, "key": proposal.key, "value": proposal.value, "from": proposal.effective_from}
    return {**said, "day": on.isoformat(), "rules": rule_policy(context.records, on).id}
