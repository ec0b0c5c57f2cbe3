"""Pages of analyses: the address is the question, every table that a kind promises is in its answer."""

from __future__ import annotations

import json
import shutil
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from routeproof.app.analysis.kinds import KINDS
from routeproof.cli.main import cli
from web_client import Browser

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.analysis.kinds import Kind

SIDES = {"subject": "provider=P2", "against": "provider=P1"}
PATIENCE_S = 60.0
CALLED = "/api/v1/analyses"


@pytest.fixture(scope="module")
def filled(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo that keeps answers."""
    return shutil.copytree(demo_workspace, tmp_path_factory.mktemp("analyses") / "demo")


@pytest.fixture(scope="module")
def analyst(filled: Path) -> Browser:
    """Looks at everything."""
    return Browser(filled, "analyst")


def asked(kind: Kind) -> str:
    """What a kind cannot do without, as an address says it."""
    about = ["provider=P2"] if kind.needs_provider else []
    return "&".join([*about, *(f"{one.name}={SIDES.get(one.name, one.usual)}" for one in kind.asks if one.required)])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_answer_has_what_its_page_shows(analyst: Browser, kind: Kind) -> None:
    """Two thin days tell little, and the answer says so: a claim has an interval or a reason, every table is there."""
    found: dict[str, Any] = analyst.get(f"{CALLED}/{kind.name}?{asked(kind)}").json()
    assert {
        "manifest",
        "policy_version",
        "seed",
        "estimate",
        "lower",
        "upper",
        "n",
        "refused",
        "reason",
    } <= found.keys()
    assert found["refused"] == (found["reason"] is not None)
    for claim in found.get("answers", [found]):
        assert claim["refused"] == (claim["lower"] is None) == (claim["reason"] is not None), claim
    assert {table.of for table in kind.tables} <= found.keys()
    shown = analyst.get(f"/analyses/{kind.name}?go=true&{asked(kind)}")
    assert shown.status_code == 200
    assert found["manifest"][:12] in shown.text
    for table in kind.tables:
        assert not found[table.of] or table.caption in shown.text


def test_nothing_is_measured_before_somebody_asks(analyst: Browser) -> None:
    """A page that was only opened has the newest quarter in its form, and no answer."""
    page = analyst.get("/analyses/compare").text
    assert "Nothing was asked yet" in page
    assert 'value="2026-07-01"' in page
    assert all(f'href="/analyses/{kind.name}"' in analyst.get("/analyses").text for kind in KINDS)


def test_a_page_waits_for_no_answer(analyst: Browser) -> None:
    """It says that it is being made and looks again; once made, it is there."""
    address, begun = f"/analyses/compare?go=true&{asked(KINDS[0])}&metric=e_over_q", time.monotonic()
    while 'aria-busy="true"' in (page := analyst.get(address).text):
        assert time.monotonic() - begun < PATIENCE_S
        time.sleep(0.1)
    assert "Answers with their intervals" in page


def test_what_cannot_be_asked_is_said(analyst: Browser) -> None:
    """A kind that is none, a question without a side, a side that is none, a member of another kind."""
    assert analyst.get("/analyses/divination").status_code == 404
    for wrong, where in (
        (f"{CALLED}/compare?subject=provider=P2", "against"),
        (f"{CALLED}/conflicts?subject=provider=P2", "subject"),
        (f"{CALLED}/compare?subject=colour=red&against=rest", "colour"),
        (f"{CALLED}/conflicts?provider=nobody", "nobody"),
    ):
        answer = analyst.get(wrong)
        assert answer.status_code == 400, wrong
        assert where in json.dumps(answer.json()["error"])
    page = analyst.get("/analyses/conflicts?go=true&provider=nobody")
    assert page.status_code == 400
    assert "found none named" in page.text


def test_an_examiner_reaches_the_days_that_were_given_to_them(filled: Path) -> None:
    """Half a year: a question of a day before it finds nothing, the usual one is answered."""
    examiner = Browser(filled, "examiner")
    assert examiner.get(f"{CALLED}/conflicts?from=2026-01-02&to=2026-09-30").status_code == 404
    assert examiner.get(f"{CALLED}/conflicts").status_code == 200


def test_page_and_command_say_the_same(analyst: Browser, filled: Path) -> None:
    """The same days give the same bits."""
    called = analyst.get(f"{CALLED}/routing_changes?from=2026-07-01&to=2026-07-02&provider=P2").json()
    arguments = ["routing", "changes", "--from", "2026-07-01", "--to", "2026-07-02", "--provider", "P2", "--json"]
    said = CliRunner().invoke(cli, [*arguments, "-w", str(filled)])
    assert said.exit_code == 0, said.output
    assert json.loads(said.stdout) == called


def test_a_call_takes_seed_and_commit(analyst: Browser) -> None:
    """As the command does: both come back in the answer; a seed below 0, and a commit that is none, are refused."""
    manifest = analyst.get(f"{CALLED}/leakage").json()["manifest"]
    found = analyst.get(f"{CALLED}/leakage?seed=5&manifest={manifest}").json()
    assert (found["seed"], found["manifest"]) == (5, manifest)
    assert analyst.get(f"{CALLED}/leakage?seed=-1").status_code in {400, 422}
    assert analyst.get(f"{CALLED}/leakage?manifest=nothing").status_code == 400


def test_an_experiment_is_registered_by_a_form_and_approved_by_somebody_else(analyst: Browser, filled: Path) -> None:
    """It begins tomorrow at the earliest; what made it is not offered again, and nobody approves their own."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    plan = {
        "object_id": "direct", "question": "Does a direct route cost less?", "treatment": "P1", "control": "P2",
        "share": "0.05", "first_on": tomorrow.isoformat(), "days": "20", "unit": "order", "rule": "fixed",
        "metric": "price_improvement_usd_per_share", "seed": "7",
    }  # fmt: skip
    assert analyst.send("/experiments/new/plan", plan).headers["location"] == "/experiments/direct"
    page = analyst.get("/experiments/direct").text
    assert "Does a direct route cost less?" in page
    assert "/experiments/direct/plan" not in page
    assert analyst.send("/experiments/direct/approve").status_code == 403
    supervisor = Browser(filled, "supervisor")
    assert supervisor.send("/experiments/direct/approve").status_code == 303
    assert analyst.get("/api/v1/experiments/direct").json()["state"] == "approved"


def test_a_provider_file_says_what_the_record_says_of_its_answers(analyst: Browser) -> None:
    """Once they were tested; before, it leads to the test."""
    found = analyst.get(f"{CALLED}/routing_answers?provider=P1").json()
    page = analyst.get("/providers/P1").text
    assert "by the record:" in page
    assert page.count("by the record:") == len(found["checks"])
    assert f"{sum(row['result'] == 'supported' for row in found['checks'])} are supported" in page


def test_answers_that_nobody_tested_lead_to_the_test(demo_workspace: Path, tmp_path: Path) -> None:
    """A page measures nothing by itself."""
    page = Browser(shutil.copytree(demo_workspace, tmp_path / "demo"), "analyst").get("/providers/P1").text
    assert "Test the answers against the record" in page
    assert "by the record:" not in page
