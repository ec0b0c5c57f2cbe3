"""Remediation at a glance: every file by the stage at which it stands, its clock, and the file as a course of days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from routeproof.app.desk.remediation import policy_of
from routeproof.app.objects.governed import objects_of
from routeproof.app.objects.kept import readable
from routeproof.governance.remediation.noun import REMEDIATION
from routeproof.governance.remediation.rules import NEXT, next_look_on, overdue
from routeproof.governance.review.noun import REVIEW
from routeproof.metrics.registry import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeproof.app.context import Context
    from routeproof.governance.remediation.state import Remediation
    from routeproof.policy.oversight import Step

    Row = dict[str, Any]

STAGES = (
    ("opened", "Opened"),
    ("notified", "Notified"),
    ("acknowledged", "Acknowledged"),
    ("investigating", "Investigated"),
    ("planned", "Planned"),
    ("heightened", "Heightened monitoring"),
    ("concluded", "Concluded"),
)
"""States in the order of the way; whatever ends it is one stage."""


def remediation_board(context: Context) -> list[Row]:
    """`[{"stage", "title", "cards"}]`, every stage of the way, also those where nothing stands.

    A card has `id, provider, quarter, finding, summary, state, metric` (what the exit test or the review's finding is
    about; null where neither says), `next` (the step that is expected; null after the end), `clock` (`due_on`, and
    `days` to it, negative when late; null without one), `overdue` as the list of remediations has it.
    """
    steps: Mapping[str, Step] = policy_of(context, context.records)["steps"]
    metrics = _metrics_of_findings(context)
    cards: dict[str, list[Row]] = {stage: [] for stage, _ in STAGES}
    for item in objects_of(context.records, REMEDIATION):
        card = _card(readable(item, context.evidence), steps, metrics, context.business_day)
        cards["concluded" if item.concluded else item.state].append(card)
    for found in cards.values():
        found.sort(key=lambda card: (card["clock"] is None, card["clock"] and card["clock"]["due_on"], card["id"]))
    return [{"stage": stage, "title": title, "cards": cards[stage]} for stage, title in STAGES]


def _card(item: Remediation, steps: Mapping[str, Step], metrics: Mapping[tuple[str, str, str], str], on: date) -> Row:
    metric = item.monitoring.exit.metric if item.monitoring else None
    metric = metric or metrics.get((item.quarter, item.provider, item.finding))
    due_on = _due_on(item, steps)
    return {
        "id": item.id,
        "provider": item.provider,
        "quarter": item.quarter,
        "finding": item.finding,
        "summary": item.summary,
        "state": item.state,
        "metric": BY_NAME[metric].label if metric in BY_NAME else metric,
        "next": next_step(item),
        "clock": {"due_on": due_on.isoformat(), "days": (due_on - on).days} if due_on else None,
        "overdue": overdue(item, steps, on),
        "outcome": item.concluded.outcome if item.concluded else None,
    }


def next_step(item: Remediation) -> str | None:
    """The verb that is expected; while monitoring is heightened, the next look."""
    if item.concluded:
        return None
    return "look" if item.monitoring else NEXT.get(item.state)


def _due_on(item: Remediation, steps: Mapping[str, Step]) -> date | None:
    """The first day of anything that is awaited."""
    if item.concluded:
        return item.concluded.look_again_on
    due = [action.due_on for action in item.actions if action.open]
    step = steps.get(NEXT.get(item.state, ""))
    if step is not None and step.due_days:
        due.append(item.since + timedelta(days=step.due_days))
    if item.monitoring:
        due += [next_look_on(item), item.monitoring.until]
    return min(due, default=None)


def _metrics_of_findings(context: Context) -> dict[tuple[str, str, str], str]:
    """What the committee predicted of a finding is what it is about."""
    return {
        (review.quarter, review.provider, decision.finding): decision.predicted.metric
        for review in objects_of(context.records, REVIEW)
        for decision in review.decisions
        if decision.predicted
    }


def remediation_course(shown: Mapping[str, Any]) -> Row:
    """What a remediation's page shows beside its members.

    Args:
        shown: the remediation, as `remediation_shown`.

    Returns:
        `stages`: `title`, `done`, `here`; `course`: `on, what, who, text, files` of what happened, in order;
        `exit_label`: name of the metric of the exit test; null without one.
    """
    ends = bool(shown["concluded"])
    states = [state for state, _ in STAGES]
    place = states.index("concluded" if ends else shown["state"])
    return {
        "stages": [
            {"title": title, "done": number < place or ends, "here": number == place}
            for number, (_, title) in enumerate(STAGES)
        ],
        "course": sorted(_happened(shown), key=lambda row: row["on"]),
        "exit_label": _label(shown["exit"]) if shown.get("exit") else None,
    }


def _label(test: Mapping[str, Any]) -> str:
    metric = BY_NAME.get(test["metric"])
    return metric.label if metric else str(test["metric"])


def _happened(shown: Mapping[str, Any]) -> Iterator[Row]:
    yield _row(shown["opened_on"], "opened", shown["opened_by"], shown["summary"], shown["evidence"])
    for letter in shown["letters"]:
        files = list(letter["files"].values())
        yield _row(letter["on"], f"letter {letter['id']} sent", letter["by"], f"To {letter['addressee']}", files)
    if told := shown["acknowledged"]:
        said = f"Received {told['received_on']} by {told['by']}"
        yield _row(told["on"], "acknowledged", told["recorded_by"], said, told["files"])
    for found in shown["investigation"]:
        yield _row(found["on"], "investigated", found["by"], found["text"], found["evidence"])
    for action in shown["actions"]:
        if action["done_on"]:
            said = f"{action['text']}. {action['done_text'] or ''}".strip()
            yield _row(action["done_on"], f"action {action['id']} done", action["done_by"], said, action["done_files"])
    if watched := shown["monitoring"]:
        yield _row(watched["on"], "monitoring heightened", watched["by"], f"Until {watched['until']}")
    for look in shown["looks"]:
        said = f"{look['from_on']} to {look['to_on']}: {'passed' if look['met'] else 'not passed'}"
        yield _row(look["on"] or look["to_on"], "look", "", said)
    for item in shown["correspondence"]:
        said = f"{item['subject']}\n{item['text'] or ''}".strip()
        yield _row(item["on"], f"correspondence {item['direction']}", item["by"], said, item["files"])
    if ended := shown["concluded"]:
        yield _row(ended["on"], f"concluded: {ended['outcome']}", ended["by"], ended["rationale"])


def _row(on: str, what: str, who: str, text: str, files: Sequence[str] = ()) -> Row:
    return {"on": on, "what": what, "who": who, "text": text, "files": list(files)}
