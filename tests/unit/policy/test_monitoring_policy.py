"""Thresholds of rules by date."""

from datetime import date

from routeproof.policy.monitoring import monitoring_policy
from routeproof.stores.shipped_policy import shipped_subjects

SHIPPED = {"enabled": True, "severity": "high", "earlier_days": 3, "least_share": 0.7, "scoped": []}
DECIDED = {"enabled": True, "severity": "low", "earlier_days": 5, "scoped": []}


def test_a_threshold_that_a_decision_did_not_know_has_its_shipped_value() -> None:
    """The firm decided on two days, before the rule had a share: the share is the shipped one, the days are its own."""
    rows = [
        {"effective_from": date(2010, 1, 1), "value": SHIPPED, "citation": "Shipped default", "grade": "F"},
        {"effective_from": date(2026, 3, 1), "value": DECIDED, "citation": "minutes", "grade": "F"},
    ]
    shipped = shipped_subjects()
    policy = monitoring_policy({**shipped, "rules": {"nothing_received": rows}})
    limits = policy.limits_on(date(2026, 7, 1))["nothing_received"]
    assert (limits.severity, limits.value("earlier_days"), limits.value("least_share")) == ("low", 5, 0.7)
