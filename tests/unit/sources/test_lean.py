"""LEAN ticks that were written badly: nothing of them is lost in silence."""

from datetime import UTC, datetime
from pathlib import Path

from routeproof.sources.catalog.lean import LEAN
from routeproof.sources.source import ReadContext, SourceResult

TEN = int(datetime(2026, 7, 1, 14, tzinfo=UTC).timestamp()) * 10**9
"""10:00 New York on 1 July 2026, 36,000,000 ms after midnight."""


def read(tmp_path: Path, kind: str, lines: list[str]) -> SourceResult:
    """One small file is one piece."""
    path = tmp_path / f"20260701_ABC_{kind}_Tick.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (result,) = LEAN.read(path, None, ReadContext(path.name, "ab"))
    return result


def test_a_quote_that_cannot_be_read_is_a_reject_and_changes_nothing(tmp_path: Path) -> None:
    """The last record speaks of the ask alone: bid and size are those of the first, not of what was refused."""
    lines = [
        "36000000,100000,300,100200,200,N,0,0",
        "36001000,1O1000,300,0,0,N,0,0",
        "36002000,-101000,300,0,0,N,0,0",
        "36003000,0,0,bad,200,N,0,0",
        "36004000,101000,x,,,N,0,0",
        "36005000,101000,-1,,,N,0,0",
        "noon,101000,700,,,N,0,0",
        "36006000,0,bad,100300,100,N,0,0",
    ]
    result = read(tmp_path, "Quote", lines)
    assert (result.received, result.accepted) == (8, 2)
    assert sorted(result.rejects.select("row", "reason").rows()) == [
        (2, "not_a_number"), (3, "negative_price"), (4, "not_a_number"), (5, "not_a_number"), (6, "negative_size"),
        (7, "missing_value"),
    ]  # fmt: skip
    told = {row: (detail, raw) for row, detail, raw in result.rejects.select("row", "detail", "raw").rows()}
    assert told[2] == ("bid: found '1O1000'", lines[1])
    assert told[4] == ("ask: found 'bad'", lines[3])
    assert result.tables["quotes"].select("at", "bid", "bid_size", "ask", "ask_size").rows() == [
        (TEN, 10_000_000_000, 300_000_000_000, 10_020_000_000, 200_000_000_000),
        (TEN + 6 * 10**9, 10_000_000_000, 300_000_000_000, 10_030_000_000, 100_000_000_000),
    ]


def test_fractions_of_a_deci_cent_are_read_in_quotes_as_in_trades(tmp_path: Path) -> None:
    """1000.5 ten-thousandths are 0.10005 dollars."""
    quotes = read(tmp_path, "Quote", ["36000000,1000.5,300,1001.5,200,N,0,0"]).tables["quotes"]
    assert quotes.select("bid", "ask").rows() == [(100_050_000, 100_150_000)]
    trades = read(tmp_path, "Trade", ["36000000,1000.5,100,N,0,0"]).tables["trades"]
    assert trades["price"].to_list() == [100_050_000]


def test_a_trade_that_cannot_be_read_says_what_was_found(tmp_path: Path) -> None:
    """A price that is there is not a missing one."""
    result = read(tmp_path, "Trade", ["36000000,1O1000,100,N,0,0", "36000000,,100,N,0,0", "36000000,-5,100,N,0,0"])
    assert sorted(result.rejects.select("row", "reason").rows()) == [
        (1, "not_a_number"), (2, "missing_value"), (3, "negative_price"),
    ]  # fmt: skip
