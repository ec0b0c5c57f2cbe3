"""The page of counterfactual bounds does what it says, and the result holds together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from e2e.desk import Desk
from e2e.tutorial import run_tutorial
from routeproof.app.context import open_context
from routeproof.app.desk.counterfactual_look import bounds_now

PAGE = Path(__file__).parents[2] / "docs/methods/counterfactual.md"

pytestmark = pytest.mark.night


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The page's two days, its commands run."""
    desk = Desk(tmp_path_factory.mktemp("counterfactual"))
    assert run_tutorial(PAGE, desk) == 4
    return desk


def test_the_result_is_an_interval_that_adds_up(desk: Desk) -> None:
    """No estimate, only bounds; parts add up to the whole; the same bits again; options are ready to be recorded."""
    said = desk.run("counterfactual", "--json")
    found: dict[str, Any] = json.loads(said)
    assert found["estimate"] is None
    assert found["lower"] < found["upper"]
    assert not found["refused"]
    assert sum(row["routes"] for row in found["by_venue"]) == found["n"]
    for end in ("lower", "upper"):
        parts = [row[f"saved_{end}_usd"] for row in found["by_provider"]]
        assert sum(parts) == pytest.approx(found[end])
    assert all(row["own_quotes_share"] == 1.0 for row in found["by_provider"])
    assert desk.run("counterfactual", "--json") == said
    estimate = found["options"][0]["estimate"]
    assert (estimate["kind"], "value" in estimate) == ("counterfactual", False)
    assert estimate["where"].keys() == {"provider", "venue"}
    assert found["figures"]["saving_by_venue"]["data"]["values"]


def test_one_provider_is_its_part_of_all(desk: Desk) -> None:
    """Asked of one provider the bounds are that provider's row; few routes are refused with the reason."""
    whole = json.loads(desk.run("counterfactual", "--json"))
    own = json.loads(desk.run("counterfactual", "--provider", "P2", "--json"))
    row = next(row for row in whole["by_provider"] if row["provider"] == "P2")
    assert (own["lower"], own["upper"], own["n"]) == (row["saved_lower_usd"], row["saved_upper_usd"], row["routes"])
    assert any(row["reason"] and row["saved_lower_usd"] is None for row in whole["by_class"])


def test_the_look_back_measures_the_cell_of_an_option_again(desk: Desk) -> None:
    """A course recorded from the result is measured over the quarter as its own row, or says why not."""
    found = json.loads(desk.run("counterfactual", "--json"))
    option = next(one for one in found["options"] if one["estimate"]["where"] == {"provider": "P2", "venue": "GLNW"})
    with open_context(desk.folder / "workspace") as context:
        where = {"provider": "P2", "venue": "GLNW"}
        now = bounds_now(context, "2026Q3", "P2", where, None)
        assert (now.lower, now.upper) == (option["estimate"]["lower"], option["estimate"]["upper"])
        assert "routes this quarter" in bounds_now(context, "2026Q3", "P2", {"venue": "NOWHERE"}, None).reason
        assert "review of P1" in bounds_now(context, "2026Q3", "P1", where, None).reason
        assert bounds_now(context, "2026Q4", "P2", where, None).reason
