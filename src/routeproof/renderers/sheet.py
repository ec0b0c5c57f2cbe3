"""Rows of text as a sheet that others fill in: CSV, JSON or XLSX; nothing in it runs when it is opened."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import TYPE_CHECKING

from routeproof.vocab.errors import UsageError
from routeproof.vocab.sheet_text import inert_cell, inert_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Rows = Sequence[Mapping[str, str]]

_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001  # the file format has no zones
WIDTHS = {"question": 70, "answer": 70, "evidence": 40}


def render_sheet(suffix: str, columns: Sequence[str], rows: Rows, title: str = "Questionnaire") -> bytes:
    """The rows in the format of a file name's suffix; the same rows give the same bytes.

    Args:
        suffix: of the file's name.
        columns: names, in order.
        rows: texts by column; what is absent is empty.
        title: of a workbook's sheet.

    Raises:
        UsageError: for another suffix than .csv, .json or .xlsx.
    """
    formats: dict[str, Callable[[Sequence[str], Rows], bytes]] = {
        ".csv": _csv,
        ".json": _json,
        ".xlsx": lambda columns, rows: _xlsx(columns, rows, title),
    }
    if suffix.lower() not in formats:
        message = f"expected a file name that ends in {', '.join(formats)}, found {suffix or 'no ending'!r}"
        raise UsageError(message, where="--out")
    return formats[suffix.lower()](columns, rows)


def _csv(columns: Sequence[str], rows: Rows) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(columns)
    writer.writerows([inert_text(row.get(name, "")) for name in columns] for row in rows)
    return buffer.getvalue().encode()


def _json(columns: Sequence[str], rows: Rows) -> bytes:
    plain = [{name: row.get(name, "") for name in columns} for row in rows]
    return (json.dumps(plain, ensure_ascii=False, indent=1) + "\n").encode()


def _xlsx(columns: Sequence[str], rows: Rows, title: str) -> bytes:
    import xlsxwriter  # noqa: PLC0415  # only where a workbook is written

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": _EPOCH})
    sheet = book.add_worksheet(title)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    # A cell marked as quoted stays text also when somebody edits it.
    body = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@", "quote_prefix": True})
    for place, name in enumerate(columns):
        sheet.set_column(place, place, WIDTHS.get(name, 16))
        sheet.write_string(0, place, name, head)
        for line, row in enumerate(rows, 1):
            sheet.write_string(line, place, inert_cell(row.get(name, "")), body)
    sheet.freeze_panes(1, 1)
    book.close()
    return buffer.getvalue()
