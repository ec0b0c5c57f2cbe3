"""NYSE TAQ: daily pipe-delimited files and the comma-delimited millisecond layout; trades, quotes and NBBO.

The header tells the layout. Daily files carry the day in their name, times as HHMMSS plus nine digits; the other layout
has a date column and times such as `9:30:00.123456`. Both are New York times.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.fields import EXACT, fixed_field
from routeproof.sources.map_file import FileMap, TimeFormat, nearest
from routeproof.sources.print_conditions import (
    PrintPolicy,
    in_regular_hours,
    is_regular,
    on_day,
    print_policies,
    quote_size_unit,
    venue_codes,
)
from routeproof.sources.rows import POSITION, ROW, canonical_rows
from routeproof.sources.source import ReadContext, Source, SourceResult
from routeproof.sources.streams import open_stream
from routeproof.sources.text_frames import TextFrame, text_frames
from routeproof.sources.text_results import with_refused, without_refused
from routeproof.vocab.errors import MapError
from routeproof.vocab.times import EQUITY_ZONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

COMMON = {
    "time": ("TIME", "TIMEM"),
    "nanos": ("TIMEMNANO",),
    "date": ("DATE",),
    "root": ("SYMBOL", "SYMROOT"),
    "suffix": ("SYMSUFFIX",),
    "exchange": ("EXCHANGE", "EX"),
}
NBBO = {
    "bid": ("BESTBIDPRICE", "BESTBID"),
    "bid_size": ("BESTBIDSIZE", "BESTBIDSIZ"),
    "bid_shares": ("BESTBIDSIZESHARES",),
    "bid_venue": ("BESTBIDEXCHANGE", "BESTBIDEX"),
    "ask": ("BESTOFFERPRICE", "BESTASKPRICE", "BESTASK"),
    "ask_size": ("BESTOFFERSIZE", "BESTASKSIZE", "BESTASKSIZ"),
    "ask_shares": ("BESTASKSIZESHARES",),
    "ask_venue": ("BESTOFFEREXCHANGE", "BESTASKEXCHANGE", "BESTASKEX"),
    "condition": ("QUOTECONDITION", "QUCOND"),
    "sequence": ("SEQUENCENUMBER", "QUSEQNUM"),
}
QUOTES = {
    "bid": ("BIDPRICE", "BID"),
    "bid_size": ("BIDSIZE", "BIDSIZ"),
    "ask": ("OFFERPRICE", "ASKPRICE", "ASK", "OFR"),
    "ask_size": ("OFFERSIZE", "ASKSIZE", "ASKSIZ", "OFRSIZ"),
    "condition": ("QUOTECONDITION", "QUCOND", "MODE"),
    "sequence": ("SEQUENCENUMBER", "QUSEQNUM"),
    "national": ("NATIONALBBOIND", "NATBBOIND"),
    "tape": ("SOURCEOFQUOTE", "QUSOURCE"),
}
CANCELLATION = {"cancel": ("QUOTECANCELCORRECTION", "QUCANCEL")}
TRADES = {
    "price": ("TRADEPRICE", "PRICE"),
    "quantity": ("TRADEVOLUME", "SIZE"),
    "conditions": ("SALECONDITION", "TRSCOND", "COND"),
    "correction": ("TRADECORRECTIONINDICATOR", "TRCORR", "CORR"),
    "sequence": ("SEQUENCENUMBER", "TRSEQNUM"),
}
"""What the layouts call a column, without case and punctuation."""

WHOLE_NBBO = {"N": "4"}
"""National BBO indicator of a quote that is itself both sides of the NBBO, by tape, where it is not `CONSOLIDATED`."""

CONSOLIDATED = "1"
"""The same on the consolidated tape, and where a file does not name the tape."""

CANCELLED = "B"
END_MARK = "END"
_DAY_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d{6})(?!\d)")
_HEADER_BYTES = 1 << 16


def read(path: Path, file_map: FileMap | None, context: ReadContext) -> Iterator[SourceResult]:  # noqa: ARG001
    """Pieces of one file.

    Raises:
        MapError: if the header is of no known layout, or neither header nor name tells the day.
    """
    delimiter = _delimiter(path)
    for piece in text_frames(path, delimiter):
        if set(piece.frame.columns) <= set(POSITION):
            yield with_refused(SourceResult({}, pl.DataFrame(), 0, 0), piece, context)
            continue
        standing = _without_cancelled(piece)
        yield _without_end_mark(_canonical(standing.frame, context), standing, context)


def _delimiter(path: Path) -> str:
    with open_stream(path) as stream:
        header = stream.read(_HEADER_BYTES).split(b"\n", 1)[0]
    return "|" if b"|" in header else ","


def _without_cancelled(piece: TextFrame) -> TextFrame:
    """Quotes that the tape took back were never in force."""
    found = _found(_names(piece.frame), CANCELLATION)
    if not found:
        return piece
    taken_back = pl.col(found["cancel"]).str.strip_chars() == CANCELLED
    return without_refused(piece, pl.when(taken_back).then(pl.lit("cancelled_quote")), pl.lit(None, dtype=pl.String))


def _names(frame: pl.DataFrame) -> dict[str, str]:
    """Column names without case and punctuation, to the names in the file."""
    return {re.sub(r"[^A-Z0-9]", "", name.upper()): name for name in frame.columns if name not in POSITION}


def _without_end_mark(result: SourceResult, piece: TextFrame, context: ReadContext) -> SourceResult:
    """The file's own closing line is no data."""
    closing = [row for row in piece.refused if str(row["raw"]).startswith(END_MARK)]
    kept = [row for row in piece.refused if row not in closing]
    told = TextFrame(piece.frame, kept, piece.noise + len(closing), piece.piece)
    return with_refused(result, told, context)


def _canonical(frame: pl.DataFrame, context: ReadContext) -> SourceResult:
    names = _names(frame)
    table, layout = _layout(names, context)
    found = {**_found(names, COMMON), **_found(names, layout)}
    if "time" not in found or "root" not in found:
        message = f"expected columns for time and symbol, found {', '.join(names.values())}{nearest('TIME', names)}"
        raise MapError(message, where=context.file)
    ended = pl.col(found["time"]).str.starts_with(END_MARK).fill_null(value=False)
    closing = frame.filter(ended).height
    frame = frame.filter(~ended)
    day = _day(found, context)
    raw = frame.select(
        *POSITION,
        _symbol(found).alias("symbol"),
        _instant(found, day).alias("at"),
        *(_trade_columns(found, day) if table == "trades" else _quote_columns(frame, found, day)),
        *([] if table == "trades" else [_kind(found, is_nbbo=layout is NBBO).alias("kind")]),
    )
    result = canonical_rows(raw, FileMap(table=table, times={"at": TimeFormat("iso", EQUITY_ZONE)}), context)
    return SourceResult(result.tables, result.rejects, result.received, result.accepted, closing, result.notes)


def _layout(names: Mapping[str, str], context: ReadContext) -> tuple[str, dict[str, tuple[str, ...]]]:
    for table, layout, needed in (
        ("quotes", NBBO, ("bid", "ask")),
        ("trades", TRADES, ("price", "quantity")),
        ("quotes", QUOTES, ("bid", "ask")),
    ):
        if all(name in _found(names, layout) for name in needed):
            return table, layout
    message = f"expected the header of a TAQ trade, quote or NBBO file, found {', '.join(names.values())}"
    raise MapError(message, where=context.file)


def _found(names: Mapping[str, str], layout: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Meaning to source column, for the meanings that the header has."""
    return {
        meaning: next(names[alias] for alias in aliases if alias in names)
        for meaning, aliases in layout.items()
        if any(alias in names for alias in aliases)
    }


def _day(found: Mapping[str, str], context: ReadContext) -> pl.Expr:
    """Each row's day as ISO text: its own, else the one in the file's name."""
    if "date" in found:
        return pl.col(found["date"]).str.strip_chars().str.replace(r"^(\d{4})(\d{2})(\d{2})$", "$1-$2-$3")
    named = _DAY_IN_NAME.search(context.file)
    try:
        return pl.lit(date.fromisoformat(named[1] if named else "").isoformat())
    except ValueError as error:
        message = f"expected a date column, or the day as YYYYMMDD in the file's name, found {context.file!r}"
        raise MapError(message, where=context.file) from error


def _on(day: pl.Expr) -> pl.Expr:
    return day.str.to_date("%Y-%m-%d", strict=False)


def _symbol(found: Mapping[str, str]) -> pl.Expr:
    root = pl.col(found["root"]).str.strip_chars()
    if "suffix" not in found:
        return root
    suffix = pl.col(found["suffix"]).str.strip_chars().fill_null("")
    return pl.when(suffix == "").then(root).otherwise(root + " " + suffix)


def _instant(found: Mapping[str, str], day: pl.Expr) -> pl.Expr:
    """ISO text of the local time."""
    text = pl.col(found["time"]).str.strip_chars()
    written = text.str.replace(r"^(\d):", "0$1:")
    packed = pl.concat_str(
        text.str.slice(0, 2), pl.lit(":"), text.str.slice(2, 2), pl.lit(":"), text.str.slice(4, 2),
        pl.when(text.str.len_bytes() > len("093000")).then(pl.lit(".") + text.str.slice(6)).otherwise(pl.lit("")),
    )  # fmt: skip
    if "nanos" in found:
        written = _with_nanos(written, pl.col(found["nanos"]).str.strip_chars())
    clock = pl.when(text.str.contains(":", literal=True)).then(written).otherwise(packed)
    return pl.concat_str(day, pl.lit("T"), clock)


def _with_nanos(clock: pl.Expr, nanos: pl.Expr) -> pl.Expr:
    """A time in microseconds with the three digits that stand in a column of their own."""
    whole, micros = clock.str.slice(0, len("09:30:00")), clock.str.extract(r"\.(\d{1,6})$").fill_null("")
    digits = pl.concat_str(whole, pl.lit("."), micros.str.pad_end(6, "0"), nanos.fill_null("").str.zfill(3))
    return pl.when(clock.str.contains(r"\.\d{7}")).then(clock).otherwise(digits)


def _local(found: Mapping[str, str], day: pl.Expr) -> pl.Expr:
    return (
        _instant(found, day).str.slice(0, len("2026-07-01T09:30:00")).str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False)
    )


def _sequence(found: Mapping[str, str]) -> list[pl.Expr]:
    return [pl.col(found["sequence"]).alias("sequence")] if "sequence" in found else []


def _quote_columns(frame: pl.DataFrame, found: Mapping[str, str], day: pl.Expr) -> list[pl.Expr]:
    unit = frame.select(pl.col(ROW), quote_size_unit("taq", _on(day)).alias("unit")).get_column("unit")
    columns = [pl.col(found[side]).alias(side) for side in ("bid", "ask")]
    columns += [
        pl.col(found[f"{side}_shares"]).alias(f"{side}_size") for side in ("bid", "ask") if f"{side}_shares" in found
    ]
    columns += [
        pl.lit(_shares(frame.get_column(found[name]).str.strip_chars(), unit)).alias(name)
        for name in ("bid_size", "ask_size")
        if name in found and name.replace("size", "shares") not in found
    ]
    for name in ("bid_venue", "ask_venue"):
        source = found.get(name) or found.get("exchange")
        if source:
            columns.append(pl.col(source).str.strip_chars().replace(venue_codes()).alias(name))
    if "condition" in found:
        columns.append(pl.col(found["condition"]).alias("condition"))
    return [*columns, *_sequence(found)]


def _shares(sizes: pl.Series, unit: pl.Series) -> pl.Series:
    """Quoted sizes in shares; what is no number of units stays as it was written, and is refused as any such text."""
    whole = sizes.cast(pl.Int64, strict=False)
    if whole.null_count() == sizes.null_count():
        shares: pl.Series = whole.cast(pl.Int128) * unit
        return shares
    readable = fixed_field(sizes).value.is_not_null()
    exact = sizes.set(~readable, None).cast(EXACT, strict=False) * unit
    return exact.cast(pl.String).zip_with(readable, sizes)


def _kind(found: Mapping[str, str], *, is_nbbo: bool) -> pl.Expr:
    """All rows of an NBBO file are nbbo; those of a quotes file are a venue's, unless they are the whole NBBO."""
    if is_nbbo or "national" not in found:
        return pl.lit("nbbo" if is_nbbo else "venue")
    tape = pl.col(found["tape"]).str.strip_chars() if "tape" in found else pl.lit("C")
    whole = tape.replace_strict(WHOLE_NBBO, default=CONSOLIDATED, return_dtype=pl.String)
    is_whole = pl.col(found["national"]).str.strip_chars() == whole
    return pl.when(is_whole).then(pl.lit("nbbo")).otherwise(pl.lit("venue"))


def _trade_columns(found: Mapping[str, str], day: pl.Expr) -> list[pl.Expr]:
    eligible = on_day(
        _on(day), [(policy.valid_from, _eligible(found, day, policy)) for policy in print_policies("taq")]
    )
    venue = pl.col(found["exchange"]).str.strip_chars().replace(venue_codes()) if "exchange" in found else pl.lit(None)
    return [
        pl.col(found["price"]).alias("price"),
        pl.col(found["quantity"]).alias("quantity"),
        venue.cast(pl.String).alias("venue"),
        _conditions(found).alias("conditions"),
        eligible.fill_null(value=False).alias("eligible"),
        *_sequence(found),
    ]


def _conditions(found: Mapping[str, str]) -> pl.Expr:
    return pl.col(found["conditions"]) if "conditions" in found else pl.lit(None, dtype=pl.String)


def _eligible(found: Mapping[str, str], day: pl.Expr, policy: PrintPolicy) -> pl.Expr:
    regular = is_regular(_conditions(found), policy)
    if "correction" in found:
        regular = regular & pl.col(found["correction"]).fill_null("").str.strip_chars().is_in(policy.corrections)
    if policy.regular_hours_only:
        regular = regular & in_regular_hours(_local(found, day))
    return regular


TAQ = Source(
    name="taq", read=read, needs_map=False, meaning="NYSE TAQ daily and millisecond files: trades, quotes, NBBO"
)
