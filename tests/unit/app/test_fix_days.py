"""Days that must be folded together."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import polars as pl

from routeproof.app.intake.fix_days import DayReferences

NAMES = ("msg_type", "sender", "target", "cl_ord_id", "orig_cl_ord_id", "exec_id", "exec_ref_id", "provider_order_id")


def day(
    *messages: tuple[str | None, ...], stated: datetime | None = None, lasting: bool = False
) -> Callable[[Sequence[str]], pl.DataFrame]:
    """Messages of one session: type, ClOrdID, OrigClOrdID, ExecID, ExecRefID, OrderID; the instant that they state.

    With `lasting` its orders are good till cancelled.
    """
    rows = []
    for kind, *rest in messages:
        parties = ("SOR", "FIRM") if kind in ("8", "9") else ("FIRM", "SOR")
        rows.append((kind, *parties, *rest, *[None] * (5 - len(rest))))
    at = None if stated is None else int(stated.timestamp()) * 10**9
    made = pl.DataFrame(rows, schema=dict.fromkeys(NAMES, pl.String()), orient="row")
    said = (pl.lit(at, dtype=pl.Int64).alias("transact_at"), pl.lit("1" if lasting else "0").alias("time_in_force"))
    return made.with_columns(said).select


def joined_days(messages: dict[str, Callable[[Sequence[str]], pl.DataFrame]]) -> list[list[str]]:
    """Days in groups."""
    return DayReferences(messages).groups()


def test_days_that_keep_to_themselves_stand_alone() -> None:
    """ClOrdIDs that come again on another day are other orders."""
    same = day(("D", "C1", None, None, None), ("8", "C1", None, "E1", None))
    assert joined_days({"2026-07-01": same, "2026-07-02": same}) == [["2026-07-01"], ["2026-07-02"]]


def test_an_order_that_lives_on_joins_its_days() -> None:
    """A fill on the third day of an order from the first; the second day has nothing to do with it."""
    messages = {
        "2026-07-01": day(("D", "C1", None, None, None)),
        "2026-07-02": day(("D", "C2", None, None, None), ("8", "C2", None, "E9", None)),
        "2026-07-03": day(("8", "C1", None, "E1", None)),
    }
    assert sorted(joined_days(messages)) == [["2026-07-01", "2026-07-03"], ["2026-07-02"]]


def test_a_replace_and_a_later_bust_join_days() -> None:
    """Tag 41 names yesterday's order, tag 19 yesterday's execution."""
    messages = {
        "2026-07-01": day(("D", "C1", None, None, None), ("8", "C1", None, "E1", None)),
        "2026-07-02": day(("G", "C2", "C1", None, None)),
        "2026-07-03": day(("D", "C9", None, None, None), ("8", "C9", None, "E5", "E1")),
    }
    assert joined_days(messages) == [["2026-07-01", "2026-07-02", "2026-07-03"]]


def test_a_fill_told_on_another_day_joins_the_day_that_it_speaks_of() -> None:
    """Its row stands with that day's rows, which are replaced together, be there messages on that day or not."""
    fill = ("8", "C7", None, "E7", None)
    late = day(fill, stated=datetime(2026, 7, 1, 19, 0, tzinfo=UTC))
    own = day(("D", "C1", None, None, None), stated=datetime(2026, 7, 1, 14, 0, tzinfo=UTC))
    assert joined_days({"2026-07-01": own, "2026-07-02": late}) == [["2026-07-01", "2026-07-02"]]
    assert joined_days({"2026-07-02": late}) == [["2026-07-01", "2026-07-02"]]
    later = day(fill, stated=datetime(2026, 7, 1, 18, 0, tzinfo=UTC))
    assert joined_days({"2026-07-02": late, "2026-07-03": later}) == [["2026-07-01", "2026-07-02", "2026-07-03"]]


def test_a_report_that_names_its_order_by_order_id_alone_joins_the_day_of_the_order() -> None:
    """Tag 37 of a report whose ClOrdID nobody opened; one whose order is known that day asks no other."""
    first = day(("D", "C1", None, None, None), ("8", "C1", None, "E1", None, "P1"))
    second = day(("8", None, None, "E2", None, "P1"))
    assert joined_days({"2026-07-01": first, "2026-07-02": second}) == [["2026-07-01", "2026-07-02"]]
    own = day(("D", "C2", None, None, None), ("8", "C2", None, "E2", None, "P1"), ("8", None, None, "E3", None, "P1"))
    assert joined_days({"2026-07-01": first, "2026-07-02": own}) == [["2026-07-01"], ["2026-07-02"]]
    nobody = day(("8", "C9", None, "E2", None, "P9"))
    assert joined_days({"2026-07-01": nobody, "2026-07-02": nobody}) == [["2026-07-01"], ["2026-07-02"]]


def test_days_that_a_late_message_parts_are_joined_once_more() -> None:
    """A report took yesterday's order for its own until today's came: yesterday is made anew as well."""
    first = day(("D", "C1", None, None, None))
    report = ("8", "C1", None, "E1", None)
    before, now = day(report), day(report, ("D", "C1", None, None, None))
    assert joined_days({"2026-07-01": first, "2026-07-02": before}) == [["2026-07-01", "2026-07-02"]]
    later = DayReferences({"2026-07-01": first, "2026-07-02": now}, {"2026-07-02": before})
    assert later.groups() == [["2026-07-01"], ["2026-07-02"]]
    assert later.parted(["2026-07-02"]) == {"2026-07-01"}
    assert DayReferences({"2026-07-01": first, "2026-07-02": now}).parted(["2026-07-02"]) == set()


def test_a_name_that_was_taken_over_from_an_order_that_lives_on_joins_the_days() -> None:
    """OrderID O1 is known from the first day, and the second day's order of that name has another."""
    first = ("D", "1", None, None, None), ("8", "1", None, "E1", None, "O1")
    second = day(("D", "1", None, None, None), ("8", "1", None, "E2", None, "O1"), ("8", "1", None, "E3", None, "O2"))
    begun_anew = day(*first)
    joined, apart = [["2026-07-01", "2026-07-02"]], [["2026-07-01"], ["2026-07-02"]]
    assert joined_days({"2026-07-01": day(*first, lasting=True), "2026-07-02": second}) == joined
    assert joined_days({"2026-07-01": day(*first), "2026-07-02": second}) == apart
    assert joined_days({"2026-07-01": day(*first, lasting=True), "2026-07-02": begun_anew}) == apart
