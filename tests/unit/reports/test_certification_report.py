"""The certification report says what failed in front, names every check, and is the same for the same results."""

from __future__ import annotations

from datetime import date
from typing import Any

from certification_line import play, shipped
from routeproof.app.certify.plain import plain_script
from routeproof.renderers.html import render_html
from routeproof.renderers.json import render_json
from routeproof.renderers.pdf import render_pdf
from routeproof.renderers.plain import plain_document
from routeproof.reports.catalog.certification_report import CertificationInputs, certification_report
from routeproof.reports.document import Document, tables_of


def _report(*faults: str, scripts: tuple[str, ...] = ("market", "halts")) -> Document:
    results = [play(shipped(name), faults) for name in scripts]
    run: dict[str, Any] = {
        "provider": "ACME",
        "configuration": "ACME-EQUITIES",
        "number": 4,
        "passed": all(result.passed for result in results),
        "session": "FIX.4.4 FIRM to ACMETEST at test.acme.example:9878",
        "began_at": "1790000000000000000",
        "ended_at": "1790000030000000000",
        "scripts": [plain_script(result) for result in results],
    }
    inputs = CertificationInputs(
        run=run,
        marks=("CERTIFICATION", "TEST"),
        firm="Firm",
        dated_on=date(2026, 9, 21),
        version="1",
        digest="d" * 64,
    )
    return certification_report(inputs)


def test_a_pass_names_the_settings_that_it_is_for() -> None:
    """Provider, version, session, marks, times, and every script with its hash."""
    document = _report()
    text = str(plain_document(document))
    assert document.title == "Certification of ACME: passed"
    for said in (
        "ACME-EQUITIES, version 4",
        "FIX.4.4 FIRM to ACMETEST at test.acme.example:9878",
        "account TEST and text CERTIFICATION",
        "2026-09-21 14:13:20 UTC",
        shipped("market").sha256,
        shipped("halts").sha256,
    ):
        assert said in text
    assert [section.id for section in document.sections] == [
        "summary", "script-market", "script-halts", "provenance",
    ]  # fmt: skip
    assert document.extra["passed"] is True


def test_what_failed_stands_in_front_with_what_came_instead() -> None:
    """One line a check: script, step, expected, observed."""
    document = _report("unexpected_venue")
    assert document.sections[1].id == "failures"
    (failures,) = [table for table in tables_of(document) if table.id == "failures"]
    assert [[cell.printed for cell in row.cells] for row in failures.rows] == [
        ["market", "buy", "venues", "LastMkt among ARCX, BATS, XNAS", "XOFF"],
        ["market", "sell", "venues", "LastMkt among ARCX, BATS, XNAS", "XOFF"],
    ]


def test_steps_that_a_script_leaves_out_are_no_passes() -> None:
    """The simulated provider refuses orders of halted symbols, so that two cancels are not needed."""
    figures = {
        item.label: item.cell.printed
        for block in _report().sections[0].blocks
        if type(block).__name__ == "KeyFigures"
        for item in block.items
    }
    assert figures == {
        "Result": "passed",
        "Scripts passed": "2 of 2",
        "Steps passed": "6 of 6",
        "Steps left out": "2",
    }


def test_an_order_that_was_left_open_is_told() -> None:
    """Its cancel is named, and if that was not answered either, somebody must ask."""
    text = str(plain_document(_report("ignores_cancel", scripts=("limit",))))
    assert "Cancels were sent afterwards for orders that were left open" in text
    assert "Ask the provider." in text
    assert "Ask the provider." not in str(plain_document(_report()))


def test_the_same_results_give_the_same_bytes() -> None:
    """In every format; a report that failed is set on paper too."""
    for faults in ((), ("unexpected_venue", "late_ack")):
        for render in (render_json, render_html, render_pdf):
            assert render(_report(*faults)) == render(_report(*faults))
