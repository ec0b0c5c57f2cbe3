"""A quarter from pack to signatures, its remediation and its restatement, by the command line alone."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from e2e.article_case import MONTH, tables, write_files
from e2e.desk import Desk
from routeproof.app.context import open_context
from routeproof.app.desk.look_back import QuarterFigures
from routeproof.app.desk.pinned_pack import read_pack
from unit.governance.review_case import CODES

PEOPLE = """
quorum = 2
unprotected_keys = true
[[person]]
id = "ann"
name = "Ann Analyst"
roles = ["analyst"]
[[person]]
id = "sam"
name = "Sam Supervisor"
roles = ["supervisor"]
[[person]]
id = "cora"
name = "Cora Committee"
roles = ["committee"]
[[person]]
id = "carl"
name = "Carl Compliance"
roles = ["compliance"]
"""
MEETING = {
    "agenda": ["Scorecard"],
    "attendance": ["sam", "cora"],
    "factors": [{"code": code, "considered": True, "evidence": f"scorecard: {code}"} for code in CODES],
    "findings": [{"id": "F1", "text": "Limit orders fill less often."}],
    "decisions": [{"finding": "F1", "choice": "justify", "options": [], "rationale": "One week only."}],
    "votes": [{"person": "cora", "finding": "F1", "vote": "for"}],
    "minutes": "We met.",
}
LATE = """execution_id,order_id,symbol,side,executed_at,price,quantity,venue,status,refers_to
late-1,P-0706-1,ABC,buy,{at},10.005,500,XNAS,corrected,P-0706-1-f
"""


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A workspace with people and the article's first month, its pack in `pack`."""
    desk = Desk(tmp_path_factory.mktemp("governed"))
    lines = tables(MONTH)
    write_files(desk.folder, lines)
    (desk.folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    desk.run("init", "workspace", "--people", "people.toml")
    for name in ("quotes", "orders", "executions"):
        desk.run("ingest", "csv", f"{name}.csv", "--map", f"{name}.toml")
    desk.build("pack")
    at = next(row.split(",")[4] for row in lines["executions"] if row.startswith("P-0706-1-f,"))
    (desk.folder / "late.csv").write_text(LATE.format(at=at), encoding="utf-8")
    (desk.folder / "late.toml").write_bytes((desk.folder / "executions.toml").read_bytes())
    return desk


@pytest.fixture
def desk(stocked: Desk, tmp_path: Path) -> Desk:
    """A copy of it that a test may write to."""
    return stocked.copied(tmp_path / "desk")


def _as(desk: Desk, person: str, *words: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    more: tuple[str, ...] = ()
    if body is not None:
        (desk.folder / "body.json").write_text(json.dumps(body), encoding="utf-8")
        more = ("--file", "body.json")
    found: dict[str, Any] = json.loads(desk.run(*words, *more, "--as", person, "--json"))
    return found


def _closed(desk: Desk) -> dict[str, Any]:
    _as(desk, "ann", "review", "open", "2026Q3", "--provider", "P", "--pack", "pack")
    seen = _as(desk, "ann", "review", "record", "2026Q3-P", body=MEETING)["version_hash"]
    for person in ("sam", "cora"):
        _as(desk, person, "review", "sign", "2026Q3-P", "--version", seen)
    return _as(desk, "sam", "review", "close", "2026Q3-P")


def test_a_review_from_pack_to_signatures(desk: Desk) -> None:
    """Opened over the pack, recorded, signed, closed; the minutes are written, and the ledger verifies."""
    state = _closed(desk)
    assert state["state"] == "closed"
    assert state["pack_on_record"] is True
    assert state["quorum"]["signed"] == 2
    assert Path(state["receipt"]).is_file() or (desk.folder / state["receipt"]).is_file()
    written = json.loads(desk.run("review", "minutes", "2026Q3-P", "--out", "minutes", "--json"))
    page = (desk.folder / "minutes" / "minutes.html").read_text(encoding="utf-8")
    assert "Sam Supervisor" in page
    assert state["pack_sha256"] in page
    assert (desk.folder / "minutes" / "minutes.pdf").read_bytes().startswith(b"%PDF")
    assert sorted(written["files"]) == ["minutes.html", "minutes.pdf"]
    code, out, _ = desk.call("ledger", "verify", "--json")
    assert code == 0, out
    assert json.loads(desk.run("rebuild", "--check", "--json"))["ok"] is True
    assert json.loads(desk.run("review", "list", "--json"))["items"][0]["state"] == "closed"


def test_a_refusal_has_its_code_on_stderr(desk: Desk) -> None:
    """Exit code 5 and one JSON error on stderr; a body of the wrong shape is exit code 2."""
    _as(desk, "ann", "review", "open", "2026Q3", "--provider", "P", "--pack", "pack")
    code, out, talk = desk.call("review", "close", "2026Q3-P", "--as", "sam", "--json")
    assert (code, out) == (5, "")
    assert json.loads(talk)["error"]["code"] == "incomplete"
    code, _, talk = desk.call("review", "sign", "2026Q3-P", "--version", "0" * 64, "--as", "cora", "--json")
    assert (code, json.loads(talk)["error"]["code"]) == (5, "outdated_version")
    (desk.folder / "body.json").write_text('{"minuets": "x"}', encoding="utf-8")
    code, _, talk = desk.call("review", "record", "2026Q3-P", "--file", "body.json", "--as", "ann", "--json")
    assert code == 2
    assert "minuets" in json.loads(talk)["error"]["message"]


def test_a_pack_that_was_changed_after_it_was_built_is_refused(desk: Desk) -> None:
    """A pack that was changed after it was built is refused, and the changed file is named."""
    path = desk.folder / "pack" / "pack.html"
    path.write_bytes(path.read_bytes().replace(b"P", b"Q", 1))
    words = ("review", "open", "2026Q3", "--provider", "P", "--pack", "pack", "--as", "ann", "--json")
    code, _, talk = desk.call(*words)
    assert code == 5
    assert "pack.html" in json.loads(talk)["error"]["message"]


@pytest.mark.night
def test_without_a_pack_one_is_built(desk: Desk) -> None:
    """Without a pack one is built into the workspace and pinned."""
    state = _as(desk, "ann", "review", "open", "2026Q3", "--provider", "P")
    assert (desk.folder / "workspace" / "packs" / "2026Q3-P" / "pack.json").is_file()
    assert state["pack_on_record"] is True


def _notified(desk: Desk) -> dict[str, Any]:
    body = {"quarter": "2026Q3", "finding": "F1", "summary": "Limit orders fill less often."}
    _as(desk, "ann", "remediation", "open", "--provider", "P", "--on", "2026-10-05", body=body)
    letter = {"addressee": "Head of Routing", "body": "As agreed by telephone."}
    return _as(desk, "ann", "remediation", "notify", "R1", "--on", "2026-10-05", body=letter)


def test_the_letter_holds_the_pinned_figures(desk: Desk) -> None:
    """The letter holds the figures of the pinned pack, and says where they come from."""
    pinned = _closed(desk)["pack_sha256"]
    (letter,) = _notified(desk)["letters"]
    figure = desk.pack("pack")["scorecard"]["rows"][0]["cells"]["market"]
    assert f"${figure['value']:.4f} (n {figure['n']})" in letter["text"]
    assert letter["source"] == f"pack.json {pinned}"
    assert letter["figures"] > 3


def test_the_package_names_no_account_and_no_other_provider(desk: Desk) -> None:
    """The package holds letter, figures and plan; the benchmark of another source is held back."""
    _closed(desk)
    _notified(desk)
    written = json.loads(desk.run("remediation", "package", "R1", "--out", "for-P.zip", "--json"))
    with zipfile.ZipFile(desk.folder / "for-P.zip") as archive:
        names = sorted(archive.namelist())
        content = b"".join(archive.read(name) for name in names if not name.endswith(".pdf")).decode()
    assert names == ["L1-letter.html", "L1-letter.pdf", "SHA256SUMS", "actions.json", "figures.csv", "figures.json"]
    assert sorted(written["files"]) == [name for name in names if name != "SHA256SUMS"]
    declared = desk.pack("pack")["scorecard"]["rows"][0]["cells"]["benchmark"]["name"]
    assert declared not in content
    assert "a benchmark that the firm holds" in content
    assert "account" not in content.lower()


@pytest.mark.night
def test_restored_when_the_exit_test_is_met_by_the_data(desk: Desk) -> None:
    """Looks are measured from the data: a review period without a look is measured when it ends."""
    _closed(desk)
    _notified(desk)
    on = ("--on", "2026-07-06")
    _as(
        desk,
        "ann",
        "remediation",
        "acknowledge",
        "R1",
        "--on",
        "2026-10-06",
        body={"received_on": "2026-10-06", "by": "x"},
    )
    found = {"hypotheses": ["a"], "root_cause": "routing_logic", "text": "b"}
    _as(desk, "ann", "remediation", "investigate", "R1", body=found)
    action = {"id": "A1", "text": "a", "owner": "b", "due_on": "2026-11-01", "expected_effect": "c"}
    _as(desk, "ann", "remediation", "plan", "R1", body={"actions": [action]})
    exit_test = {"metric": "price_improvement", "at_least": 0.0001, "looks": 2}
    monitoring = {"until": "2026-12-31", "thresholds": {"e_over_q": 0.9}, "review_every_days": 7, "exit": exit_test}
    _as(desk, "sam", "remediation", "heighten", "R1", *on, body=monitoring)
    _as(desk, "ann", "remediation", "done", "R1", "A1")
    looked = _as(desk, "ann", "remediation", "look", "R1", "--on", "2026-07-13")
    assert looked["looks"][0]["met"] is True
    assert looked["looks"][0]["n"] > 0
    end = {"outcome": "restored", "rationale": "met"}
    (desk.folder / "body.json").write_text(json.dumps(end), encoding="utf-8")
    words = ("remediation", "conclude", "R1", "--file", "body.json", "--as", "sam", "--json")
    code, _, talk = desk.call(*words, "--on", "2026-07-15")
    assert (code, json.loads(talk)["error"]["code"]) == (5, "criteria_not_met")
    state = json.loads(desk.run(*words, "--on", "2026-07-20"))
    assert (state["state"], len(state["looks"])) == ("restored", 2)


@pytest.mark.night
def test_nothing_changed_restates_nothing(desk: Desk) -> None:
    """Nothing changed: nothing is opened."""
    _closed(desk)
    state = _as(desk, "ann", "restate", "2026Q3", "--provider", "P")
    assert (state["state"], state["changed"]) == ("unchanged", [])
    assert json.loads(desk.run("restatement", "list", "--json"))["total"] == 0


@pytest.mark.night
def test_what_was_built_and_never_reviewed_is_restated_too(desk: Desk) -> None:
    """The last build is built again, with the declared figures that it was built with; nobody ever built: an error."""
    desk.run("ingest", "csv", "late.csv", "--map", "late.toml")
    state = _as(desk, "ann", "restate", "2026Q3", "--provider", "P")
    figures = {item["figure"]: item for item in state["changed"]}
    assert figures["scorecard/price_improvement/market"]["old"] == pytest.approx(0.0015, rel=1e-9)
    assert not any(name.endswith("/benchmark") for name in figures)
    assert state["review"] is None
    code, _, talk = desk.call("restate", "2026Q2", "--provider", "P", "--as", "ann", "--json")
    assert (code, "found none built or pinned" in json.loads(talk)["error"]["message"]) == (2, True)


@pytest.mark.night
def test_a_late_correction_is_restated_and_reaches_the_closed_review(desk: Desk) -> None:
    """A late correction is restated, by figure and cause; a material one is added to the review and signed by another.

    The correction takes the improvement from 500 of 14,300 shares, see `test_review_rebuild`.
    """
    _closed(desk)
    desk.run("ingest", "csv", "late.csv", "--map", "late.toml")
    state = _as(desk, "ann", "restate", "2026Q3", "--provider", "P")
    figures = {item["figure"]: item for item in state["changed"]}
    moved = figures["scorecard/price_improvement/market"]
    assert moved["new"] == pytest.approx(0.0015 - 500 * 0.00144 / 14_300, rel=1e-9)
    assert moved["old"] == pytest.approx(0.0015, rel=1e-9)
    assert moved["cause"] == "data"
    assert moved["rows"] == desk.pack("pack")["scorecard"]["rows"][0]["cells"]["market"]["n"]
    assert {item["cause"] for item in state["changed"]} == {"data"}
    again = _as(desk, "ann", "restate", "2026Q3", "--provider", "P")
    assert again["id"] == state["id"] == "2026Q3-P-1"
    code, _, talk = desk.call("restatement", "sign", "2026Q3-P-1", "--as", "ann", "--json")
    assert (code, json.loads(talk)["error"]["code"]) == (5, "own_work")
    signed = _as(desk, "sam", "restatement", "sign", "2026Q3-P-1", "--version", state["version_hash"])
    assert (signed["state"], signed["signed_by"]) == ("signed", "sam")
    review = json.loads(desk.run("review", "show", "2026Q3-P", "--json"))
    listed = {item["figure"] for item in review["later_changes"]}
    material = {item["figure"] for item in state["changed"] if item["material"]}
    assert listed == set(figures) - material
    assert bool(review["addenda"]) == bool(material)


@pytest.mark.night
def test_a_clause_that_the_correction_breaks_is_restated(desk: Desk) -> None:
    """A clause that the earlier data kept to the last digit, and the corrected data breaks, flips."""
    measured = json.loads(desk.run("measure", "--provider", "P", "--format", "json"))
    held = measured["rows"][0]["price_improvement_usd_per_share"]
    clause = {"id": "C1", "metric": "price_improvement_usd_per_share", "at_least": f"{held:.12g}"}
    terms = {"provider": "P", "effective_from": "2026-01-01", "clause": [clause]}
    _as(desk, "ann", "sla", "propose", "A", "--on", "2026-06-01", body=terms)
    _as(desk, "sam", "sla", "approve", "A", "--on", "2026-06-02")
    _closed(desk)
    desk.run("ingest", "csv", "late.csv", "--map", "late.toml")
    state = _as(desk, "ann", "restate", "2026Q3", "--provider", "P")
    (change,) = state["sla"]
    assert (change["figure"], change["breached_before"], change["breached"]) == ("sla/A/C1", False, True)
    assert change["flipped"]
    (addendum,) = json.loads(desk.run("review", "show", "2026Q3-P", "--json"))["addenda"]
    assert (addendum["restatement"], addendum["outstanding"]) == ("2026Q3-P-1", ["cora", "sam"])


def test_a_prediction_in_a_metric_is_scored_from_the_data_of_the_pack(desk: Desk) -> None:
    """A prediction in a metric, or a scorecard row, is scored by what `measure` says of the quarter."""
    asked = ("measure", "--provider", "P", "--from", "2026-07-01", "--to", "2026-09-30", "--format", "json")
    metric = "price_improvement_usd_per_share"
    expected = json.loads(desk.run(*asked, "--metrics", metric))["rows"][0][metric]
    with open_context(desk.folder / "workspace") as context:
        figures = QuarterFigures(context, read_pack(desk.folder / "pack", "2026Q3", "P"), "2026Q3", "P")
        for name in (metric, "price_improvement"):
            assert (figures(name).value, figures(name).better) == (expected, "higher")
        cell = figures("price_improvement/market")
        assert figures("niceness").value is None
    market = desk.pack("pack")["scorecard"]["rows"][0]["cells"]["market"]
    assert (cell.value, cell.lower, cell.upper) == (market["value"], market["lower"], market["upper"])
