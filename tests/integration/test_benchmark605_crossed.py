"""Own flow on crossed quotes beside public reports: the table stands, and what has no interval is said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from disclosure_desk import disclosure_desk
from report605_flow import call

if TYPE_CHECKING:
    from pathlib import Path

    from governance_desk import Desk

# a buys at 10.04 under a crossed quote of -0.02, midpoint 10.04; b buys at 10.03 under 0.04, midpoint 10.02:
# effective 0 and 0.02, quoted -0.02 and 0.04, so 0.02 of 0.02 over both days.
FLOW = {
    "quotes": """\
symbol,at,bid,ask
A,2026-08-12T13:31:00Z,10.00,10.04
A,2026-08-12T14:30:00Z,10.05,10.03
A,2026-08-12T14:31:00Z,10.00,10.04
A,2026-08-13T13:31:00Z,10.00,10.04
""",
    "parent_orders": """\
order_id,provider_id,account_id,symbol,side,received_at,quantity,order_type
a,P,C,A,buy,2026-08-12T14:30:10Z,100,market
b,P,C,A,buy,2026-08-13T14:30:10Z,100,market
""",
    "executions": """\
execution_id,order_id,symbol,side,executed_at,price,quantity,venue
e1,a,A,buy,2026-08-12T14:30:11Z,10.04,100,XNAS
e2,b,A,buy,2026-08-13T14:30:11Z,10.03,100,XNAS
""",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two own orders, one of them on a crossed quote, and somebody who publishes the same flow."""
    folder = tmp_path_factory.mktemp("crossed")
    desk = disclosure_desk(folder, FLOW)
    given = ["--reporter", "WHOL", "--participant", "T", "--month", "2026-08", "--out", str(folder)]
    assert call("report", "605", "detailed", *given, "-w", str(desk.root)).returncode == 0
    done = call("ingest", "rule605", str(folder / "WHOL202608.txt"), "-w", str(desk.root))
    assert done.returncode == 0, done.stderr
    return desk


def test_the_table_stands(desk: Desk) -> None:
    """Own E/Q over both days is 1; on 12 August the quoted spreads add up to less than nothing: no interval."""
    options = ("--provider", "P", "--period", "2026Q3", "--by", "reporter", "--format", "json")
    done = call("benchmark", "605", *options, "-w", str(desk.root))
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    own = document["rows"][0]
    found = [own[name] for name in ("side", "e_over_q", "own_e_over_q_lower", "own_e_over_q_upper")]
    assert found == ["own", 1, None, None]
    assert ["crossed quotes" in note for note in document["notes"]].count(True) == 1


def test_a_review_is_built(desk: Desk, tmp_path: Path) -> None:
    """The scorecard has the public figure; the comparison has no interval."""
    given = ("2026Q3", "--provider", "P", "--against", "industry", "--out", str(tmp_path))
    done = call("review", "build", *given, "-w", str(desk.root))
    assert done.returncode == 0, done.stderr
    pack = json.loads((tmp_path / "pack.json").read_text("utf-8"))
    rows = {row["id"]: row["cells"] for row in pack["scorecard"]["rows"]}
    assert rows["spread_capture"]["benchmark"]["value"] == 0
