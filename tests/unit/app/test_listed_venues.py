"""A provider's list of venues counts from its business date: a later one changes nothing that came before."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from provider_desk import ProviderDesk
from routeproof.app.facts.firm_facts import agreed_venues
from routeproof.app.provider.liquidity_access import disclosed_in

if TYPE_CHECKING:
    from pathlib import Path

FIRST, SECOND, THIRD = date(2026, 9, 30), date(2026, 10, 5), date(2026, 10, 7)


def agreed(desk: ProviderDesk, day: date) -> list[tuple[str, str, date | None]]:
    """Rows of the fact."""
    with desk.desk.context() as context:
        return sorted(agreed_venues(context.records, day).iter_rows())


def test_each_day_has_the_list_of_its_time(tmp_path: Path) -> None:
    """XNAS and ARCX from the first list on, IEXG since the second; the third leaves ARCX out and names MEMX."""
    desk = ProviderDesk(tmp_path)
    desk.add()
    desk.do("ann", "venues", {"venues": ["XNAS", "ARCX", "IEXG"]}, on=SECOND)
    desk.do("ann", "venues", {"venues": ["XNAS", "IEXG", "MEMX"]}, on=THIRD)
    first = [("ACME", "ARCX", None), ("ACME", "XNAS", None)]
    assert agreed(desk, FIRST) == agreed(desk, date(2026, 10, 4)) == first
    assert agreed(desk, SECOND) == [first[0], ("ACME", "IEXG", SECOND), first[1]]
    assert agreed(desk, THIRD) == [("ACME", "IEXG", SECOND), ("ACME", "MEMX", THIRD), first[1]]
    with desk.desk.context() as context:
        assert disclosed_in(context, "ACME", "2026Q3") == ["ARCX", "XNAS"]
        assert disclosed_in(context, "ACME", "2026Q4") == ["IEXG", "MEMX", "XNAS"]


def test_the_first_list_counts_for_the_days_before_it(tmp_path: Path) -> None:
    """A file that was opened without venues has no list until one is disclosed; that one counts from the start."""
    desk = ProviderDesk(tmp_path)
    desk.add(venues=[])
    assert agreed(desk, FIRST) == []
    desk.do("ann", "venues", {"venues": ["XNAS"]}, on=SECOND)
    assert agreed(desk, date(2026, 9, 1)) == [("ACME", "XNAS", None)]
