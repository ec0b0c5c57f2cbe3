"""Tables that people edited are a report again, or are refused with the file and line."""

import csv
from pathlib import Path

import pytest

from routeproof.sources.rule606.csv_folder import FolderError, csv_files, read_folder
from routeproof.sources.rule606.hardened import parse_xml
from routeproof.sources.rule606.to_tables import to_tables
from routeproof.sources.rule606.to_xml import NotXmlError, to_xml
from rule606_documents import A1, B1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tables of a public report."""
    return written(tmp_path, A1)


def written(folder: Path, document: str) -> Path:
    """The tables of a document."""
    for name, content in csv_files(to_tables(parse_xml(document.encode()))).items():
        (folder / name).write_bytes(content)
    return folder


def change(path: Path, old: str, new: str) -> None:
    """Replace the first such text of a file."""
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def test_the_files_are_plain(folder: Path) -> None:
    """One per repeating element, keys first, CRLF, texts as they are."""
    assert sorted(path.name for path in folder.iterdir()) == [
        "rMonthly.csv", "rVenue.csv", "report.csv", "section.csv"
    ]  # fmt: skip
    assert (folder / "rMonthly.csv").read_bytes() == b"rMonthly_no,year,mon\r\n1,2026,7\r\n2,2026,8\r\n3,2026,9\r\n"
    section = (folder / "section.csv").read_text("utf-8").splitlines()
    assert section[1] == "1,rSP500,97.50,40.00,25.00,30.00,5.00"
    assert (
        (folder / "rVenue.csv")
        .read_text("utf-8")
        .splitlines()[1]
        .startswith("1,rSP500,1,Alpha Securities LLC,,ALPH,60.00,")
    )


def test_present_and_empty_is_not_absent(tmp_path: Path) -> None:
    """An empty optional element is named; an empty cell without that is an element that is not there."""
    written(tmp_path, B1)
    assert (tmp_path / "route.csv").read_text("utf-8").splitlines()[1:] == [
        "held,1,1,Alpha Securities LLC,,ALPH,mic",
        "held,1,2,,XBET,,",
    ]
    change(tmp_path / "route.csv", "ALPH,mic", "ALPH,")
    assert b"<mic/>" not in to_xml(read_folder(tmp_path))


def test_a_formula_is_written_so_that_it_does_not_run(tmp_path: Path) -> None:
    """And read back as it was; a number is no formula."""
    document = A1.replace("Alpha Securities LLC", "=1+1", 1).replace("60.00", "'60.00", 1)
    written(tmp_path, document)
    assert "1,rSP500,1,'=1+1,,ALPH,'60.00," in (tmp_path / "rVenue.csv").read_text("utf-8")
    assert to_xml(read_folder(tmp_path)) == to_xml(to_tables(parse_xml(document.encode())))


def test_rows_may_stand_in_any_order_and_with_gaps(folder: Path) -> None:
    """The keys say where they belong; a byte order mark and plain line ends do no harm."""
    expected = to_xml(read_folder(folder))
    head, *rows = (folder / "rMonthly.csv").read_text("utf-8").splitlines()
    (folder / "rMonthly.csv").write_text(
        "\ufeff" + "\n".join([head, *reversed(rows)]).replace("3,2026", "30,2026"), "utf-8"
    )
    assert to_xml(read_folder(folder)) == expected


@pytest.mark.parametrize(
    ("name", "old", "new", "where"),
    [
        ("report.csv", "heldOrderRoutingPublicReport", "other", "report.csv"),
        ("rMonthly.csv", "rMonthly_no,year", "rMonthly_no,years", "rMonthly.csv:2"),
        ("rMonthly.csv", "2,2026,8", "1,2026,8", "rMonthly.csv:3"),
        ("rMonthly.csv", "2,2026,8", "x,2026,8", "rMonthly.csv:3"),
        ("rMonthly.csv", "2,2026,8", "2,2026", "rMonthly.csv:3"),
        ("rMonthly.csv", "year,mon", "mon,mon", "rMonthly.csv:1"),
        ("section.csv", "rOptions", "rBonds", "section.csv:3"),
        ("section.csv", "2,rOther", "4,rOther", "section.csv:4"),
        ("rVenue.csv", "Alpha", '"Alpha', "rVenue.csv"),
    ],
)
def test_what_is_no_report_is_refused(folder: Path, name: str, old: str, new: str, where: str) -> None:
    """With file and line."""
    change(folder / name, old, new)
    with pytest.raises(FolderError, match="expected") as refused:
        read_folder(folder)
    assert refused.value.where.endswith(where)


def test_other_readers_keep_their_limit(folder: Path) -> None:
    """How long a field may be is one setting of the whole program."""
    before = csv.field_size_limit()
    read_folder(folder)
    (folder / "section.csv").write_bytes(b'"')
    with pytest.raises(FolderError):
        read_folder(folder)
    assert csv.field_size_limit() == before


def test_other_bytes_are_refused(folder: Path) -> None:
    """Files that are gone, are not UTF-8, or hold what XML cannot."""
    change(folder / "report.csv", "Example", "Ex\0mple")
    with pytest.raises(NotXmlError, match="U\\+0000"):
        to_xml(read_folder(folder))
    (folder / "rVenue.csv").write_bytes(b"\xff")
    with pytest.raises(FolderError, match="UTF-8"):
        read_folder(folder)
    (folder / "report.csv").unlink()
    with pytest.raises(FolderError, match="readable"):
        read_folder(folder)


@pytest.mark.parametrize(
    "extras",
    ["{", "[]", '{"namespaces": 1}', '{"attributes": {"a b": "c"}}', '{"attributes": {"{u}a": "b"}}',
     '{"before": [["a", "?>"]]}', '{"after": [["xml", ""]]}', '{"before": [7]}'],
)  # fmt: skip
def test_extras_that_would_break_the_document_are_refused(folder: Path, extras: str) -> None:
    """They come from a file that anyone may have edited."""
    report = read_folder(folder)
    report.extras = extras
    with pytest.raises(NotXmlError, match="expected"):
        to_xml(report)


@pytest.mark.parametrize("name", ["é", "日本", "a\u0300.b-1", "_x", "xm\ufeffl"])
def test_names_of_any_alphabet_that_xml_allows_come_back(tmp_path: Path, name: str) -> None:
    """An instruction before the document, and a prefix that nothing uses: written as they were read."""
    document = A1.replace("<heldOrder", f"<?{name} x?><heldOrder", 1).replace(
        "Report>", f'Report xmlns:{name}="u:x">', 1
    )
    written(tmp_path, document)
    content = to_xml(read_folder(tmp_path)).decode()
    assert f"<?{name} x?>" in content
    assert f'xmlns:{name}="u:x"' in content
