"""The report as a workbook: a sheet of facts about it, then one sheet per table.

Numbers are numbers in the unit of the header; interval, count, verdict and reason stand in columns of their own.
Text is never written as a formula or a link, whatever it begins with.
"""

import io
import re
from datetime import UTC, datetime, time

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from routeproof.reports.document import VERDICT_WORDS, Cell, Document, ProvenanceBlock, Scalar, Table, tables_of

SHEET_NAME = 31
WIDEST = 60
SAFE_INTEGER = 2**53
ASIDES = ("n", "lower", "upper", "verdict", "population", "reason", "note")
"""Cell parts that get a column beside the value's own where any row of the column has them."""


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
        unit = column.unit or next((cell.unit for cell in cells if cell.unit), "")
        layout.append((index, "value", f"{column.title} ({unit})" if unit else column.title))
        layout += [
            (index, part, f"{column.title}: {part}")
            for part in ASIDES
            if any(_part(cell, part) not in (None, "") for cell in cells)
        ]
    return layout


def _write(sheet: Worksheet, row: int, column: int, value: Scalar) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool | str):
        sheet.write_string(row, column, str(value).strip("\n"))
    elif isinstance(value, int) and abs(value) > SAFE_INTEGER:
        sheet.write_string(row, column, str(value))
    else:
        sheet.write_number(row, column, value)


def _write_table(sheet: Worksheet, table: Table, bold: Format) -> None:
    layout = _layout(table)
    for column, (_, _, header) in enumerate(layout):
        sheet.write_string(0, column, header, bold)
    widths = [len(header) for _, _, header in layout]
    for number, row in enumerate(table.rows, 1):
        for column, (index, part, _) in enumerate(layout):
            value = _part(row.cells[index], part)
            _write(sheet, number, column, value)
            widths[column] = max(widths[column], len(str(value or "")))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(width + 2, WIDEST))
    sheet.freeze_panes(1, 1)
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
    sheets = [(_sheet_name(table.id, taken), table) for table in tables_of(document)]
    _write_about(book.add_worksheet("About"), document, sheets, bold)
    for name, table in sheets:
        _write_table(book.add_worksheet(name), table, bold)
    book.close()
    return buffer.getvalue()
