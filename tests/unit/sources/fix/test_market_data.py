"""Best bid and offer that market data messages leave behind; messages and answers are written by hand."""

from __future__ import annotations

import pytest

from routeproof.sources.fix.market_data import MarketData, QuoteRow

SENT = "20260701-14:00:00.250"
SENT_NS = 1_782_914_400_250_000_000
"""`date -u -d '2026-07-01T14:00:00' +%s` is 1782914400."""
S = 1_000_000_000


def message(kind: str, body: str, *, number: int = 7, header: str = f"52={SENT}|") -> bytes:
    """A message with `|` for the separator; its length and sum are not looked at here."""
    return f"8=FIX.4.4|9=0|35={kind}|34={number}|49=MD|56=FIRM|{header}{body}10=000|".replace("|", "\x01").encode()


def sides(row: QuoteRow) -> tuple[str, ...]:
    """Bid, its size, ask, its size, as plain numbers."""
    return tuple(text.rstrip("0").rstrip(".") if "." in text else text for text in row[2:6])


def told(market: MarketData, kind: str, body: str, *, header: str = f"52={SENT}|") -> list[tuple[str, ...]]:
    """What a message leaves behind, by symbol."""
    return [(row.symbol, *sides(row)) for row in market.take(message(kind, body, header=header))]


TWO_SIDES = "55=QQQ|268=2|269=0|270=20.00|271=500|269=1|270=20.02|271=300|"


def test_a_snapshot_is_the_quote() -> None:
    """Both sides, as of the sending time, with the number of the message."""
    (row,) = MarketData().take(message("W", TWO_SIDES))
    assert (row.symbol, *sides(row)) == ("QQQ", "20", "500", "20.02", "300")
    assert (row.at, row.sequence) == (str(SENT_NS), "7")


def test_of_a_deep_snapshot_the_best_price_of_each_side_counts() -> None:
    """Three bids, two of them at 20.00 with 500 and 200 shares; the lower one and a trade (269=2) do not count."""
    body = (
        "55=QQQ|268=6|269=0|270=19.98|271=900|269=0|270=20.00|271=500|269=0|270=20.00|271=200|"
        "269=1|270=20.05|271=1|269=1|270=20.03|271=400|269=2|270=20.01|271=100|"
    )
    assert told(MarketData(), "W", body) == [("QQQ", "20", "700", "20.03", "400")]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("55=QQQ|268=1|269=0|270=20.00|271=500|", ("20", "500", "", "")),
        ("55=QQQ|268=2|269=0|270=0|271=0|269=1|270=20.02|", ("", "", "20.02", "")),
        ("55=QQQ|268=0|", ("", "", "", "")),
        ("55=QQQ|268=1|269=J|", ("", "", "", "")),
    ],
)
def test_a_snapshot_without_a_side_takes_the_side_back(body: str, left: tuple[str, ...]) -> None:
    """One side, a price of zero, none as in a halt, an empty book: nothing of the quote before stays."""
    market = MarketData()
    market.take(message("W", TWO_SIDES))
    assert told(market, "W", body) == [("QQQ", *left)]


def test_an_incremental_refresh_changes_one_side() -> None:
    """New, changed (price, then size alone), deleted; and a delete of what is not there leaves all as it is."""
    market = MarketData()
    assert told(market, "X", "268=1|279=0|269=0|55=QQQ|270=20.00|271=500|") == [("QQQ", "20", "500", "", "")]
    assert told(market, "X", "268=1|279=0|269=1|55=QQQ|270=20.02|271=300|") == [("QQQ", "20", "500", "20.02", "300")]
    assert told(market, "X", "268=1|279=1|269=1|55=QQQ|270=20.04|271=200|") == [("QQQ", "20", "500", "20.04", "200")]
    assert told(market, "X", "268=1|279=1|269=1|55=QQQ|271=100|") == [("QQQ", "20", "500", "20.04", "100")]
    assert told(market, "X", "268=1|279=2|269=0|55=QQQ|") == [("QQQ", "", "", "20.04", "100")]
    assert told(market, "X", "268=1|279=2|269=0|55=QQQ|") == [("QQQ", "", "", "20.04", "100")]
    assert told(market, "X", "268=1|279=2|269=1|55=QQQ|270=20.09|") == [("QQQ", "", "", "20.04", "100")]
    assert told(market, "X", "268=1|279=2|269=1|55=QQQ|270=20.04|") == [("QQQ", "", "", "", "")]


def test_a_refresh_of_several_symbols_and_instants() -> None:
    """One quote a symbol and instant, with the sides that it then has; the symbol is told once a run of entries."""
    body = (
        "268=4|279=0|269=0|55=AAA|270=10|273=14:00:00|279=0|269=1|270=10.02|273=14:00:00|"
        "279=1|269=1|270=10.04|273=14:00:00.1|279=0|269=0|55=BBB|270=5|273=14:00:00|"
    )
    rows = MarketData().take(message("X", body))
    base = SENT_NS - S // 4
    assert [(row.symbol, int(row.at) - base, *sides(row)) for row in rows] == [
        ("AAA", 0, "10", "", "10.02", ""),
        ("AAA", S // 10, "10", "", "10.04", ""),
        ("BBB", 0, "5", "", "", ""),
    ]


def test_named_entries_are_several_of_a_side() -> None:
    """Once the best one is gone the next is the best; a delete names the entry alone."""
    market = MarketData()
    market.take(message("W", "55=QQQ|268=3|269=0|278=a|270=20.00|269=0|278=b|270=19.99|269=1|278=c|270=20.02|"))
    assert told(market, "X", "268=1|279=2|278=a|") == [("QQQ", "19.99", "", "20.02", "")]
    assert told(market, "X", "268=1|279=1|278=d|280=b|270=19.95|271=100|") == [("QQQ", "19.95", "100", "20.02", "")]
    assert told(market, "X", "268=1|279=0|269=1|278=e|55=QQQ|270=20.05|") == [("QQQ", "19.95", "100", "20.02", "")]
    assert told(market, "X", "268=1|279=2|278=c|") == [("QQQ", "19.95", "100", "20.05", "")]


def test_entries_below_the_first_place_are_passed_over() -> None:
    """Depth without MDEntryID is not read: neither a new second level nor its end changes the quote."""
    market = MarketData()
    market.take(message("W", TWO_SIDES))
    assert told(market, "X", "268=1|279=0|269=0|55=QQQ|270=19.99|290=2|") == []
    assert told(market, "X", "268=1|279=2|269=0|55=QQQ|290=2|") == []
    assert told(market, "X", "268=1|279=1|269=0|55=QQQ|270=20.01|290=1|") == [("QQQ", "20.01", "", "20.02", "300")]


@pytest.mark.parametrize(
    ("header", "entry", "at"),
    [
        (f"52={SENT}|60=20260701-13:59:59|", "", SENT_NS - 5 * S // 4),
        (f"52={SENT}|122=20260701-13:00:00|43=Y|", "", SENT_NS - 3600 * S - S // 4),
        (f"52={SENT}|60=20260701-13:59:59|", "273=13:59:58.000000001|", SENT_NS - 9 * S // 4 + 1),
        (f"52={SENT}|", "272=20260630|273=14:00:00.250|", SENT_NS - 86_400 * S),
        ("52=20260701-00:00:00.100|", "273=23:59:59|", 1_782_864_000 * S - S),
        ("52=20260701-23:59:59|", "273=00:00:00.5|", 1_782_950_400 * S + S // 2),
    ],
)
def test_which_time_a_quote_has(header: str, entry: str, at: int) -> None:
    """The entry's time and date, else TransactTime, else when it was first sent; midnight may lie in between.

    1782864000 and 1782950400 are 2026-07-01 and 2026-07-02, 00:00 UTC.
    """
    (row,) = MarketData().take(message("X", f"268=1|279=0|269=0|55=QQQ|270=20|{entry}", header=header))
    assert int(row.at) == at


def test_a_snapshot_is_of_its_latest_entry() -> None:
    """The bid has stood since 13:59:58, the offer since 13:59:59: both stand together from then."""
    body = "55=QQQ|268=2|269=0|270=20.00|273=13:59:58|269=1|270=20.02|273=13:59:59|"
    (row,) = MarketData().take(message("W", body))
    assert int(row.at) == SENT_NS - 5 * S // 4


def test_a_new_day_begins_with_nothing() -> None:
    """Yesterday's offer is none of today: a bid of the morning stands alone."""
    market = MarketData()
    market.take(message("W", TWO_SIDES))
    assert told(market, "X", "268=1|279=1|269=0|55=QQQ|270=21|", header="52=20260702-13:30:00|") == [
        ("QQQ", "21", "", "", "")
    ]


def test_after_messages_were_lost_nothing_is_known() -> None:
    """The other side may be another by now."""
    market = MarketData()
    market.take(message("W", TWO_SIDES))
    market.begin_anew()
    assert told(market, "X", "268=1|279=1|269=0|55=QQQ|270=21|") == [("QQQ", "21", "", "", "")]


@pytest.mark.parametrize(
    ("kind", "body", "refused"),
    [
        ("W", "55=QQQ|268=1|269=0|270=2O.00|", QuoteRow("QQQ", str(SENT_NS), "270=2O.00", "", "", "", "7")),
        ("W", "55=QQQ|268=1|269=0|270=-1|", QuoteRow("QQQ", str(SENT_NS), "270=-1", "", "", "", "7")),
        ("W", "55=QQQ|268=1|269=0|270=1e2|", QuoteRow("QQQ", str(SENT_NS), "270=1e2", "", "", "", "7")),
        ("W", "55=QQQ|268=1|269=0|270=1|271=x|", QuoteRow("QQQ", str(SENT_NS), "271=x", "", "", "", "7")),
        ("W", "55=QQQ|268=2|269=0|270=20.00|", QuoteRow("QQQ", str(SENT_NS), "268=2", "", "", "", "7")),
        ("W", "268=1|269=0|270=20.00|", QuoteRow("", str(SENT_NS), "", "", "", "", "7")),
        ("W", "55=QQQ|60=noon|268=1|269=0|270=20.00|", QuoteRow("QQQ", "60=noon", "", "", "", "", "7")),
        ("W", "55=QQQ|268=1|269=0|270=1|273=noon|", QuoteRow("QQQ", "273=noon", "", "", "", "", "7")),
        ("X", "268=1|279=0|269=0|55=QQQ|270=1|273=25:00:00|", QuoteRow("QQQ", "273=25:00:00", "", "", "", "", "7")),
        ("X", "268=1|279=9|269=0|55=QQQ|270=1|", QuoteRow("QQQ", str(SENT_NS), "279=9", "", "", "", "7")),
        ("X", "268=1|279=1|269=0|55=NEW|271=1|", QuoteRow("NEW", str(SENT_NS), "270=", "", "", "", "7")),
        ("X", "268=1|279=0|269=0|270=20.00|", QuoteRow("", str(SENT_NS), "", "", "", "", "7")),
        ("Z", "298=5|", QuoteRow("", str(SENT_NS), "298=5", "", "", "", "7")),
    ],
)
def test_what_cannot_be_read_is_told_and_changes_nothing(kind: str, body: str, refused: QuoteRow) -> None:
    """The row has the field as it was sent where a number or an instant should be, which no intake takes."""
    market = MarketData()
    market.take(message("W", TWO_SIDES))
    assert market.take(message(kind, body)) == [refused]
    assert told(market, "X", "268=1|279=1|269=0|55=QQQ|270=20.01|271=1|") == [("QQQ", "20.01", "1", "20.02", "300")]


def test_a_bad_entry_of_a_refresh_leaves_the_others() -> None:
    """A bid that is none, an offer that is one."""
    rows = MarketData().take(message("X", "268=2|279=0|269=0|55=QQQ|270=bad|279=0|269=1|270=20.02|271=1|"))
    assert [sides(row) for row in rows] == [("", "", "20.02", "1"), ("270=bad", "", "", "")]


def test_a_quote_and_its_end() -> None:
    """35=S has both sides, 35=Z takes back named symbols or (298=4) all of them."""
    market = MarketData()
    assert told(market, "S", "117=q|55=AAA|132=10|133=10.02|134=100|135=200|") == [("AAA", "10", "100", "10.02", "200")]
    assert told(market, "S", "117=r|55=BBB|132=5|") == [("BBB", "5", "", "", "")]
    assert told(market, "Z", "298=1|295=1|55=AAA|") == [("AAA", "", "", "", "")]
    assert told(market, "Z", "298=4|") == [("BBB", "", "", "", ""), ("AAA", "", "", "", "")]


def test_a_symbol_is_written_as_order_flow_has_it() -> None:
    """With its suffix behind a space; SecurityID where there is no symbol."""
    market = MarketData()
    assert told(market, "W", "55=BRK|65=B|268=0|")[0][0] == "BRK B"
    assert told(market, "W", "55=[N/A]|48=037833100|268=0|")[0][0] == "037833100"


def test_data_may_hold_separators() -> None:
    """EncodedText (355) of seven bytes with `|270=9|` in it is no price."""
    assert told(MarketData(), "W", "55=QQQ|268=1|269=0|354=7|355=|270=9||270=20|") == [("QQQ", "20", "", "", "")]
