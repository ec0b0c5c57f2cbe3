"""Who may see some days only sees nothing of others, in lists as on pages; how much there is beyond is not told."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from routeproof.app.cases.open_cases import work_findings
from routeproof.app.context import open_context
from routeproof.app.objects.findings import record_findings
from web_client import Browser

if TYPE_CHECKING:
    from pathlib import Path

DAYS = {"july": date(2026, 7, 1), "september": date(2026, 9, 30), "october": date(2026, 10, 1)}
NOON_NS = {name: int(day.strftime("%s")) * 10**9 for name, day in DAYS.items()}


def found(number: int, name: str, **change: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    """What a rule said of a day."""
    day = DAYS[name].isoformat()
    return {
        "id": f"{number:016x}",
        "rule": "slow_fill",
        "severity": "medium",
        "provider": "P",
        "venue": None,
        "symbol": "ABC",
        "order_id": f"O{number}",
        "status": "final",
        "unit": "ms",
        "sentence": f"{name}: order O{number} was slow",
        "group": f"order:O{number}",
        "family": "",
        "key": "",
        "day": day,
        "at": str(NOON_NS[name]),
        "until_at": None,
        "execution_ids": [],
        "observed": "6000",
        "threshold": "5000",
        "source_row": None,
        "policy_version": "p",
        "metric_versions": {},
        **change,
    }


def lasting(number: int, name: str) -> dict[str, Any]:
    """What a rule said of the provider's whole day; it goes on from day to day in one case."""
    group = f"incident:{DAYS[name]}:P:payers:"
    told = {"rule": "payer_concentration", "family": "payers", "group": group, "sentence": f"payers in {name}"}
    return found(number, name, **told, order_id=None, symbol=None)


@pytest.fixture(scope="module")
def workspace(staffed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cases of July and October; one that began in September and went on; one of a quarter that Eve does not reach."""
    root = shutil.copytree(staffed, tmp_path_factory.mktemp("reach") / "w")
    with open_context(root) as context:
        for name, findings in {
            "july": [found(1, "july")],
            "september": [lasting(2, "september")],
            "october": [found(3, "october"), lasting(4, "october")],
        }.items():
            record_findings(context, DAYS[name], {item["id"]: item for item in findings}, within=[])
            work_findings(context, DAYS[name])
    ann = Browser(root, "ann")
    body = {"kind": "sla_breach", "title": "breach in the fourth quarter", "period": "2026Q4"}
    assert ann.call("POST", "/api/v1/cases/SLA-1/open", body).status_code == 200, body
    return root


def test_an_analyst_sees_all_of_them(workspace: Path) -> None:
    """Four cases, of four findings."""
    ann = Browser(workspace, "ann")
    page = ann.get("/exceptions").text
    assert all(text in page for text in ("july:", "payers in september", "october:", "breach in the fourth quarter"))
    assert ann.get("/api/v1/findings").json()["total"] == 4
    assert len(ann.get("/api/v1/cases").json()["items"]) == 4


def test_an_examiner_of_the_third_quarter_sees_that_of_july_alone(workspace: Path) -> None:
    """Neither the others' titles, nor how many there are; the one that went on into October is not cut in two."""
    eve = Browser(workspace, "eve")
    page = eve.get("/exceptions").text
    assert "july:" in page
    assert not any(text in page for text in ("payers", "october:", "breach", "2026-10-01"))
    assert "1 case within your reach" in page
    (case,) = eve.get("/api/v1/cases").json()["items"]
    for other in Browser(workspace, "ann").get("/api/v1/cases").json()["items"]:
        status = eve.get(f"/api/v1/cases/{other['id']}").status_code
        assert status == (200 if other["id"] == case["id"] else 404), other
        assert eve.get(f"/cases/{other['id']}").status_code == status


def test_who_reaches_days_without_flow_is_shown_an_empty_page(workspace: Path) -> None:
    """Not that there is no such page; and files and figures of other days are none of theirs."""
    eve = Browser(workspace, "eve")
    assert eve.get("/explore").status_code == 200
    assert eve.get("/data").status_code == 200
    said = eve.get("/api/v1/quality").json()
    assert (said["total"], said["gaps"], said["days"]) == ({}, None, [])
    assert "days beyond your reach" in eve.get("/data").text


def test_findings_beyond_are_neither_listed_nor_counted(workspace: Path) -> None:
    """By day as without one, and page by page."""
    eve = Browser(workspace, "eve")
    first = eve.get("/api/v1/findings?limit=1").json()
    second = eve.get(f"/api/v1/findings?limit=1&after={first['next']}").json()
    days = [item["day"] for answer in (first, second) for item in answer["findings"]]
    assert (first["total"], days, second["next"]) == (2, ["2026-07-01", "2026-09-30"], None)
    assert eve.get("/api/v1/findings?day=2026-10-01").json() == {"findings": [], "total": 0, "next": None}
