"""The agreement evaluated over the article's quarter, whose figures are known beforehand, worked by hand below."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from e2e.article_case import tables, write_files
from governance_desk import Desk, new_desk
from routeproof.app.cases.work_cases import case_step
from routeproof.app.facts.agreed_facts import agreed_facts
from routeproof.app.intake.ingest import ingest
from routeproof.app.objects.act import shown
from routeproof.app.sla.evaluate import evaluate_sla, expected_deliveries
from routeproof.app.sla.record import record_evaluation
from routeproof.governance.case.noun import CASE
from routeproof.governance.decider import RefusalError
from routeproof.governance.sla.noun import SLA
from routeproof.metrics.registry import BY_NAME
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from routeproof.governance.decider import Noun

NOON = int(datetime(2026, 9, 21, 12, tzinfo=UTC).timestamp()) * 10**9
MARKET = ["order_class=market"]
TERMS: dict[str, Any] = {
    "provider": "P",
    "effective_from": "2026-01-01",
    "fee_usd_per_month": "10000",
    "cap_percent_of_fee": "10",
    "clause": [
        {"id": "PI", "metric": "price_improvement_usd_per_share", "where": MARKET, "at_least": "0.0015"},
        {
            "id": "EQ",
            "metric": "e_over_q",
            "where": MARKET,
            "at_most": "0.44",
            "window": "month",
            "consequence": {"percent_of_fee": "2"},
        },
        {
            "id": "TIME",
            "metric": "time_to_execution_ms_avg",
            "where": MARKET,
            "at_most": "149.9",
            "consequence": {"credit_usd": "1000.005"},
        },
        {"id": "FADE", "metric": "fade", "at_most": "0.1", "consequence": {"credit_usd": "1"}},
        {"id": "VENDOR", "metric": "e_over_q", "at_most": "0.1", "source": "vendor"},
        {"id": "FEW", "metric": "e_over_q", "where": MARKET, "at_most": "0.1", "least_n": 118},
        {
            "id": "MISSING",
            "metric": "missing_files",
            "at_most": 0,
            "window": "month",
            "delivery": "fills",
            "consequence": {"credit_usd": "500"},
        },
        {"id": "LATE", "metric": "late_files", "at_most": 34, "delivery": "fills"},
    ],
    "delivery": [{"id": "fills", "source": "csv", "table": "executions"}],
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The article's quarter, taken in on 21 September 2026; the agreement A with P, approved; none with others."""
    folder = tmp_path_factory.mktemp("sla")
    desk = new_desk(folder / "workspace")
    desk.clock.now = NOON
    write_files(folder, tables())
    for name in ("quotes", "orders", "executions"):
        with desk.context() as context:
            ingest(context, "csv", [folder / f"{name}.csv"], map_path=folder / f"{name}.toml")
    _act(desk, "ann", SLA, "A", "propose", TERMS, date(2026, 6, 1))
    _act(desk, "sam", SLA, "A", "approve", {}, date(2026, 6, 2))
    return desk


def _act(
    desk: Desk, person: str, noun: Noun[Any], name: str, verb: str, body: dict[str, Any], on: date | None = None
) -> dict[str, Any]:
    return desk.act(
        person, noun, name, verb, body, on=on, around=lambda _: {"metrics": frozenset(BY_NAME), "sources": {"csv"}}
    )


@pytest.fixture(scope="module")
def clauses(desk: Desk) -> dict[str, dict[str, Any]]:
    """The evaluation of P, by clause."""
    with desk.context() as context:
        return {row["id"]: row for row in evaluate_sla(context, "P", "2026Q3")["clauses"]}


def test_a_promise_that_is_just_kept_is_kept(clauses: dict[str, dict[str, Any]]) -> None:
    """0.0015 USD a share was promised and given, over 3 market orders on 39 days; rounding breaks no promise."""
    found = clauses["PI"]
    assert found["observed"] == pytest.approx(0.0015)
    assert (found["threshold"], found["n"], found["breached"], found["credit_usd"]) == (0.0015, 117, False, 0.0)


def test_each_month_is_a_window_of_its_own(clauses: dict[str, dict[str, Any]]) -> None:
    """1 - 55% capture = 0.45 in each month, above 0.44: three credits of 2% of 10,000 USD."""
    found = clauses["EQ"]
    assert [item["window"] for item in found["windows"]] == ["2026-07", "2026-08", "2026-09"]
    assert [item["observed"] for item in found["windows"]] == pytest.approx([0.45] * 3)
    assert [item["n"] for item in found["windows"]] == [39] * 3
    assert (found["breached"], found["credit_usd"]) == (True, 600.0)


def test_a_fixed_credit_is_paid_to_the_cent_halves_up(clauses: dict[str, dict[str, Any]]) -> None:
    """150 ms against 149.9: 1,000.005 USD is 1,000.01."""
    found = clauses["TIME"]
    assert found["observed"] == pytest.approx(150)
    assert (found["breached"], found["credit_usd"]) == (True, 1000.01)


@pytest.mark.parametrize(("name", "why"), [("FADE", "no"), ("VENDOR", "not taken in"), ("FEW", "117 rows")])
def test_what_cannot_be_judged_is_not_called_kept(clauses: dict[str, dict[str, Any]], name: str, why: str) -> None:
    """No routes, no vendor figure, too few rows: null, with the reason, and no credit is claimed or denied."""
    found = clauses[name]
    assert (found["breached"], found["credit_usd"]) == (None, None)
    assert why in found["reason"]
    assert (found["observed"] is None) == (name != "FEW")


def test_files_are_due_by_the_trading_calendar(desk: Desk, clauses: dict[str, dict[str, Any]]) -> None:
    """Of 22, 21 and (due by the 21st) 13 sessions, 9, 8 and 4 have no rows; all came on the 21st.

    July has 23 weekdays without the 3rd, a holiday; September begins with the 1st to 4th, the 7th is a holiday. Late
    are the sessions up to the 17th: 13 + 13 + 8; the 18th was due on the 21st, a Monday.
    """
    missing, late = clauses["MISSING"], clauses["LATE"]
    assert [item["observed"] for item in missing["windows"]] == [9, 8, 4]
    assert (missing["observed"], missing["breached"], missing["credit_usd"]) == (9, True, 1500.0)
    assert (late["observed"], late["breached"]) == (34, False)
    with desk.context() as context:
        rows = expected_deliveries(context, "P", "2026Q3")["deliveries"]["fills"]
    by_day = {row["day"]: row for row in rows}
    assert by_day["2026-07-02"]["found"] == ["missing"]
    assert by_day["2026-07-02"]["due_on"] == "2026-07-06"
    assert by_day["2026-09-18"]["found"] == []
    assert "2026-09-25" not in by_day


def test_the_quarters_credit_is_capped(desk: Desk) -> None:
    """600 + 1,000.01 + 1,500 is more than a tenth of 30,000."""
    with desk.context() as context:
        found = evaluate_sla(context, "P", "2026Q3")
    assert (found["credit_usd"], found["agreement"], found["version"], found["template"]) == (3000.0, "A", 1, False)


def test_an_evaluation_on_record_opens_one_case_per_breach(desk: Desk) -> None:
    """With the rows behind it, worst first; a second one opens no second case; what it said stays as evidence."""
    with desk.context("ann") as context:
        found = record_evaluation(context, evaluate_sla(context, "P", "2026Q3"))
        again = record_evaluation(context, evaluate_sla(context, "P", "2026Q3"))
        case = shown(context, CASE, "A-2026Q3-EQ")
        missing = shown(context, CASE, "A-2026Q3-MISSING")
        record = shown(context, SLA, "A")
    assert found["cases"] == again["cases"]
    assert sorted(found["cases"]) == ["EQ", "MISSING", "TIME"]
    rows = json.loads(case["rows"])
    assert rows["of"] == 39
    assert "order_class=market" in rows["where"]
    assert rows["rows"][0]["e_over_q"] == max(row["e_over_q"] for row in rows["rows"])
    assert len(json.loads(missing["rows"])["files"]) == 21
    assert (case["state"], case["due_on"]) == ("open", "2026-10-21")
    assert [item["credit_usd"] for item in record["evaluations"]] == ["3000.00"] * 2
    with desk.context("ann") as context, pytest.raises(RefusalError) as refused:
        case_step(context, "A-2026Q3-EQ", "review", {"approve": True})
    assert refused.value.code == "own_work"
    end = {"disposition": "credit_claimed", "root_cause": "provider_latency", "rationale": "sent"}
    with desk.context("abe") as context:
        assert case_step(context, "A-2026Q3-EQ", "close", end)["state"] == "awaiting_review"
    with desk.context("sam") as context:
        ended = case_step(context, "A-2026Q3-EQ", "review", {"approve": True})
    assert (ended["state"], ended["disposition"]) == ("closed", "credit_claimed")


def test_without_an_agreement_the_template_is_shown_and_binds_nobody(desk: Desk) -> None:
    """Q has none; before January P had none: no credit, nothing recorded."""
    with desk.context("ann") as context:
        found = evaluate_sla(context, "P", "2025Q4")
        assert (found["template"], found["credit_usd"], found["agreement"]) == (True, None, None)
        assert "bind nobody" in found["statement"]
        assert {row["credit_usd"] for row in found["clauses"]} == {None}
        with pytest.raises(RefusalError) as refused:
            record_evaluation(context, found)
    assert refused.value.code == "wrong_state"


def test_a_period_that_is_none_is_a_usage_error(desk: Desk) -> None:
    """A quarter is asked for as 2026Q3."""
    with desk.context() as context, pytest.raises(UsageError, match="quarter"):
        evaluate_sla(context, "P", "July")


def test_rules_see_windows_that_end_and_files_that_are_due(desk: Desk) -> None:
    """On the last session of July its months' windows are judged; on other days none is, files are due on any.

    The file of 2 July, a Thursday before the holiday, is due on the 6th and never came.
    """
    with desk.context() as context:
        manifest = context.lake.manifest().id
        ended, _ = agreed_facts(context, date(2026, 7, 31), manifest)
        open_still, _ = agreed_facts(context, date(2026, 7, 30), manifest)
        before, why = agreed_facts(context, date(2025, 12, 31), manifest)
    by_clause = {row["clause"]: row for row in ended["sla"].iter_rows(named=True)}
    assert set(by_clause) == {"EQ", "MISSING"}
    assert by_clause["EQ"]["observed"] == pytest.approx(0.45)
    assert (by_clause["EQ"]["breached"], by_clause["EQ"]["period"]) == (True, "2026-07")
    assert (by_clause["MISSING"]["observed"], by_clause["MISSING"]["unit"]) == (9.0, "files")
    assert {name: row["metric"] for name, row in by_clause.items()} == {"EQ": "e_over_q", "MISSING": None}
    assert open_still["sla"].is_empty()
    missing = ended["deliveries"].filter(pl.col("due_on") == date(2026, 7, 6)).to_dicts()
    assert [(row["day"], row["came_on"], row["found"]) for row in missing] == [(date(2026, 7, 2), None, ["missing"])]
    assert ended["deliveries"]["due_on"].max() == date(2026, 7, 31)
    assert ended["deliveries"].select("least_rows", "most_rejected").unique().rows() == [(1, 0.05)]
    assert (before, set(why)) == ({}, {"sla", "deliveries"})
