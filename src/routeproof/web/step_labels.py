"""What steps are called on buttons: in words that say what will happen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routeproof.web.forms import Field

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
    "config.approve": "Approve, as a second person",
    "config.propose": "Propose settings",
    "config.reject": "Reject the proposal",
    "conflict.declare": "Declare a conflict",
    "conflict.end": "End it",
    "conflict.mitigate": "Add what mitigates it",
    "day.close": "Close the day",
    "disclosure.decline": "Decline it, with the reason",
    "disclosure.deliver": "Record what was delivered",
    "disclosure.filed": "Record a filing",
    "disclosure.notice": "Record a notice to customers",
    "disclosure.request": "Record a customer's request",
    "duty.add": "Add a duty of the firm's own",
    "duty.close": "Close with evidence",
    "evidence.hold": "Hold evidence",
    "evidence.release": "Release the hold",
    "experiment.approve": "Approve, as a second person",
    "experiment.assign": "Assign: fix who goes where",
    "experiment.end": "End it, with a conclusion",
    "experiment.look": "Read it now; the reading goes on record",
    "experiment.plan": "Register an experiment",
    "people.revoke": "Take a role back",
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
    "remediation.acknowledge": "Record that the provider received it",
    "remediation.conclude": "Conclude it",
    "remediation.correspond": "File correspondence",
    "remediation.done": "Say that an action is done",
    "remediation.withdraw": "Withdraw an action of somebody else's plan",
    "remediation.heighten": "Begin heightened monitoring",
    "remediation.investigate": "Record the cause",
    "remediation.look": "Look: measure the days since",
    "remediation.notify": "Notify the provider by letter",
    "remediation.open": "Open a remediation",
    "remediation.plan": "Record the corrective action plan",
    "report.publish": "Record where it was published",
    "report.sign": "Sign this version",
    "restatement.sign": "Sign the restatement",
    "review.acknowledge": "Acknowledge an addendum",
    "review.addendum": "Add what became known later",
    "review.close": "Close the review",
    "review.countersign": "Countersign for the firm",
    "review.open": "Open a review",
    "review.record": "Record the meeting",
    "review.sign": "Sign this version",
    "review.supersede": "Supersede it with a further review",
    "sla.approve": "Approve, as a second person",
    "sla.propose": "Propose a version",
    "sla.reject": "Reject the proposal",
    "suppress.add": "Suppress findings, with a reason and an end",
    "suppress.approve": "Approve, as a second person",
    "suppress.end": "End it now",
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
    "case.reimburse": "A payment is for its order, or of level case or incident for all orders. Proof may come later: "
    "then nothing but proof, and the number of the decision where several stand.",
    "day.close": "What comes in later amends the day; it does not open again.",
    "review.close": "With its quorum of signatures over this version. A closed review stays as it is.",
    "review.open": "Its pack is measured first, if there is none: minutes for a full quarter.",
    "review.record": "Send what is new or changed; who writes the minutes does not count toward the quorum, "
    "and every change asks for new signatures.",
    "provider.refresh": "Opens a new round; last year's answers stand in its questionnaire.",
    "provider.score": "Question by question: `VEN-1`, and how the answer does.",
}
"""What a person should know before a step."""


ASKED = {
    "case.reimburse": {
        "decision": "decision; none where only proof is added",
        "replaces": "in place of decision number",
        "beside": "other cases that paid for the same orders",
        "of": "proof of decision number",
    },
    "review.record": {
        "attendance": "who was there",
        "recusals": "who stands aside, and why",
        "factors": "factors that the rule names: which evidence each was considered on",
        "findings": "what was found",
        "decisions": "what was decided on each finding: modify routing, or justify why not",
        "votes": "votes; members may cast theirs on this page by themselves",
        "questions": "questions that members put, and the answers",
        "quarterly_enough": "is a review each quarter enough?",
        "documents": "documents that belong to it",
        "remove": "take something out again, by what it is and its id",
        "code": "factor",
        "id": "short name, as F1 or Q1",
        "choice": "modify routing, or justify it",
        "options": "courses that were open",
        "chosen": "the course that was taken, by its name",
        "predicted": "what a change should bring",
        "look_back_on": "looked at again on",
    },
    "review.open": {"quarter": "quarter, as in 2026Q3"},
}
"""What a form asks for, at any depth, where the member's name alone says too little."""


def asked_of(step: str, field: Field) -> Field:
    """The field with the words in which the step's form asks for it."""
    asked = ASKED.get(step)
    if asked is None:
        return field
    label = asked.get(field.name.rpartition(".")[2], field.label)
    return replace(field, label=label, parts=tuple(asked_of(step, part) for part in field.parts))


def label_of(step: str) -> str:
    """Words for a step `noun.verb`; its verb where nothing better is known."""
    return LABELS.get(step) or step.partition(".")[2].replace("_", " ").capitalize()
