"""Workbooks: bad cells, changed XML of their members, changed archives, bytes."""

import io
import re
import zipfile
from random import Random

import xlsxwriter

from fuzz.damage import BOMB_BYTES, damaged, flagged, zipped
from fuzz.rows import FIXED, Rows, good_rows
from fuzz.sample import Cell, Sample, Seeds
from fuzz.values import NUMBERS, nasty

DOUBLES = (
    0.0,
    -0.0,
    0.1,
    1e300,
    -1e300,
    1e-300,
    2.0**53,
    2.0**63,
    0.1 + 0.2,
    float("nan"),
    float("inf"),
    1e15,
    1e16,
    123456789.123456,
)
SHEET = "xl/worksheets/sheet1.xml"
REFERENCES = ("A1", "XFD1048576", "A1048576", "XFD1", "A0", "ZZZZZZ1", "A99999999999999999999", "1A", "", "a1",
              "$A$1", "A-1",
              "R1C1", "A1:B2", "\u0410" + "1")  # fmt: skip
INTEGERS = (
    "-1",
    "0",
    "1",
    "2",
    "99",
    "65536",
    "1048577",
    "2147483647",
    "4294967295",
    "18446744073709551616",
    "1e9",
    "",
    "x",
    "1.5",
)
TYPES = ("s", "b", "e", "d", "n", "str", "inlineStr", "", "x")
ELEMENTS = ("<c><v></v></c>", "<c/>", "<row/>", "<v>1</v>", "<is><t>x</t></is>", "<f>A1</f>", "<f t='shared' si='9'/>",
            "<mergeCell ref='A1:XFD1048576'/>", "<dimension ref='A1:XFD1048576'/>", "<!--x-->", "<![CDATA[x]]>",
            "<?x y?>", "&x;", "&#0;", "&#xD800;", "&#x110000;", "&amp;", "<", ">", "]]>", "</row>", "</sheetData>",
            "<r><t>a</t></r>", "<rPh sb='0'><t>z</t></rPh>", "<t xml:space='preserve'> </t>",
            "<c r='XFD1048576'><v>1</v></c>",
            "<c r='B900000' t='inlineStr'><is><t>x</t></is></c>")  # fmt: skip
MEMBERS = ("", "../../x", "xl/workbook.xml", "xl/sharedStrings.xml", SHEET, "XL/WORKBOOK.XML", "xl\\workbook.xml",
           "/xl/workbook.xml", "xl/worksheets/sheet2.xml", "[Content_Types].xml", "_rels/.rels", "xl/vbaProject.bin",
           "x" * 300)  # fmt: skip


def xlsx_sample(random: Random, seeds: Seeds) -> Sample:
    """A workbook and its map."""
    rows = good_rows(random)
    roll = random.random()
    if roll < 0.3:
        return _values(random, rows, seeds)
    content, how = _book([rows.header, *rows.cells]), "bytes"
    if roll < 0.7:
        how, content = "xml", _changed_xml(random, content, seeds)
    elif roll < 0.8:
        how, content = "archive", flagged(random, content)
    elif roll < 0.9:
        how, content = "members", _changed_members(random, content)
    elif roll < 0.902:
        how, content = "large", _large(random, content)
    else:
        content = damaged(random, content, _book([["a"], ["1"]]))
    return Sample("xlsx", content, how, rows.sections)


def _book(lines: list[list[Cell]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                    "nan_inf_to_errors": True}) as book:  # fmt: skip
        sheet = book.add_worksheet()
        for row, line in enumerate(lines):
            for column, cell in enumerate(line):
                if isinstance(cell, float):
                    sheet.write_number(row, column, cell)
                elif cell:
                    sheet.write_string(row, column, cell[:32_000])
    return file.getvalue()


def _values(random: Random, rows: Rows, seeds: Seeds) -> Sample:
    """Cells with bad texts, and numbers as a spreadsheet keeps them."""
    cells: list[list[Cell]] = [list(line) for line in rows.cells]
    for _ in range(random.choice((1, 2, 4, 9)) if cells else 0):
        line, column = random.choice(cells), random.randrange(len(rows.header))
        line[column] = nasty(random, rows.kinds[column], seeds.texts)
    for column in range(len(rows.header)):
        if rows.kinds[column] in FIXED and random.random() < 0.5:
            for line in cells:
                line[column] = _as_number(line[column])
    if random.random() < 0.2 and cells:
        random.choice(cells)[random.randrange(len(rows.header))] = random.choice(DOUBLES)
    stated = {
        name: [line[at] for line in cells]
        for at, (name, kind) in enumerate(zip(rows.canonical, rows.kinds, strict=True))
        if kind in FIXED
    }
    return Sample("xlsx", _book([list(rows.header), *cells]), "values", rows.sections, stated=stated)


def _as_number(cell: Cell) -> Cell:
    try:
        return float(str(cell))
    except ValueError:
        return cell


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {item.filename: archive.read(item) for item in archive.infolist()}


def _changed_xml(random: Random, content: bytes, seeds: Seeds) -> bytes:
    members = _members(content)
    for _ in range(random.choice((1, 1, 2, 4))):
        name = SHEET if random.random() < 0.6 else random.choice(sorted(members))
        members[name] = _xml(random, members[name], seeds)
    return zipped(members)


def _xml(random: Random, content: bytes, seeds: Seeds) -> bytes:
    text = content.decode("utf-8", "replace")
    match random.randrange(10):
        case 0:
            text = _once(random, text, r'\br="[^"]*"', f'r="{random.choice(REFERENCES)}"')
        case 1:
            text = _once(random, text, r'"\d+"', f'"{random.choice(INTEGERS)}"')
        case 2:
            text = _once(random, text, r'\bt="[^"]*"', f't="{random.choice(TYPES)}"')
        case 3:
            text = _once(random, text, r"<v>[^<]*</v>", f"<v>{random.choice((*INTEGERS, *NUMBERS[:40]))}</v>")
        case 4:
            text = _once(random, text, r"(?=<)|(?<=>)", random.choice(ELEMENTS))
        case 5:
            text = _once(random, text, r"</?\w+[^>]*>", "")
        case 6:
            text = _once(random, text, r"<(?=\w)", f"<{random.choice(('x:', 'x', 'c', ' '))}")
        case 7 if seeds.xml:
            document = random.choice(seeds.xml).decode("utf-8", "replace")
            text = document if random.random() < 0.3 else _prolog(document) + text.partition("?>")[2]
        case 8:
            text = _once(random, text, r"(?<=>)", "<c>" * random.choice((10, 5_000)))
        case _:
            return damaged(random, content)
    return text.encode("utf-8", "replace")


def _prolog(document: str) -> str:
    found = re.search(r"<!DOCTYPE.*?\]\s*>|<!DOCTYPE[^>]*>", document, re.DOTALL)
    return f'<?xml version="1.0"?>{found[0] if found else ""}'


def _once(random: Random, text: str, pattern: str, put: str) -> str:
    places = list(re.finditer(pattern, text))
    if not places:
        return text
    place = random.choice(places)
    return text[: place.start()] + put + text[place.end() :]


def _changed_members(random: Random, content: bytes) -> bytes:
    members = _members(content)
    for _ in range(random.choice((1, 2))):
        name = random.choice(sorted(members))
        match random.randrange(4):
            case 0:
                members[random.choice(MEMBERS)] = members.pop(name)
            case 1:
                members[name] = members[random.choice(sorted(members))]
            case 2:
                members[random.choice(MEMBERS)] = random.choice((b"", b"x", b"\x00" * 100, members[name]))
            case _ if len(members) > 1:
                del members[name]
    return zipped(
        members, random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    )


def _large(random: Random, content: bytes) -> bytes:
    """Few bytes that become much: 192 MiB of blanks, a cell in the last corner, many rows, many texts."""
    members = _members(content)
    text = members[SHEET].decode()
    match random.randrange(4):
        case 0:
            members[SHEET] += b" " * BOMB_BYTES
        case 1:
            corner = random.choice(
                ("<c r='XFD1048576'><v>1</v></c>", "<c r='ZZ1000000'><v>1</v></c>", "<c r='A1048576'><v>1</v></c>")
            )
            members[SHEET] = text.replace("</row>", f"</row><row>{corner}</row>", 1).encode()
        case 2:
            row = "<row>" + "<c t='s'><v>0</v></c>" * 20 + "</row>"
            members[SHEET] = text.replace("</sheetData>", f"{row * 100_000}</sheetData>", 1).encode()
        case _:
            members["xl/sharedStrings.xml"] = b"<sst>" + b"<si><t></t></si>" * 5_000_000 + b"</sst>"
    return zipped(members)
