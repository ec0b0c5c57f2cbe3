"""A provider's file as its page shows it: the questionnaire beside last year's, agreements, settings, what goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.act import shown
from routeproof.app.objects.governed import objects_of
from routeproof.app.provider.file import provider_of, questions_of
from routeproof.governance.certification import CERTIFICATION
from routeproof.governance.config import CONFIG
from routeproof.governance.conflict import CONFLICT
from routeproof.governance.provider.score import mark_of
from routeproof.governance.remediation.noun import REMEDIATION
from routeproof.governance.sla.noun import SLA
from routeproof.metrics.registry import BY_NAME
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from routeproof.app.context import Context
    from routeproof.governance.decider import Noun
    from routeproof.governance.provider.state import Provider, Round

    Row = dict[str, Any]

KEPT, BREACHED, UNKNOWN, NOT_YET = "kept", "breached", "unknown", "not evaluated"


def provider_file(context: Context, provider_id: str) -> Row:
    """What stands beside a provider's own members.

    Returns:
        `questionnaire`: see `questionnaire_compared`; `agreements`: `id, state, from, until, fee_usd_per_month,
        clauses, evaluation` with each clause's `threshold` and `state` (kept, breached, unknown, not evaluated);
        `configurations`: `id, state, in_force, settings, waiting, changes`; `conflicts`, `certifications`,
        `remediations`: `id, state` and what tells them apart.

    Raises:
        UsageError: there is no file of that name.
    """
    provider = provider_of(context, provider_id)
    return {
        "questionnaire": questionnaire_compared(provider),
        "agreements": [_agreement(item) for item in _of(context, SLA, provider_id)],
        "configurations": [_configuration(item) for item in _of(context, CONFIG, provider_id)],
        "conflicts": _few(context, CONFLICT, provider_id, "kind", "venue"),
        "certifications": _few(context, CERTIFICATION, provider_id, "config"),
        "remediations": _few(context, REMEDIATION, provider_id, "quarter", "finding"),
    }


def questionnaire_compared(provider: Provider) -> Row:
    """The latest round's answers beside those of the round before.

    Returns:
        `round`, `before` (numbers; null without an earlier round) and `sections`: `section, rows` of `question_id,
        question, must, answer, mark, note, last, change` (`new`, `changed`, `same`, `unanswered`); `changed`: how many.
    """
    last = provider.rounds[-2] if len(provider.rounds) > 1 else None
    sections: dict[str, list[Row]] = {}
    for name, section, question in _asked(provider.round):
        row = _answered(provider.round, last, name)
        sections.setdefault(section, []).append({"question_id": name, "question": question, **row})
    rows = [row for found in sections.values() for row in found]
    return {
        "round": provider.round.number,
        "before": last.number if last else None,
        "changed": sum(row["change"] in {"new", "changed"} for row in rows) if last else 0,
        "sections": [{"section": name, "rows": found} for name, found in sections.items()],
    }


def _asked(round_: Round) -> Iterator[tuple[str, str, str]]:
    """Question, its section and its words; only its name where that version is not shipped any more."""
    try:
        known = questions_of(round_)
    except UsageError:
        known = {}
    for name in round_.questions:
        asked = known.get(name)
        yield (name, asked.section, asked.question) if asked else (name, "", "")


def _answered(round_: Round, last: Round | None, name: str) -> Row:
    answer, judged = round_.answers.get(name), round_.marks.get(name)
    before = last.answers.get(name) if last else None
    change = "unanswered" if answer is None else "same"
    if last is not None and answer is not None:
        change = "new" if before is None else "same" if _plain(before.answer) == _plain(answer.answer) else "changed"
    return {
        "must": round_.questions[name].must,
        "answer": answer.answer if answer else None,
        "mark": mark_of(round_, name),
        "note": judged.note if judged else None,
        "last": before.answer if before else None,
        "change": change,
    }


def _plain(text: str) -> str:
    return " ".join(text.split())


def _of(context: Context, noun: Noun[Any], provider_id: str) -> list[Row]:
    names = [item.id for item in objects_of(context.records, noun) if item.provider == provider_id]
    return [shown(context, noun, name) for name in names]


def _few(context: Context, noun: Noun[Any], provider_id: str, *members: str) -> list[Row]:
    found = [item for item in objects_of(context.records, noun) if item.provider == provider_id]
    return [{name: getattr(item, name, None) for name in ("id", "state", *members)} for item in found]


def _agreement(item: Mapping[str, Any]) -> Row:
    terms = item["terms"] or {}
    last = item["evaluations"][-1] if item["evaluations"] else None
    return {
        "id": item["id"],
        "state": item["state"],
        "from": terms.get("effective_from"),
        "until": terms.get("ends_on"),
        "fee_usd_per_month": terms.get("fee_usd_per_month"),
        "waiting": item["waiting"],
        "clauses": [_clause(clause, last) for clause in terms.get("clause", ())],
        "evaluation": last,
    }


def _clause(clause: Mapping[str, Any], last: Mapping[str, Any] | None) -> Row:
    state = NOT_YET
    if last is not None:
        state = BREACHED if clause["id"] in last["breached"] else UNKNOWN if clause["id"] in last["unknown"] else KEPT
    metric = BY_NAME.get(clause["metric"])
    least, most = clause["at_least"], clause["at_most"]
    return {
        "id": clause["id"],
        "title": clause["title"] or clause["id"],
        "metric": metric.label if metric else clause["metric"].replace("_", " "),
        "unit": metric.unit if metric else "",
        "where": list(clause["where"]),
        "threshold": f"at least {least}" if least is not None else f"at most {most}",
        "window": clause["window"],
        "state": state,
    }


def _configuration(item: Mapping[str, Any]) -> Row:
    changed = (item["waiting_difference"] or {}).get("changed", ())
    waiting = {one["setting"]: one["after"] for one in changed}
    return {
        "id": item["id"],
        "state": item["state"],
        "in_force": item["in_force"],
        "settings": [
            {"name": name, "value": value, "waiting": waiting.get(name)} for name, value in item["settings"].items()
        ],
        "waiting": item["waiting"],
        "added": (item["waiting_difference"] or {}).get("added", []),
        "versions": item["versions"],
    }
