"""A provider's report by a map: its day is stated or that of its instant, and its earlier table is still one."""

from datetime import date

import polars as pl

from routeproof.sources.map_file import parse_map
from routeproof.sources.rows import canonical_rows, positioned
from routeproof.sources.source import ReadContext, SourceResult

CONTEXT = ReadContext(file="report.csv", source_id="s", firm_id="F", provider_id="P")


def read(table: str, **columns: list[str | None]) -> SourceResult:
    """Rows of a report whose columns have their canonical names."""
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    times = {"received_at": {"unit": "iso"}} if "received_at" in columns else {}
    return canonical_rows(positioned(frame, 2), parse_map({"table": table, "time": times}), CONTEXT)


def test_the_day_is_that_of_the_instant_unless_stated() -> None:
    """An instant at nine in the evening in New York is of that day; a stated day wins; neither is a reject."""
    found = read(
        "vendor_orders",
        client_order_id=["a", "b", "c"],
        received_at=["2026-07-02T01:00:00Z", "2026-07-02T15:00:00Z", None],
        trading_day=[None, "2026-07-01", None],
    )
    rows = found.tables["vendor_orders"]
    assert rows.select("client_order_id", "trading_day", "provider_id").rows() == [
        ("a", date(2026, 7, 1), "P"),
        ("b", date(2026, 7, 1), "P"),
    ]
    assert found.rejects.select("row", "reason").rows() == [(4, "missing_value")]


def test_a_report_without_any_day_is_refused_row_by_row() -> None:
    """No column says it: nothing is lost silently."""
    found = read("vendor_executions", execution_id=["e"], symbol=["AB"], price=["10"], quantity=["1"])
    assert (found.accepted, found.rejects["reason"].to_list()) == (0, ["missing_value"])


def test_the_earlier_table_is_still_a_table() -> None:
    """Maps that name vendor_figures go on."""
    found = read("vendor_figures", provider_id=["P"], trading_day=["2026-07-01"], filled_quantity=["5"])
    assert found.tables["vendor_figures"]["filled_quantity"].to_list() == [5 * 10**9]


def test_a_map_may_say_columns_as_fix_does() -> None:
    """cl_ord_id, last_px and last_qty of a list of fills; value of a figure."""
    fills = parse_map({"table": "vendor_executions", "columns": {"cl_ord_id": "Client ID", "last_px": "Px"}})
    assert dict(fills.columns) == {"client_order_id": "Client ID", "price": "Px"}
    figures = parse_map({"table": "vendor_statistics", "columns": {"value": "Value"}})
    assert dict(figures.columns) == {"stated": "Value"}


def test_a_refused_row_says_what_stood_in_its_own_cell() -> None:
    """Rows that are refused for different columns, in any order; a cell is shown to its eightieth sign."""
    found = read(
        "vendor_executions",
        execution_id=["a", "b", "c", "d"],
        symbol=["AB"] * 4,
        price=["ten", "10", "it's " + "9" * 90, "10"],
        quantity=["1", "1x", "1", "2"],
        trading_day=["2026-07-01"] * 4,
    )
    assert found.rejects.select("row", "detail").rows() == [
        (2, "price: found 'ten' in column 'price'"),
        (3, "quantity: found '1x' in column 'quantity'"),
        (4, "price: found \"it's " + "9" * 75 + "\" in column 'price'"),
    ]
