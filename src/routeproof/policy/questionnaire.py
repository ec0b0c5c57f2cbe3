"""Questionnaires as versioned data: what a provider is asked, why, and what is measured here to test the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from routeproof.policy.dated import Grade
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

KINDS = ("text", "yes_no", "list", "number", "document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question.

    Attributes:
        id: stable; the same id in another version asks the same thing.
        section: id of its section.
        question: as the provider reads it.
        kind: what sort of answer is expected; every text is taken, a yes or no is also scored.
        required: whether approval waits for the answer.
        weight: in the score.
        must: `yes` or `no` where another answer needs a recorded condition; else empty.
        why: what the answer is good for.
        citation: text that asks for it.
        grade: how well that text is known.
        check: metric or check by which the answer is tested; empty where nothing measures it.
    """

    id: str
    section: str
    question: str
    kind: str
    required: bool
    weight: int
    must: str
    why: str
    citation: str
    grade: Grade
    check: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """A version of a questionnaire; sections are `(id, title)` in reading order."""

    id: str
    version: str
    effective_from: date
    title: str
    sections: tuple[tuple[str, str], ...]
    questions: tuple[Question, ...]

    def by_id(self) -> dict[str, Question]:
        """Questions by id, in reading order."""
        return {question.id: question for question in self.questions}


def parse_questionnaire(document: Mapping[str, Any]) -> Questionnaire:
    """Read a questionnaire from its TOML document.

    Raises:
        UsageError: for an unknown kind, grade, `must` or member, a question id given twice, a weight below 1.
    """
    questions = [
        _question(section, item) for section in document["section"] for item in section["question"]
    ]  # reading order is the file's
    ids = [question.id for question in questions]
    if doubled := sorted({name for name in ids if ids.count(name) > 1}):
        message = f"expected each question once, found twice: {', '.join(doubled)}"
        raise UsageError(message, where=document["id"])
    return Questionnaire(
        id=document["id"],
        version=document["version"],
        effective_from=document["effective_from"],
        title=document["title"],
        sections=tuple((section["id"], section["title"]) for section in document["section"]),
        questions=tuple(questions),
    )


def _question(section: Mapping[str, Any], item: Mapping[str, Any]) -> Question:
    known = {"kind": "text", "required": True, "weight": 1, "must": "", "check": ""}
    inherited = {"citation": section["citation"], "grade": section["grade"], "section": section["id"]}
    try:
        question = Question(**{**known, **inherited, **item})
    except TypeError as error:
        message = f"expected a question's members, found: {error}"
        raise UsageError(message, where=str(item.get("id", section["id"]))) from error
    allowed = (
        (question.kind, KINDS),
        (question.grade, get_args(Grade)),
        (question.must, ("", "yes", "no")),
    )
    for value, values in allowed:
        if value not in values:
            message = f"expected one of {', '.join(values)}, found {value!r}"
            raise UsageError(message, where=question.id)
    if question.weight < 1:
        message = f"expected a weight of 1 or more, found {question.weight}"
        raise UsageError(message, where=question.id)
    return question


def questionnaire_on(questionnaires: Iterable[Questionnaire], day: date) -> Questionnaire:
    """The version in force on a day, or the first one when none was yet."""
    ordered: Sequence[Questionnaire] = sorted(questionnaires, key=lambda item: item.effective_from)
    in_force = [item for item in ordered if item.effective_from <= day]
    return in_force[-1] if in_force else ordered[0]
