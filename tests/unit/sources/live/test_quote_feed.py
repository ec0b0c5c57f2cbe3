"""Sessions of market data as lines of a file of quotes, read by the map that comes with them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.catalog.csv_table import CSV_TABLE
from routeproof.sources.live.quote_feed import HEAD, QUOTE_MAP, QuoteFeed
from routeproof.sources.map_file import load_map
from routeproof.sources.source import ReadContext

if TYPE_CHECKING:
    from pathlib import Path

AT = 1_782_914_400_000_000_000
"""2026-07-01 14:00:00 UTC."""


def raw(number: int, kind: str, body: str = "") -> bytes:
    """A message of 14:00:00."""
    text = f"8=FIX.4.4|9=0|35={kind}|34={number}|49=MD|56=FIRM|52=20260701-14:00:00|{body}10=000|"
    return text.replace("|", "\x01").encode()


SNAPSHOT = raw(2, "W", "55=QQQ|268=2|269=0|270=20.00|271=500|269=1|270=20.02|")


def read(folder: Path, lines: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Quotes and rejects of a file with these lines."""
    path = folder / "md.csv"
    path.write_bytes(HEAD + lines)
    pieces = list(CSV_TABLE.read(path, load_map(QUOTE_MAP), ReadContext(file="md.csv", source_id="s")))
    quotes = pl.concat([piece.tables["quotes"] for piece in pieces])
    return quotes, pl.concat([piece.rejects for piece in pieces])


def test_lines_are_quotes_of_the_nbbo(tmp_path: Path) -> None:
    """A snapshot, and a halt of a symbol with a comma in it; prices at 1e-9, in the order of their messages."""
    feed = QuoteFeed(["md"], {}, [].append)
    lines = feed.take("md", [raw(1, "A"), SNAPSHOT, raw(3, "0"), raw(4, "W", "55=A,B|268=0|")])
    quotes, rejects = read(tmp_path, lines)
    columns = ["symbol", "at", "sequence", "bid", "bid_size", "ask", "ask_size", "kind"]
    assert quotes.select(columns).rows() == [
        ("QQQ", AT, 2, 20_000_000_000, 500_000_000_000, 20_020_000_000, None, "nbbo"),
        ("A,B", AT, 4, None, None, None, None, "nbbo"),
    ]
    assert rejects.is_empty()


def test_what_cannot_be_read_is_refused_and_counted(tmp_path: Path) -> None:
    """A price, a time and a symbol that are none: a reject each, with the field as it was sent."""
    feed = QuoteFeed(["md"], {}, [].append)
    bad = [
        raw(2, "W", "55=QQQ|268=1|269=0|270=2O|"),
        raw(3, "W", "55=QQQ|268=1|269=0|270=20|273=noon|"),
        raw(4, "W", "268=1|269=0|270=20|"),
    ]
    quotes, rejects = read(tmp_path, feed.take("md", bad))
    assert quotes.is_empty()
    assert rejects["reason"].to_list() == ["not_a_number", "not_a_time", "missing_value"]
    assert ["270=2O" in rejects["raw"][0], "273=noon" in rejects["raw"][1]] == [True, True]


def test_a_repeated_message_is_one_line() -> None:
    """43=Y with a number that was there."""
    feed = QuoteFeed(["md"], {}, [].append)
    once = feed.take("md", [raw(1, "A"), SNAPSHOT])
    assert once.count(b"\n") == 1
    assert feed.take("md", [SNAPSHOT.replace(b"\x0134=2\x01", b"\x0134=2\x0143=Y\x01")]) == b""


def test_numbers_that_begin_anew_leave_no_book() -> None:
    """What was sent in between will never come: the offer of before is not known any more."""
    feed = QuoteFeed(["md"], {}, [].append)
    change = raw(2, "X", "268=1|279=1|269=0|55=QQQ|270=20.01|")
    feed.take("md", [raw(1, "A"), SNAPSHOT])
    assert feed.take("md", [raw(1, "A", "141=Y|"), change]).split(b",")[2:6] == [b"20.010000000", b"", b"", b""]


def test_sessions_have_books_of_their_own() -> None:
    """Two feeds of one symbol: neither fills the other's missing side."""
    feed = QuoteFeed(["one", "other"], {}, [].append)
    feed.take("one", [SNAPSHOT])
    lines = feed.take("other", [raw(2, "X", "268=1|279=0|269=0|55=QQQ|270=20.01|")])
    assert lines.split(b",")[4] == b""


def test_the_latest_day_is_that_of_sending() -> None:
    """In New York 2026-07-02 01:00 UTC is still the evening of the 1st; a quote's own wrong date changes nothing."""
    feed = QuoteFeed(["md"], {}, [].append)
    assert feed.day is None
    feed.take("md", [SNAPSHOT, raw(3, "W", "55=QQQ|268=1|269=0|270=20|272=20990101|273=14:00:00|")])
    assert feed.day == date(2026, 7, 1)
    feed.take("md", [raw(4, "0").replace(b"20260701-14", b"20260702-01")])
    assert feed.day == date(2026, 7, 1)
    feed.take("md", [raw(5, "0").replace(b"20260701-14", b"20260702-14"), raw(6, "0")])
    assert feed.day == date(2026, 7, 2)


def test_what_is_no_market_data_is_told_once() -> None:
    """Execution reports on a session of quotes are not read as orders; heartbeats are nothing to tell."""
    told: list[str] = []
    feed = QuoteFeed(["md"], {}, told.append)
    assert feed.take("md", [raw(1, "A"), raw(2, "8"), raw(3, "0"), raw(4, "8")]) == b""
    assert told == ["md: 35=8 is no market data: passed over here, kept in the journal"]
