"""Forms of steps: rows, groups and pairs come back as the step's body, and only what was changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from routeproof.app.steps import STEPS
from routeproof.vocab.errors import UsageError
from routeproof.web.forms import Field, Offer, body_of_form, fields_of

RECORD = STEPS["review.record"].body
STANDS = {
    "attendance": ["cem", "sam"],
    "minutes": "Cem took the chair.",
    "findings": [{"id": "F1", "text": "Slow on Mondays.", "evidence": None}],
    "decisions": [
        {
            "finding": "F1",
            "choice": "modify",
            "options": [{"name": "Ask", "estimate": {"kind": "none", "value": None, "unit": ""}, "text": None}],
            "predicted": {"metric": "e_over_q", "value": 0.5},
            "tally": {"for": 1, "against": 0, "abstain": 0},
        }
    ],
    "quarterly_enough": {"answer": False, "reason": "Not while it lasts."},
}


def test_rows_come_back_as_objects_and_empty_ones_not_at_all() -> None:
    """Two votes and a blank row; a number that cannot be a row's is nobody's."""
    form = {
        "votes.0.person": "cem", "votes.0.finding": "F1", "votes.0.vote": "for", "votes.0.reason": "",
        "votes.2.person": "sam", "votes.2.finding": "F1", "votes.2.vote": "against", "votes.2.reason": "Too soon.",
        "votes.3.person": " ", "votes.x.person": "eve",
    }  # fmt: skip
    assert body_of_form(RECORD, form, {}) == {
        "votes": [
            {"person": "cem", "finding": "F1", "vote": "for"},
            {"person": "sam", "finding": "F1", "vote": "against", "reason": "Too soon."},
        ]
    }


def test_what_is_sent_back_as_it_stood_is_not_recorded_again() -> None:
    """Whoever adds a finding has not written the minutes, nor decided anything."""
    form = _sent(fields_of(RECORD, STANDS))
    assert body_of_form(RECORD, form, {}, STANDS) == {}
    added = {**form, "findings.1.id": "F2", "findings.1.text": "Late on Fridays."}
    assert body_of_form(RECORD, added, {}, STANDS) == {"findings": [{"id": "F2", "text": "Late on Fridays."}]}
    changed = {**form, "decisions.0.predicted.value": "0.25"}
    (decision,) = body_of_form(RECORD, changed, {}, STANDS)["decisions"]
    assert decision == {
        "finding": "F1",
        "choice": "modify",
        "options": [{"name": "Ask", "estimate": {"kind": "none"}}],
        "predicted": {"metric": "e_over_q", "value": 0.25},
    }


def test_pairs_come_back_by_name() -> None:
    """Marks by question, and what is taken out again by kind."""
    marks = {
        "marks.0.key": "VEN-1",
        "marks.0.value.mark": "partly",
        "marks.0.value.note": "Ask again.",
        "marks.1.key": "",
    }
    expected = {"marks": {"VEN-1": {"mark": "partly", "note": "Ask again."}}}
    assert body_of_form(STEPS["provider.score"].body, marks, {}) == expected
    removed = {"remove.0.key": "findings", "remove.0.value": "F1\r\nF2"}
    assert body_of_form(RECORD, removed, {}) == {"remove": {"findings": ["F1", "F2"]}}


def test_a_file_within_a_group_is_the_one_that_was_sent() -> None:
    """The document of a look."""
    form = {"look.text": "Read it."}
    body = body_of_form(STEPS["provider.reliance"].body, form, {"look.document": Path("sent/a.pdf")})
    assert body == {"look": {"text": "Read it.", "document": "sent/a.pdf"}}


def test_json_in_one_field_is_taken_as_before() -> None:
    """What a program sends as text; text that is no JSON is named."""
    assert body_of_form(RECORD, {"findings": '[{"id": "F1", "text": "x"}]'}, {}) == {
        "findings": [{"id": "F1", "text": "x"}]
    }
    with pytest.raises(UsageError, match="expected json in findings"):
        body_of_form(RECORD, {"findings": "[{"}, {})


def test_offers_stand_where_their_member_stands() -> None:
    """People by name, also within rows; where other words are possible, offers are suggestions."""
    offers = {"person": Offer({"cem": "Cem Committee"}, is_all=True), "to": Offer({"ann": "Ann Alvarez"})}
    votes = next(field for field in fields_of(RECORD, None, offers) if field.name == "votes")
    person = votes.parts[0].parts[0]
    assert (person.name, person.kind, person.title_of("cem")) == ("votes.0.person", "choice", "Cem Committee")
    (to,) = fields_of(STEPS["case.assign"].body, None, offers)
    assert (to.kind, to.choices) == ("suggest", ("ann",))


def _sent(fields: list[Field] | tuple[Field, ...]) -> dict[str, str]:
    """What a browser sends of a form that nobody touched."""
    form: dict[str, str] = {}
    for field in fields:
        form |= _sent(field.parts) if field.parts else {field.name: field.value.replace("\n", "\r\n")}
    return form
