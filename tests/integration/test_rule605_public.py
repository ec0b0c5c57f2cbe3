"""Public Rule 605 files through the command line: what is taken in, told, replaced, and never changed by repetition."""

from __future__ import annotations

import csv
import gzip
import json
import zipfile
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from program import call
from routeproof.app.context import open_context
from routeproof.app.disclosure.ingest_605 import ingest_605
from routeproof.app.disclosure.public_605 import part_name, public_rows, public_sums
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.quality import quality
from routeproof.app.ledger.rebuild import rebuild_projections
from routeproof.vocab.errors import DataRejectedError
from rule605_files import LEGACY_RESTING, detailed, legacy, summary, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from routeproof.app.context import Context


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """An empty workspace."""
    init_workspace(tmp_path / "ws")
    with open_context(tmp_path / "ws") as opened:
        yield opened


def taken(context: Context, *paths: Path) -> dict[str, Any]:
    """The document that the command prints."""
    document: dict[str, Any] = ingest_605(context, paths).as_json()
    return document


def symbols(context: Context, layout: str = "legacy") -> list[str]:
    """Symbols that the lake has, in order."""
    return public_rows(context.lake, layout).collect().get_column("symbol").to_list()


def commits(context: Context) -> int:
    """Entries of the record."""
    return context.records.size()


def test_a_real_month_is_taken_in_and_rolls_up(context: Context, shared_data: Path) -> None:
    """Sums by order type equal those of the csv module and exact decimals; parts add up on every row."""
    path = shared_data / "reg" / "605-legacy-virtu-201612" / "VIRTU1216.txt.gz"
    found = taken(context, path)
    assert (found["format"], found["rows"], found["accepted"]) == ("605-legacy", 27_562, 27_562)
    assert found["rejected"] == found["corrections"] == found["quarantined"] == []
    names = ("covered_shares", "executed_shares", "effective_e18", "improved_e18", "realized_300s_e18")
    rolled = public_sums(context.lake, "legacy").group_by("order_type").agg(pl.col(names).sum()).collect()
    found_sums = {kind: [Decimal(value) for value in sums] for kind, *sums in rolled.iter_rows()}
    scaled = {
        kind: [value.scaleb(digits) for value, digits in zip(sums, (9, 9, 18, 18, 18), strict=True)]
        for kind, sums in rolled_up_by_csv(path).items()
    }
    assert found_sums == scaled


def rolled_up_by_csv(path: Path) -> dict[str, list[Decimal]]:
    """Order type to covered and executed shares, and effective, improved and realized dollars, by Python alone."""
    expected: dict[str, list[Decimal]] = {}
    with localcontext() as exact, gzip.open(path, "rt", newline="") as file:
        exact.prec = 60
        for row in csv.reader(file, delimiter="|"):
            if row:
                number = [Decimal(text or "0") for text in row[6:]]
                executed = number[3] + number[4]
                assert number[1] == number[2] + executed
                assert executed == sum(number[5:10])
                terms = (number[1], executed, executed * number[11], number[12] * number[13], executed * number[10])
                sums = expected.setdefault(row[4], [Decimal(0)] * 5)
                expected[row[4]] = [a + b for a, b in zip(sums, terms, strict=True)]
    return expected


def test_the_traps_of_august_2026(context: Context, shared_data: Path) -> None:
    """Ten rows of BZX in percent points, three of them with sentinels; the fractions of IEX stay as they are."""
    folder = shared_data / "reg" / "real-605-summary-202608"
    bzx = taken(context, folder / "BATS_subset202608_summary.csv")
    assert (bzx["rows"], bzx["accepted"], bzx["rejected"]) == (10, 10, [])
    assert {"row": 3, "column": "AvgEFQPct", "code": "percent_points", "from": 82.40641, "to": 0.8240641} in bzx[
        "corrections"
    ]
    assert len(bzx["corrections"]) == 10
    assert bzx["quarantined"] == [
        {"row": row, "column": "AvgOrderSize", "code": "sentinel_notional"} for row in (1, 5, 9)
    ]
    iex = taken(context, folder / "IEXG202608_summary.csv")
    assert (iex["rows"], iex["accepted"]) == (35, 35)
    assert iex["rejected"] == iex["corrections"] == iex["quarantined"] == []


def test_the_same_file_again_changes_nothing(context: Context, tmp_path: Path) -> None:
    """The same answer and no entry; under another name too, and after another file."""
    text = legacy() + "\n" + legacy() + "\n" + legacy(f4="DEF", f18="x") + "\n"
    first = taken(context, written(tmp_path, text, "a.dat"))
    assert first["rejected"] == [{"row": 2, "code": "duplicate_key"}]
    assert first["quarantined"] == [{"row": 3, "column": 18, "code": "not_a_number"}]
    before, manifest = commits(context), context.lake.manifest()
    again = taken(context, written(tmp_path, text, "b.dat"))
    assert again == first
    assert commits(context) == before
    assert context.lake.manifest().partitions == manifest.partitions


def test_a_restated_file_replaces_its_part_and_says_so(context: Context, tmp_path: Path) -> None:
    """The older rows stay readable under the older commit; taking the older file in again does not bring them back."""
    old = written(tmp_path, legacy() + "\n" + legacy(f4="DEF") + "\n", "old.dat")
    new = written(tmp_path, legacy(f18="0.0300") + "\n", "new.dat")
    taken(context, old)
    part = ("rule605_legacy", part_name("TXXXX", "201601"))
    earlier = context.lake.manifest().partitions[part]
    taken(context, new)
    rows = public_rows(context.lake, "legacy").collect()
    assert rows["effective_spread_usd_per_share"].to_list() == [30_000_000]
    assert context.lake.read_partition(earlier).height == 2
    (told,) = [entry for entry in events(context) if entry["type"] == "public605.restated"]
    assert told["payload"]["before"] == {"content": earlier.content, "rows": 2}
    assert told["payload"]["after"]["rows"] == 1
    taken(context, old)
    assert public_rows(context.lake, "legacy").collect().equals(rows)


def events(context: Context) -> list[dict[str, Any]]:
    """Entries of the record as JSON."""
    return [json.loads(entry) for entry in context.records.each_entry()]


def test_a_report_in_two_files_is_the_report(tmp_path: Path) -> None:
    """Given together or one after the other, in either order: the same rows, whatever their order."""
    lines = [legacy(f4=name) for name in ("A", "B", "C", "D")] + [LEGACY_RESTING]
    whole = written(tmp_path, "\n".join(lines), "whole.dat")
    halves = [written(tmp_path, "\n".join(lines[:2]), "1.dat"), written(tmp_path, "\n".join(lines[:1:-1]), "2.dat")]
    contents = set()
    for number, steps in enumerate(([[whole]], [halves], [[halves[0]], [halves[1]]], [[halves[1]], [halves[0]]])):
        contents.add(content_after(tmp_path / str(number), steps))
    assert len(contents) == 1


def content_after(root: Path, steps: Sequence[Sequence[Path]]) -> str:
    """Hash of the part's rows after some ingests into a new workspace."""
    init_workspace(root)
    with open_context(root) as context:
        for paths in steps:
            ingest_605(context, paths)
        part = context.lake.manifest().partitions["rule605_legacy", part_name("TXXXX", "201601")]
        assert part.rows == 5
        return part.content


def test_a_key_in_two_files_given_together_is_doubled(context: Context, tmp_path: Path) -> None:
    """The first file's row is kept; entries name their file where there are several."""
    one = written(tmp_path, legacy() + "\n", "1.dat")
    two = written(tmp_path, legacy(f4="DEF") + "\n" + legacy(f18="0.5") + "\n", "2.dat")
    found = taken(context, one, two)
    assert (found["rows"], found["accepted"]) == (3, 2)
    assert found["rejected"] == [{"row": 2, "code": "duplicate_key", "file": "2.dat"}]
    assert symbols(context) == ["ABC", "DEF"]


def test_layouts_months_and_reporters_have_parts_of_their_own(context: Context, tmp_path: Path) -> None:
    """One file may speak of several; layouts are never mixed."""
    text = legacy() + "\n" + legacy(f2="TYYYY") + "\n" + legacy(f3="201602") + "\n"
    found = taken(
        context,
        written(tmp_path, text, "a.dat"),
        written(tmp_path, detailed({}), "b.txt"),
        written(tmp_path, summary({}), "c.csv"),
    )
    assert found["format"] == "mixed"
    parts = sorted(key for key in context.lake.manifest().partitions if key[0] != "rule605_remarks")
    assert parts == [
        ("rule605_detailed", "XXXX-202608"),
        ("rule605_legacy", "TXXXX-201601"),
        ("rule605_legacy", "TXXXX-201602"),
        ("rule605_legacy", "TYYYY-201601"),
        ("rule605_summary", "XXXX-202608"),
    ]


def test_no_own_figure_moves(context: Context, tmp_path: Path) -> None:
    """The manifest that own figures name is the same; rows are counted by `quality`; the record replays."""
    before = context.lake.manifest().id
    taken(context, written(tmp_path, legacy() + "\n" + legacy(f1="?") + "\n"))
    assert context.lake.manifest().id == before
    (row,) = quality(context)["days"]
    assert (row["source"], row["received"], row["accepted"], row["rejected"]) == (
        *("rule605", 2, 1),
        {"unknown_participant": 1},
    )
    assert rebuild_projections(context, change=False).differences == []


def test_what_is_no_report_is_refused_and_kept(context: Context, tmp_path: Path) -> None:
    """The raw bytes are stored before they are judged; nothing is committed."""
    path = written(tmp_path, "hello\n")
    before = commits(context)
    with pytest.raises(DataRejectedError, match="expected a Rule 605 report") as told:
        ingest_605(context, [path])
    assert told.value.where == path.name
    assert commits(context) == before
    assert len([item for item in context.workspace.raw_folder.rglob("*") if item.is_file()]) == 1


def test_the_command_line(tmp_path: Path) -> None:
    """Surface and exit codes: 3 with a rejected row, and 3 with one error line for what is no report."""
    init_workspace(tmp_path / "ws")
    text = legacy(f4="XYZ") + "\n" + legacy(f8="x") + "\n"
    bad = str(written(tmp_path, text, "bad.dat"))
    ran = call("ingest", "rule605", bad, "-w", str(tmp_path / "ws"), "--json")
    assert ran.returncode == 3
    assert json.loads(ran.stdout) == {
        "format": "605-legacy",
        "rows": 2,
        "accepted": 1,
        "rejected": [{"row": 2, "code": "not_a_number"}],
        "corrections": [],
        "quarantined": [],
    }
    checked = call("validate", "605", bad, "--json")
    assert checked.returncode == 3
    document = json.loads(checked.stdout)
    assert set(document) == {"ok", "format", "rows", "problems"}
    assert (document["problems"][0]["row"], document["problems"][0]["column"]) == (2, 8)
    ran = call("ingest", "rule605", str(written(tmp_path, "hello")), "-w", str(tmp_path / "ws"), "--json")
    assert (ran.returncode, json.loads(ran.stderr)["error"]["code"]) == (3, "unknown_layout")


def packed(folder: Path, name: str, members: dict[str, str]) -> Path:
    """An archive of texts."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return path


def test_an_archive_of_several_files_is_each_of_them(context: Context, tmp_path: Path) -> None:
    """Layouts are told file by file, entries name the member, what is no report does not hold up the others."""
    members = {
        "b.txt": detailed({}),
        "a.dat": legacy() + "\n" + legacy(f8="x") + "\n",
        "c.csv": summary({"AvgEFQPct": "80"}),
        "readme.txt": "hello",
        "c.pdf": "%PDF-1.7",
    }
    path = packed(tmp_path, "all.zip", members)
    first = taken(context, path)
    assert (first["format"], first["rows"], first["accepted"]) == ("mixed", 4, 3)
    assert first["rejected"] == [
        {"row": 2, "code": "not_a_number", "member": "a.dat"},
        {"row": 0, "code": "unknown_layout", "member": "readme.txt"},
    ]
    assert [(row["member"], row["code"]) for row in first["corrections"]] == [("c.csv", "percent_points")]
    before = commits(context)
    assert taken(context, path) == first
    assert taken(context, written(tmp_path, members["b.txt"], "again.txt"))["accepted"] == 1
    assert commits(context) == before


def test_a_report_and_its_page_in_one_archive_are_one_file(context: Context, tmp_path: Path) -> None:
    """The answer is that of the file alone; a second path names the archive's file too."""
    path = packed(tmp_path, "one.zip", {"a.dat": legacy() + "\n" + legacy(f8="x") + "\n", "a.pdf": "%PDF-1.7"})
    assert taken(context, path)["rejected"] == [{"row": 2, "code": "not_a_number"}]
    both = taken(context, path, written(tmp_path, detailed({}), "b.txt"))
    assert both["rejected"] == [{"row": 2, "code": "not_a_number", "file": "one.zip", "member": "a.dat"}]


def test_an_archive_without_a_report_is_refused_and_kept(context: Context, tmp_path: Path) -> None:
    """So is one that is cut off."""
    path = packed(tmp_path, "none.zip", {"a.pdf": "%PDF-1.7", "b.pdf": "%PDF-1.7"})
    with pytest.raises(DataRejectedError, match="found none"):
        ingest_605(context, [path])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataRejectedError, match="whole archive"):
        ingest_605(context, [path])
    assert len([item for item in context.workspace.raw_folder.rglob("*") if item.is_file()]) == 2


def test_a_row_is_told_once_whatever_else_is_odd_about_it(context: Context, tmp_path: Path) -> None:
    """A participant that is none is only marked; a count that is none rejects the row all the same, in few words."""
    path = written(tmp_path, legacy(f1="S", f8="x" * 5_000) + "\n" + legacy(f1="S", f4="DEF") + "\n")
    found = taken(context, path)
    assert (found["rows"], found["accepted"]) == (2, 1)
    assert found["rejected"] == [{"row": 1, "code": "not_a_number"}]
    assert found["quarantined"] == [{"row": 2, "column": 1, "code": "unknown_participant"}]
    part = context.lake.manifest().partitions
    (remarks,) = [context.lake.read_partition(item) for (table, _), item in part.items() if table == "rule605_remarks"]
    assert remarks["message"].str.len_chars().max() == 1_000
