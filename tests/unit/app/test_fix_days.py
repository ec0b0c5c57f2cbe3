"""Days that must be folded together."""

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl

from routeproof.app.intake.fix_days import REFERENCE_COLUMNS, joined_days


def day(
    *messages: tuple[str, str | None, str | None, str | None, str | None], stated: datetime | None = None
) -> Callable[[], pl.DataFrame]:
    """Messages of one session: type, ClOrdID, OrigClOrdID, ExecID, ExecRefID; and the instant that they state."""
    rows = [
        (kind, "SOR" if kind in "89" else "FIRM", "FIRM" if kind in "89" else "SOR", *rest) for kind, *rest in messages
    ]
    schema = dict.fromkeys(REFERENCE_COLUMNS[:-1], pl.String())
    at = None if stated is None else int(stated.timestamp()) * 10**9
    return lambda: pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.lit(at, dtype=pl.Int64).alias(REFERENCE_COLUMNS[-1])
    )


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
