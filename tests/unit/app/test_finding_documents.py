"""Findings as they are recorded: the metrics that each rests on, with the version that was in use."""

from __future__ import annotations

from datetime import date

import polars as pl

from routeproof.app.objects.findings import documents_of
from routeproof.rules.finding import FINDINGS


def test_a_finding_names_its_metrics_with_their_versions() -> None:
    """By the reference of metrics `receipt_to_route_ms_avg` is in its second version, `e_over_q` in its first."""
    rows = [
        {"id": "a", "rule": "slow_onward_route", "metrics": ["receipt_to_route_ms_avg"]},
        {"id": "b", "rule": "outside_sla", "metrics": ["e_over_q"]},
        {"id": "c", "rule": "orphan_route", "metrics": []},
    ]
    told = {"day": date(2026, 7, 1), "at": 1, "execution_ids": [], "key": "", "sentence": "so"}
    found = documents_of(pl.DataFrame([told | row for row in rows], schema=FINDINGS), "policy-7")
    assert {key: item["metric_versions"] for key, item in found.items()} == {
        "a": {"receipt_to_route_ms_avg": 2},
        "b": {"e_over_q": 1},
        "c": {},
    }
    assert {item["policy_version"] for item in found.values()} == {"policy-7"}
