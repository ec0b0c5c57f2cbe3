"""A change of routing is told by one night's run, opens a case, and is withdrawn once a notice is on file."""

from __future__ import annotations

import json
import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from routeproof.app.context import open_context
from routeproof.app.facts.choice_facts import choice_facts
from routing_desk import routing_desk

if TYPE_CHECKING:
    from e2e.desk import Desk

PEOPLE = 'unprotected_keys = true\n[[person]]\nid = "ann"\nname = "Ann"\nroles = ["analyst"]\n'
RULE = "unannounced_logic_change"
NOTICE = """
provider = "P2"
reason = "MAKA joins the ranking."
effective_from = 2026-07-13
notice_on = 2026-07-06

[settings]
order_types = "market"
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The twenty days of the page, of which P2 changes its choice on the eighth, 13 July."""
    return routing_desk(tmp_path_factory.mktemp("nightly"), PEOPLE)


def _run(desk: Desk, day: int) -> dict[str, Any]:
    _, out, talk = desk.call("exceptions", "run", "--day", f"2026-07-{day}", "--json")
    found: dict[str, Any] = json.loads(out)
    assert RULE not in found["unjudged"], talk
    return found | {"told": [one for one in found["findings"] if one["rule"] == RULE]}


@pytest.mark.night
def test_one_night_tells_it_and_a_notice_takes_it_back(desk: Desk) -> None:
    """Told on the sixth session since, dated to the day, at MAKA; silent the session before and after, and of P1."""
    assert _run(desk, 17)["told"] == []
    told = _run(desk, 20)
    (finding,) = told["told"]
    assert (finding["provider"], finding["venue"], finding["key"]) == ("P2", "MAKA", "2026-07-13")
    assert (finding["observed"], finding["threshold"]) == (0.5, 0.03)
    assert finding["case"] in told["cases_opened"]
    assert _run(desk, 21)["told"] == []
    (desk.folder / "notice.toml").write_text(NOTICE, encoding="utf-8")
    desk.run("config", "propose", "P2-SOR", "--file", "notice.toml", "--as", "ann")
    assert _run(desk, 20)["told"] == []


def test_first_venues_are_counted_once_a_day(desk: Desk) -> None:
    """A later night counts its own days alone; what lies in the cache may be deleted, and is made again as it was."""
    told: list[str] = []
    with open_context(desk.folder / "workspace") as context:
        manifest, kept = context.lake.manifest().id, context.workspace.choices_folder
        shutil.rmtree(kept, ignore_errors=True)
        first = [choice_facts(context, date(2026, 7, day), manifest, 5, told.append)[0] for day in (8, 10, 10)]
        shutil.rmtree(kept)
        again = choice_facts(context, date(2026, 7, 10), manifest, 5, told.append)[0]
        nobody, why = choice_facts(context, date(2026, 7, 10), manifest, None, told.append)
    spans = ("2026-07-01 to 2026-07-08", "2026-07-09 to 2026-07-10", "2026-07-02 to 2026-07-10")
    assert told == [f"counting first venues, {span}" for span in spans]
    assert first[1]["choices"].equals(first[2]["choices"])
    assert again["choices"].sort(again["choices"].columns).equals(first[1]["choices"].sort(again["choices"].columns))
    assert (nobody, list(why)) == ({}, ["choices"])
    p1 = first[1]["choices"].filter(provider="P1")
    assert p1.group_by("venue").agg(n=pl.col("n").sum()).sort("venue").rows() == [("EXCH", 60), ("MAKB", 90)]
