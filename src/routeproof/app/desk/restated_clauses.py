"""Clauses of agreements whose result changed with the data of a quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.governed import objects_of
from routeproof.governance.sla.noun import SLA
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from routeproof.app.context import Context

COMPARED = ("observed", "breached", "credit_usd", "n")


def changed_clauses(context: Context, provider: str, quarter: str, before: str, now: str) -> list[dict[str, Any]]:
    """Clauses of approved agreements whose result differs between two manifests; the template binds nobody.

    Each has `figure` (`sla/AGREEMENT/CLAUSE`), `old` and `new` observed values, whether it was and is breached, credits
    before and now in USD, `rows`, `flipped`, and `material`: a breach that came or went, or another credit.
    """
    if before == now:
        return []
    days = quarter_days(quarter)
    return [
        change
        for sla in objects_of(context.records, SLA)
        if sla.provider == provider and sla.in_force(*days) is not None
        for change in _changes(context, provider, quarter, sla.id, (before, now))
    ]


def _changes(
    context: Context, provider: str, quarter: str, agreement: str, manifests: tuple[str, str]
) -> Iterator[dict[str, Any]]:
    from routeproof.app.sla.evaluate import evaluate_sla  # noqa: PLC0415  # measuring is slow to import

    old, new = (
        {clause["id"]: clause for clause in evaluate_sla(context, provider, quarter, agreement, manifest)["clauses"]}
        for manifest in manifests
    )
    for name, clause in new.items():
        if any(old[name][member] != clause[member] for member in COMPARED):
            yield _change(f"sla/{agreement}/{name}", old[name], clause)


def _change(figure: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    flipped = old["breached"] != new["breached"]
    return {
        "figure": figure,
        "metric": new["metric"],
        "threshold": new["threshold"],
        "old": old["observed"],
        "new": new["observed"],
        "rows": new["n"],
        "rows_before": old["n"],
        "cause": "data",
        "breached_before": old["breached"],
        "breached": new["breached"],
        "credit_usd_before": old["credit_usd"],
        "credit_usd": new["credit_usd"],
        "flipped": flipped,
        "material": flipped or old["credit_usd"] != new["credit_usd"],
    }
