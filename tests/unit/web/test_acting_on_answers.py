"""What an analysis found is acted on from its page, and an experiment's table is taken along by who may hand it out."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from routeproof.app.access.accounts import make_account
from routeproof.app.context import open_context
from routing_desk import routing_desk
from web_client import PASSWORD, Browser

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.desk import Desk

ROLES = {"ann": "analyst", "sam": "supervisor", "cem": "committee", "eve": "examiner"}
PEOPLE = "".join(f'[[person]]\nid = "{name}"\nname = "{name}"\nroles = ["{role}"]\n' for name, role in ROLES.items())
ASKED = "/analyses/conflicts?go=true&provider=P2&from=2026-07-01&to=2026-07-29"
FORM = re.compile(r'<form method="post" action="([^"]+/open)".*?</form>', re.DOTALL)
HIDDEN = re.compile(r'name="answer" value="([^"]+)"')


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The twenty days of the pages on conflicts and routing, with accounts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROUTEPROOF_PASSPHRASE", PASSWORD)
        made = routing_desk(tmp_path_factory.mktemp("acting"), PEOPLE)
    with open_context(made.folder / "workspace") as context:
        for name in ROLES:
            make_account(context, name, PASSWORD)
    return made


@pytest.fixture(scope="module")
def root(desk: Desk) -> Path:
    """Of the workspace."""
    return desk.folder / "workspace"


def answered(browser: Browser, address: str) -> str:
    """The page with its answer, which the call waits for."""
    assert browser.get(f"/api/v1{address.replace('go=true&', '')}").status_code == 200
    return browser.get(address).text


def forms(page: str) -> dict[str, str]:
    """Address of the answer that each form to open something carries, by the form's action."""
    return {
        found[1]: hidden[1].replace("&amp;", "&")
        for found in FORM.finditer(page)
        if (hidden := HIDDEN.search(found[0])) is not None
    }


def test_an_accusation_is_opened_from_its_page_with_what_was_seen(root: Path) -> None:
    """Case and remediation are offered, filled in; the case holds the answer that the page showed."""
    analyst = Browser(root, "ann")
    page = answered(analyst, ASKED)
    assert "Act on it: P2" in page
    offered = forms(page)
    assert sorted(offered) == ["/cases/new/open", "/remediation/new/open"]
    reference = offered["/cases/new/open"]
    assert reference.startswith("conflicts?from=2026-07-01&provider=P2&to=2026-07-29#")
    fields = {"object_id": "Q-9", "kind": "surveillance", "title": "Ask P2 about MAKA", "answer": reference}
    assert analyst.send("/cases/new/open", fields).headers["location"] == "/cases/Q-9"
    case = analyst.get("/api/v1/cases/Q-9").json()
    assert (case["title"], case["provider"], case["answer"]) == ("Ask P2 about MAKA", "P2", reference)
    assert [one["name"] for one in case["documents"]] == ["analysis-conflicts.json"]
    assert "analysis-conflicts.json" in analyst.get("/cases/Q-9").text


def test_what_is_no_longer_so_is_not_opened(root: Path) -> None:
    """Another digest than the record gives now is refused, and nothing is opened; honest P1 has nothing to act on."""
    analyst = Browser(root, "ann")
    stale = f"conflicts?from=2026-07-01&provider=P2&to=2026-07-29#{'a' * 64}"
    fields = {"object_id": "Q-8", "kind": "surveillance", "title": "Old", "answer": stale}
    assert analyst.send("/cases/new/open", fields).status_code == 400
    assert analyst.get("/cases/Q-8").status_code == 404
    assert "Act on it" not in answered(analyst, ASKED.replace("P2", "P1"))


def test_who_may_open_nothing_is_offered_nothing(root: Path) -> None:
    """The committee sees the answer, and no form."""
    page = answered(Browser(root, "cem"), ASKED)
    assert "pulls at customers" in page
    assert forms(page) == {}


def test_the_assignment_table_is_the_commands_bytes_and_runs_no_formula(root: Path, desk: Desk) -> None:
    """A security that a spreadsheet would run stands behind an apostrophe; who may not assign takes no table."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    plan = {
        "object_id": "X1", "question": "Direct?", "treatment": "DIRECT", "control": "P1", "share": "0.2",
        "first_on": tomorrow, "days": "20", "unit": "day_symbol", "rule": "fixed",
        "metric": "price_improvement_usd_per_share", "seed": "7", "symbols": "=ABC\nBCD\nCDE\nDEF\nEFG",
    }  # fmt: skip
    analyst, supervisor = Browser(root, "ann"), Browser(root, "sam")
    assert analyst.send("/experiments/new/plan", plan).status_code == 303
    assert supervisor.send("/experiments/X1/approve").status_code == 303
    assert analyst.get("/experiments/X1/table.csv").status_code == 404
    assert "table.csv" not in analyst.get("/experiments/X1").text
    assert analyst.send("/experiments/X1/assign").status_code == 303
    assert 'href="/experiments/X1/table.csv"' in analyst.get("/experiments/X1").text
    sent = analyst.get("/experiments/X1/table.csv")
    assert sent.headers["content-type"].startswith("text/csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROUTEPROOF_PASSPHRASE", PASSWORD)
        desk.run("experiment", "assign", "X1", "--out", "table.csv", "--as", "ann", "--json")
    assert (desk.folder / "table.csv").read_bytes() == sent.content
    head, *rows = csv.reader(io.StringIO(sent.text))
    assert head == ["trading_day", "symbol", "provider_id"]
    assert {row[1] for row in rows} == {"'=ABC", "BCD", "CDE", "DEF", "EFG"}
    assert len(rows) == 100
    examiner = Browser(root, "eve")
    assert examiner.get("/experiments/X1/table.csv").status_code == 403
    assert "table.csv" not in examiner.get("/experiments/X1").text
