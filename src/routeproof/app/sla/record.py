"""An evaluation put on record: the whole of it as evidence, and a case for every breach, with the rows behind it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from routeproof.app.firm.case_policy import case_around
from routeproof.app.measuring.measure import Question, measure
from routeproof.app.objects.act import act
from routeproof.app.objects.fold import object_of
from routeproof.app.sla.deliveries import delivery_counts
from routeproof.app.sla.evaluate import agreement_in_force, covered_days
from routeproof.governance.case.noun import CASE
from routeproof.governance.decider import refuse
from routeproof.governance.sla.noun import SLA
from routeproof.governance.sla.terms import DELIVERY_METRICS
from routeproof.metrics.registry import BY_NAME
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.governance.sla.noun import Version
    from routeproof.governance.sla.terms import Clause

Row = dict[str, Any]
CASE_DAYS = 30
ROWS = 500
"""Rows that a case carries, worst first; the filters in it find the others."""


def record_evaluation(context: Context, evaluation: Row) -> Row:
    """Record an evaluation as the person of the context, and open a case per breached clause that has none yet.

    Returns:
        The evaluation with `recorded` (entry) and `cases` (ids, by clause).

    Raises:
        RefusalError: without an approved agreement nothing is recorded; else as the entitlements.
    """
    if evaluation["agreement"] is None:
        refuse("wrong_state", evaluation["statement"], where=evaluation["provider"])
    breached = [row for row in evaluation["clauses"] if row["breached"]]
    credit = evaluation["credit_usd"]
    body = {
        "period": evaluation["period"],
        "version": evaluation["version"],
        "manifest": evaluation["manifest"],
        "policy": evaluation["policy"],
        "breached": [row["id"] for row in breached],
        "unknown": [row["id"] for row in evaluation["clauses"] if row["breached"] is None],
        "credit_usd": None if credit is None else f"{credit:.2f}",
        "result": json.dumps(evaluation, ensure_ascii=False),
    }
    shown = act(context, SLA, evaluation["agreement"], "record", body)
    cases = {row["id"]: _case(context, evaluation, row) for row in breached}
    return evaluation | {"recorded": shown["ledger_index"], "cases": cases}


def _said(value: object) -> str:
    """A figure with as many digits as people read; the case keeps all of them."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _promise(row: Row) -> str:
    return f"{str(row['side']).replace('_', ' ')} {_said(row['threshold'])}"


def _case(context: Context, evaluation: Row, row: Row) -> str:
    """Open the case of a breached clause, unless an earlier evaluation did; its id."""
    name = f"{evaluation['agreement']}-{evaluation['period']}-{row['id']}"
    if object_of(context.records, CASE, name) is not None:
        return name
    assert context.acting is not None  # noqa: S101  # recording the evaluation needed one
    body = {
        "kind": "delivery" if row["metric"] in DELIVERY_METRICS else "sla_breach",
        "title": f"{row['title'] or row['id']}: {_said(row['observed'])}, promised {_promise(row)}",
        "provider": evaluation["provider"],
        "period": evaluation["period"],
        "subject": f"{evaluation['agreement']} clause {row['id']}",
        "observed": str(row["observed"]),
        "threshold": f"{row['side']} {row['threshold']}",
        "manifest": evaluation["manifest"],
        "due_on": (context.acting.on + timedelta(days=CASE_DAYS)).isoformat(),
        "rows": json.dumps(rows_behind(context, evaluation, row), ensure_ascii=False),
    }
    act(context, CASE, name, "open", body, case_around(context))
    return name


def rows_behind(context: Context, evaluation: Row, row: Row) -> Row:
    """What a breach rests on: its filters, and its figure by day and symbol, worst first; or the files."""
    days = quarter_days(evaluation["period"])
    sla, version = agreement_in_force(context, evaluation["provider"], days, evaluation["agreement"])
    first, last = covered_days(sla, days)
    clause = _clause(version, row["id"])
    if clause.delivery is not None and version is not None:
        files = delivery_counts(context, version.terms, first, last)[clause.delivery]
        wanted = clause.metric.removesuffix("_files")
        return {"files": [item for item in files if wanted in item["found"]][:ROWS]}
    count = {"executions": "executions", "orders": "orders", "routes": "routes"}[BY_NAME[clause.metric].frame]
    question = Question(
        by=("day", "symbol"),
        metrics=tuple(dict.fromkeys((clause.metric, count))),
        first=first,
        last=last,
        where=(*clause.where, f"provider={evaluation['provider']}"),
        manifest=evaluation["manifest"],
    )
    found = measure(context.lake, question, context.workspace.cache_folder).as_plain()
    known = [item for item in found["rows"] if item[clause.metric] is not None]
    worst = sorted(known, key=lambda item: item[clause.metric], reverse=clause.at_most is not None)
    return {"where": list(question.where), "manifest": question.manifest, "rows": worst[:ROWS], "of": len(known)}


def _clause(version: Version | None, name: str) -> Clause:
    assert version is not None  # noqa: S101  # what was evaluated
    return next(clause for clause in version.terms.clause if clause.id == name)
