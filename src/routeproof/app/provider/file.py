"""The provider file: what its decisions need from policy, and the questionnaire on its way out and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.fold import required
from routeproof.app.objects.kept import readable
from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.provider.noun import PROVIDER
from routeproof.policy.questionnaire import questionnaire_on
from routeproof.renderers.sheet import render_sheet
from routeproof.sources.sheet import read_sheet
from routeproof.stores.files import write_whole
from routeproof.stores.provider_documents import load_questionnaires
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.objects.act import Around
    from routeproof.governance.provider.state import Provider, Round
    from routeproof.policy.providers import ProviderPolicy
    from routeproof.policy.questionnaire import Question, Questionnaire
    from routeproof.stores.records import Records

COLUMNS = ("question_id", "question", "answer", "evidence")
EARLIER = ("last_answer", "last_evidence", "last_answered_on")
"""Further columns of a refresh: what was said a year ago, to be confirmed or changed."""
YES, NO = ("yes", "y", "true"), ("no", "n", "false")


def provider_around(context: Context) -> Around:
    """What the decisions of a provider's file need from policy, as in force today, whatever day the action is given."""

    def around(records: Records) -> Mapping[str, Any]:
        return policy_on(policy_in_force(records).whole.providers, context.today)

    return around


def policy_on(policy: ProviderPolicy, day: date) -> dict[str, Any]:
    """Questionnaire and waiting times in force on a day."""
    return {
        "questionnaire": questionnaire_on(load_questionnaires(), day),
        "refresh_months": policy.refresh_months.on_or_first(day).value,
        "reliance_look_months": policy.reliance_look_months.on_or_first(day).value,
    }


def provider_of(context: Context, provider_id: str) -> Provider:
    """The file of a provider, its texts readable.

    Raises:
        UsageError: if there is none of that id.
    """
    return readable(required(context.records, PROVIDER, provider_id).state, context.evidence)


def questions_of(round_: Round) -> dict[str, Question]:
    """The questions as they were asked in a round, by id.

    Raises:
        UsageError: if that version is not shipped any more.
    """
    return _asked(round_).by_id()


def _asked(round_: Round) -> Questionnaire:
    for questionnaire in load_questionnaires():
        if (questionnaire.id, questionnaire.version) == (round_.questionnaire, round_.version):
            return questionnaire
    message = f"expected {round_.questionnaire} {round_.version} among the shipped questionnaires, found it missing"
    raise UsageError(message, where=round_.questionnaire)


def write_questionnaire(context: Context, provider_id: str, out: Path) -> int:
    """Write the questionnaire of a provider's latest round, with what is answered already; returns the questions.

    A refresh brings last year's answers along in further columns.

    Raises:
        UsageError: if there is no such provider, or the file name has another ending than .csv, .json, .xlsx.
    """
    columns, rows = _questionnaire(context, provider_id)
    write_whole(out, render_sheet(out.suffix, columns, rows))
    return len(rows)


def questionnaire_file(context: Context, provider_id: str, form: str) -> bytes:
    """The same as bytes; `form` is csv, json or xlsx. Raises as `write_questionnaire`."""
    return render_sheet(f".{form}", *_questionnaire(context, provider_id))


def _questionnaire(context: Context, provider_id: str) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    provider = provider_of(context, provider_id)
    earlier = [item for item in provider.rounds[:-1] if not item.open]
    last = earlier[-1].answers if earlier else {}
    columns = (*COLUMNS, *EARLIER) if last else COLUMNS
    rows = []
    for name, question in questions_of(provider.round).items():
        answer = provider.round.answers.get(name)
        row = {"question_id": name, "question": question.question}
        row |= {"answer": answer.answer, "evidence": answer.evidence or ""} if answer else {}
        if name in last:
            said = last[name]
            row |= {"last_answer": said.answer, "last_evidence": said.evidence or ""}
            row |= {"last_answered_on": said.on.isoformat()}
        rows.append(row)
    return columns, rows


ENDINGS = (".csv", ".json", ".xlsx")
"""Of the name of a questionnaire that comes back; what is in it decides how it is read."""


def answers_body(context: Context, provider_id: str, path: Path) -> dict[str, Any]:
    """The body of `provider answers` from a file that a provider filled in; a blank answer withdraws an earlier one.

    Raises:
        UsageError: for another ending of its name, another column, a question that was not asked, asked twice or
            reworded, or no answer at all; with file and row.
    """
    if path.suffix.lower() not in ENDINGS:
        message = f"expected a file name that ends in {', '.join(ENDINGS)}, found {path.name!r}"
        raise UsageError(message, where="file")
    provider = provider_of(context, provider_id)
    questions = questions_of(provider.round)
    given: dict[str, Any] = {}
    for row in read_sheet(path, ("question_id", "answer"), ("question", "evidence", *EARLIER)):
        name, where = row["question_id"].strip(), f"{path}: row {row['row']}"
        _expect_asked(name, row.get("question", ""), questions, given, where)
        answer = row["answer"].strip()
        if answer:
            evidence = row.get("evidence", "").strip()
            stance = stance_of(answer) if questions[name].kind == "yes_no" else "unclear"
            given[name] = {"answer": answer, "stance": stance} | ({"evidence": evidence} if evidence else {})
        elif name in provider.round.answers:
            given[name] = {"answer": None}
    if not given:
        message = "expected at least one answer, found none"
        raise UsageError(message, where=str(path))
    return {"answers": given, "file": str(path)}


def _expect_asked(
    name: str, wording: str, questions: Mapping[str, Question], given: Mapping[str, Any], where: str
) -> None:
    if name not in questions:
        message = f"expected a question of the questionnaire, found question_id {name!r}"
        raise UsageError(message, where=where)
    if name in given:
        message = f"expected each question once, found {name} again"
        raise UsageError(message, where=where)
    asked = questions[name].question
    if wording.split() and wording.split() != asked.split():
        message = f"expected {name} as it was asked ({asked!r}), found {wording[:200]!r}"
        raise UsageError(message, where=where)


def stance_of(answer: str) -> str:
    """What an answer to a yes-or-no question says by its first word: `yes`, `no` or `unclear`."""
    first = answer.split(maxsplit=1)[0].strip(".,;:!").lower() if answer.split() else ""
    return "yes" if first in YES else "no" if first in NO else "unclear"
