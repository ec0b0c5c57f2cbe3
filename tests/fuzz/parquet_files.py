"""Parquet files: bad values of many types, changed pages, footers and lengths, bytes."""

import io
import struct
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

import polars as pl

from fuzz.damage import EDGES, damaged
from fuzz.rows import FIXED, Rows, good_rows
from fuzz.sample import Cell, Sample, Seeds
from fuzz.values import nasty

COMPRESSIONS = ("uncompressed", "snappy", "zstd", "gzip", "lz4", "brotli")
INTEGERS = (0, 1, -1, 127, 255, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63), 1_782_912_600, 1_782_912_600_000_000_000)
DOUBLES = (0.0, -0.0, 0.1, 10.25, 1e-9, 1e-10, 1e300, -1e300, float("nan"), float("inf"), -float("inf"),
           9223372036.854775,
           9223372036.854776, 2.0**53, 2.0**63, 5e-324, 123456.123456789, 1.1e-9)  # fmt: skip


def parquet_sample(random: Random, seeds: Seeds) -> Sample:
    """A Parquet file and its map."""
    roll = random.random()
    rows = good_rows(random)
    if roll < 0.3:
        return _values(random, rows, seeds)
    if roll < 0.42 and seeds.parquet:
        return _published(random, seeds)
    content, how = _file(random, _typed(random, rows)), "bytes"
    if roll < 0.65:
        how, content = "footer", _footer(random, content)
    elif roll < 0.72:
        how, content = "ends", _ends(random, content, _file(random, _typed(random, rows)))
    elif roll < 0.78:
        how, content = "types", _file(random, _odd_types(random, rows))
    else:
        content = damaged(random, content, random.choice(seeds.parquet) if seeds.parquet else b"")
    return Sample("parquet", content, how, rows.sections)


def _file(random: Random, frame: pl.DataFrame) -> bytes:
    file = io.BytesIO()
    frame.write_parquet(
        file,
        compression=random.choice(COMPRESSIONS),  # type: ignore[arg-type]
        statistics=random.random() < 0.7,
        row_group_size=random.choice((1, 3, 1000)),
        data_page_size=random.choice((16, 100, 1 << 20)),
    )
    return file.getvalue()


def _typed(random: Random, rows: Rows) -> pl.DataFrame:
    """Each column as text, or in a type that a vendor would give it."""
    return pl.DataFrame([_column(random, rows, at) for at in range(len(rows.header))])


def _column(random: Random, rows: Rows, at: int) -> pl.Series:
    text = pl.Series(rows.header[at], [line[at] for line in rows.cells], dtype=pl.String)
    types: dict[str, tuple[pl.DataType | type[pl.DataType], ...]] = {
        "price": (pl.Float64, pl.Float32, pl.Decimal(18, 6)),
        "money": (pl.Float64, pl.Decimal(38, 9)),
        "quantity": (pl.Int64, pl.Int32, pl.UInt32, pl.UInt64, pl.Float64),
        "count": (pl.Int64, pl.Int32, pl.UInt64, pl.Float64),
        "word": (pl.Categorical,),
        "text": (pl.Categorical,),
        "instant": (pl.Int64, pl.UInt64),
        "day": (pl.Date,),
    }
    chosen = random.choice((pl.String, *types.get(rows.kinds[at], ())))
    if chosen == pl.Date:
        return text.str.to_date("%Y-%m-%d", strict=False)
    return text.cast(chosen, strict=False)


def _values(random: Random, rows: Rows, seeds: Seeds) -> Sample:
    """Values of the edges of their types; each stands where it stood."""
    columns: dict[str, pl.Series] = {}
    stated: dict[str, list[Cell]] = {}
    height = len(rows.cells)
    for at, name in enumerate(rows.header):
        if random.random() < 0.3:
            columns[name] = _edges(random, rows.kinds[at], height, seeds)
        else:
            columns[name] = pl.Series([line[at] for line in rows.cells], dtype=pl.String)
        if rows.kinds[at] in FIXED:
            stated[rows.canonical[at]] = _told(columns[name])
    content = _file(random, pl.DataFrame(columns))
    return Sample("parquet", content, "values", rows.sections, stated=stated, first_row=1)


def _edges(random: Random, kind: str, height: int, seeds: Seeds) -> pl.Series:
    match random.randrange(5):
        case 0:
            return pl.Series([random.choice((*INTEGERS, None)) for _ in range(height)], dtype=pl.Int64)
        case 1:
            return pl.Series([random.choice((*DOUBLES, None)) for _ in range(height)], dtype=pl.Float64)
        case 2:
            scale = random.choice((0, 2, 9, 12, 20))
            values = [Decimal(random.randrange(-(10**20), 10**20)).scaleb(-scale) for _ in range(height)]
            return pl.Series(values, dtype=pl.Decimal(38, scale))
        case 3:
            return pl.Series([random.choice((*INTEGERS[:6], None)) for _ in range(height)], dtype=pl.Int64).cast(
                random.choice((pl.Int8, pl.UInt8, pl.Int16, pl.UInt32, pl.UInt64, pl.Int128)), strict=False
            )
    return pl.Series([nasty(random, kind, seeds.texts) for _ in range(height)], dtype=pl.String)


def _told(column: pl.Series) -> list[Cell]:
    """What a column states: texts, doubles, and whole numbers and decimals as texts."""
    if column.dtype.is_float() or column.dtype == pl.String:
        return column.cast(pl.Float64).to_list() if column.dtype.is_float() else column.to_list()
    return [None if value is None else str(value) for value in column.to_list()]


def _odd_types(random: Random, rows: Rows) -> pl.DataFrame:
    """Columns of types that no canonical column has."""
    height = len(rows.cells)
    frame = _typed(random, rows)
    for _ in range(random.choice((1, 2))):
        name = random.choice(frame.columns)
        at = datetime(2026, 7, 1, 13, 30, tzinfo=UTC).replace(tzinfo=None)
        value, dtype = random.choice(
            (
                (None, pl.Null),
                (b"\xff\x00", pl.Binary),
                ([1.5], pl.List(pl.Float64)),
                ({"a": 1}, pl.Struct({"a": pl.Int64})),
                (at, pl.Datetime(random.choice(("ms", "us", "ns")), random.choice((None, "UTC", "America/New_York")))),
                (date(2026, 7, 1), pl.Date),
                (at.time(), pl.Time),
                (at - datetime(2026, 1, 1), pl.Duration("us")),  # noqa: DTZ001
                (True, pl.Boolean),
                ("a", pl.Enum(["a", "b"])),
                (Decimal("1.5"), pl.Decimal(10, 2)),
                (2**100, pl.Int128),
                ([1, 2], pl.Array(pl.Int64, 2)),
            )
        )
        odd = pl.Series(
            name, [value] * height, dtype=pl.Datetime(dtype.time_unit) if isinstance(dtype, pl.Datetime) else dtype
        )
        if isinstance(dtype, pl.Datetime) and dtype.time_zone:
            odd = odd.dt.replace_time_zone(dtype.time_zone)
        frame = frame.with_columns(odd)
    if random.random() < 0.2:
        frame = frame.rename({frame.columns[0]: random.choice(("__row", "__raw", "", "a.b", "symbol" * 500))})
    return frame


def _published(random: Random, seeds: Seeds) -> Sample:
    """A broken file that others met, read as prices of one of its columns."""
    at = random.randrange(len(seeds.parquet))
    name = random.choice(seeds.parquet_columns[at] or ["x"])
    constants = {"symbol": "A", "quantity": 1, "at": "2026-07-01T13:30:00Z"}
    sections = {"table": "trades", "columns": {"price": name}, "constants": constants}
    return Sample("parquet", damaged(random, seeds.parquet[at], random.choice(seeds.parquet)), "published", sections)


def _footer(random: Random, content: bytes) -> bytes:
    """Changed bytes where the schema, the counts, the offsets and the lengths stand."""
    length = struct.unpack("<I", content[-8:-4])[0]
    begin = len(content) - 8 - length
    found = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        at = begin + random.randrange(length)
        match random.randrange(5):
            case 0 | 1:
                found[at] ^= 1 << random.randrange(8)
            case 2:
                found[at] = random.randrange(256)
            case 3:
                varint = random.choice((b"\xff\xff\xff\xff\x0f", b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01",
                b"\x80\x80\x80\x80\x10",
                                        b"\x00", b"\x01", b"\x80" * 11))  # fmt: skip
                found[at : at + len(varint)] = varint
            case _:
                edge = random.choice(EDGES)
                found[at : at + len(edge)] = edge
    return bytes(found[: len(content) - 8]) + content[-8:]


def _ends(random: Random, content: bytes, other: bytes) -> bytes:
    """A lying footer length, another file's footer, no footer, two, or pages that are gone."""
    length = struct.unpack("<I", content[-8:-4])[0]
    lies = (0, 1, length - 1, length + 1, len(content), len(content) - 8, 2**31, 2**32 - 1)
    match random.randrange(7):
        case 0:
            return content[:-8] + struct.pack("<I", random.choice(lies) % 2**32) + b"PAR1"
        case 1:
            tail = struct.unpack("<I", other[-8:-4])[0] + 8
            return content[: -length - 8] + other[-tail:]
        case 2:
            return content[: random.randrange(len(content))] + b"PAR1"
        case 3:
            return b"PAR1" + content[-length - 8 :]
        case 4:
            return content + other
        case 5:
            return content[:-4] + random.choice((b"PARE", b"PAR2", b"\0\0\0\0", b""))
    cut = random.randrange(4, len(content) - length - 8) if len(content) - length > 13 else 4
    return content[:cut] + content[cut + random.randrange(1, 64) :]
