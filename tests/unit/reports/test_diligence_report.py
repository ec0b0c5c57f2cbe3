"""The yearly diligence report says what is open, what changed and what is not confirmed, and runs nothing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from provider_desk import DAY, ProviderDesk
from routeproof.app.provider.report import report_on
from routeproof.governance.provider.noun import PROVIDER
from routeproof.renderers.html import render_html
from routeproof.renderers.plain import plain_document
from routeproof.reports.catalog.diligence_report import DiligenceInputs, diligence_report

if TYPE_CHECKING:
    from pathlib import Path

QUESTIONS = (
    {
        "id": "REG-1",
        "section": "privacy",
        "question": "Notice within 72 hours?",
        "why": "The clock.",
        "citation": "17 CFR 248",
        "grade": "M",
        "check": "",
    },
)


@pytest.fixture
def desk(tmp_path: Path) -> ProviderDesk:
    """A workspace without a provider."""
    return ProviderDesk(tmp_path)


def _inputs(file: dict[str, Any], **more: Any) -> DiligenceInputs:  # noqa: ANN401  # fields
    given: dict[str, Any] = {
        "questions": QUESTIONS,
        "conflicts": (),
        "agreements": (),
        "configurations": (),
        "firm": "Firm",
        "dated_on": DAY,
        "version": "1",
        "digest": "d",
    }
    return DiligenceInputs(file=file, **{**given, **more})


def _text(inputs: DiligenceInputs) -> str:
    return str(plain_document(diligence_report(inputs)))


def test_what_is_open_stands_in_front(desk: ProviderDesk) -> None:
    """Unanswered questions by name; an answer that does not meet, with its condition; and no score is invented."""
    desk.add()
    text = _text(_inputs(desk.answer(VEN_1=None)))
    assert "Not answered yet: VEN-1." in text
    fresh = desk.add(name="BOLT")
    assert "no answer has been judged" in _text(_inputs(fresh))
    condition = {"condition": "C1", "text": "amend", "owner": "sam", "due_on": "2026-12-31", "question": "REG-1"}
    desk.do("sam", "condition", condition)
    shown = desk.do("ann", "answers", {"answers": {"REG-1": {"answer": "No, a week", "stance": "no"}}})
    text = _text(_inputs(shown))
    assert "No, a week" in text
    assert "amend" in text
    assert "17 CFR 248" in text


def test_what_changed_since_last_year_is_told_with_both_texts(desk: ProviderDesk) -> None:
    """And a first round says that there is nothing to compare with."""
    desk.add()
    first = desk.answer()
    assert "nothing to compare with" in _text(_inputs(first))
    desk.do("sam", "approve")
    later = date(2027, 9, 30)
    desk.do("ann", "refresh", on=later)
    text = _text(_inputs(desk.answer(on=later, VEN_1={"answer": "XNAS only"})))
    assert "Answers changed: 1;" in text
    assert "about VEN-1" in text
    assert "XNAS only" in text


def test_what_a_provider_wrote_is_text_and_no_markup(desk: ProviderDesk) -> None:
    """A script in an answer is printed, not run."""
    desk.add()
    shown = desk.answer(REG_1={"answer": "<script>alert(1)</script>", "stance": "unclear"})
    page = render_html(diligence_report(_inputs(shown))).decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_an_issued_report_is_evidence_and_makes_no_new_version(desk: ProviderDesk, tmp_path: Path) -> None:
    """The same file on the same day gives the same report, issued or not."""
    desk.add()
    before = desk.answer()["version_hash"]
    with desk.desk.context("sam", DAY) as context:
        first = report_on(context, "ACME", tmp_path / "one", "the board")
    with desk.desk.context(on=DAY) as context:
        second = report_on(context, "ACME", tmp_path / "two")
    assert (first["files"], second["issued"]) == (second["files"], None)
    shown = desk.desk.show(PROVIDER, "ACME")
    assert shown["version_hash"] == before
    assert shown["reports"][0]["to"] == "the board"
    assert shown["history"][-1]["type"] == "provider.report_issued"
