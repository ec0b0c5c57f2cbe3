"""How public reports are read and judged, as `ingest` and `validate` read them."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from routeproof.app.disclosure.parts_606 import part_of
from routeproof.app.disclosure.public_605 import joined
from routeproof.app.disclosure.validate_605 import validate_file as validate_605
from routeproof.app.disclosure.validate_606 import validate_file as validate_606
from routeproof.app.disclosure.validation import Validation
from routeproof.sources.archive_members import unpacked
from routeproof.sources.rule605.problems import ROW, remarks_frame
from routeproof.sources.rule605.read import read_file
from routeproof.sources.rule605.sniff import sniff
from routeproof.sources.rule606.filings import Document, documents
from routeproof.sources.rule606.read_report import read_report
from routeproof.sources.rule606.to_xml import to_xml
from routeproof.stores.shipped_disclosure import load_disclosure605
from routeproof.tables.rule605.remarks import REJECTED
from routeproof.tables.rule605.sums import additive
from routeproof.tables.rule606.flat import FlatReport
from routeproof.vocab.errors import DataRejectedError

CODE = re.compile(r"[a-z][a-z0-9_]*")
FORMATS = {"605-legacy", "605-detailed", "605-summary", "606a1", "606b1", "606b3", "mixed", ""}
LONGEST_SENTENCE = 4_000
FIRM, SOURCE_ID = "FIRM", "ab"


def read_605(path: Path, folder: Path) -> str:
    """`read`, `partly` or `refused`; `AssertionError` says what does not hold."""
    verdict = _validated(validate_605(path))
    accepted = rejected = 0
    failed: list[str] = []
    for member in unpacked(path, folder):
        try:
            if member.problem is not None:
                raise member.problem
            here = _taken(member.path)
        except DataRejectedError as error:
            failed.append(error.code)
            continue
        accepted, rejected = accepted + here[0], rejected + here[1]
    if not failed and verdict.rows:  # a header that is no record leaves nothing to count
        assert verdict.rows == accepted + rejected, (verdict.rows, accepted, rejected)
    if verdict.ok:
        assert not failed, f"validate found nothing, ingest refused: {failed}"
        assert not rejected, f"validate found nothing, ingest rejected {rejected} rows"
    return "refused" if not accepted else "partly" if rejected or failed else "read"


def _taken(path: Path) -> tuple[int, int]:
    """Rows accepted and rejected of one file; what every file's rows and remarks must be."""
    sniffed = sniff(path)
    layout = sniffed.layout
    received, rows, remarks = 0, [], []
    for batch in read_file(path, sniffed, load_disclosure605()):
        received += batch.received
        rows.append(batch.rows)
        remarks += batch.remarks
        gone = {item[ROW] for item in batch.remarks if item["kind"] == REJECTED}
        assert batch.received == batch.rows.height + len(gone), (batch.received, batch.rows.height, len(gone))
    for item in remarks:
        assert 1 <= int(str(item[ROW])) <= received, item
        assert CODE.fullmatch(str(item["code"])), item
        assert 0 < len(str(item["message"])) <= LONGEST_SENTENCE, item
    assert remarks_frame(layout, remarks).height == len(remarks)
    if not rows or not (every := pl.concat(rows)).height:
        return 0, received
    lit = [pl.lit(SOURCE_ID).alias("source_id"), pl.lit(FIRM).alias("firm_id")]
    part = joined(layout, [every.with_columns(lit)], None)
    doubled = sum(len(items) for items in part.duplicates.values())
    assert part.rows.height + doubled == every.height
    sums = additive(layout, part.rows.lazy()).collect()
    assert sums.height == part.rows.height
    return part.rows.height, received - part.rows.height


def read_606(path: Path, folder: Path) -> str:
    """The same of documents; what is right is written back and read as it was."""
    del folder
    _validated(validate_606(path, with_notes=True))
    taken = refused = 0
    for document in documents(path, "input"):
        if document.superseded:
            continue
        found = read_report(document)
        assert found.format in FORMATS
        assert bool(found.problems) == (found.report is None)
        for item in found.problems:
            assert item.row >= 0, item
            assert CODE.fullmatch(item.code), item
            assert 0 < len(item.message) <= LONGEST_SENTENCE, item
        if found.report is None:
            refused += 1
            continue
        again = read_report(Document("again", _written(found.report))).report
        assert again is not None
        assert again.rows.keys() == found.report.rows.keys()
        for table, rows in found.report.rows.items():
            assert [row.texts for row in rows] == [row.texts for row in again.rows[table]], table
        part_of(found.report, document.name, FIRM, SOURCE_ID)
        taken += 1
    return "refused" if not taken else "partly" if refused else "read"


def _written(report: FlatReport) -> bytes:
    try:
        return to_xml(report)
    except DataRejectedError as error:
        message = f"what was read cannot be written: {error}"
        raise AssertionError(message) from error


def _validated(found: Validation) -> Validation:
    """Every problem has a code, a sentence and a place; what is right has none but notes."""
    assert found.format in FORMATS, found.format
    assert found.rows >= 0
    for item in found.problems:
        assert CODE.fullmatch(item.code), item
        assert 0 < len(item.message) <= LONGEST_SENTENCE, item
        assert item.row >= 0, item
    return found


READERS: Mapping[str, Callable[[Path, Path], str]] = {"rule605": read_605, "rule606": read_606}
"""Source of a sample to how it is read and judged, given the file and a scratch folder."""
