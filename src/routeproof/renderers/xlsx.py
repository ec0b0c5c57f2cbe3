"""The report as a workbook: a sheet of facts about it, then one sheet per table or per group of like tables.

Numbers are numbers, formatted by their unit, which the header names where a column has one and a column of its own
where it has several; interval, count, verdict and reason stand in columns of their own.
Text is never written as a formula or a link, whatever it begins with.
"""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, time

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from routeproof.reports.document import (
    VERDICT_WORDS,
    Cell,
    Column,
    Document,
    ProvenanceBlock,
    Scalar,
    Table,
    tables_of,
    words,
)

SHEET_NAME = 31
WIDEST = 60
NUMBER_WIDTH = 12
SAFE_INTEGER = 2**53
DIFFERENCE = ("difference", "difference_lower", "difference_upper")
ASIDES = ("unit", "n", "lower", "upper", *DIFFERENCE, "verdict", "population", "reason", "note")
"""Cell parts that get a column beside the value's own where any row of the column has them."""

FORMATS = {
    "USD per share": "0.00000",
    "USD": "#,##0.00",
    "share of 1": "0.0%",
    "ms": "#,##0.0",
    "bps": "0.00",
    "count": "#,##0",
    "index 0-1": "0.000",
    "ratio": "0.000",
}
"""How a number is shown by its unit; the number itself keeps all its digits."""

IN_UNIT = ("value", "lower", "upper", *DIFFERENCE)
Formats = dict[str, Format]


def _sheet_name(name: str, taken: set[str]) -> str:
    """A legal sheet name (31 characters, no brackets, slashes, colons, stars or quotes) not used before."""
    base = re.sub(r"[\[\]:*?/\\']", "-", name)[:SHEET_NAME]
    found, count = base, 1
    while found.lower() in taken:
        count += 1
        found = f"{base[: SHEET_NAME - 4]} ({count})"
    taken.add(found.lower())
    return found


def _part(cell: Cell, name: str) -> Scalar:
    value: Scalar = getattr(cell, name)
    return VERDICT_WORDS[str(value)] if name == "verdict" else value


def _layout(table: Table) -> list[tuple[int, str, str]]:
    """The sheet's columns: (table column, cell part, header)."""
    layout: list[tuple[int, str, str]] = []
    for index, column in enumerate(table.columns):
        cells = [row.cells[index] for row in table.rows]
        units = {cell.unit for cell in cells if cell.unit}
        unit = column.unit or (next(iter(units)) if len(units) == 1 else "")
        layout.append((index, "value", f"{column.title} ({unit})" if unit else column.title))
        layout += [
            (index, part, f"{column.title}: {part.replace('_', ' ')}")
            for part in ASIDES
            if any(_part(cell, part) not in (None, "") for cell in cells) and (part != "unit" or len(units) > 1)
        ]
    return layout


def _sheets(document: Document) -> list[Table]:
    """The tables as sheets, in reading order: those that share a sheet are one table there, subject by subject."""
    found: dict[str, list[Table]] = {}
    for table in tables_of(document):
        found.setdefault(table.sheet or table.id, []).append(table)
    return [tables[0] if not tables[0].sheet else _stacked(name, tables) for name, tables in found.items()]


def _stacked(name: str, tables: list[Table]) -> Table:
    rows = [replace(row, cells=(words(table.subject), *row.cells)) for table in tables for row in table.rows]
    columns = (Column(id="of", title="Of"), *tables[0].columns)
    return Table(id=name, columns=columns, rows=tuple(rows), caption=f"{tables[0].caption} and {len(tables) - 1} more")


def _write(sheet: Worksheet, row: int, column: int, value: Scalar, form: Format | None) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool | str):
        sheet.write_string(row, column, str(value).strip("\n"))
    elif isinstance(value, int) and abs(value) > SAFE_INTEGER:
        sheet.write_string(row, column, str(value))
    else:
        sheet.write_number(row, column, value, form)


def _form(cell: Cell, part: str, formats: Formats) -> Format | None:
    return formats["count"] if part == "n" else formats.get(cell.unit) if part in IN_UNIT else None


def _write_table(sheet: Worksheet, table: Table, bold: Format, formats: Formats) -> None:
    layout = _layout(table)
    for column, (_, _, header) in enumerate(layout):
        sheet.write_string(0, column, header, bold)
    widths = [len(header) for _, _, header in layout]
    for number, row in enumerate(table.rows, 1):
        for column, (index, part, _) in enumerate(layout):
            cell = row.cells[index]
            value, form = _part(cell, part), _form(cell, part, formats)
            _write(sheet, number, column, value, form)
            widths[column] = max(widths[column], NUMBER_WIDTH if form else len(str(value or "")))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(width + 2, WIDEST))
    sheet.freeze_panes(1, 2 if table.columns[0].id == "of" else 1)
    sheet.autofilter(0, 0, max(len(table.rows), 1), max(len(layout) - 1, 0))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write_about(sheet: Worksheet, document: Document, sheets: list[tuple[str, Table]], bold: Format) -> None:
    facts = [(document.title, ""), (document.subtitle, ""), ("Dated", document.dated_on.isoformat())]
    facts += [("Version", document.version), ("Digest", document.digest), ("", "")]
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, ProvenanceBlock):
                facts += list(block.entries)
    facts += [("", ""), ("Sheet", "Contents"), *((name, table.caption) for name, table in sheets)]
    for row, (label, value) in enumerate(facts):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, value)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, WIDEST)


def render_xlsx(document: Document) -> bytes:
    """Workbook bytes; the creation date is the document's own, so the same document gives the same bytes."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    created = datetime.combine(document.dated_on, time(), tzinfo=UTC).replace(tzinfo=None)
    book.set_properties({"title": document.title, "subject": document.subtitle, "created": created})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    taken = {"about"}
    formats = {unit: book.add_format({"num_format": form}) for unit, form in FORMATS.items()}
    sheets = [(_sheet_name(table.id, taken), table) for table in _sheets(document)]
    _write_about(book.add_worksheet("About"), document, sheets, bold)
    for name, table in sheets:
        _write_table(book.add_worksheet(name), table, bold, formats)
    book.close()
    return buffer.getvalue()
