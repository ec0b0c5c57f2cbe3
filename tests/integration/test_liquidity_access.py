"""Liquidity access: what a provider disclosed, used and left out, worked by hand over one day of prints and fills."""

from __future__ import annotations

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.intake.ingest import ingest
from routeproof.app.objects.act import act
from routeproof.app.provider.file import provider_around
from routeproof.app.provider.liquidity_access import liquidity_access
from routeproof.app.provider.tested import answers_beside_figures
from routeproof.governance.provider.noun import PROVIDER
from routeproof.vocab.errors import UsageError

TIMES = '[time.{}]\nunit = "iso"\nzone = "America/New_York"\n'
# Of A: XNAS 600, ARCX 350, IEXG 10, FINN 40, of 1000. Of B, which the provider does not trade: only EDGX.
TAPE = """\
symbol,at,price,quantity,venue,eligible
A,2026-08-03T10:00:00,10,600,XNAS,true
A,2026-08-03T10:00:01,10,350,ARCX,true
A,2026-08-03T10:00:02,10,10,IEXG,true
A,2026-08-03T10:00:03,10,40,FINN,true
B,2026-08-03T10:00:03,10,900,EDGX,true
"""
ORDERS = """\
order_id,provider_id,symbol,side,received_at,quantity,order_type
1,P,A,buy,2026-08-03T10:00:00,100,market
2,Q,A,buy,2026-08-03T10:00:00,100,market
"""
FILLS = """\
execution_id,order_id,symbol,side,executed_at,price,quantity,venue
1,1,A,buy,2026-08-03T10:00:01,10,60,XNAS
2,1,A,buy,2026-08-03T10:00:01,10,30,MEMX
3,1,A,buy,2026-08-03T10:00:01,10,10,
4,2,A,buy,2026-08-03T10:00:01,10,100,XBOS
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """P says XNAS, IEXG and XPHL; Q is somebody else. What a test records changes no figure of another's."""
    folder = tmp_path_factory.mktemp("access")
    desk = new_desk(folder / "workspace")
    for person, name in (("ann", "P"), ("abe", "N")):
        with desk.context(person) as context:
            body = {"name": name, "role": "technology_only", "venues": ["XNAS", "IEXG", "XPHL"]}
            act(context, PROVIDER, name, "add", body, provider_around(context))
    for table, instant, text in (
        ("trades", "at", TAPE),
        ("parent_orders", "received_at", ORDERS),
        ("executions", "executed_at", FILLS),
    ):
        (folder / f"{table}.csv").write_text(text, "utf-8")
        (folder / f"{table}.toml").write_text(f'table = "{table}"\n' + TIMES.format(instant), "utf-8")
        with desk.context() as context:
            ingest(context, "csv", [folder / f"{table}.csv"], map_path=folder / f"{table}.toml")
    return desk


def test_gaps_are_found_each_way_and_by_symbol(desk: Desk) -> None:
    """MEMX was used and never named; ARCX matters and is not reached; IEXG and XPHL were named and not used."""
    with desk.context() as context:
        found = liquidity_access(context, "P", "2026Q3")
    # Of A's tape: XNAS 60, IEXG 1 disclosed; XNAS 60 used; FINN 4; ARCX 35 neither. B, not traded, weighs nothing.
    assert found["reach"] == pytest.approx({"disclosed": 0.61, "used": 0.6, "off_exchange": 0.04, "not_reached": 0.35})
    gaps = {(gap["kind"], gap["venue"], gap["symbol"]): gap for gap in found["gaps"]}
    assert sorted(gaps, key=str) == [
        ("disclosed_not_used", "IEXG", None),
        ("disclosed_not_used", "XPHL", None),
        ("material_not_disclosed", "ARCX", "A"),
        ("used_not_disclosed", "MEMX", "A"),
    ]
    assert gaps["material_not_disclosed", "ARCX", "A"]["tape_share"] == 0.35
    assert gaps["used_not_disclosed", "MEMX", "A"]["executed_shares"] == pytest.approx(30)
    venues = {row["venue"]: row for row in found["venues"]}
    assert venues["XNAS"]["share_of_flow"] == pytest.approx(0.6)
    assert venues["XNAS"]["material_in"] == ["A"]
    assert "FINN" not in venues
    assert "XBOS" not in venues
    assert "EDGX" not in venues


def test_what_cannot_be_told_is_said(desk: Desk) -> None:
    """Shares without a venue, prints off exchange; and a quarter without fills or tape is no clean one."""
    with desk.context() as context:
        notes = " ".join(liquidity_access(context, "P", "2026Q3")["notes"])
        empty = liquidity_access(context, "N", "2026Q2")
    assert "10 executed shares have no venue" in notes
    assert "FINN" in notes
    assert [gap["kind"] for gap in empty["gaps"]] == ["disclosed_not_used"] * 3
    assert any("No executions" in note for note in empty["notes"])
    assert any("No tape" in note for note in empty["notes"])


def test_an_answer_stands_beside_what_was_measured(desk: Desk) -> None:
    """Four gaps of access; of 90 shares with a venue, 60 and 30: (2/3)^2 + (1/3)^2 = 5/9; no quotes, so no markout."""
    with desk.context("ann") as context:
        act(context, PROVIDER, "P", "answers", {"answers": {"COI-2": {"answer": "in none"}}})
        rows = {row["question_id"]: row for row in answers_beside_figures(context, "P", "2026Q3")["answers"]}
        none = {row["question_id"]: row for row in answers_beside_figures(context, "P", "2026Q2")["answers"]}
    assert (rows["VEN-1"]["observed"], rows["VEN-1"]["answer"]) == (4, None)
    assert (rows["COI-2"]["observed"], rows["COI-2"]["answer"]) == (pytest.approx(5 / 9), "in none")
    assert rows["LEA-1"]["observed"] is None
    assert rows["LEA-1"]["reason"]
    assert none["COI-2"]["observed"] is None
    assert none["COI-2"]["reason"]


def test_an_unknown_provider_or_period_is_a_usage_error(desk: Desk) -> None:
    """Neither is guessed."""
    with desk.context() as context:
        with pytest.raises(UsageError, match="NONE"):
            liquidity_access(context, "NONE", "2026Q3")
        with pytest.raises(UsageError, match="quarter"):
            liquidity_access(context, "P", "summer")
