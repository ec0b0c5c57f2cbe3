"""What a pack says of its earlier builds: what was asked otherwise in words, and nothing where nothing changed.

The texts are written by hand, as are the records: through the ledger, whose canonical numbers write 130.0 as 130 and
whose names are sorted.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.review.benchmark import Declared
from routeproof.app.review.earlier_builds import EVENT, earlier_builds
from routeproof.app.review.order import Order
from routeproof.ledger.entry import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from routeproof.app.context import Context

STREAM = "review/2026Q3/P2"
SAME = {"manifest": "m", "policy": "p", "version": "1", "figures": {}, "verdicts": {}}
DECLARED = {
    "price_improvement": Declared(value=0.0012, source="survey"),
    "fill_time": Declared(value=130.0, source="survey"),
}


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A workspace without packs."""
    init_workspace(tmp_path / "w")
    with open_context(tmp_path / "w") as found:
        yield found


def facts_of(order: Order) -> dict[str, Any]:
    """What a build of this order states."""
    return {**SAME, "benchmark": "declared", "options": order.options()}


def ordered(
    declared: Mapping[str, Declared] = MappingProxyType({}), *, against: str | None = None, analyses: bool = False
) -> Order:
    """An order of the quarter."""
    return Order(quarter="2026Q3", provider="P2", declared=declared, against=against, analyses=analyses)


def changes(context: Context, before: dict[str, Any], now: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What a build tells of the one before, which is on record."""
    payload = {"digest": "first", **before}
    built = Fact(
        stream=STREAM, type=EVENT, payload=payload, business_on="2026-10-01", actor="t", role="t", session="0" * 16
    )
    context.records.append([built])
    (build,) = earlier_builds(context.records, STREAM, "second", now)
    return [(change.figure, change.old, change.new) for change in build.changes]


def test_the_same_declared_figures_are_no_change(context: Context) -> None:
    """130 on record is 130.0 asked for, and the order of a file's sections says nothing."""
    facts = facts_of(ordered(DECLARED))
    assert changes(context, facts, facts) == []


def test_a_declared_figure_that_changed_is_named_in_words(context: Context) -> None:
    """One row a figure: another value, one that is new, and one that is gone; one that stayed is not told."""
    before = ordered(DECLARED | {"reversion": Declared(value=-0.0001, source="survey")})
    now = ordered(
        {
            "price_improvement": Declared(value=0.0012, source="survey"),
            "fill_time": Declared(value=130.0000001, source="survey"),
            "spread_capture": Declared(value=0.5, source="survey"),
        }
    )
    assert changes(context, facts_of(before), facts_of(now)) == [
        ("declared figure: Average fill time", "130, survey", "130.0000001, survey"),
        ("declared figure: Effective / spread capture", "none", "0.5, survey"),
        ("declared figure: Reversion after the trade, 60 s", "-0.0001, survey", "none"),
    ]


def test_what_one_build_alone_asked_for_is_told(context: Context) -> None:
    """Analyses stand in the options of a build that asked for them, and in no other's."""
    assert changes(context, facts_of(ordered()), facts_of(ordered(analyses=True, against="P1"))) == [
        ("against", "none", "P1"),
        ("analyses", "none", "asked for"),
    ]


def test_a_build_of_an_earlier_program_that_names_no_options_tells_no_change_of_them(context: Context) -> None:
    """What it was asked is not known."""
    assert changes(context, SAME, facts_of(ordered(DECLARED, analyses=True))) == []
