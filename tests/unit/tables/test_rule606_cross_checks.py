"""What is odd about a right report, by hand."""

import pytest

from routeproof.sources.rule606.hardened import parse_xml
from routeproof.sources.rule606.structure import structure_problems
from routeproof.sources.rule606.to_tables import to_tables
from routeproof.tables.rule606.cross_checks import notes
from rule606_documents import A1, B1, B3, EXCHANGE, WHOLESALER, handled, handling, month, public, section, venue

REMOVED = "<removedLiquidityShr>1</removedLiquidityShr>"
OTHERS = tuple(venue(f"<name>Venue {number}</name>", "5.00") for number in range(8))


def codes(document: str) -> list[str]:
    """Codes of the notes on a right document."""
    root = parse_xml(document.encode())
    assert structure_problems(root) == []
    return [item.code for item in notes(to_tables(root))]


def quarter(*venues: str, first: str = "7") -> str:
    """Three months, the first with a section."""
    return public(month(7, section("rSP500", *venues)).replace("<mon>7", f"<mon>{first}"), month(8), month(9))


@pytest.mark.parametrize("document", [A1, B1, quarter(venue(WHOLESALER), *OTHERS, venue(EXCHANGE, "0.40"))])
def test_a_plain_report_has_no_notes(document: str) -> None:
    """60 + 8 x 5 + 0.40 = 100.40 is within half a point of 100."""
    assert codes(document) == []


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (quarter(venue(WHOLESALER), venue(EXCHANGE, "40.51")), "sum_of_venues"),
        (quarter(venue(WHOLESALER), venue(EXCHANGE, "39.49")), "fewer_than_ten_venues"),
        (quarter().replace(">40.00<", ">40.51<", 1), "sum_of_order_types"),
        (quarter(first="6"), "month_outside_quarter"),
        (public(month(7), month(8)), "months_missing"),
        (quarter(venue(WHOLESALER, "100.00")).replace("-0.5000", "0.5000"), "signs_differ"),
        (B1.replace("2026-02-03", "2026-07-01", 1), "outside_period"),
        (B1.replace("2026-06-30", "2026-07-01", 1), "longer_than_six_months"),
        (B1.replace("2026-01-01", "2026-09-01").replace("2026-02-03", "2026-09-01"), "dates_reversed"),
        (B3.replace("<mon>7", "<mon>6"), "outside_period"),
        (handling(handled("Beta", "100", "100.5")), "executed_above_routed"),
        (handling(handled("Beta", "100", "3")).replace("<removedLiquidityShr/>", REMOVED),
         "sum_above_executed"),
    ],
)  # fmt: skip
def test_each_oddity_is_noted(document: str, code: str) -> None:
    """Beside it, nothing else is wrong but what follows from it."""
    assert code in codes(document)


def test_a_venue_named_twice_is_noted_at_both_places() -> None:
    """Venues without a MIC are told apart by their names."""
    assert (
        codes(quarter(venue("<name>A</name>", "50.00"), venue("<name> A</name>", "50.00"))) == ["same_venue_name"] * 2
    )


def test_a_blank_section_is_not_odd() -> None:
    """Where nothing was routed, percentages may be empty or nought."""
    assert (
        codes(quarter().replace("40.00", "0.00").replace("25.00", "0.00").replace("30.00", "").replace("5.00", "0.00"))
        == []
    )
