"""Hand-worked FIX logs in tests/cases/fix: each becomes the tables that its author worked out."""

import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from routeproof.sources.catalog.fix_log import read_fix_log

CASES = sorted((Path(__file__).resolve().parents[3] / "cases" / "fix").glob("*.toml"))
FIXED = ("price", "quantity", "leaves", "limit_price", "stop_price", "cancelled_quantity", "fee")


def framed(line: str) -> bytes:
    """A log line written with `|` and without 9 and 10, as the bytes that were on the wire."""
    head, _, body = line.strip().rstrip("|").partition("|")
    content = (body + "|").replace("|", "\x01").encode()
    message = head.encode() + b"\x019=%d\x01" % len(content) + content
    return message + b"10=%03d\x01\n" % (sum(message) % 256)


def instant(text: str) -> int:
    """`2026-01-05 14:30:00.001` in UTC nanoseconds."""
    whole, _, fraction = text.partition(".")
    seconds = datetime.strptime(whole, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
    return int(seconds) * 10**9 + int((fraction or "0").ljust(9, "0"))


def worked(name: str, value: object) -> object:
    """An expected value in the table's unit."""
    if name.endswith("_at") and value != "":
        return instant(str(value))
    if name in FIXED and value != "":
        return int(Decimal(str(value)) * 10**9)
    return {"": None, "none": ""}.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_log_becomes_the_tables_worked_out_by_hand(case: Path, tmp_path: Path) -> None:
    """A log becomes the tables worked out by hand."""
    document = tomllib.loads(case.read_text(encoding="utf-8"))
    log = tmp_path / "case.log"
    log.write_bytes(b"".join(framed(line) for line in document["log"].splitlines() if line.strip()))
    tables = read_fix_log(log, document.get("map"))
    assert tables["rejects"].rows() == []
    for table, rows in document["expect"].items():
        names = list(rows[0]) if rows else []
        found = tables[table].sort(document.get("sort", {}).get(table, []), maintain_order=True)
        assert found.height == len(rows), f"{table}: {found}"
        for name in names:
            expected = [worked(name, row[name]) for row in rows]
            assert found[name].to_list() == expected, f"{table}.{name}"
    notes = dict(tables["notes"].rows())
    assert {name: notes[name] for name in document.get("notes", {})} == document.get("notes", {})


def test_there_are_cases() -> None:
    """An empty folder must not pass as success."""
    assert CASES
