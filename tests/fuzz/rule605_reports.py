"""Public Rule 605 reports: bad cells, records, headers, delimiters, encodings, archives, and bytes."""

import zipfile
from random import Random

from fuzz.damage import bomb, damaged, packed, zipped
from fuzz.sample import Sample, Seeds
from fuzz.values import nasty
from routeproof.tables.rule605.sums import LAYOUTS
from rule605_files import LEGACY_RESTING, detailed, legacy, summary

SOURCE = "rule605"
NUMBERS = ("count", "quantity", "price", "money")
KEYS = ("?", "T", "S", "TT", "t", "202613", "202600", "201601", "000001", "999912", "16", "11", "MXXNN", "LNNNN", "21",
        "199999", "Y", "")  # fmt: skip
SIZES = ("0", "250", "1000", "5000", "10000", "20000", "50000", "199999", "200000")


def rule605_sample(random: Random, seeds: Seeds) -> Sample:
    """A report of one of the layouts, some of it damaged."""
    name = random.choice(sorted(LAYOUTS))
    text = _text(random, name)
    delimiter = "," if name == "summary" else "|"
    roll = random.random()
    if roll < 0.35:
        return _made("values", _values(random, text, delimiter, seeds).encode("utf-8", "replace"))
    if roll < 0.5:
        return _made("records", _records(random, text, delimiter).encode())
    if roll < 0.6:
        return _made("header", _header(random, text, delimiter).encode("utf-8", "replace"))
    if roll < 0.65:
        other = random.choice((",", ";", "\t", "|", " ", "\x00", '"'))
        return _made("delimiter", text.replace(delimiter, other).encode())
    if roll < 0.7:
        return _made("encoding", text.encode(random.choice(("utf-16", "utf-16-le", "utf-32", "cp037", "utf-8-sig"))))
    if roll < 0.78:
        return _made("packing", packed(random, text.encode()))
    if roll < 0.86:
        return _made("archive", _archive(random, text))
    if roll < 0.862:
        return _made("bomb", bomb(random.choice((b"\n", b"|", b'"', b"T|", text.encode()[:90])), "gzip"))
    return _made("bytes", damaged(random, text.encode(), random.choice(seeds.csv) if seeds.csv else b""))


def _made(how: str, content: bytes) -> Sample:
    return Sample(SOURCE, content, how)


def _text(random: Random, name: str) -> str:
    """A right report of some rows."""
    count = random.choice((1, 2, 2, 3, 9))
    if name == "legacy":
        lines = [legacy(random.choice((LEGACY_RESTING, legacy())), f4=f"S{at}") for at in range(count)]
        return "".join(line + random.choice(("\n", "\r\n", "|\n")) for line in lines)
    if name == "detailed":
        return detailed(*({"Symbol": f"S{at}"} for at in range(count)))
    sizes = (
        LAYOUTS[name].fields[4].official,
        ("0", "250", "1000", "5000", "10000", "20000", "50000", "199999", "200000"),
    )
    return summary(*({sizes[0]: sizes[1][at % 9]} for at in range(count)))


def _values(random: Random, text: str, delimiter: str, seeds: Seeds) -> str:
    lines = [line.split(delimiter) for line in text.splitlines()]
    for _ in range(random.choice((1, 1, 2, 4, 9))):
        line = random.choice(lines[1:] or lines)
        at = random.randrange(len(line))
        wild = random.choice(KEYS) if random.random() < 0.3 else nasty(random, random.choice(NUMBERS), seeds.texts)
        line[at] = random.choice((wild, wild, f'"{wild}"', f" {wild} ", f"{line[at]}{wild}"))
    return "".join(delimiter.join(line) + "\n" for line in lines)


def _records(random: Random, text: str, delimiter: str) -> str:
    """Records cut, lengthened, repeated, moved, emptied, run together."""
    lines = text.splitlines()
    for _ in range(random.choice((1, 1, 2, 3))):
        at = random.randrange(len(lines))
        fields = lines[at].split(delimiter)
        match random.randrange(8):
            case 0:
                lines[at] = delimiter.join(fields[: random.randrange(len(fields) + 1)])
            case 1:
                lines[at] += delimiter * random.choice((1, 2, 3, 60))
            case 2:
                lines.insert(random.randrange(len(lines) + 1), lines[at])
            case 3:
                del fields[random.randrange(len(fields))]
                lines[at] = delimiter.join(fields)
            case 4:
                lines.insert(at, random.choice(("", " ", delimiter, delimiter * 60, '"', "#", "\x1a")))
            case 5:
                fields.insert(random.randrange(len(fields)), random.choice(("", "0", '"')))
                lines[at] = delimiter.join(fields)
            case 6:
                lines[at] += lines[random.randrange(len(lines))]
            case _:
                random.shuffle(lines)
    return random.choice(("\n", "\r\n", "\r", "\n\n")).join(lines)


def _header(random: Random, text: str, delimiter: str) -> str:
    head, *rest = text.splitlines()
    names = head.split(delimiter)
    for _ in range(random.choice((1, 2, 5))):
        at = random.randrange(len(names))
        match random.randrange(5):
            case 0:
                names[at] = random.choice(names)
            case 1:
                del names[at]
            case 2:
                names.insert(at, random.choice(("", "Other", "\ufeff", "x" * 3000, "__extra0", "RptDate", '"')))
            case 3:
                names[at] = random.choice((names[at].upper(), f" {names[at]} ", f'"{names[at]}"', names[at][:-1]))
            case _:
                random.shuffle(names)
        names = names or [""]
    return "\n".join([delimiter.join(names), *rest])


def _archive(random: Random, text: str) -> bytes:
    """Several files in one: reports of any layout, pages, rubbish, names that climb, archives."""
    members = {"a.txt": text.encode()}
    for at in range(random.choice((1, 2, 5))):
        content = _text(random, random.choice(sorted(LAYOUTS))).encode()
        match random.randrange(6):
            case 0:
                members[f"../{at}.csv"] = content
            case 1:
                members[f"{at}.pdf"] = b"%PDF-1.7" + content
            case 2:
                members[f"__MACOSX/{at}"] = b"\0"
            case 3:
                members[f"{at}.zip"] = zipped({"x": content, "y": content})
            case 4:
                members[f"{at}.dat"] = damaged(random, content)
            case _:
                members[f"{at}/b.csv"] = packed(random, content)
    found = zipped(members, random.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)))
    return damaged(random, found) if random.random() < 0.4 else found
