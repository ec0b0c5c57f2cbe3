"""A review as people see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.governance.review.rules import conflicted, counted, missing, tally, warnings, why_not_counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.governance.review.state import Addendum, Review


def show_review(review: Review, _on: date, around: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of the stable surface, and what stands behind them."""
    version_hash, roster = around.get("version_hash", ""), around.get("roster")
    values = review.model_dump(mode="json")
    conflicts = conflicted(around)
    signed = counted(review, version_hash, conflicts)
    votes = [
        {**vote, "own": f"votes {vote['person']}/{vote['finding']}" in review.own_words} for vote in values["votes"]
    ]
    return {
        **{name: values[name] for name in ("id", "state", "quarter", "provider", "supersedes", "reason")},
        "superseded_by": around.get("superseded_by"),
        **{name: values[name] for name in ("opened_by", "opened_on", "closed_by", "closed_on")},
        "pack_sha256": review.pack_files["pack.json"],
        "pack_files": values["pack_files"],
        **{name: values[name] for name in ("pack", "pack_digest", "pack_on_record", "predictions")},
        **{name: values[name] for name in ("agenda", "attendance")},
        "recusals": values["recusals"],
        "conflicts": {person: list(named) for person, named in conflicts.items()},
        "factors": _factors(review),
        "findings": values["findings"],
        "decisions": [
            {**decision, "tally": tally(review, decision["finding"], conflicts)} for decision in values["decisions"]
        ],
        "votes": votes,
        "dissents": [vote for vote in votes if vote["vote"] == "against"],
        **{name: values[name] for name in ("questions", "quarterly_enough", "minutes", "minutes_by")},
        "missing": missing(review, conflicts),
        "signatures": _signatures(review, version_hash, around),
        "countersigned": values["countersigned"],
        "quorum": {"needed": roster.quorum if roster else None, "signed": len(signed), "who": sorted(signed)},
        "addenda": [_addendum(item) for item in review.addenda],
        "later_changes": list(around.get("later_changes", ())),
        "warnings": warnings(review, roster, around.get("metrics")),
    }


def _factors(review: Review) -> list[dict[str, Any]]:
    """All factors of the rule, considered or not."""
    considered = {item.code: item.model_dump(mode="json") for item in review.factors}
    empty = {"considered": False, "evidence": None, "text": None}
    return [
        {
            "code": factor.code,
            "title": factor.title,
            **empty,
            **considered.get(factor.code, {}),
            "citation": factor.citation,
            "grade": factor.grade,
            "unconfirmed": factor.grade == "M",
        }
        for factor in review.factors_asked
    ]


def _signatures(review: Review, version_hash: str, around: Mapping[str, Any]) -> list[dict[str, Any]]:
    roster = around.get("roster")
    shown = []
    for item in review.signatures:
        why = why_not_counted(review, item, version_hash, conflicted(around))
        one = item.model_dump(mode="json") | {"valid": item.version_hash == version_hash, "counts": not why, "why": why}
        shown.append(one | {"name": roster.name_of(item.person) if roster else item.person})
    return shown


def _addendum(item: Addendum) -> dict[str, Any]:
    outstanding = [person for person in item.signers if person not in item.acknowledged]
    return item.model_dump(mode="json") | {"outstanding": outstanding}
