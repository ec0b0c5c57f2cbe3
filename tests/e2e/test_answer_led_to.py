"""What an analysis found becomes a case or a remediation that holds the answer: by the command line alone."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from routing_desk import routing_desk

if TYPE_CHECKING:
    from e2e.desk import Desk

PEOPLE = """
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
id = "vic"
name = "Vic Vendors"
roles = ["vendor_manager"]
"""
ASKED = "conflicts?provider=P2"
CHANGES = "routing_changes?from=2026-07-01&to=2026-07-29"


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The twenty days of the pages on conflicts and routing, with people."""
    return routing_desk(tmp_path_factory.mktemp("led"), PEOPLE)


def _opened(desk: Desk, person: str, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(desk.run(*words, "--as", person, "--json"))
    return found


def test_an_accusation_becomes_a_case_with_the_answer_as_evidence(stocked: Desk) -> None:
    """Title, provider, quarter and rows are the answer's; the document has the digest that is on record."""
    case = _opened(stocked, "ann", "case", "open", "Q-1", "--answer", ASKED)
    assert (case["kind"], case["provider"], case["period"]) == ("surveillance", "P2", "2026Q3")
    assert case["title"].startswith("P2, payment: pulls at customers' cost (p = ")
    address, _, sha256 = case["answer"].partition("#")
    assert address == ASKED
    (document,) = case["documents"]
    assert document["name"] == "analysis-conflicts.json"
    said: Any = json.loads(stocked.run("conflicts", "test", "--provider", "P2", "--json"))
    whole = {"analysis": "conflicts", "asked": ASKED, "answer": said}
    written = json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1).encode()
    assert hashlib.sha256(written).hexdigest() == sha256
    assert json.loads(case["rows"]) == [row for row in said["findings"] if row["verdict"].endswith("cost")]
    assert case["manifest"] == said["manifest"]


def test_a_change_becomes_a_remediation_that_a_person_words(stocked: Desk) -> None:
    """What the body says stands, the rest is the answer's; the board's course holds the document."""
    (stocked.folder / "body.json").write_text(json.dumps({"summary": "P2 moved its flow to MAKA."}), encoding="utf-8")
    words = ("remediation", "open", "--provider", "P2", "--answer", CHANGES, "--file", "body.json")
    found = _opened(stocked, "sam", *words)
    assert found["id"] == "R1"
    assert (found["quarter"], found["finding"]) == ("2026Q3", "analysis routing_changes")
    assert found["summary"] == "P2 moved its flow to MAKA."
    assert [one["name"] for one in found["documents"]] == ["analysis-routing_changes.json"]
    assert json.loads(stocked.run("rebuild", "--check", "--json"))["ok"] is True


def test_nothing_is_opened_where_the_answer_calls_for_nothing(stocked: Desk) -> None:
    """P1 is accused of nothing; an answer of several is of none that is not named; another digest, another answer."""
    refused = {
        ("case", "open", "Q-2", "--answer", "conflicts?provider=P1"): "found none: there is nothing to open",
        ("remediation", "open", "--provider", "P1", "--answer", CHANGES): "found none of P1",
        ("case", "open", "Q-2", "--answer", f"{ASKED}#{'0' * 64}"): "expected the answer that was seen",
        ("case", "open", "Q-2", "--answer", "gossip?provider=P1"): "expected an analysis (compare, grid,",
        ("case", "open", "Q-2", "--answer", "conflicts?from=yesterday"): "expected a question, such as",
        ("case", "open", "Q-2", "--answer", "conflicts?whom=P2"): "expected of conflicts",
    }
    for words, said in refused.items():
        code, _, talk = stocked.call(*words, "--as", "ann")
        assert code == 2, words
        assert said in talk, talk
    assert stocked.call("case", "show", "Q-2")[0] != 0


def test_who_may_not_see_measures_files_none(stocked: Desk) -> None:
    """A vendor manager may open a remediation, and not one from an answer that only others may see."""
    code, _, talk = stocked.call("remediation", "open", "--provider", "P2", "--answer", CHANGES, "--as", "vic")
    assert (code, "may see measures" in talk) == (5, True)
