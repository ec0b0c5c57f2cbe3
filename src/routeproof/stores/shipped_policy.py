"""Reads the policy files that come with the package; the only place that does."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from functools import cache
from importlib import resources

from routeproof.policy.book import PolicyBook, policy_book
from routeproof.policy.changes import Subjects, merged
from routeproof.policy.reading605 import SUBJECT as RULE605
from routeproof.policy.report605 import Report605Policy, report605_policy
from routeproof.policy.sessions import SessionCalendar, parse_calendar

PACKAGE = "routeproof.policy"
DOCUMENTS = ("regulation/sizes.toml", "regulation/quotes.toml", "regulation/prints.toml", "firm/review.toml")
MONITORING = ("firm/rules.toml", "firm/drift.toml")
ANALYSES = (
    "firm/compare.toml",
    "firm/counterfactual.toml",
    "firm/routing.toml",
    "firm/conflicts.toml",
    "firm/experiment.toml",
    "firm/leakage.toml",
)
GOVERNANCE = (
    "firm/entitlements.toml",
    "firm/retention.toml",
    "firm/duties.toml",
    "firm/providers.toml",
    "regulation/review_factors.toml",
    "firm/remediation.toml",
    "firm/cases.toml",
    "firm/reconcile.toml",
    "regulation/rule606.toml",
    *MONITORING,
    *ANALYSES,
)
REPORT_605 = "regulation/rule605_report.toml"
CALENDAR = "calendars/xnys.csv"
CALENDAR_FIRST, CALENDAR_LAST = date(2010, 1, 1), date(2027, 12, 31)


@cache
def load_shipped_policy() -> PolicyBook:
    """Return the shipped rules of law and default thresholds, each dated, cited and graded."""
    return policy_book(tomllib.loads(_text(name)) for name in DOCUMENTS)


@cache
def shipped_subjects() -> Subjects:
    """Return all shipped documents together, parsed: what a firm adopts, and then changes by date."""
    documents = [tomllib.loads(_text(name)) for name in (*DOCUMENTS, *GOVERNANCE)]
    return merged([*documents, {RULE605: tomllib.loads(_text(REPORT_605))}])


@cache
def measuring_subjects() -> frozenset[str]:
    """Return the names of the subjects that figures are measured and judged by."""
    return frozenset(merged(tomllib.loads(_text(name)) for name in DOCUMENTS))


@cache
def analysis_subjects() -> frozenset[str]:
    """Return the names of the subjects that analyses stand on, those that figures are measured by among them."""
    return measuring_subjects() | merged(tomllib.loads(_text(name)) for name in ANALYSES).keys()


@cache
def monitoring_subjects() -> frozenset[str]:
    """Return the names of the subjects that rules are judged by."""
    return frozenset(merged(tomllib.loads(_text(name)) for name in MONITORING))


@cache
def shipped_documents_sha256() -> str:
    """Return the SHA-256 over all shipped documents and the calendar: what an adoption speaks of."""
    return _sha256(*DOCUMENTS, *GOVERNANCE, REPORT_605, CALENDAR)


@cache
def load_equity_calendar() -> SessionCalendar:
    """Return the New York equity sessions of 2010 to 2027."""
    return parse_calendar(_text(CALENDAR), first=CALENDAR_FIRST, last=CALENDAR_LAST)


@cache
def load_report605_policy() -> Report605Policy:
    """Return how Rule 605 reports are made, by date."""
    return report605_policy(tomllib.loads(_text(REPORT_605)))


@cache
def shipped_readings_id() -> str:
    """Name of the shipped readings of Rule 605: `readings-` and the first 12 hex digits of their document's hash."""
    return f"readings-{_sha256(REPORT_605)[:12]}"


@cache
def shipped_policy_id() -> str:
    """Name of the shipped policy: `shipped-` and the first 12 hex digits of the hash over all its documents."""
    return f"shipped-{_sha256(*DOCUMENTS, CALENDAR)[:12]}"


@cache
def shipped_analyses_id() -> str:
    """Name of all that shipped analyses stand on: `analyses-` and the first 12 hex digits of the hash over it."""
    return f"analyses-{_sha256(*DOCUMENTS, *ANALYSES, CALENDAR)[:12]}"


@cache
def shipped_monitoring_id() -> str:
    """Name of the shipped thresholds of the rules: `rules-` and the first 12 hex digits of the hash over them."""
    return f"rules-{_sha256(*MONITORING)[:12]}"


def _sha256(*names: str) -> str:
    digest = hashlib.sha256()
    for name in names:
        digest.update(_text(name).encode())
    return digest.hexdigest()


def _text(name: str) -> str:
    return resources.files(PACKAGE).joinpath(name).read_text(encoding="utf-8")
