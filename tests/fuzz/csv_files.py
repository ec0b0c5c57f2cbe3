"""Delimited files: bad cells, lines, headers, delimiters, encodings, packing, and bytes."""

import csv
import io
from random import Random

from fuzz.damage import bomb, damaged, packed
from fuzz.rows import FIXED, Rows, good_rows
from fuzz.sample import Sample, Seeds
from fuzz.values import nasty

DELIMITERS = (",", ";", "\t", "|", " ", "\x01", '"', "'", "\n", "\r", "\x00", "0", "-", ":", "a", "\\")
HEADERS = ("", " ", "__row", "__byte", "__raw", "__problem", "__detail", "symbol", "price", "quantity", "source_row",
           "firm_id",
           "\ufeff", '"', "value", "0", "a" * 3000, "a" * 200_000, "sequence", "trading_day", "source_id",
           "#2")  # fmt: skip


def csv_sample(random: Random, seeds: Seeds) -> Sample:
    """A delimited file and its map."""
    roll = random.random()
    rows = good_rows(random)
    if roll < 0.3:
        return _values(random, rows, seeds)
    if roll < 0.42 and seeds.csv:
        return _spectrum(random, seeds)
    how, content, sections = "bytes", csv_text(random, rows), rows.sections
    if roll < 0.55:
        how, content = "lines", _lines(random, content)
    elif roll < 0.68:
        how, content = "header", _header(random, rows)
    elif roll < 0.75:
        delimiter = random.choice(DELIMITERS)
        how, sections = "delimiter", {**sections, "delimiter": delimiter}
        content = content.replace(b",", delimiter.encode()) if random.random() < 0.8 else content
    elif roll < 0.80:
        how, content = "encoding", _encoded(random, content)
    elif roll < 0.9:
        how, content = "packing", packed(random, content)
    elif roll < 0.902:
        how, content, sections = "large", *_large(random)
    else:
        content = damaged(random, content, random.choice(seeds.csv) if seeds.csv else b"")
    return Sample("csv", content, how, sections)


def csv_text(random: Random, rows: Rows) -> bytes:
    """The rows as a delimited file, by the standard library."""
    file = io.StringIO(newline="")
    quoting = random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    writer = csv.writer(file, quoting=quoting, lineterminator=random.choice(("\n", "\r\n")))
    writer.writerow(rows.header)
    writer.writerows(rows.cells)
    return file.getvalue().encode("utf-8", "replace")


def _values(random: Random, rows: Rows, seeds: Seeds) -> Sample:
    """Some cells hold what readers get wrong; every cell still stands where it stood."""
    for _ in range(random.choice((1, 2, 4, 9))):
        if rows.cells:
            column = random.randrange(len(rows.header))
            random.choice(rows.cells)[column] = nasty(random, rows.kinds[column], seeds.texts)
    plain = not any(character in cell for line in rows.cells for cell in line for character in '"\r\n\x00')
    stated = {
        name: [line[at] for line in rows.cells]
        for at, (name, kind) in enumerate(zip(rows.canonical, rows.kinds, strict=True))
        if kind in FIXED and plain
    }
    return Sample("csv", csv_text(random, rows), "values", rows.sections, stated=stated)


def _spectrum(random: Random, seeds: Seeds) -> Sample:
    """A published file, read by constants alone or with its first column as the symbol."""
    content = random.choice(seeds.csv)
    constants: dict[str, object] = {"at": "2026-07-01T13:30:00Z", "price": 1, "quantity": 2}
    first = content.split(b"\n")[0].strip().split(b",")[0].decode("utf-8", "replace")
    sections: dict[str, object] = {"table": "trades", "constants": constants}
    if random.random() < 0.5:
        sections["columns"] = {"symbol": first}
    else:
        constants["symbol"] = "A"
    if random.random() < 0.9:
        content = damaged(random, content, random.choice(seeds.csv))
    return Sample("csv", content, "published", sections)


def _lines(random: Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    for _ in range(random.choice((1, 2, 5))):
        at = random.randrange(len(lines))
        other = lines[random.randrange(len(lines))]
        match random.randrange(12):
            case 0:
                lines.insert(at, other)
            case 1:
                lines.insert(at, random.choice((b"", b"\r", b" ", b",", b'""', b'"', b"\x00", b"\xff", b"#", b'","')))
            case 2:
                del lines[at : at + 1]
                lines = lines or [b""]
            case 3:
                lines[at] += random.choice((b",", b",,,,", b",x", b'"', b"\r\r", b"\x1a", b'"x', b'x"'))
            case 4:
                lines[at] = lines[at].rpartition(b",")[0]
            case 5:
                lines[at] = lines[at].replace(b",", random.choice((b";", b",,", b'","', b'"', b"\t", b'",', b',"')))
            case 6:
                lines[at] = b'"' + lines[at]
            case 7:
                lines[at] = lines[at] + other
            case 8:
                lines[at] = lines[at].replace(b",", b"\n", 1)
            case 9:
                lines[at] = lines[at][: random.randrange(len(lines[at]) + 1)]
            case 10:
                lines[at] = b'"' + lines[at].replace(b",", b'""\n,') + b'"'
            case _:
                lines[at] = random.choice((b"=", b"x", b'"', b"\xc3")) * random.choice((10, 1000, 70_000))
    return random.choice((b"\n", b"\n", b"\n", b"\r\n", b"\r", b"\n\n", b"\n\r")).join(lines)


def _header(random: Random, rows: Rows) -> bytes:
    for _ in range(random.choice((1, 2, 3))):
        at = random.randrange(len(rows.header))
        name = random.choice((*HEADERS, random.choice(rows.header), random.choice(rows.canonical)))
        if random.random() < 0.5:
            rows.header[at] = name
        else:
            rows.header.append(name)
            for line in rows.cells:
                line.append(random.choice(("1", "", "x", "2026-07-01T13:30:00Z")))
    content = csv_text(random, rows)
    return content.partition(b"\n")[2] if random.random() < 0.1 else content


def _encoded(random: Random, content: bytes) -> bytes:
    text = content.decode("utf-8") + random.choice(("", "\u00e9,\u20ac\n"))
    match random.randrange(5):
        case 0:
            return text.encode("utf-16")
        case 1:
            return text.encode("utf-16-le")
        case 2:
            return text.encode("utf-32")
        case 3:
            return text.encode("cp1252", "replace")
    return b"\xef\xbb\xbf" * random.choice((1, 2)) + content


def _large(random: Random) -> tuple[bytes, dict[str, object]]:
    """What memory and time could run away on: bombs, many columns, many tiny records, one endless line."""
    constants = {"at": "2026-07-01T13:30:00Z", "price": 1, "quantity": 2, "symbol": "A"}
    sections: dict[str, object] = {"table": "trades", "constants": constants}
    match random.randrange(7):
        case 0:
            content = bomb(random.choice((b"\x00", b"\n", b" ", b'"', b"\r\n")), random.choice(("gzip", "zstd")))
        case 1:
            width = random.choice((1_000, 20_000))
            content = (
                b",".join(b"c%d" % at for at in range(width))
                + b"\n"
                + (b"," * (width - 1) + b"\n") * random.choice((1, 40))
            )
        case 2:
            content = (
                b"a,b\n"
                + random.choice((b"\n", b"1,2\n", b'"1",2\n', b'"', b"1\n", b"\x00\n", b"\xff\n", b"1,\xff\n"))
                * 500_000
            )
        case 3:
            content = b"a,b\n1," + b"x" * (10 << 20) + b"\n1,2\n"
        case 4:
            content = b'a,b\n1,"' + b"x\n" * 500_000
        case 5:
            content = b"," * (1 << 20)
        case _:
            content = b"a,b\n" + (b'1,"2' + b"\n" * 50) * 10_000
    return content, sections
