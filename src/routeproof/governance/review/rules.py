"""What a review lacks, who counts toward its quorum, how its decisions were voted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from routeproof.governance.review.bodies import Decision
    from routeproof.governance.review.state import Review, Signature
    from routeproof.governance.roster import Roster

PACK_FILES = ("pack.html", "pack.json", "pack.pdf", "pack.xlsx")
NO_CONFLICTS: Mapping[str, tuple[str, ...]] = {}


def missing(review: Review, conflicts: Collection[str]) -> list[str]:
    """What has to be recorded before the review can close, in reading order; empty if nothing.

    `conflicts` are persons whose vote does not count, as in `tally`.
    """
    found = [name for name in ("agenda", "attendance") if not getattr(review, name)]
    considered = {item.code: item for item in review.factors}
    for factor in review.factors_asked:
        item = considered.get(factor.code)
        if item is None or not item.considered:
            found.append(f"factors.{factor.code}")
        elif not item.evidence:
            found.append(f"factors.{factor.code}.evidence")
    decided = {decision.finding: decision for decision in review.decisions}
    for finding in review.findings:
        if finding.id in decided:
            found += _lacking(decided[finding.id], review, conflicts)
        else:
            found.append(f"decisions.{finding.id}")
    if review.minutes is None:
        found.append("minutes")
    return found


def _lacking(decision: Decision, review: Review, conflicts: Collection[str]) -> list[str]:
    needed = ("predicted", "look_back_on") if decision.choice == "modify" else ("rationale",)
    lacking = [f"decisions.{decision.finding}.{name}" for name in needed if getattr(decision, name) in (None, "")]
    count = tally(review, decision.finding, conflicts)
    if _voted(review, decision) and count["for"] <= count["against"]:
        lacking.append(f"votes.{decision.finding}: not carried")
    return lacking


def tally(review: Review, finding: str, conflicts: Collection[str]) -> dict[str, int]:
    """Votes on a finding, without those of members who stand aside or have a conflict, also one that came later."""
    aside = {*conflicts, *(item.person for item in review.recusals)}
    votes = [vote.vote for vote in review.votes if vote.finding == finding and vote.person not in aside]
    return {word: votes.count(word) for word in ("for", "against", "abstain")}


def conflicted(around: Mapping[str, Any]) -> Mapping[str, Any]:
    """Persons with a declared conflict on the provider, with the conflicts' ids."""
    found: Mapping[str, Any] = around.get("conflicts", NO_CONFLICTS)
    return found


def why_not_counted(review: Review, signature: Signature, version_hash: str, conflicts: Collection[str]) -> str:
    """Why a signature does not count toward the quorum; empty if it does."""
    if signature.version_hash != version_hash:
        return "signed an earlier version"
    if signature.person in review.minutes_by:
        return "wrote the minutes"
    if signature.person in {item.person for item in review.recusals}:
        return "recused"
    if signature.person in conflicts:
        return "has a declared conflict on the provider"
    return ""


def counted(review: Review, version_hash: str, conflicts: Collection[str]) -> set[str]:
    """Persons whose signature counts."""
    return {
        signature.person
        for signature in review.signatures
        if not why_not_counted(review, signature, version_hash, conflicts)
    }


def warnings(review: Review, roster: Roster | None, known_metrics: Collection[str] | None) -> list[str]:
    """What does not stop a review, but what its readers must know."""
    found = []
    if not review.pack_on_record:
        found.append("the pack was not built in this workspace: its figures cannot be traced to the record")
    if review.quarterly_enough is None:
        found.append('no answer is recorded to "is a quarterly review enough?"')
    found += [f"finding {item.finding}: no vote is recorded" for item in review.decisions if not _voted(review, item)]
    for decision in review.decisions:
        metric = decision.predicted.metric if decision.predicted else None
        if known_metrics is not None and metric is not None and metric not in known_metrics:
            found.append(f"finding {decision.finding}: no metric is named {metric!r}; the look-back cannot score it")
    if roster is not None and roster.unprotected_keys:
        found.append("keys of this workspace have no passphrase: a signature shows which key signed, not who held it")
    return found


def _voted(review: Review, decision: Decision) -> bool:
    return any(vote.finding == decision.finding for vote in review.votes)
