"""Everything that people do with governed objects, by `noun.verb`: one table for whoever offers it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from routeproof.app.analysis.experiment.analyse import analyse
from routeproof.app.analysis.experiment.planned import around_plan, assign
from routeproof.app.cases.case_harm import record_harm
from routeproof.app.cases.suppressing import add_suppression, suppression_shown
from routeproof.app.cases.work_cases import case_shown, case_step, open_case
from routeproof.app.desk.remediation import act_on_remediation, open_remediation, remediation_shown
from routeproof.app.desk.restate import restatement_shown, sign_restatement
from routeproof.app.desk.review import act_on_review, open_review, review_shown, supersede_review
from routeproof.app.disclosure.records.registers import record_disclosure
from routeproof.app.disclosure.records.sign import publish_report, report_shown, sign_report
from routeproof.app.firm.duties import add_duty, close_duty, duty_shown
from routeproof.app.firm.people import approve_grant
from routeproof.app.firm.policy import decide_policy, policy_shown, propose_policy
from routeproof.app.firm.procedures import propose_procedure
from routeproof.app.firm.retention import hold_around
from routeproof.app.monitoring.close_day import close_day, day_shown
from routeproof.app.objects.act import act, shown
from routeproof.app.objects.nouns import NOUNS
from routeproof.app.provider.conflicts import conflict_around
from routeproof.app.provider.file import provider_around
from routeproof.app.provider.go_live import go_live_around, provider_shown
from routeproof.app.sla.known import known_terms
from routeproof.governance.decider import Body, Nothing
from routeproof.governance.people import STREAM_ID
from routeproof.governance.policy import FIRM
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from routeproof.app.context import Context
    from routeproof.governance.decider import Noun

    Look = Callable[[Context, str], dict[str, Any]]
    Run = Callable[[Context, str, Mapping[str, Any]], dict[str, Any]]

BY_NOUN = {noun.name: noun for noun in NOUNS}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a person does with one object.

    Attributes:
        noun: what the object is.
        verb: what is done.
        run: does it for the person of the context; takes the object's id and the body, returns the object as shown.
        body: shape of what a person brings along; what the program works out by itself is not in it.
    """

    noun: Noun[Any]
    verb: str
    run: Run
    body: type[Body]

    @property
    def name(self) -> str:
        """As the matrix names it: `noun.verb`."""
        return f"{self.noun.name}.{self.verb}"

    @property
    def signs(self) -> bool:
        """Whether it is a sign-off: who does it is asked for their password once more."""
        return self.noun.verbs[self.verb].signs


def _plain(noun: str, verb: str) -> Run:
    """A step that needs nothing from around its object."""

    def run(context: Context, object_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return act(context, BY_NOUN[noun], object_id, verb, body)

    return run


def _around(noun: str, verb: str, around: Callable[[Context], Any]) -> Run:
    def run(context: Context, object_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return act(context, BY_NOUN[noun], object_id, verb, body, around(context))

    return run


def _of_case(verb: str) -> Run:
    return lambda context, case_id, body: case_step(context, case_id, verb, body)


def _of_review(verb: str) -> Run:
    return lambda context, review, body: act_on_review(context, review, verb, body)


def _of_remediation(verb: str) -> Run:
    return lambda context, remediation, body: act_on_remediation(context, remediation, verb, body)


def _of_register(verb: str) -> Run:
    return lambda context, line, body: record_disclosure(context, line, verb, body)


def _of_policy(verb: str) -> Run:
    return lambda context, proposal, body: decide_policy(context, verb, proposal, body)


def _go_live(context: Context, provider: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return act(context, BY_NOUN["provider"], provider, "go_live", body, go_live_around(context, provider))


def _open_review(context: Context, _: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return open_review(context, str(body.get("quarter", "")).upper(), str(body.get("provider", "")))


def _supersede_review(context: Context, review: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return supersede_review(context, review, str(body.get("reason", "")))


def _open_remediation(context: Context, _: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return open_remediation(context, str(body.get("provider", "")), body)


def _close_day(context: Context, day: str, _: Mapping[str, Any]) -> dict[str, Any]:
    return close_day(context, _day(day))


def _look_at_experiment(context: Context, name: str, _: Mapping[str, Any]) -> dict[str, Any]:
    """Read the experiment up to the newest day; the reading is on record."""
    analyse(context, name)
    return shown(context, BY_NOUN["experiment"], name)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"expected a day, YYYY-MM-DD, found {text!r}"
        raise UsageError(message, where="day") from error


_PLAIN = {
    "provider": ("venues", "document", "score", "condition", "meet", "incident", "fallback", "terminate"),
    "conflict": ("mitigate", "end"),
    "config": ("propose", "approve", "reject"),
    "sla": ("approve", "reject"),
    "suppress": ("approve", "end"),
    "wsp": ("approve", "attest", "retire"),
    "evidence": ("release",),
    "people": ("revoke",),
    "experiment": ("approve", "end"),
}
_AROUND: dict[str, tuple[Callable[[Context], Any], tuple[str, ...]]] = {
    "provider": (provider_around, ("add", "approve", "refresh", "reliance")),
    "conflict": (conflict_around, ("declare",)),
    "evidence": (hold_around, ("hold",)),
    "sla": (known_terms, ("propose",)),
    "experiment": (around_plan, ("plan",)),
}
_CASE = ("assign", "note", "acknowledge", "link", "close", "review", "reimburse")
_REVIEW = ("record", "sign", "close", "countersign", "addendum", "acknowledge")
_REMEDIATION = (
    "notify", "acknowledge", "investigate", "plan", "heighten", "done", "withdraw", "look", "correspond", "conclude",
)  # fmt: skip
_REGISTER = ("request", "deliver", "decline", "notice", "filed")

_RUNS: dict[str, Run] = {
    **{f"{noun}.{verb}": _plain(noun, verb) for noun, verbs in _PLAIN.items() for verb in verbs},
    **{f"{noun}.{verb}": _around(noun, verb, to) for noun, (to, verbs) in _AROUND.items() for verb in verbs},
    **{f"case.{verb}": _of_case(verb) for verb in _CASE},
    "case.open": open_case,
    "case.harm": lambda context, case_id, _: record_harm(context, case_id),
    **{f"review.{verb}": _of_review(verb) for verb in _REVIEW},
    "review.open": _open_review,
    "review.supersede": _supersede_review,
    **{f"remediation.{verb}": _of_remediation(verb) for verb in _REMEDIATION},
    "remediation.open": _open_remediation,
    "restatement.sign": lambda context, name, body: sign_restatement(context, name, body.get("version")),
    "provider.go_live": _go_live,
    **{f"disclosure.{verb}": _of_register(verb) for verb in _REGISTER},
    "report.sign": lambda context, name, body: sign_report(context, name, body.get("version")),
    "report.publish": lambda context, name, body: publish_report(context, name, str(body.get("where", "")), None),
    "suppress.add": lambda context, name, body: add_suppression(context, name or None, body),
    "policy.propose": lambda context, _, body: propose_policy(context, body),
    "policy.approve": _of_policy("approve"),
    "policy.withdraw": _of_policy("withdraw"),
    "wsp.propose": propose_procedure,
    "duty.close": close_duty,
    "duty.add": add_duty,
    "day.close": _close_day,
    "people.approve": lambda context, grant, _: approve_grant(context, grant),
    "experiment.assign": lambda context, name, _: assign(context, name)[0],
    "experiment.look": _look_at_experiment,
}


class NewReview(Body):
    """A review to be opened; its pack is built if there is none."""

    quarter: str
    provider: str


class Reason(Body):
    """Why."""

    reason: str = Field(min_length=1)
    kept: ClassVar[tuple[str, ...]] = ("reason",)


_BROUGHT: dict[str, type[Body]] = {
    "case.harm": Nothing,
    "review.open": NewReview,
    "review.supersede": Reason,
    "policy.approve": Nothing,
    "policy.withdraw": Nothing,
    "people.approve": Nothing,
    "experiment.assign": Nothing,
    "experiment.look": Nothing,
}
"""What a person brings along where the program works out the rest of the body."""


def _step_of(name: str, run: Run) -> Step:
    noun, _, verb = name.partition(".")
    body = _BROUGHT.get(name) or BY_NOUN[noun].verbs[verb].body
    return Step(BY_NOUN[noun], verb, partial(_on_roster, run) if name == "people.revoke" else run, body)


def _on_roster(run: Run, context: Context, _: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return run(context, STREAM_ID, body)


STEPS = {name: _step_of(name, run) for name, run in _RUNS.items()}
"""By the name that the matrix uses. What only the program does by itself (founding, findings) is not here."""


def looks_of(noun: str) -> Look:
    """How one object of a noun is shown: as its command does."""
    return _LOOKS.get(noun) or (lambda context, object_id: shown(context, BY_NOUN[noun], object_id))


_LOOKS: dict[str, Look] = {
    "case": case_shown,
    "day": lambda context, day: day_shown(context, _day(day)),
    "duty": duty_shown,
    "policy": lambda context, proposal: policy_shown(context, proposal=None if proposal == FIRM else proposal),
    "provider": provider_shown,
    "remediation": remediation_shown,
    "report": report_shown,
    "restatement": restatement_shown,
    "review": review_shown,
    "suppress": suppression_shown,
}
