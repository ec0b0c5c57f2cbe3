"""Parts of an order's replay, on rows that were written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from routeproof.app.orders.market import MOST_FAR, MOST_NEAR, Path
from routeproof.app.orders.messages import _lines
from routeproof.app.orders.shown import routes_in_order
from routeproof.web.filters import exact, figure, offset

if TYPE_CHECKING:
    from pathlib import Path as File

RECEIPT = 1_786_126_502_875_827_001


def quotes(at: list[int]) -> pl.DataFrame:
    """Quotes of 1.00 to 1.01 at these instants."""
    rows: dict[str, Any] = {"at": at}
    return pl.DataFrame(rows).with_columns(
        pl.lit(1_000_000_000).alias("bid"),
        pl.lit(1_010_000_000).alias("ask"),
        pl.lit(0).alias("bid_size"),
        pl.lit(0).alias("ask_size"),
    )


def route(name: str, parent: str | None) -> dict[str, Any]:
    """A route split from another."""
    return {"route_id": name, "parent_route_id": parent}


def test_routes_stand_below_the_one_they_were_split_from() -> None:
    """Depth first, in the given order; a parent that is not there is none."""
    found = routes_in_order([route("c", "a"), route("a", None), route("d", "c"), route("b", "a"), route("x", "gone")])
    assert [(row["route_id"], row["depth"]) for row in found] == [("a", 0), ("c", 1), ("d", 2), ("b", 1), ("x", 0)]


def test_routes_that_name_each_other_are_not_followed_for_ever() -> None:
    """A circle has no beginning: it is left out rather than hung on."""
    assert routes_in_order([route("a", "b"), route("b", "a")]) == []


def test_the_quote_of_the_same_instant_is_not_before_it() -> None:
    """Strictly before."""
    path = Path(quotes([RECEIPT, RECEIPT + 5]))
    assert path.before(RECEIPT) is None
    assert path.before(RECEIPT + 5) == path.before(RECEIPT + 1) == {**path.quotes.row(0, named=True)}


def test_offsets_of_a_path_are_whole_nanoseconds() -> None:
    """No instant goes through a float: single nanoseconds are told apart."""
    drawn = Path(quotes([RECEIPT - 1, RECEIPT, RECEIPT + 1])).drawn(RECEIPT, [RECEIPT])
    assert drawn["at"] == [-1, 0, 1]
    assert drawn["bid"] == [1.0, 1.0, 1.0]


def test_a_long_path_keeps_all_quotes_near_an_event_and_says_what_it_leaves_out() -> None:
    """A quote a millisecond for a hundred seconds; the 2,000 within a second of the event are all there."""
    at = [RECEIPT + number * 1_000_000 for number in range(100_000)]
    event = RECEIPT + 50_000_000_000
    drawn = Path(quotes(at)).drawn(RECEIPT, [event])
    near = [one for one in drawn["at"] if abs(one - 50_000_000_000) < 1_000_000_000]
    assert len(near) >= 1_999
    assert len(drawn["at"]) <= MOST_NEAR + MOST_FAR
    assert drawn["left_out"] == 100_000 - len(drawn["at"])


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_lines_are_found_by_number_and_begin_at_the_message(tmp_path: File, ending: str) -> None:
    """What a logger wrote before a message is its own; the last line needs no end."""
    path = tmp_path / "log"
    path.write_bytes(ending.join(["12:00 : 8=FIX.4.4\x01a", "noise", "8=FIX.4.2\x01b", "8=FIX.4.4\x01c"]).encode())
    assert list(_lines(path, [1, 3, 4])) == [(1, "8=FIX.4.4\x01a"), (3, "8=FIX.4.2\x01b"), (4, "8=FIX.4.4\x01c")]
    assert list(_lines(path, [2, 9])) == [(2, "noise")]


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "+0 ns"),
        (999, "+999 ns"),
        (-1_500, "\N{MINUS SIGN}1.5 µs"),
        (2_305_001, "+2.305001 ms"),
        (900_002_862_000, "+900.002862 s"),
        (86_400_000_000_001, "+86,400.000000001 s"),
    ],
)
def test_an_offset_is_written_to_its_last_nanosecond(ns: int, text: str) -> None:
    """By its digits, in the unit that reads best."""
    assert offset(ns).replace("\N{NO-BREAK SPACE}", " ") == text


def test_an_instant_is_written_exactly_in_exchange_time() -> None:
    """18:15 UTC in August is 14:15 in New York; UTC is the title."""
    written = exact(str(RECEIPT))
    assert ">14:15:02.875827001<" in written
    assert 'title="2026-08-07 18:15:02.875827001 UTC"' in written


def test_figures_have_the_decimals_of_their_unit() -> None:
    """What rounds to nothing has no sign."""
    assert figure(-0.00314, "usd_per_share") == "\N{MINUS SIGN}0.00314"
    assert figure(-0.000001, "usd_per_share") == "0.00000"
    assert figure(1234.5, "shares") == "1,234.5"
    assert figure(None, "ms") == "\N{EN DASH}"
