"""Remediation of a provider's underperformance: each step after the one before, each with its documents."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from routeproof.governance.decider import (
    Command,
    Event,
    Nothing,
    Noun,
    Verb,
    absent,
    another_person,
    existing,
    refuse,
)
from routeproof.governance.remediation.bodies import (
    Acknowledgement,
    Conclusion,
    Correspondence,
    Doing,
    Heightening,
    Investigation,
    Notice,
    Opening,
    Plan,
    Withdrawal,
)
from routeproof.governance.remediation.evolve import fold_remediation
from routeproof.governance.remediation.rules import (
    consecutive,
    looks_for_exit,
    met,
    needs,
    next_look_from,
    overdue,
    unmet,
    warnings,
)
from routeproof.governance.remediation.state import Look, Remediation
from routeproof.policy.tighter import refused, speaks_of_rule, whole_key
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import market_day

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from routeproof.governance.remediation.state import Action
    from routeproof.policy.oversight import Step

OTHER = "other"
OVERRIDER = "compliance"


def _open(state: Remediation | None, command: Command) -> Sequence[Event]:
    absent(state, command)
    return [Event("remediation.opened", {"id": command.id, **command.body.model_dump(mode="json")})]


def _at_step(state: Remediation | None, command: Command) -> Remediation:
    """The remediation, standing where this step may follow, with a body that fills what the step needs."""
    remediation = existing(state, command)
    step: Step = command.around["steps"][command.verb]
    if remediation.state not in step.after:
        refuse(
            "wrong_state",
            f"expected {command.id} in state {' or '.join(step.after)} for {command.verb}, found {remediation.state}",
            where=command.id,
        )
    empty = [name for name in step.needs if getattr(command.body, name, None) in (None, "", (), [], {})]
    if empty:
        refuse("incomplete", f"{command.verb} needs {', '.join(empty)}, found nothing there", where=command.id)
    return remediation


def _notify(state: Remediation | None, command: Command) -> Sequence[Event]:
    remediation = _at_step(state, command)
    letter = {"id": f"L{len(remediation.letters) + 1}", **command.body.model_dump(mode="json")}
    return [Event("remediation.notified", letter)]


def _acknowledge(state: Remediation | None, command: Command) -> Sequence[Event]:
    _at_step(state, command)
    return [Event("remediation.acknowledged", command.body.model_dump(mode="json"))]


def _investigate(state: Remediation | None, command: Command) -> Sequence[Event]:
    _at_step(state, command)
    causes = command.around["root_causes"]
    if command.body.root_cause not in causes:
        refuse("incomplete", f"expected a root cause out of {', '.join(causes)}", where="root_cause")
    if command.body.root_cause == OTHER and command.body.root_cause_words is None:
        refuse("incomplete", f"expected the cause in words with {OTHER}, found none", where="root_cause_words")
    return [Event("remediation.investigated", command.body.model_dump(mode="json"))]


def _plan(state: Remediation | None, command: Command) -> Sequence[Event]:
    remediation = _at_step(state, command)
    ids = [action.id for action in command.body.actions]
    if len(set(ids)) < len(ids):
        refuse("incomplete", "expected each action once, found an id twice", where="actions")
    today = max(command.on, market_day(command.around["now"]))
    stands = {action.id: action for action in remediation.actions}
    for action in command.body.actions:
        before = stands.get(action.id)
        if before is not None and before.withdrawn_on is not None:
            refuse("wrong_state", f"action {action.id} was withdrawn on {before.withdrawn_on}: give it another id")
        if before is not None and before.open and before.due_on < today and action.due_on != before.due_on:
            refuse(
                "wrong_state",
                f"action {action.id} was due on {before.due_on}, which stands: plan another and have somebody withdraw "
                "this one with a reason",
                where=action.id,
            )
    return [Event("remediation.planned", command.body.model_dump(mode="json"), version=2)]


def _withdraw(state: Remediation | None, command: Command) -> Sequence[Event]:
    _not_who_planned(state, command)
    today = market_day(command.around["now"])
    if command.on < today:
        refuse("not_permitted", f"expected {today} or later, found {command.on}: no withdrawal is backdated")
    return [Event("remediation.action_withdrawn", command.body.model_dump(mode="json"))]


def _not_who_planned(state: Remediation | None, command: Command) -> None:
    remediation = existing(state, command)
    action = _open_action(remediation, command)
    planner = action.planned_by or remediation.opened_by  # plans of earlier programs do not say whose they are
    another_person(command, planner, f"planned action {action.id}")


def _heighten(state: Remediation | None, command: Command) -> Sequence[Event]:
    remediation = _at_step(state, command)
    _can_end(command)
    limits, subjects = command.around["limits"], command.around["subjects"]
    thresholds = _whole_keys(command.body.thresholds, command.around["metric_names"])
    for key, value in thresholds.items():
        if speaks_of_rule(limits, subjects, key) and (why := refused(limits, remediation.provider, key, value)):
            refuse("incomplete", f"heightened monitoring only tightens: {why}", where=f"thresholds.{key}")
    monitored = command.body.model_dump(mode="json") | {"thresholds": thresholds}
    return [Event("remediation.heightened", monitored, version=2)]


def _can_end(command: Command) -> None:
    """Refuse monitoring that ends before it begins, and an exit test of a metric that nothing measures.

    What is tested with a margin is a daily stream, whose names were looked at before.
    """
    body, known = command.body, command.around["metric_names"]
    if body.until < command.on:
        refuse("incomplete", f"expected a last day from {command.on} on, found {body.until}", where="until")
    if body.exit.within is None and body.exit.metric not in known:
        near = command.around["nearest"](body.exit.metric, known) or "; `routeproof metrics` names them"
        refuse("incomplete", f"expected a metric, found {body.exit.metric!r}{near}", where="exit.metric")


def _whole_keys(thresholds: Mapping[str, float], metrics: Collection[str]) -> dict[str, float]:
    """The thresholds by the keys that are recorded; each may be given once."""
    found: dict[str, float] = {}
    for key, value in thresholds.items():
        try:
            whole = whole_key(key, metrics)
        except UsageError as error:
            refuse("incomplete", error.message, where=f"thresholds.{key}")
        if whole in found:
            refuse("incomplete", f"expected each threshold once, found {whole} twice", where=f"thresholds.{key}")
        found[whole] = value
    return found


def _done(state: Remediation | None, command: Command) -> Sequence[Event]:
    _open_action(existing(state, command), command)
    return [Event("remediation.action_done", command.body.model_dump(mode="json"))]


def _open_action(remediation: Remediation, command: Command) -> Action:
    _in(remediation, command, "planned", "heightened")
    actions = {action.id: action for action in remediation.actions}
    wanted = command.body.action
    if wanted not in actions:
        refuse("wrong_state", f"expected an action of {command.id} ({', '.join(actions)}), found {wanted!r}")
    action = actions[wanted]
    if action.done_on is not None:
        refuse("wrong_state", f"action {wanted} was done on {action.done_on}")
    if action.withdrawn_on is not None:
        refuse("wrong_state", f"action {wanted} was withdrawn on {action.withdrawn_on}")
    return action


def _in(remediation: Remediation, command: Command, *allowed: str) -> None:
    if remediation.state not in allowed:
        expected = " or ".join(allowed)
        refuse("wrong_state", f"expected {command.id} in state {expected}, found {remediation.state}", where=command.id)


def _look(state: Remediation | None, command: Command) -> Sequence[Event]:
    remediation = existing(state, command)
    _in(remediation, command, "heightened")
    looks = _looks(remediation, command)
    if not looks:
        since = next_look_from(remediation)
        refuse("wrong_state", f"expected a whole day since {since} to look at, found none on {command.on}")
    return [Event("remediation.looked", look.model_dump(mode="json")) for look in looks]


def _looks(remediation: Remediation, command: Command) -> tuple[Look, ...]:
    """What was measured before the lock was taken, judged against the exit test that stands now."""
    monitoring = remediation.monitoring
    given = tuple(Look.model_validate(look) for look in command.around.get("looks", ()))
    if monitoring is None or not given:
        return ()
    if given[0].from_on != next_look_from(remediation) or given[0].metric != monitoring.exit.metric:
        refuse("outdated_version", f"somebody else looked at {command.id} meanwhile: look again", where=command.id)
    return tuple(
        look.model_copy(
            update={
                "met": met(monitoring.exit, look),
                "counts": (look.to_on - look.from_on).days + 1 >= monitoring.review_every_days,
            }
        )
        for look in given
    )


def _correspond(state: Remediation | None, command: Command) -> Sequence[Event]:
    existing(state, command)
    body: Correspondence = command.body
    if not body.files and body.text is None:
        refuse("incomplete", "expected a text or files to file, found neither", where="files")
    return [Event("remediation.correspondence_filed", body.model_dump(mode="json"))]


def _conclude(state: Remediation | None, command: Command) -> Sequence[Event]:
    remediation = _at_step(state, command)
    body: Conclusion = command.body
    _in(remediation, command, *command.around["outcomes"][body.outcome])
    if body.outcome == "terminated" and not body.transition_plan:
        refuse("incomplete", "termination needs a transition_plan, found none", where="transition_plan")
    new = _looks(remediation, command) if body.outcome == "restored" else ()
    against = _against(remediation, new, command) if body.outcome == "restored" else []
    overridden = bool(against)
    again = command.on + timedelta(days=command.around["look_again_days"]) if overridden else None
    concluded = {
        **body.model_dump(mode="json"),
        "override": overridden,
        "unmet": against,
        "look_again_on": again.isoformat() if again else None,
    }
    looked = [Event("remediation.looked", look.model_dump(mode="json")) for look in new]
    return [*looked, Event("remediation.concluded", concluded)]


def _against(remediation: Remediation, new: tuple[Look, ...], command: Command) -> list[str]:
    """What the criteria miss; refused unless compliance overrides them."""
    looks = (*looks_for_exit(remediation), *(look for look in new if look.counts))
    found = unmet(remediation, looks)
    if found and not command.body.override:
        refuse("criteria_not_met", f"{command.id} cannot be restored: {'; '.join(found)}", where=command.id)
    roles = command.roster.people[command.by].roles(command.around["now"])
    if found and OVERRIDER not in roles:
        refuse("not_permitted", f"criteria are overridden by {OVERRIDER} only; {command.by} has {', '.join(roles)}")
    return found


def _show(remediation: Remediation, day: date, around: Mapping[str, Any]) -> dict[str, Any]:
    values = remediation.model_dump(mode="json")
    steps = around.get("steps", {})
    concluded = remediation.concluded
    return {
        **values,
        "override": concluded.override if concluded else False,
        "look_again_on": values["concluded"]["look_again_on"] if concluded else None,
        "needs": needs(remediation, steps),
        "overdue": overdue(remediation, steps, day),
        "exit": _exit(remediation),
        "warnings": warnings(remediation, around.get("metric_names")),
        "root_causes": list(around.get("root_causes", ())) if "root_cause" in needs(remediation, steps) else [],
    }


def _exit(remediation: Remediation) -> dict[str, Any] | None:
    if remediation.monitoring is None:
        return None
    looks = looks_for_exit(remediation)
    return {
        **remediation.monitoring.exit.model_dump(mode="json"),
        "passed_in_a_row": consecutive(looks),
        "unmet": unmet(remediation, looks),
    }


REMEDIATION: Noun[Remediation] = Noun(
    name="remediation",
    state=Remediation,
    verbs={
        "open": Verb(Opening, _open),
        "notify": Verb(Notice, _notify, signs=True),
        "acknowledge": Verb(Acknowledgement, _acknowledge),
        "investigate": Verb(Investigation, _investigate),
        "plan": Verb(Plan, _plan),
        "heighten": Verb(Heightening, _heighten),
        "done": Verb(Doing, _done),
        "withdraw": Verb(Withdrawal, _withdraw, others=_not_who_planned),
        "look": Verb(Nothing, _look),
        "correspond": Verb(Correspondence, _correspond),
        "conclude": Verb(Conclusion, _conclude, signs=True),
    },
    evolve=fold_remediation,
    show=_show,
)
