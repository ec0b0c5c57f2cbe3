"""TAQ files in their layouts; rows written by hand after the published field lists."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from routeproof.sources.catalog.taq import TAQ
from routeproof.sources.source import ReadContext, SourceResult
from routeproof.vocab.errors import MapError

NINE_THIRTY = int(datetime(2024, 1, 2, 14, 30, tzinfo=UTC).timestamp()) * 10**9
"""09:30 New York on 2 January 2024, standard time."""

DAILY_TRADES = """\
Time|Exchange|Symbol|Sale Condition|Trade Volume|Trade Price|Trade Correction Indicator|Sequence Number
093000123456789|N|IBM|@F I|50|160.25|00|7
093001000000000|D|IBM|@  W|100|160.26|00|8
093002000000000|D|IBM|@|100|160.27|08|9
160000000000000|N|IBM|@6|100|160.28|00|10
081500000000000|P|IBM|@ T|100|160.29|00|11
END|20240102|5||||||
"""
DAILY_QUOTES = """\
Time|Exchange|Symbol|Bid_Price|Bid_Size|Offer_Price|Offer_Size|Quote_Condition|Sequence_Number|National_BBO_Ind
093000000000001|N|BRK A|540000.01|2|540100|1|R|3|1
093000000000002|P|BRK A|0|0|540099.5|3|R|4|0
"""
DAILY_NBBO = """\
Time|Symbol|Sequence_Number|Best_Bid_Price|Best_Bid_Size|Best_Bid_Exchange|Best_Offer_Price|Best_Offer_Size|Best_Offer_Exchange
093000000000001|IBM|5|160.01|3|N|160.03|1|Z
"""
MILLISECOND_TRADES = """DATE,TIME_M,EX,SYM_ROOT,SYM_SUFFIX,TR_SCOND,SIZE,PRICE,TR_CORR,TR_SEQNUM
20240102,9:30:00.123456,N,BRK,B,@,100,360.5,00,12
"""
MILLISECOND_QUOTES = """date,time_m,ex,sym_root,sym_suffix,bid,bidsiz,ask,asksiz,qu_cond,qu_seqnum,natbbo_ind
2024-01-02,09:30:00.5,Q,IBM,,160,1,160.02,2,R,13,0
"""


def read(tmp_path: Path, name: str, text: str) -> SourceResult:
    """One small file is one piece."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (result,) = TAQ.read(path, None, ReadContext(name, "ab"))
    return result


def test_daily_trades(tmp_path: Path) -> None:
    """Average-price, corrected, closing-instant and extended-hours prints are kept and not eligible."""
    result = read(tmp_path, "EQY_US_ALL_TRADE_20240102", DAILY_TRADES)
    trades = result.tables["trades"]
    assert (result.received, result.accepted, result.noise) == (5, 5, 1)
    assert trades["eligible"].to_list() == [True, False, False, False, False]
    assert trades.select("at", "price", "quantity", "venue", "sequence").row(0) == (
        NINE_THIRTY + 123_456_789, 160_250_000_000, 50_000_000_000, "XNYS", 7,
    )  # fmt: skip


def test_daily_quotes(tmp_path: Path) -> None:
    """Sizes were round lots in 2024; a zero side is no side; only an indicator of 1 is the whole NBBO."""
    quotes = read(tmp_path, "SPLITS_US_ALL_BBO_B_20240102", DAILY_QUOTES).tables["quotes"]
    assert quotes.select("symbol", "bid", "bid_size", "ask", "ask_size", "ask_venue", "kind").rows() == [
        ("BRK A", 540_000_010_000_000, 200_000_000_000, 540_100_000_000_000, 100_000_000_000, "XNYS", "nbbo"),
        ("BRK A", None, None, 540_099_500_000_000, 300_000_000_000, "ARCX", "venue"),
    ]


def test_quoted_sizes_in_shares(tmp_path: Path) -> None:
    """From 3 November 2025."""
    quotes = read(tmp_path, "SPLITS_US_ALL_BBO_B_20251103", DAILY_QUOTES).tables["quotes"]
    assert quotes["bid_size"][0] == 2_000_000_000


def test_daily_nbbo(tmp_path: Path) -> None:
    """Each side names who shows it."""
    quotes = read(tmp_path, "EQY_US_ALL_NBBO_20240102", DAILY_NBBO).tables["quotes"]
    assert quotes.select("bid", "bid_venue", "ask", "ask_venue", "kind", "sequence").row(0) == (
        160_010_000_000, "XNYS", 160_030_000_000, "BATS", "nbbo", 5,
    )  # fmt: skip


def test_millisecond_layouts(tmp_path: Path) -> None:
    """Date column, colon times, symbol in two parts."""
    trades = read(tmp_path, "t.csv", MILLISECOND_TRADES).tables["trades"]
    assert trades.select("symbol", "at", "eligible").row(0) == ("BRK B", NINE_THIRTY + 123_456_000, True)
    quotes = read(tmp_path, "q.csv", MILLISECOND_QUOTES).tables["quotes"]
    assert quotes.select("symbol", "at", "kind").row(0) == ("IBM", NINE_THIRTY + 500_000_000, "venue")


TWO_DAYS = """DATE,TIME_M,SYM_ROOT,SYM_SUFFIX,BEST_BID,BEST_BIDSIZ,BEST_ASK,BEST_ASKSIZ,QU_SEQNUM
20251031,9:30:00,IBM,,10.00,3,10.02,2,1
20251103,9:30:00,IBM,,10.00,300,10.02,{size},1
"""


@pytest.mark.parametrize(
    ("size", "read_as"),
    [("200", 200_000_000_000), ("200.0", 200_000_000_000), ("0.5", 500_000_000), ("", None)],
)
def test_a_size_is_in_the_unit_of_its_own_day(tmp_path: Path, size: str, read_as: int | None) -> None:
    """Round lots on 31 October 2025, shares on 3 November, in one file; however the second is written."""
    result = read(tmp_path, "nbbo.csv", TWO_DAYS.format(size=size))
    assert result.rejects.is_empty()
    assert result.tables["quotes"].select("bid_size", "ask_size").rows() == [
        (300_000_000_000, 200_000_000_000), (300_000_000_000, read_as),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("size", "reason"),
    [("two", "not_a_number"), ("-2.5", "negative_size"), ("2.00000000001", "too_many_decimals"),
     ("1" * 18, "number_out_of_range"), ("1e11", "number_out_of_range")],
)  # fmt: skip
def test_a_size_that_cannot_be_read_is_a_reject(tmp_path: Path, size: str, reason: str) -> None:
    """It is not a quote without a size."""
    result = read(tmp_path, "nbbo.csv", TWO_DAYS.format(size=size))
    assert result.rejects.select("row", "reason").rows() == [(3, reason)]
    assert result.tables["quotes"]["ask_size"].to_list() == [200_000_000_000]


def test_a_row_without_a_readable_day_is_a_reject(tmp_path: Path) -> None:
    """Also where it is the first; the others are read."""
    result = read(tmp_path, "nbbo.csv", TWO_DAYS.format(size="200").replace("20251031", "31.10.25"))
    assert result.rejects.select("row", "reason").rows() == [(2, "not_a_time")]
    assert result.tables["quotes"]["ask_size"].to_list() == [200_000_000_000]


WRDS_NBBO = """date,time_m,time_m_nano,sym_root,sym_suffix,best_bid,best_bidsizeshares,best_ask,best_asksizeshares
2024-01-02,9:30:00.123456,7,IBM,,160.01,300,160.03,100
2024-01-02,9:30:01,250,IBM,,160.01,300,160.03,100
"""
BOTH_TAPES = """date,time_m,ex,sym_root,sym_suffix,bid,bidsiz,ask,asksiz,qu_cond,qu_seqnum,natbbo_ind,qu_source
20240102,9:30:00,N,IBM,,160,1,160.02,2,R,1,1,C
20240102,9:30:00,N,IBM,,160,1,160.02,2,R,2,4,C
20240102,9:30:00,Q,MSFT,,370,1,370.02,2,R,3,1,N
20240102,9:30:00,Q,MSFT,,370,1,370.02,2,R,4,4,N
"""


def test_sizes_in_shares_and_nanoseconds_of_their_own(tmp_path: Path) -> None:
    """The database's NBBO tables state shares, not round lots, and the last three digits of the time by themselves."""
    quotes = read(tmp_path, "nbbo.csv", WRDS_NBBO).tables["quotes"]
    assert quotes.select("at", "bid_size", "ask_size").rows() == [
        (NINE_THIRTY + 123_456_007, 300_000_000_000, 100_000_000_000),
        (NINE_THIRTY + 1_000_000_250, 300_000_000_000, 100_000_000_000),
    ]


def test_the_two_tapes_say_whole_nbbo_in_their_own_codes(tmp_path: Path) -> None:
    """1 on the consolidated tape (source C), 4 on Nasdaq's (source N), where 1 means that there is none.

    After the published code of Holden and Jacobsen (2014) for the complete official NBBO.
    """
    quotes = read(tmp_path, "quotes.csv", BOTH_TAPES).tables["quotes"]
    assert quotes["kind"].to_list() == ["nbbo", "venue", "venue", "nbbo"]


def test_a_quote_that_the_tape_took_back_is_a_reject(tmp_path: Path) -> None:
    """Quote_Cancel_Correction B; the rows around it stay."""
    header, *rows = BOTH_TAPES.strip().split("\n")
    marked = [f"{header},qu_cancel", f"{rows[0]},A", f"{rows[1]},B", f"{rows[2]},"]
    result = read(tmp_path, "quotes.csv", "\n".join(marked) + "\n")
    assert result.rejects.select("row", "reason").rows() == [(3, "cancelled_quote")]
    assert result.rejects["raw"].item().endswith(",4,C,B")
    assert (result.received, result.accepted) == (3, 2)
    assert result.tables["quotes"]["sequence"].to_list() == [1, 3]


def test_a_file_that_tells_no_day_is_refused(tmp_path: Path) -> None:
    """Rather than dated by a guess."""
    with pytest.raises(MapError, match="YYYYMMDD"):
        read(tmp_path, "trades.txt", DAILY_TRADES)


def test_another_header_is_refused(tmp_path: Path) -> None:
    """With what was found."""
    with pytest.raises(MapError, match="Foo"):
        read(tmp_path, "x_20240102", "Foo|Bar\n1|2\n")


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    """A bad price is a reject with its line."""
    result = read(tmp_path, "EQY_US_ALL_TRADE_20240102", DAILY_TRADES.replace("160.26", "x"))
    assert result.rejects.select("row", "reason").rows() == [(3, "not_a_number")]
    assert isinstance(result.tables["trades"], pl.DataFrame)
