"""FIX logs: bad values, fields and messages with or without sums that fit, other separators, packing, bytes."""

from random import Random

from fuzz.damage import bomb, damaged, packed
from fuzz.sample import Sample, Seeds
from fuzz.values import nasty
from routeproof.sources.fix.tags import DATA_OF_LENGTH, FIELDS, Kind

KINDS = {Kind.TEXT: "text", Kind.WHOLE: "count", Kind.DECIMAL: "price", Kind.INSTANT: "instant", Kind.TOTAL: "money"}
VALUE_KIND = {field.tag: KINDS[field.kind] for field in FIELDS}
STAMPS = ("20260105-14:30:00", "20260105-23:59:60", "20260308-07:00:00.123456789", "20991231-23:59:59",
          "19900101-00:00:00",
          "20261301-00:00:00", "20260105-14:30:00.1234567891", "20260105-24:00:00", "2026010x-14:30:00")  # fmt: skip
TYPES = ("D", "8", "9", "F", "G", "3", "j", "AB", "H", "0", "A", "4", "AE", "E", "", "\u00e9", "8" * 40)
CODES = {150: "0123456789ABCDEFGHIx", 39: "0123456789ABCDEx", 20: "0123x", 54: "123456789BCx", 40: "123456789PJKLx",
59: "01234567x",
         43: "YN", 97: "YN", 442: "123"}  # fmt: skip
TAGS = (*VALUE_KIND, *DATA_OF_LENGTH, 0, 9, 10, 136, 268, 555, 8191, 8192, 9999, 2**31, 2**63, 10**30)
SEPARATORS = (b"\x01", b"\x01", b"|", b"^A")
AROUND = (
    b"",
    b"",
    b"\n",
    b"\r\n",
    b"14:30:00.123 IN  ",
    b"<20260105> ",
    b"8=FIX",
    b"8=",
    b"10=000\x01",
    b"\x00",
    b"9=5\x01",
)

Fields = list[tuple[str, str]]


def fix_sample(random: Random, seeds: Seeds) -> Sample:
    """A FIX log."""
    roll = random.random()
    if roll < 0.08 and seeds.fix:
        return Sample("fix-log", damaged(random, random.choice(seeds.fix), random.choice(seeds.logs)), "published")
    if roll < 0.082:
        return Sample("fix-log", _large(random), "large")
    log = [_fields(line) for line in random.choice(seeds.logs).decode().split("\n") if line]
    if roll < 0.8:
        for _ in range(random.choice((1, 1, 2, 4, 8))):
            _change(random, log, seeds)
    content = b"".join(_framed(random, fields) for fields in log)
    if roll < 0.7:
        return Sample("fix-log", content, "fields")
    if roll < 0.8:
        return Sample("fix-log", packed(random, content), "packing")
    return Sample("fix-log", damaged(random, content, random.choice(seeds.fix or seeds.logs)), "bytes")


def _fields(line: str) -> Fields:
    pairs = (field.partition("=") for field in line.rstrip("|").split("|"))
    return [(tag, value) for tag, _, value in pairs]


def _change(random: Random, log: list[Fields], seeds: Seeds) -> None:
    fields = random.choice(log)
    at = random.randrange(len(fields))
    tag, value = fields[at]
    match random.randrange(13):
        case 0 | 1 | 2:
            fields[at] = (tag, _value(random, tag, seeds))
        case 3:
            new = str(random.choice(TAGS))
            fields.insert(at, (new, _value(random, new, seeds)))
        case 4 if len(fields) > 1:
            del fields[at]
        case 5:
            fields.insert(at, fields[random.randrange(len(fields))])
        case 6:
            random.shuffle(fields)
        case 7:
            log.insert(random.randrange(len(log) + 1), list(fields))
        case 8:
            length = random.choice((0, 1, len(value), 5, 10**6, -1, 2**31))
            data_of = random.choice(sorted(DATA_OF_LENGTH.items()))
            fields[at:at] = [
                (str(data_of[0]), str(length)),
                (str(data_of[1]), random.choice(("a\x01b", "", value, "8=FIX.4.4\x01"))),
            ]
        case 9:
            other = random.choice(log)
            names = dict(other)
            fields[at] = (tag, names.get(tag, value))
        case 10:
            random.shuffle(log)
        case 11:
            fields[at] = (random.choice(("0" + tag, tag + " ", "", "x", "-1", tag + "=")), value)
        case _:
            fields[at] = ("49", fields[at][1]) if random.random() < 0.5 else (tag, value + value)


def _value(random: Random, tag: str, seeds: Seeds) -> str:
    number = int(tag) if tag.isascii() and tag.isdigit() else 0
    if number == 35:
        return random.choice(TYPES)
    if number in CODES and random.random() < 0.8:
        return random.choice(CODES[number])
    if VALUE_KIND.get(number) == "instant" and random.random() < 0.8:
        return random.choice(STAMPS)
    return nasty(random, VALUE_KIND.get(number, "text"), seeds.texts)


def _framed(random: Random, fields: Fields) -> bytes:
    """The message on a log line; its length and sum mostly fit."""
    own = [(tag, value) for tag, value in fields if tag not in ("8", "9", "10")]
    begin = dict(fields).get("8", "FIX.4.4").encode("utf-8", "surrogatepass")
    body = b"".join(f"{tag}={value}\x01".encode(random.choice(("utf-8", "latin-1")), "replace") for tag, value in own)
    roll = random.random()
    length = len(body) if roll < 0.85 else random.choice((0, len(body) - 1, len(body) + 1, 10**9, 2**31, -1))
    whole = b"8=" + begin + b"\x01" + (b"" if roll > 0.98 else b"9=%d\x01" % length) + body
    total = sum(whole) % 256 if random.random() < 0.9 else random.randrange(1000)
    whole += b"10=%03d\x01" % total if random.random() < 0.97 else b""
    separator = random.choice(SEPARATORS)
    line_end = random.choice((b"\n", b"\n", b"\n", b"\r\n", b""))
    return random.choice(AROUND) + whole.replace(b"\x01", separator) + line_end


def _large(random: Random) -> bytes:
    """Bombs, one endless message, very many fields, very many heads of messages."""
    match random.randrange(5):
        case 0:
            return bomb(random.choice((b"\x00", b"\n")), random.choice(("gzip", "zstd")))
        case 1:
            return b"8=FIX.4.4\x019=9000000\x0135=8\x0158=" + b"x" * 9_000_000
        case 2:
            return b"8=FIX.4.4\x019=5000000\x0135=8\x01" + b"58=x\x01" * 1_000_000
        case 3:
            return b"8=FIX.4.4\x01" * 200_000
    return b"8=FIX.4.4\x0135=D\x0149=A\x0156=B\x0195=100000000\x0196=x\x01" * 50_000
