"""A notice says where to look, and nothing that a customer would mind."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.renderers.notices.document import notices_document
from routeproof.renderers.notices.text import notices_subject, notices_text
from routeproof.rules.notice import SHAPES, Notice, notice_from, notice_of_case, notice_of_finding, sentence_of, told
from routeproof.vocab.errors import UsageError

FINDING: dict[str, Any] = {
    "id": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "rule": "slow_fill",
    "severity": "high",
    "day": "2026-07-01",
    "at": "1782912600000000000",
    "provider": "ACME",
    "venue": "XNAS",
    "symbol": "BRK.B",
    "order_id": "ORD-55512",
    "execution_ids": ["EX-9"],
    "observed": "950",
    "threshold": "500",
    "unit": "ms",
    "status": "final",
    "sentence": "Order ORD-55512 of account 4711 was filled slowly.",
    "group": "ORD-55512",
    "case": None,
}
CARRIED = (*SHAPES, "id", "day", "count")
"""Fields of a finding or an event that a notice reads; every other one is left behind."""
CUSTOMER_FIELDS = (
    "account_id",
    "customer_id",
    "customer_name",
    "order_id",
    "parent_order_id",
    "client_order_id",
    "execution_ids",
    "note",
    "text",
    "rationale",
    "sentence",
    "group",
    "owner",
    "rows",
    "at",
)
MARKED = st.text(st.characters(codec="utf-8"), max_size=12).map(lambda text: f"Zz{text}9Qx")
"""Text with a mark that no honest field has."""


def outside(notice: Notice) -> str:
    """Everything that leaves: the document as JSON, the subject and the text."""
    document = notices_document("ab" * 16, "desk", "immediate", (notice,), 0)
    return json.dumps(document, ensure_ascii=False) + notices_subject(document) + notices_text(document)


def test_the_sentence_is_made_of_the_fields() -> None:
    """Rule, severity, figures, place, provider and day; neither the order nor the finding's own words."""
    notice = notice_of_finding(FINDING)
    assert sentence_of(notice) == ("Slow fill (high), 950 ms against 500 ms, BRK.B at XNAS, provider ACME, 2026-07-01.")
    assert notice.day == date(2026, 7, 1)
    assert "55512" not in outside(notice)
    assert "4711" not in outside(notice)
    assert "EX-9" not in outside(notice)


def test_an_event_of_a_case_has_its_sentence() -> None:
    """Who works it and what was written about it are left behind."""
    event = {"case": "C-12", "event": "overdue", "occurrence": "close_by", "rule": "slow_fill", "severity": "high"}
    notice = notice_of_case({**event, "provider": "ACME", "count": 3, "owner": "oleary", "note": "Mr Smith called"})
    assert sentence_of(notice) == "Case C-12 overdue: slow fill (high), provider ACME; 3 findings."
    assert notice.key == "case/C-12/overdue/close_by"
    assert "Smith" not in outside(notice)
    assert "oleary" not in outside(notice)


@examples(150)
@given(extra=st.dictionaries(st.sampled_from(CUSTOMER_FIELDS) | st.text(max_size=20), MARKED, max_size=8))
def test_no_other_field_of_a_finding_can_leave(extra: dict[str, str]) -> None:
    """Whatever a finding carries beside the named fields: the notice is the same as without."""
    unread = {name: text for name, text in extra.items() if name not in CARRIED}
    assert outside(notice_of_finding({**FINDING, **unread})) == outside(notice_of_finding(FINDING))


@examples(150)
@given(
    name=st.sampled_from(["case", "provider", "venue", "symbol", "unit"]),
    text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=100),
)
def test_a_field_of_another_shape_is_withheld_and_named(name: str, text: str) -> None:
    """A field either has its shape, or is left out and named: nothing else of it is in what leaves."""
    shaped = bool(SHAPES[name].fullmatch(text))
    notice = notice_of_finding({**FINDING, name: text})
    assert (name in notice.withheld) != shaped
    assert getattr(notice, name) == (text if shaped else "")


@examples(150)
@given(figure=st.none() | st.floats() | st.integers() | st.text(max_size=40) | st.floats().map(repr))
def test_a_figure_is_a_plain_number_or_withheld(figure: object) -> None:
    """Whatever a rule observed: at most twelve digits before the point and six behind it leave."""
    notice = notice_of_finding({**FINDING, "observed": figure})
    assert re.fullmatch(r"(-?[0-9]{1,12}(\.[0-9]{1,6})?)?", notice.observed)
    assert ("observed" in notice.withheld) == (notice.observed == "" and figure not in (None, ""))


@pytest.mark.parametrize(
    ("figure", "shown"),
    [(950, "950"), (950.5, "950.5"), ("2000.1234567890123", "2000.123457"), (1e-7, "0"), (-0.25, "-0.25")],
)
def test_figures_are_shown_to_six_places(figure: object, shown: str) -> None:
    """As numbers or as text, as findings are shown and kept."""
    assert notice_of_finding({**FINDING, "observed": figure}).observed == shown


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("symbol", "12345678"),
        ("venue", "12345678"),
        ("provider", "0012345678"),
        ("provider", "Smith, John"),
        ("symbol", "john.smith@firm.example"),
        ("case", "call Mr Smith"),
        ("unit", "shares"),
        ("unit", "usd"),
        ("unit", "usd_per_share"),
        ("observed", "ORD-55512"),
    ],
)
def test_what_may_be_an_account_a_name_or_an_amount_is_withheld(name: str, text: str) -> None:
    """Bare numbers, names, addresses, sizes, prices and money stay here."""
    notice = notice_of_finding({**FINDING, name: text})
    assert name in notice.withheld
    assert text not in outside(notice).replace('"withheld"', "")


def test_a_figure_goes_only_with_its_unit() -> None:
    """A size without its unit is still a size."""
    notice = notice_of_finding({**FINDING, "unit": "shares"})
    assert notice.withheld == ("observed", "threshold", "unit")
    assert sentence_of(notice) == "Slow fill (high), BRK.B at XNAS, provider ACME, 2026-07-01."
    assert notice_of_finding({**FINDING, "unit": None}).withheld == ("observed", "threshold")


@pytest.mark.parametrize(
    "change",
    [
        {"id": "slow_fill/ORD-55512"},
        {"id": None},
        {"rule": "Slow fill"},
        {"severity": "high\nBcc: someone@example.com"},
        {"day": "yesterday"},
    ],
)
def test_without_its_own_names_there_is_no_notice(change: dict[str, Any]) -> None:
    """An id that is no hash may be made of an order id; the error does not repeat it."""
    with pytest.raises(UsageError) as error:
        notice_of_finding({**FINDING, **change})
    assert not [text for text in change.values() if text and text in error.value.message]


def test_the_readable_form_reads_back() -> None:
    """What is kept until a digest is the notice as it was."""
    for notice in (
        notice_of_finding(FINDING),
        notice_of_finding({**FINDING, "unit": "usd", "day": None, "count": 7}),
        Notice(rule="fade", severity="low", case="C-1", event="opened", occurrence="17"),
    ):
        assert notice_from(json.loads(json.dumps(told(notice)))) == notice
