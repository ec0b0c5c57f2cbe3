"""What steps are called on buttons: in words that say what will happen."""

from __future__ import annotations

LABELS = {
    "case.acknowledge": "Acknowledge: I have seen it",
    "case.assign": "Assign to somebody",
    "case.close": "Propose to close",
    "case.harm": "Compute the harm",
    "case.link": "Link to what it has to do with",
    "case.note": "Write a note",
    "case.open": "Open a case",
    "case.reimburse": "Reimburse customers",
    "case.review": "Look at it as a second person",
    "conflict.declare": "Declare a conflict",
    "conflict.end": "End it",
    "conflict.mitigate": "Add what mitigates it",
    "day.close": "Close the day",
    "duty.close": "Close with evidence",
    "experiment.approve": "Approve, as a second person",
    "experiment.assign": "Assign: fix who goes where",
    "experiment.end": "End it, with a conclusion",
    "experiment.look": "Read it now; the reading goes on record",
    "experiment.plan": "Register an experiment",
    "policy.approve": "Approve, as a second person",
    "policy.propose": "Propose a value",
    "policy.withdraw": "Withdraw the proposal",
    "provider.add": "Add a provider",
    "provider.approve": "Approve the provider",
    "provider.condition": "Set a condition",
    "provider.document": "File a document",
    "provider.fallback": "Plan the fallback",
    "provider.go_live": "Go live",
    "provider.incident": "Record an incident",
    "provider.meet": "Say that a condition is met",
    "provider.refresh": "Begin the yearly refresh",
    "provider.reliance": "Reliance under 5310.09(c)",
    "provider.score": "Mark answers",
    "provider.terminate": "End the relationship",
    "provider.venues": "Record venues and sub-vendors",
    "review.acknowledge": "Acknowledge an addendum",
    "review.addendum": "Add what became known later",
    "review.close": "Close the review",
    "review.countersign": "Countersign for the firm",
    "review.open": "Open a review",
    "review.record": "Record the meeting",
    "review.sign": "Sign this version",
    "review.supersede": "Supersede it with a further review",
    "wsp.approve": "Approve, as a second person",
    "wsp.attest": "Attest that it is followed",
    "wsp.propose": "Propose a version",
    "wsp.retire": "Retire it",
}

BY_PROGRAMS = {
    "case.open": ("subject", "observed", "threshold", "manifest", "rows", "execution_id", "period", "answer"),
    "remediation.open": ("answer",),
}
"""Members of a step's body that no form asks people for."""

HINTS = {
    "case.close": "A second person looks at it before it is closed.",
    "day.close": "What comes in later amends the day; it does not open again.",
    "review.close": "With its quorum of signatures over this version. A closed review stays as it is.",
    "review.open": "Its pack is measured first, if there is none: minutes for a full quarter.",
    "review.record": "Send what is new or changed; who writes the minutes does not count toward the quorum, "
    "and every change asks for new signatures.",
    "provider.refresh": "Opens a new round; last year's answers stand in its questionnaire.",
    "provider.score": "Question by question: `VEN-1`, and how the answer does.",
}
"""What a person should know before a step."""


def label_of(step: str) -> str:
    """Words for a step `noun.verb`; its verb where nothing better is known."""
    return LABELS.get(step) or step.partition(".")[2].replace("_", " ").capitalize()
