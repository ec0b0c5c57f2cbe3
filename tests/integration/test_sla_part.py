"""An agreement that covers a quarter only in part: days, files and credits outside it are nobody's breach."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from e2e.article_case import tables, write_files
from governance_desk import Desk, new_desk
from routeproof.app.intake.ingest import ingest
from routeproof.app.sla.evaluate import evaluate_sla, expected_deliveries
from routeproof.governance.sla.noun import SLA
from routeproof.metrics.registry import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

OCTOBER = int(datetime(2026, 10, 15, 12, tzinfo=UTC).timestamp()) * 10**9
TERMS: dict[str, Any] = {
    "provider": "P",
    "effective_from": "2026-07-20",
    "ends_on": "2026-08-10",
    "fee_usd_per_month": "3100",
    "clause": [
        {
            "id": "EQ",
            "metric": "e_over_q",
            "where": ["order_class=market"],
            "at_most": "0.44",
            "window": "month",
            "consequence": {"percent_of_fee": "10"},
        },
        {
            "id": "MISSING",
            "metric": "missing_files",
            "at_most": 0,
            "window": "month",
            "delivery": "fills",
            "consequence": {"credit_usd": "62"},
        },
        {"id": "ALL", "metric": "e_over_q", "at_most": "0.1", "consequence": {"credit_usd": "92"}},
    ],
    "delivery": [{"id": "fills", "source": "csv", "table": "executions"}],
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The article's quarter, whose rows of July stand on 6 to 22 July and those of August on 3 to 19 August."""
    folder = tmp_path_factory.mktemp("sla_part")
    desk = new_desk(folder / "workspace")
    desk.clock.now = OCTOBER
    write_files(folder, tables())
    for name in ("quotes", "orders", "executions"):
        with desk.context() as context:
            ingest(context, "csv", [folder / f"{name}.csv"], map_path=folder / f"{name}.toml")
    _agree(desk, TERMS)
    return desk


def _agree(desk: Desk, terms: Mapping[str, Any]) -> None:
    known = {"metrics": frozenset(BY_NAME), "sources": {"csv"}}
    desk.act("ann", SLA, "A", "propose", terms, on=date(2026, 7, 1), around=lambda _: known)
    desk.act("sam", SLA, "A", "approve", {}, on=date(2026, 7, 1))


def _evaluated(desk: Desk) -> tuple[dict[str, Any], dict[str, Any]]:
    with desk.context() as context:
        whole = evaluate_sla(context, "P", "2026Q3")
    return whole, {row["id"]: row for row in whole["clauses"]}


def test_days_outside_the_agreement_are_not_evaluated(desk: Desk) -> None:
    """3 days of July and 6 of August with 3 market orders each; no window of September; the result says so."""
    whole, clauses = _evaluated(desk)
    assert (whole["from"], whole["to"]) == ("2026-07-20", "2026-08-10")
    assert "2026-07-20 to 2026-08-10" in whole["statement"]
    windows = [(item["window"], item["days"], item["of_days"], item["n"]) for item in clauses["EQ"]["windows"]]
    assert windows == [("2026-07", 12, 31, 9), ("2026-08", 10, 31, 18)]


def test_files_of_days_outside_the_agreement_are_not_expected(desk: Desk) -> None:
    """20 to 31 July are 10 sessions, 3 with rows; 3 to 10 August are 6, all with rows."""
    _, clauses = _evaluated(desk)
    assert [(item["n"], item["observed"]) for item in clauses["MISSING"]["windows"]] == [(10, 7), (6, 0)]
    with desk.context() as context:
        rows = expected_deliveries(context, "P", "2026Q3")["deliveries"]["fills"]
    assert (rows[0]["day"], rows[-1]["day"], len(rows)) == ("2026-07-20", "2026-08-10", 16)


def test_a_credit_of_a_part_is_null_where_the_agreement_does_not_say(desk: Desk) -> None:
    """Breached, and nobody knows what is owed; the reason names what is not agreed."""
    whole, clauses = _evaluated(desk)
    for name in ("EQ", "MISSING", "ALL"):
        assert (clauses[name]["breached"], clauses[name]["credit_usd"]) == (True, None)
        assert "part_window" in clauses[name]["credit_reason"]
    assert whole["credit_usd"] is None
    assert "part_window" in whole["credit_reason"]


def test_a_credit_of_a_part_by_days(desk: Desk) -> None:
    """310 x 12/31 + 310 x 10/31 = 220; 62 x 12/31 = 24; 92 x 22/92 = 22; together 266."""
    _agree(desk, {**TERMS, "part_window": "by_days"})
    whole, clauses = _evaluated(desk)
    assert [clauses[name]["credit_usd"] for name in ("EQ", "MISSING", "ALL")] == [220.0, 24.0, 22.0]
    assert (whole["credit_usd"], whole["credit_reason"]) == (266.0, "")
