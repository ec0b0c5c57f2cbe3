"""The agreement evaluated over measured data: clause by clause, with credits; null is never "not breached"."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.governed import objects_of
from routeproof.app.objects.kept import body_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.sla.deliveries import delivery_counts
from routeproof.app.sla.windows import Figure, Span, figures
from routeproof.governance.sla.noun import SLA
from routeproof.governance.sla.terms import Clause, Covered, Terms, capped
from routeproof.stores.provider_documents import load_sla_template
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.governance.sla.noun import Sla, Version

Row = dict[str, Any]
TEMPLATE = "No agreement with {} is approved for {}: these are the clauses of the shipped template, which bind nobody."
LATE = "Version {} was approved on {}, after {} had begun."
PART = "The agreement covers {} to {} of {}: other days were not evaluated."
NO_PART = "the agreement does not say what a period that it covers only in part owes (part_window)"
NO_FEE = "the fee that it is a share of is not known"


def evaluate_sla(
    context: Context, provider: str, period: str, agreement: str | None = None, manifest: str | None = None
) -> Row:
    """Evaluate the agreement in force at the end of a quarter, on the data as known at `manifest`, else as it is.

    Returns:
        `agreement, version, template, provider, period, from, to, manifest, policy, statement, credit_usd,
        credit_reason`, and `clauses`: `id, metric, observed, threshold, breached, n, credit_usd, reason, windows`. Only
        days of the quarter that the agreement covers are evaluated, `from` to `to`. `observed` is the worst window's;
        `breached` is true if any window is, null if none is and any could not be judged. Credits are USD, null where
        nothing could be judged, the fee is unknown, or a window is covered in part and the terms do not say what it
        owes then. Without an approved agreement, the shipped template's clauses are evaluated, marked, and give no
        credit.

    Raises:
        UsageError: if the period is no quarter, or several agreements are in force and none is named.
    """
    days = quarter_days(period)
    sla, version = agreement_in_force(context, provider, days, agreement)
    terms = version.terms if version else template_terms(provider, days[0])
    held = context.lake.manifest(manifest).id
    first, last = covered_days(sla, days)
    span = Span(provider=provider, period=period.upper(), first=first, last=last, manifest=held)
    measured = figures(context, terms, span)
    clauses = [_judged(clause, measured[clause.id], terms, span, template=version is None) for clause in terms.clause]
    credit = _together(clauses, terms, span) if version else None
    return {
        "agreement": sla.id if sla else None,
        "version": version.number if version else None,
        "template": version is None,
        "provider": provider,
        "period": span.period,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "manifest": span.manifest,
        "policy": policy_in_force(context.records).id,
        "statement": _statement(version, span),
        "credit_usd": credit,
        "credit_reason": _why_no_total(clauses, template=version is None) if credit is None else "",
        "clauses": clauses,
    }


def template_terms(provider: str, effective_from: date) -> Terms:
    """The shipped template as terms with a provider."""
    given = {"provider": provider, "effective_from": effective_from, **load_sla_template()}
    found = body_of(Terms, given)
    assert isinstance(found, Terms)  # noqa: S101  # what was asked for
    return found


def agreement_in_force(
    context: Context, provider: str, days: tuple[date, date], agreement: str | None = None
) -> tuple[Sla, Version] | tuple[None, None]:
    """The agreement with a provider, and its version in force at the end of the days; none if none is approved.

    Raises:
        UsageError: if several are in force and none is named.
    """
    found = [
        (sla, version)
        for sla in objects_of(context.records, SLA)
        if sla.provider == provider and agreement in (None, sla.id) and (version := sla.in_force(*days)) is not None
    ]
    if len(found) > 1:
        message = f"expected one agreement with {provider} in force, found {', '.join(sla.id for sla, _ in found)}"
        raise UsageError(message, where="--agreement")
    return found[0] if found else (None, None)


def covered_days(sla: Sla | None, days: tuple[date, date]) -> tuple[date, date]:
    """Days of a period that an agreement covers; without one, all of them, which the template is shown over."""
    return (sla.covered(*days) if sla else None) or days


def expected_deliveries(context: Context, provider: str, period: str) -> Row:
    """The data-delivery calendar of a quarter: `{"provider", "period", "template", "deliveries"}`, rows by delivery.

    Files of days that the agreement does not cover are not expected.

    Raises:
        UsageError: as `evaluate_sla`.
    """
    days = quarter_days(period)
    sla, version = agreement_in_force(context, provider, days)
    terms = version.terms if version else template_terms(provider, days[0])
    rows = delivery_counts(context, terms, *covered_days(sla, days))
    return {"provider": provider, "period": period.upper(), "template": version is None, "deliveries": rows}


def _statement(version: Version | None, span: Span) -> str:
    if version is None:
        return TEMPLATE.format(span.provider, span.period)
    said = f"Version {version.number}, approved on {version.approved_on} by {version.approved_by}."
    if version.approved_on is not None and version.approved_on > span.first:
        said = LATE.format(version.number, version.approved_on, span.period)
    whole = span.covered(span.period).whole
    return said if whole else f"{said} {PART.format(span.first, span.last, span.period)}"


def _judged(clause: Clause, windows: Sequence[Figure], terms: Terms, span: Span, *, template: bool) -> Row:
    judged = [_window(clause, figure, terms, span.covered(figure.window), template=template) for figure in windows]
    answers = [item["breached"] for item in judged]
    breached = True if True in answers else None if None in answers else False
    known = [item for item in judged if item["observed"] is not None]
    worst = _worst(clause, [item["observed"] for item in known])
    credits_usd = [item["credit_usd"] for item in judged if item["breached"]]
    unknown = breached is None or template or None in credits_usd
    return {
        "id": clause.id,
        "title": clause.title,
        "metric": clause.metric,
        "where": list(clause.where),
        "source": clause.source,
        "observed": worst,
        "threshold": float(clause.threshold),
        "side": "at_most" if clause.at_most is not None else "at_least",
        "breached": breached,
        "n": sum(figure.n for figure in windows),
        "credit_usd": None if unknown else float(sum(map(_exact, credits_usd), Decimal(0))),
        "reason": "; ".join(dict.fromkeys(item["reason"] for item in judged if item["reason"])),
        "credit_reason": _why_no_credit(breached, judged, template=template) if unknown else "",
        "consequence": clause.consequence.text,
        "windows": judged,
    }


def _why_no_credit(breached: bool | None, windows: Sequence[Row], *, template: bool) -> str:  # noqa: FBT001  # or unknown
    if template:
        return "the clause is of the shipped template, which binds nobody"
    if breached is None:
        return "whether it was broken is not known"
    return "; ".join(dict.fromkeys(item["credit_reason"] for item in windows if item["credit_reason"]))


def _why_no_total(clauses: Sequence[Row], *, template: bool) -> str:
    if template:
        return "the template binds nobody"
    reasons = dict.fromkeys(row["credit_reason"] for row in clauses if row["breached"] and row["credit_usd"] is None)
    return "; ".join(reasons) or f"no cap is known: {NO_PART}"


def _exact(amount: float) -> Decimal:
    return Decimal(str(amount))


def _worst(clause: Clause, observed: Sequence[float]) -> float | None:
    if not observed:
        return None
    return max(observed) if clause.at_most is not None else min(observed)


def _window(clause: Clause, figure: Figure, terms: Terms, covered: Covered, *, template: bool) -> Row:
    reason, breached = figure.reason, None
    if figure.observed is not None and figure.n < clause.least_n:
        reason = f"{figure.n} rows in {figure.window}, fewer than the {clause.least_n} that the clause asks for"
    elif figure.observed is not None:
        breached = clause.broken_by(figure.observed)
    whole = clause.credit(terms.fee_usd_per_month)
    credit = terms.owed(whole, covered) if breached else Decimal(0)
    shown = None if breached is None or template or credit is None else float(credit)
    return {
        "window": figure.window,
        "observed": figure.observed,
        "n": figure.n,
        "breached": breached,
        "days": covered.days,
        "of_days": covered.of,
        "credit_usd": shown,
        "credit_reason": "" if credit is not None else NO_FEE if whole is None else NO_PART,
        "reason": reason,
    }


def _together(clauses: Sequence[Row], terms: Terms, span: Span) -> float | None:
    """Credits of the quarter after the cap; null where a breach's credit, or the cap, could not be computed."""
    owed = [row["credit_usd"] for row in clauses if row["breached"]]
    total = None if None in owed else capped(map(_exact, owed), terms, span.covered(span.period))
    return None if total is None else float(total)
