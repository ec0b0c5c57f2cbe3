"""Names, doubled and busted fills, patterns of times: the parts of a comparison, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from routeproof.app.reconcile.clocks import clock_offsets
from routeproof.app.reconcile.differences import direction
from routeproof.app.reconcile.fills import compare_fills
from routeproof.app.reconcile.lacking import place_of_lacking
from routeproof.app.reconcile.names import MESSAGE_COLUMNS, fill_names, order_names, reported_names
from routeproof.app.reconcile.orders import compare_orders
from routeproof.app.reconcile.record import FILL_COLUMNS, Record
from routeproof.app.reconcile.times import pattern_of_times
from routeproof.policy.thresholds import EvidenceStandards
from routeproof.policy.whole import whole_policy
from routeproof.stores.shipped_policy import load_equity_calendar, shipped_subjects
from routeproof.tables.canonical.vendor_executions import VENDOR_EXECUTIONS
from routeproof.tables.canonical.vendor_orders import VENDOR_ORDERS

DAY = date(2026, 7, 1)
SHARE, CENT, MS = 10**9, 10**7, 10**6
POLICY = whole_policy(shipped_subjects(), load_equity_calendar()).reconcile.on(DAY).value


def messages(*rows: dict[str, Any]) -> pl.DataFrame:
    """FIX messages between FIRM and P, in rows of one file."""
    numbers = {"source_row": pl.Int64, "trading_day": pl.Date}
    schema = {name: numbers.get(name, pl.String) for name in MESSAGE_COLUMNS}
    common = {"source_id": "log", "trading_day": DAY, "sender": "FIRM", "target": "P"}
    return pl.DataFrame([{**common, "source_row": n, **row} for n, row in enumerate(rows, 1)], schema=schema)


def test_an_order_is_known_by_every_name_that_a_session_gave_it() -> None:
    """A1 was replaced by A2 and A2 by A3; the provider called it O7; a child is C1-A3 and names its parent."""
    parents = pl.DataFrame({"order_id": ["x"], "trading_day": [DAY], "source_id": ["log"], "source_row": [1]})
    log = messages(
        {"msg_type": "D", "cl_ord_id": "A1"},
        {"msg_type": "G", "cl_ord_id": "A2", "orig_cl_ord_id": "A1"},
        {"msg_type": "G", "cl_ord_id": "A3", "orig_cl_ord_id": "A2"},
        {"msg_type": "8", "cl_ord_id": "A2", "provider_order_id": "O7", "sender": "P", "target": "FIRM"},
        {"msg_type": "8", "cl_ord_id": "A1", "provider_order_id": "V1", "sender": "P", "target": "XNAS"},
    )
    routes = pl.DataFrame({"route_id": ["r1"], "order_id": ["x"], "trading_day": [DAY]})
    known = dict(order_names(parents, routes, log).select("name", "method").iter_rows())
    assert known == {
        "x": "order_id", "A1": "ClOrdID", "A2": "ClOrdID", "A3": "ClOrdID", "O7": "OrderID", "r1": "route_id",
    }  # fmt: skip
    rows = pl.DataFrame({"row": [0], "trading_day": [DAY], "order_id": [None], "client_order_id": [" C1-A3 "]})
    names = reported_names(rows.cast({"order_id": pl.String}), ["order_id", "client_order_id"], r"^C\d+-(.+)$")
    assert set(names["name"]) == {"C1-A3", "A3"}


def test_a_fill_is_known_by_the_exec_id_of_each_session() -> None:
    """The provider's and the venue's."""
    fills = pl.DataFrame({"execution_id": ["f"], "trading_day": [DAY]})
    seen = pl.DataFrame({"execution_id": ["f", "f"], "exec_id_seen": ["P1", "V1"]})
    assert set(fill_names(fills, seen)["name"]) == {"f", "P1", "V1"}


@pytest.mark.parametrize(
    ("word", "found"),
    [("B", "buy"), ("buy", "buy"), ("1", "buy"), ("SELL SHORT", "sell"), ("5", "sell"), ("S", "sell"), ("?", None)],
)
def test_a_side_is_compared_by_its_direction(word: str, found: str | None) -> None:
    """Words, initials and FIX codes."""
    assert pl.DataFrame({"side": [word]}).select(direction(pl.col("side"))).item() == found


def record(*fills: dict[str, Any]) -> Record:
    """Our side: one order x of 100 shares, and fills of it, by hand."""
    common = {
        "provider": "P", "order_id": "x", "symbol": "AB", "side": "buy", "executed_at": 0, "reported_at": 0,
        "price": 10 * SHARE, "quantity": 100 * SHARE, "venue": "XNAS", "status": "new", "trading_day": DAY,
        "source_id": "s", "source_row": 1, "far": 10 * SHARE, "middle2": 20 * SHARE - 2 * CENT, "busted": False,
        "amended": False,
    }  # fmt: skip
    rows = pl.DataFrame([{**common, **fill} for fill in fills])
    orders = pl.DataFrame(
        {
            "order_id": ["x"], "symbol": ["AB"], "side": ["buy"], "received_at": [0], "refused": [False],
            "trading_day": [DAY], "wanted": [True], "quantities": [[100 * SHARE]], "limits": [[]],
        },
        schema_overrides={"limits": pl.List(pl.Int64)},
    )  # fmt: skip
    assert set(FILL_COLUMNS) - set(rows.columns) == {"execution_bid", "execution_ask", "execution_status"}
    known = pl.DataFrame({"id": ["x"], "name": ["x"], "day": [DAY], "method": ["order_id"]})
    return Record(orders, rows, known, fill_names(rows, pl.DataFrame({"execution_id": ["-"], "exec_id_seen": [""]})))


def told(*rows: dict[str, Any]) -> pl.DataFrame:
    """Reported fills of 100 shares at 10.00."""
    common = {"trading_day": DAY, "symbol": "AB", "price": 10 * SHARE, "quantity": 100 * SHARE, "executed_at": 0}
    return VENDOR_EXECUTIONS.conform(pl.DataFrame([{**common, **row} for row in rows]))


def test_a_fill_that_a_report_names_twice_is_once_too_many() -> None:
    """The second e1 is missing here, and does not take the place of e2, which it left out."""
    ours = record({"execution_id": "e1"}, {"execution_id": "e2"})
    found = compare_fills(told({"execution_id": "e1"}, {"execution_id": "e1"}), ours, "", POLICY)
    assert (found.matched, found.missing_at_provider, found.missing_here) == (1, 1, 1)
    assert found.lacking.to_list() == ["e2"]
    reasons = found.differences.filter(what="missing_here")["reason"].to_list()
    assert reasons == ["named more often than we have it"]


def test_what_was_busted_or_corrected_since_is_set_aside() -> None:
    """e1 was busted, e2 corrected by a cent after the report: neither is held against it; e3 differs."""
    ours = record(
        {"execution_id": "e1", "busted": True, "amended": True},
        {"execution_id": "e2", "price": 10 * SHARE + CENT, "amended": True},
        {"execution_id": "e3", "price": 10 * SHARE + CENT},
    )
    found = compare_fills(told(*({"execution_id": f"e{n}"} for n in (1, 2, 3))), ours, "", POLICY)
    assert (found.matched, found.missing_at_provider, found.missing_here, found.set_aside) == (2, 0, 0, 2)
    assert [(row["field"], row["n"]) for row in found.differing] == [("price", 1)]


def test_a_price_apart_pairs_by_order_and_shares_and_then_differs() -> None:
    """Without an ExecID and a cent off: one difference, not one missing on either side."""
    ours = record({"execution_id": "e1", "price": 10 * SHARE + CENT})
    found = compare_fills(told({"client_order_id": "x", "side": "B"}), ours, "", POLICY)
    assert (found.matched, found.missing_at_provider, found.missing_here) == (1, 0, 0)
    assert [(row["field"], row["n"]) for row in found.differing] == [("price", 1)]


@pytest.mark.parametrize(("filled", "differs"), [(100, 0), (40, 0), (60, 1)])
def test_a_row_may_speak_of_its_day_or_of_the_orders_whole_life(filled: int, differs: int) -> None:
    """40 shares traded on the day, 60 on the next: 40 and 100 agree, 60 does not."""
    ours = record(
        {"execution_id": "e1", "quantity": 40 * SHARE},
        {"execution_id": "e2", "quantity": 60 * SHARE, "trading_day": date(2026, 7, 2)},
    )
    row = {"trading_day": DAY, "order_id": "x", "filled_quantity": filled * SHARE, "average_price": 10 * SHARE}
    found = compare_orders(VENDOR_ORDERS.conform(pl.DataFrame([row])), ours, "", POLICY)
    assert sum(row["n"] == 1 and row["field"] == "filled_quantity" for row in found.differing) == differs
    assert (found.matched, found.missing_here) == (1, 0)


def test_a_further_day_of_an_order_is_no_further_order() -> None:
    """X on 1 and 2 July: one pair, one row set aside; the same row twice is one too many."""
    days = [{"trading_day": day, "order_id": "x"} for day in (DAY, date(2026, 7, 2))]
    rows = VENDOR_ORDERS.conform(pl.DataFrame(days))
    found = compare_orders(rows, record({"execution_id": "e1"}), "", POLICY)
    assert (found.matched, found.missing_here, found.set_aside) == (1, 0, 1)
    twice = compare_orders(pl.concat([rows[:1], rows[:1]]), record({"execution_id": "e1"}), "", POLICY)
    assert (twice.matched, twice.missing_here) == (1, 1)


def test_orders_without_a_quote_are_counted_and_not_tested() -> None:
    """The only fill has no quote: it stands under no_quote, and the reason is said."""
    ours = record({"execution_id": "e1"}).fills.with_columns(far=None, middle2=None)
    ours = ours.cast({"far": pl.Int64, "middle2": pl.Int64})
    found = place_of_lacking(ours, ours.select("execution_id"), EvidenceStandards())
    assert found["missing"] == {"inside": 0, "at": 0, "outside": 0, "no_quote": 1}
    assert (found["outside_p"], found["cost_p"], found["missing_cost_bps"]) == (None, None, None)
    assert found["reason"]


def timed(late: int, whole: int, other: int) -> pl.DataFrame:
    """Fills told 60 s late, the first `whole` of them stamped on whole milliseconds, and others in time."""
    rows = [(n, 60_000 * MS, n * MS if n < whole else n * MS + 7) for n in range(late)]
    rows += [(late + n, MS, n * MS + 7) for n in range(other)]
    return pl.DataFrame(
        [(f"e{n}", at, at + wait, False) for n, wait, at in rows],
        schema=["execution_id", "executed_at", "reported_at", "amended"],
        orient="row",
    )


NOT_SEEN = pl.DataFrame(schema={"execution_id": pl.String, "role": pl.String, "seen_at": pl.Int64})


def test_late_reports_on_whole_milliseconds_are_a_pattern() -> None:
    """Eight of twelve late ones, none of a hundred others."""
    found = pattern_of_times(timed(12, 8, 100), NOT_SEEN, 10_000, POLICY)
    assert (found["late"], found["late_and_whole_ms"], found["pattern"]) == (12, 8, "backfilled")
    assert found["before_venue"] is None


def test_late_reports_alone_are_none() -> None:
    """Twelve late ones with times of a clock; and eight of nine, which are too few to say."""
    honest = pattern_of_times(timed(12, 0, 100), NOT_SEEN, 10_000, POLICY)
    assert (honest["pattern"], honest["late"]) == (None, 12)
    few = pattern_of_times(timed(9, 8, 100), NOT_SEEN, 10_000, POLICY)
    assert few["pattern"] is None
    assert "a pattern needs 10" in few["reason"]


def test_a_time_before_the_venues_own_report_is_counted() -> None:
    """The venue told of e0 at 51 ms and of e1 at 51 ms: stated at 0 and 1 ms, where 50 are tolerated."""
    seen = pl.DataFrame({"execution_id": ["e0", "e1"], "role": ["venue"] * 2, "seen_at": [51 * MS, 51 * MS]})
    assert pattern_of_times(timed(2, 2, 5), seen, 10_000, POLICY)["before_venue"] == 1


def test_a_clock_that_is_wholly_beyond_tolerance_differs() -> None:
    """Sent at 100, answered at 41 by a venue; its fill of 200 passed on at 261: the provider is 59 to 61 ms ahead."""
    routes = pl.DataFrame(
        {"hop": [2], "venue": ["XNAS"], "sent_at": [100 * MS], "acknowledged_at": [41 * MS]},
    )
    seen = pl.DataFrame(
        {
            "execution_id": ["e", "e"],
            "role": ["venue", "provider"],
            "seen_at": [200 * MS, 261 * MS],
            "venue": ["XNAS", "XNAS"],
        }
    )
    found = clock_offsets("P", routes, seen, {}, POLICY)
    assert [found["P"][name] for name in ("lower", "estimate", "upper", "differs")] == [59, 60, 61, True]
    assert [found["XNAS"][name] for name in ("lower", "estimate", "upper", "against")] == [-61, -60, -59, "P"]
    wide = replace(POLICY, time_ms=POLICY.time_ms * 2)
    assert clock_offsets("P", routes, seen, {}, wide)["P"]["differs"] is False
