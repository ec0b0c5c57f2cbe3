"""Each rule of the layout has a document that breaks it, and no other; places were counted by hand."""

import pytest

from routeproof.sources.rule606.hardened import parse_xml
from routeproof.sources.rule606.structure import structure_problems
from rule606_documents import A1, B1, B3, EXCHANGE, ONLY_MIC, month, public, section, venue

ROOT = "/heldOrderRoutingPublicReport"
END = "</heldOrderRoutingPublicReport>"
FIRST = f"{ROOT}/rMonthly[1]/rSP500/rVenues/rVenue[1]"


def found(document: str) -> list[tuple[str, str]]:
    """Path and code of each problem."""
    return [(item.column, item.code) for item in structure_problems(parse_xml(document.encode()))]


@pytest.mark.parametrize("document", [A1, B1, B3])
def test_our_own_documents_are_right(document: str) -> None:
    """What the other tests start from."""
    assert found(document) == []


@pytest.mark.parametrize(
    ("old", "new", "path", "code"),
    [
        ("<ndoPct>97.50<", "<ndoPct>97.5<", f"{ROOT}/rMonthly[1]/rSP500/ndoPct", "too_few_decimals"),
        ("<mpid>ALPH</mpid>", "<mpid>alph</mpid>", f"{FIRST}/mpid", "not_an_mpid"),
        ("<version>1.3", "<version>1.5", f"{ROOT}/version", "wrong_version"),
        ("<orderPct>60.00</orderPct>", "", f"{FIRST}/orderPct", "missing_element"),
        ("<name>Alpha Securities LLC</name>", "", f"{FIRST}/name", "missing_element"),
        ("<bd>", "<bd a='b'>", f"{ROOT}/bd/@a", "unexpected_attribute"),
        ("<bd>Example", "<bd><b/>Example", f"{ROOT}/bd/b", "unexpected_element"),
        ("<rVenues>", "<rVenues>and", f"{ROOT}/rMonthly[1]/rSP500/rVenues", "text_between"),
        ("<mon>8</mon>", "<mon>+7</mon>", f"{ROOT}/rMonthly[2]/mon", "duplicate_key"),
        ("<mon>8</mon>", "<mon>18</mon>", f"{ROOT}/rMonthly[2]/mon", "out_of_range"),
        ("<materialAspects>", "<midpointShr/><materialAspects>", f"{FIRST}/midpointShr", "unexpected_element"),
        (END, f"{month(10)}{END}", f"{ROOT}/rMonthly[4]", "too_many"),
    ],
)
def test_one_change_is_one_problem(old: str, new: str, path: str, code: str) -> None:
    """The path names the element, or the one that is missing; no other rule speaks up."""
    assert found(A1.replace(old, new, 1)) == [(path, code)]


def test_elements_in_the_wrong_order_are_said_to_be() -> None:
    """The one that was expected first is missing there, and comes too late."""
    changed = A1.replace("<year>2026</year><qtr>3</qtr>", "<qtr>3</qtr><year>2026</year>", 1)
    assert found(changed) == [(f"{ROOT}/year", "missing_element"), (f"{ROOT}/year", "wrong_order")]


def test_a_mic_stands_once_in_a_section() -> None:
    """Empty ones count as equal, as in the official schema; a venue without the element is not compared."""
    no_code = "<name>Beta</name>"
    path = f"{ROOT}/rMonthly[1]/rSP500/rVenues/rVenue[2]/mic"
    for first, second, expected in (
        (EXCHANGE, ONLY_MIC, []),
        (EXCHANGE, EXCHANGE, [(path, "duplicate_key")]),
        (no_code + "<mic/>", "<name>C</name><mic> </mic>", [(path, "duplicate_key")]),
        (no_code, no_code, []),
    ):
        assert found(public(month(7, section("rSP500", venue(first), venue(second))))) == expected


def test_an_order_stands_once_in_a_section() -> None:
    """White space is part of an order's id."""
    path = "/heldExemptNotHeldOrderRoutingCustomerReport/held/order[2]/orderId"
    assert found(B1.replace("0018", " 0017 ")) == [(path, "duplicate_key")]
    assert found(B1.replace("0018", "0017")) == []


def test_another_document_is_none_of_the_three() -> None:
    """Also in a namespace."""
    assert found("<report/>") == [("/report", "unknown_report")]
    spaced = A1.replace("<heldOrderRoutingPublicReport>", '<heldOrderRoutingPublicReport xmlns="u">', 1)
    assert found(spaced) == [(ROOT, "unknown_report")]


def test_the_line_is_that_of_the_element() -> None:
    """Of what is missing, that of the element around it."""
    lines = A1.replace("><", ">\n<").replace("97.50", "97,50", 1).replace("<materialAspects>", "<materialAspects>\n", 1)
    problem = structure_problems(parse_xml(lines.encode()))[0]
    assert lines.splitlines()[problem.row - 1] == "<ndoPct>97,50</ndoPct>"
    assert (
        problem.message
        == "ndoPct: expected a percentage from 0 to 100 with at least two decimals, or nothing, found '97,50'"
    )


def test_a_hint_where_a_schema_is_means_nothing() -> None:
    """No place is looked at, so that it may be anywhere."""
    hint = 'xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:noNamespaceSchemaLocation="http://127.0.0.1/a.xsd"'
    assert found(A1.replace("<bd>", f"<bd {hint}>", 1)) == []


def test_problems_are_listed_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document of nothing else fills no memory; the last line says that there are more."""
    monkeypatch.setattr("routeproof.sources.rule606.structure.MOST_PROBLEMS", 5)
    many = A1.replace("<bd>", "<other/>" * 4 + "<bd>")
    assert [code for _, code in found(many)] == ["unexpected_element"] * 4
    assert [code for _, code in found(many.replace("<bd>", "<other/><other/><bd>"))][3:] == [
        "unexpected_element", "unexpected_element", "more_problems"
    ]  # fmt: skip
