"""Orders that are looked for, against all rows of the lake sorted in plain Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from routeproof.app.context import open_context
from routeproof.app.orders.search import OrderFilter, find_orders

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("most", [1, 150, 400, 100_000])
@pytest.mark.parametrize("given", [{}, {"provider": "P2"}, {"symbol": "GORSE"}, {"provider": "P1", "symbol": "BRAXO"}])
def test_the_newest_orders_that_pass_and_how_many_pass(demo_workspace: Path, given: dict[str, str], most: int) -> None:
    """Newest first, equal instants by name, whatever day they lie on; the total counts those not shown too."""
    with open_context(demo_workspace) as context:
        found = find_orders(context, OrderFilter(**given), most)
        rows: list[dict[str, Any]] = context.lake.read("parent_orders").to_dicts()
    columns = {"provider": "provider_id", "symbol": "symbol"}
    passing = [row for row in rows if all(row[columns[name]] == value for name, value in given.items())]
    passing.sort(key=lambda row: (-row["received_at"], row["order_id"]))
    assert passing, "expected orders to look for"
    assert [row["order_id"] for row in found["orders"]] == [row["order_id"] for row in passing[:most]]
    assert found["total"] == len(passing)
