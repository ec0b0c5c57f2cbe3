"""A Rule 606 document into tables that anyone can open, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.sources.rule606.csv_folder import csv_files, read_folder
from routeproof.sources.rule606.filings import read_document
from routeproof.sources.rule606.hardened import parse_xml
from routeproof.sources.rule606.to_tables import to_tables, unconvertible
from routeproof.sources.rule606.to_xml import to_xml
from routeproof.stores.files import write_all_whole, write_whole
from routeproof.vocab.errors import DataRejectedError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


class UnconvertibleError(DataRejectedError):
    """The document has parts that no table has a place for."""

    code = "unconvertible"


def document_to_tables(path: Path, out: Path) -> dict[str, int]:
    """Write one CSV file per table into a folder; returns file name to rows.

    Raises:
        UnreadableXmlError: if the file is not taken as XML.
        UnconvertibleError: if its structure is not that of a report; the message names the first place.
        UsageError: if the file cannot be read, or a file stands where the folder would.
    """
    try:
        document = read_document(path, path.name)
    except OSError as error:
        message = f"expected a readable file, found: {error.strerror or error}"
        raise UsageError(message, where=str(path)) from error
    if document.problem is not None:
        raise DataRejectedError(document.problem.message, where=path.name)
    root = parse_xml(document.content, path.name)
    problems = unconvertible(root)
    if problems:
        first = problems[0]
        message = f"{first.message} ({len(problems)} such places; `validate 606` lists them)"
        raise UnconvertibleError(message, where=f"{path.name}:{first.row} {first.column}".rstrip())
    report = to_tables(root)
    if out.exists() and not out.is_dir():
        message = "expected a folder for the tables, found a file"
        raise UsageError(message, where=str(out))
    write_all_whole(out, csv_files(report))
    return {f"{name}.csv": len(rows) for name, rows in report.rows.items()}


def tables_to_document(folder: Path, out: Path) -> dict[str, int]:
    """Write the document that a folder's tables hold; returns file name to rows.

    Raises:
        FolderError: if the files are not the tables of one report.
        NotXmlError: for characters that XML cannot hold.
        UsageError: if a folder stands where the document would.
    """
    if out.is_dir():
        message = "expected a file for the document, found a folder"
        raise UsageError(message, where=str(out))
    report = read_folder(folder)
    write_whole(out, to_xml(report))
    return {f"{name}.csv": len(rows) for name, rows in report.rows.items()}
