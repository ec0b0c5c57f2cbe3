"""The pack's part on what the router really does, from answers written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from routeproof.reports.document import Callout, Figure, Paragraph, Table
from routeproof.reports.pack.analyses import MOST_ROWS, analyses_sections
from routeproof.reports.pack.inputs import AnalysisShown
from routeproof.vocab.plain_text import DASH, MINUS, plainly

ANSWER = {"refused": False, "reason": None, "assumptions": ["days are alike.", "nothing drifts"]}


class Inputs:
    """What the section reads of a pack's inputs."""

    def __init__(self, **found: Any) -> None:  # noqa: ANN401  # JSON
        self.analyses = (
            AnalysisShown(
                name="changes", title="Changes", question="When?", lead="changes", caption="days", columns=(),
                found={**ANSWER, **found},
            ),
        )  # fmt: skip


def blocks_of(**found: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """Blocks of the one section below its lead."""
    (section,) = analyses_sections(Inputs(**found))  # type: ignore[arg-type]  # reads no other member
    assert section.title == "What the router really does: changes"
    return section.blocks[1:]


def test_a_refusal_stands_first_and_tables_of_nothing_are_left_out() -> None:
    """Question, reason, what it would have assumed."""
    blocks = blocks_of(refused=True, reason="too few days", changes=[])
    assert [type(block) for block in blocks] == [Paragraph, Callout, Paragraph]
    assert blocks[1].text == "too few days"
    assert blocks[2].text == "Assumes: days are alike; nothing drifts."


def test_numbers_keep_their_value_and_what_is_not_there_says_so() -> None:
    """The provider is the pack's own and no column; nested members are none either."""
    row = {
        "provider": "P2",
        "venue": "XNAS",
        "p": 0.00123456,
        "orders": 12_345,
        "lower": None,
        "reason": "no days",
        "x": {},
    }
    (table,) = [block for block in blocks_of(changes=[row]) if isinstance(block, Table)]
    assert [column.id for column in table.columns] == ["venue", "p", "orders", "lower", "reason"]
    cells = dict(zip((column.id for column in table.columns), table.rows[0].cells, strict=True))
    assert (cells["p"].value, cells["p"].text, cells["orders"].text) == (0.00123456, "0.001235", "12,345")
    assert (cells["lower"].value, cells["lower"].reason) == (None, "see reason")


def test_codes_are_words_and_tiny_chances_only_smaller() -> None:
    """Order classes as people say them; a name that is no code stays. The chance stands exact in the data."""
    row = {"order_class": "market_ioc", "venue": "A_1", "p": 1.61e-23, "share": 0.00001}
    (table,) = [block for block in blocks_of(changes=[row]) if isinstance(block, Table)]
    assert [cell.text for cell in table.rows[0].cells] == ["market ioc", "A_1", "< 0.0001", "0.00001000"]
    assert table.rows[0].cells[2].value == 1.61e-23


def test_a_long_table_is_short_on_paper_and_whole_in_the_spreadsheet() -> None:
    """One row more than paper takes."""
    tables = [one for one in blocks_of(changes=[{"n": n} for n in range(MOST_ROWS + 1)]) if isinstance(one, Table)]
    assert [(len(table.rows), table.data_only) for table in tables] == [(MOST_ROWS, False), (MOST_ROWS + 1, True)]


def test_figures_have_their_numbers_beside_them() -> None:
    """A figure without values is none; one as wide as its page has a width on paper."""
    spec = {"width": "container", "data": {"values": [{"venue": "XNAS", "share": 0.5}]}}
    (figure,) = [one for one in blocks_of(figures={"shares": spec, "none": {}}) if isinstance(one, Figure)]
    assert figure.spec["width"] == 560
    assert [cell.value for cell in figure.data.rows[0].cells] == ["XNAS", 0.5]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, DASH),
        (True, "yes"),
        (0.0, "0"),
        (-0.00012345, f"{MINUS}0.0001234"),
        (12345.6, "12,346"),
        (3e-8, f"3.00e{MINUS}08"),
        ([1, "a"], "1, a"),
        (-7, f"{MINUS}7"),
        ("x", "x"),
        ([], DASH),
    ],
)
def test_plain_values_are_read_by_people(value: object, text: str) -> None:
    """Four significant digits, a true minus, a dash for nothing."""
    assert plainly(value) == text
