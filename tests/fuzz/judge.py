"""What must hold of whatever a reader made of an input."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation, localcontext
from pathlib import Path

import polars as pl

from fuzz.sample import Cell, Sample
from oracle.fix_log import read_log
from routeproof.app.intake.delivery import WHOLE_FILE_REASONS, deliver
from routeproof.ledger.canonical import canonical_bytes
from routeproof.sources.registry import SOURCES
from routeproof.sources.source import RAW_CHARACTERS, REJECT_SCHEMA, SourceResult
from routeproof.sources.streams import GZIP_MAGIC, ZIP_MAGIC, ZSTD_MAGIC
from routeproof.stores.raw import RawFile
from routeproof.tables.registry import TABLES

FILE = "input"
SOURCE_ID = "ab"
REASON = re.compile(r"[a-z][a-z0-9_]*")
PARSERS = ("parquet_table.py", "xlsx_table.py")
"""Modules that hand bytes to a parser that is not ours; whatever it raises there is a refusal of the file."""
PLAIN_SUM_BYTES = 100_000
COMPARED = ("order_qty", "last_qty", "last_px", "price", "cum_qty", "leaves_qty", "commission", "misc_fee", "sent_at")
EDGE = b"9223372036.8547758"
"""The scanner refuses the last seven numbers that 63 bits hold at 1e-9; the plain reading takes them."""
EXACT = 1e-3
"""How far a value may be from a double, in units of 1e-9."""
_FLOAT_ULPS = 16 * 2.0**-52


def judge(sample: Sample, pieces: Sequence[SourceResult], sections: Mapping[str, object]) -> str:
    """`read`, `partly` or `refused`; `AssertionError` says what does not hold. `sections` are those of the map."""
    rejects = pl.concat([pl.DataFrame(schema=REJECT_SCHEMA), *(piece.rejects for piece in pieces)])
    _counts(pieces, rejects)
    _positions(sample, rejects)
    _delivered(sample, pieces, {} if SOURCES[sample.source].in_child else sections)
    rows = _main_rows(pieces)
    _canonical(pieces)
    if sample.source == "csv":
        _every_line(sample, pieces, rejects, rows)
    if sample.source == "fix-log":
        _as_read_plainly(sample, rows, rejects)
    if sample.stated and rows is not None:
        _as_stated(sample, rows)
    accepted = sum(piece.accepted for piece in pieces)
    return "refused" if not accepted else "partly" if rejects.height else "read"


def _counts(pieces: Sequence[SourceResult], rejects: pl.DataFrame) -> None:
    received, accepted = sum(piece.received for piece in pieces), sum(piece.accepted for piece in pieces)
    assert received == accepted + rejects.height, f"received {received}, accepted {accepted}, rejected {rejects.height}"


def _positions(sample: Sample, rejects: pl.DataFrame) -> None:
    """Each refused row says why and where: reason, row and, where the format has bytes, the byte."""
    for row in rejects.iter_rows(named=True):
        whole = row["reason"] in WHOLE_FILE_REASONS or row["row"] == 0
        assert row["file"] == FILE, f"file of a reject: {row}"
        assert REASON.fullmatch(row["reason"] or ""), f"reason of a reject: {row}"
        assert row["reason"] not in ("reader_limit", "reader_crashed"), f"reader stopped: {row}"
        assert (row["row"] or 0) >= (0 if whole else 1), f"row of a reject: {row}"
        has_bytes = sample.source in ("csv", "fix-log")
        assert (-1 if row["byte"] is None else row["byte"]) >= 0 or not has_bytes, f"byte of a reject: {row}"
        raw = row["raw"] or ""
        assert len(raw) <= RAW_CHARACTERS, f"text of a reject: {row}"
        assert raw.isprintable(), f"text of a reject: {row}"


def _delivered(sample: Sample, pieces: Sequence[SourceResult], sections: Mapping[str, object]) -> None:
    """The file's outcome accounts for every row, in total and per day, and can be put on record."""
    raw = RawFile("0" * 64, Path("absent"), FILE, len(sample.content))
    outcome = deliver(sample.source, raw, "", pieces, sections).outcome()
    canonical_bytes(outcome)
    days = outcome["days"]
    assert isinstance(days, list)
    assert outcome["received"] == sum(day["received"] for day in days), f"received per day: {outcome}"
    assert outcome["accepted"] == sum(day["accepted"] for day in days), f"accepted per day: {outcome}"


def _main_rows(pieces: Sequence[SourceResult]) -> pl.DataFrame | None:
    """Accepted rows of the table that the input's rows are."""
    frames = []
    for piece in pieces:
        names = [*piece.tables, *piece.runs]
        if names:
            run = piece.runs.get(names[0])
            frames.append(run.read(0, run.index.height) if run is not None else piece.tables[names[0]])
            assert frames[-1].height == piece.accepted, f"{frames[-1].height} rows of {piece.accepted} accepted"
    return pl.concat(frames) if frames else None


def _canonical(pieces: Sequence[SourceResult]) -> None:
    """Tables have exactly their columns, and no row of the table that the file is of lacks what it must have."""
    for piece in pieces:
        for name, frame in piece.tables.items():
            if name not in TABLES:
                continue
            assert frame.schema == pl.Schema(TABLES[name].dtypes), f"columns of {name}: {frame.schema}"
            for column in TABLES[name].columns if name == next(iter(piece.tables)) else ():
                assert not column.required or not frame[column.name].null_count(), f"{name}.{column.name} is missing"


def _every_line(
    sample: Sample, pieces: Sequence[SourceResult], rejects: pl.DataFrame, rows: pl.DataFrame | None
) -> None:
    """Without quotes, a line is a row, a reject or noise, and never two of them."""
    content = sample.content
    is_packed = content.startswith((GZIP_MAGIC, ZIP_MAGIC, ZSTD_MAGIC))
    if b'"' in content or is_packed or b"\n" not in content or sample.how == "delimiter":
        return
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    if rejects.filter(pl.col("reason").is_in(WHOLE_FILE_REASONS) | (pl.col("row") == 0)).height:
        return
    seen = sum(piece.received + piece.noise for piece in pieces)
    assert seen == lines - 1, f"{seen} rows, rejects and blank lines of {lines} lines, one of them the header"
    if rows is not None and rows["source_row"].n_unique() == rows.height:
        both = set(rows["source_row"]) & set(rejects["row"])
        assert not both, f"rows {sorted(both)[:5]} are both accepted and refused"


def _as_read_plainly(sample: Sample, rows: pl.DataFrame | None, rejects: pl.DataFrame) -> None:
    """A plain log gives the messages, refusals and sums that the slow reading gives."""
    content = sample.content
    if content.startswith((GZIP_MAGIC, ZSTD_MAGIC)) or len(content) > PLAIN_SUM_BYTES:
        return
    expected, refused = read_log(content)
    if EDGE in content:
        return
    assert rejects.select("byte", "reason").rows() == sorted(refused), (
        "refused messages differ from the plain reading's"
    )
    assert (rows.height if rows is not None else 0) == len(expected), "accepted messages differ in number"
    for name in COMPARED if rows is not None else ():
        stated = sum(int(str(row[name])) for row in expected if name in row)
        found = sum(rows[name].drop_nulls().to_list()) if rows is not None else 0
        assert found == stated, f"{name} sums to {found}, by the plain reading to {stated}"


def _as_stated(sample: Sample, rows: pl.DataFrame) -> None:
    """Each accepted price, quantity and sum of money is the one that stands in the file, exactly."""
    for name, cells in sample.stated.items():
        if name not in rows.columns:
            continue
        for source_row, found in rows.select("source_row", name).iter_rows():
            if found is None:
                continue
            cell = cells[source_row - sample.first_row]
            assert _is(found, cell), f"row {source_row} states {name} {cell!r}, read as {found}"


def _is(found: int, cell: Cell) -> bool:
    if isinstance(cell, float):
        return abs(found - cell * 1e9) <= max(abs(cell) * 1e9 * _FLOAT_ULPS, EXACT)
    try:
        with localcontext() as context:
            context.prec = 1_000  # so that no digit is rounded away
            return Decimal(str(cell).strip()) * 10**9 == found if cell and cell.strip() else found == 0
    except InvalidOperation:
        return False


def is_foreign(error: BaseException) -> bool:
    """The error came out of a parser that is not ours, while it read the file's bytes."""
    ours, last = "", ""
    trace = error.__traceback__
    while trace is not None:
        last = trace.tb_frame.f_code.co_filename
        if "/routeproof/" in last:
            ours = last
        trace = trace.tb_next
    raised_below = last != ours or type(error).__module__.split(".")[0] in (
        "polars",
        "pyo3_runtime",
        "fastexcel",
        "_fastexcel",
    )
    return ours.endswith(PARSERS) and raised_below
