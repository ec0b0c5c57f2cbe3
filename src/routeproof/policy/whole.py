"""All of policy together, built from subjects: what figures are judged by, who may do what, duties, retention."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time
from typing import TYPE_CHECKING, Any

from routeproof.policy.analysis.compare import ComparePolicy, compare_policy
from routeproof.policy.analysis.conflicts import ConflictsPolicy, conflicts_policy
from routeproof.policy.analysis.counterfactual import CounterfactualPolicy, counterfactual_policy
from routeproof.policy.analysis.experiment import ExperimentPolicy, experiment_policy
from routeproof.policy.analysis.leakage import LeakagePolicy, leakage_policy
from routeproof.policy.analysis.routing import RoutingPolicy, routing_policy
from routeproof.policy.book import PolicyBook, policy_book
from routeproof.policy.cases import CasePolicy, case_policy
from routeproof.policy.changes import CALENDAR, Subjects
from routeproof.policy.disclosure606 import Rule606, rule606
from routeproof.policy.governance import GovernancePolicy, governance_policy
from routeproof.policy.monitoring import MonitoringPolicy, monitoring_policy
from routeproof.policy.numbers import require_none_negative
from routeproof.policy.obligations import Obligation, obligations_of
from routeproof.policy.oversight import OversightPolicy, oversight_policy
from routeproof.policy.providers import ProviderPolicy, provider_policy
from routeproof.policy.reading605 import SUBJECT as RULE605
from routeproof.policy.reconcile import ReconcilePolicy, reconcile_policy
from routeproof.policy.report605 import Report605Policy, report605_policy
from routeproof.policy.retention import Retention, retention_of
from routeproof.policy.sessions import CalendarException, SessionCalendar
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.policy.dated import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePolicy:
    """Policy by what reads it.

    Attributes:
        book: rules of law and thresholds that figures are judged by.
        calendar: trading sessions.
        governance: entitlements and waiting times.
        retention: by class of record.
        obligations: what is owed when, by name.
        oversight: factors of a review, steps of a remediation, materiality of later changes.
        providers: how often a provider's file is renewed, when a venue is material.
        monitoring: thresholds of the rules, and how long findings wait.
        cases: clocks, second persons and words of cases.
        reconcile: how far a provider's report may be from our record.
        compare: how two flows are made alike and compared.
        experiment: what an experiment with orders may be.
        counterfactual: what is assumed of shares that nobody displayed.
        routing: how a router's choices are read.
        conflicts: when money is taken to pull a router's choice.
        leakage: how leakage of orders is looked for.
        rule605: how execution quality reports are made, reading by reading.
        rule606: order routing reports: what they show, and when a customer's is not owed.
    """

    book: PolicyBook
    calendar: SessionCalendar
    governance: GovernancePolicy
    retention: Mapping[str, Timeline[Retention]]
    obligations: Mapping[str, Timeline[Obligation]]
    oversight: OversightPolicy
    providers: ProviderPolicy
    monitoring: MonitoringPolicy
    cases: CasePolicy
    reconcile: Timeline[ReconcilePolicy]
    compare: Timeline[ComparePolicy]
    experiment: Timeline[ExperimentPolicy]
    counterfactual: Timeline[CounterfactualPolicy]
    routing: Timeline[RoutingPolicy]
    conflicts: Timeline[ConflictsPolicy]
    leakage: Timeline[LeakagePolicy]
    rule605: Report605Policy
    rule606: Rule606


def whole_policy(subjects: Subjects, calendar: SessionCalendar) -> WholePolicy:
    """Build all of it from the subjects and the shipped calendar.

    Raises:
        UsageError: as the builders; a value that does not have its subject's shape.
    """
    require_none_negative(subjects)
    try:
        return WholePolicy(
            book=policy_book([subjects]),
            calendar=_calendar(calendar, subjects.get(CALENDAR, [])),
            governance=governance_policy([subjects]),
            retention=retention_of(subjects["retention"]),
            obligations=obligations_of(subjects["duties"]),
            oversight=oversight_policy(subjects),
            providers=provider_policy(subjects),
            monitoring=monitoring_policy(subjects),
            cases=case_policy(subjects),
            reconcile=reconcile_policy(subjects),
            compare=compare_policy(subjects),
            experiment=experiment_policy(subjects),
            counterfactual=counterfactual_policy(subjects),
            routing=routing_policy(subjects),
            conflicts=conflicts_policy(subjects),
            leakage=leakage_policy(subjects),
            rule605=report605_policy(subjects[RULE605]),
            rule606=rule606(subjects),
        )
    except (TypeError, ValueError, KeyError) as error:
        message = f"expected policy values of their subject's shape, found: {error}"
        raise UsageError(message) from error


def _calendar(shipped: SessionCalendar, entries: list[dict[str, Any]]) -> SessionCalendar:
    exceptions = dict(shipped.exceptions)
    for entry in entries:
        value = entry["value"]
        day = date.fromisoformat(str(value["day"]))
        if not shipped.first <= day <= shipped.last:
            message = f"expected a day within {shipped.first} to {shipped.last}, found {day}"
            raise UsageError(message, where=CALENDAR)
        exceptions.pop(day, None)
        if value["kind"] != "open":
            exceptions[day] = CalendarException(day, _close_time(value), str(value.get("name", "")))
    return replace(shipped, exceptions=exceptions)


def _close_time(value: Mapping[str, Any]) -> time | None:
    closes = value.get("close_time")
    if (value["kind"], bool(closes)) not in {("closed", False), ("early_close", True)}:
        message = f"expected closed without or early_close with a close_time, found {value!r}"
        raise UsageError(message, where=CALENDAR)
    return time.fromisoformat(str(closes)) if closes else None
