"""Work on a remediation: the letter, the looks and the policy that its decider is told."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from routeproof.app.desk.exit_looks import look_until, looks_due, metric_names
from routeproof.app.desk.letter import draft_letter
from routeproof.app.desk.review import signed_off
from routeproof.app.firm.near import near
from routeproof.app.objects.act import act, listed, shown
from routeproof.app.objects.fold import object_of
from routeproof.app.objects.kept import readable
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.provider.file import provider_around
from routeproof.governance.provider.noun import PROVIDER
from routeproof.governance.remediation.noun import OTHER, REMEDIATION
from routeproof.governance.remediation.rules import overdue
from routeproof.stores.shipped_policy import shipped_subjects
from routeproof.vocab.errors import RouteproofError, UsageError
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.governance.remediation.state import Remediation
    from routeproof.stores.records import Records

DRAFTED = frozenset({"text", "files", "source", "figures"})
"""Keys of a notice that only the draft fills."""


class _TakenError(RouteproofError):
    """Somebody opened a remediation of this number meanwhile."""


def open_remediation(context: Context, provider: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Open the next remediation, R1, R2 and so on; from the answer of an analysis where the body names one.

    Raises:
        UsageError: the body names another provider, or no quarter.
        RouteproofError: as `held_answer.with_answer`.
    """
    if not body.get("answer"):
        return _open_next(context, provider, body)
    from routeproof.app.analysis.held_answer import with_answer  # noqa: PLC0415  # slow to import

    with with_answer(context, {**body, **({"provider": provider} if provider else {})}, "remediation") as whole:
        return _open_next(context, str(whole.get("provider", "")), whole)


def _open_next(context: Context, provider: str, body: Mapping[str, Any]) -> dict[str, Any]:
    if body.get("provider", provider) != provider:
        message = f"expected {provider} as in --provider, found {body['provider']}"
        raise UsageError(message, where="provider")
    quarter = str(body.get("quarter", "")).upper()
    if "quarter" in body:
        quarter_days(quarter)
    given = {**body, "provider": provider} | ({"quarter": quarter} if quarter else {})
    number = listed(context, REMEDIATION)["total"] + 1
    while True:
        object_id = f"R{number}"

        def around(records: Records, stream: str = REMEDIATION.stream(object_id)) -> Mapping[str, Any]:
            if records.stream(stream):
                raise _TakenError(stream)
            return _policy_today(context, records)

        try:
            act(context, REMEDIATION, object_id, "open", given, around)
        except _TakenError:
            number += 1
            continue
        return remediation_shown(context, object_id)


def act_on_remediation(
    context: Context, object_id: str, verb: str, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One step, with what has to be drafted or measured for it done before the record is locked."""
    given = dict(body or {})
    if verb == "notify":
        done = _notify(context, object_id, given)
    else:
        if verb == "investigate":
            given = _with_cause(context, given)
        if verb == "heighten" and "within" in str(given.get("exit")):
            from routeproof.app.desk.stream_looks import require_streams  # noqa: PLC0415  # slow to import

            require_streams(given)
        looks = _looks(context, object_id, verb, given)
        around = partial(_told, context, looks)
        done = act(context, REMEDIATION, object_id, verb, given, around)
        if verb == "conclude" and given["outcome"] == "terminated":
            _terminate_provider(context, done)
    return {**remediation_shown(context, object_id), **signed_off(context, done)}


def _told(context: Context, looks: list[dict[str, Any]], records: Records) -> dict[str, Any]:
    return {**_policy_today(context, records), "looks": looks}


def _policy_today(context: Context, records: Records) -> dict[str, Any]:
    return policy_on(records, context.today)


def _terminate_provider(context: Context, done: Mapping[str, Any]) -> None:
    """End the provider's file too, where there is one that still stands."""
    provider = object_of(context.records, PROVIDER, done["provider"])
    if provider is None or provider.state.state == "terminated":
        return
    concluded = done["concluded"]
    body = {
        "reason": concluded["rationale"],
        "transition_plan": concluded["transition_plan"],
        "remediation": done["id"],
    }
    act(context, PROVIDER, done["provider"], "terminate", body, provider_around(context))


def _notify(context: Context, object_id: str, given: Mapping[str, Any]) -> dict[str, Any]:
    own = DRAFTED & given.keys()
    if own:
        message = f"expected addressee and body, found {', '.join(sorted(own))}, which the draft fills from data"
        raise UsageError(message, where="--file")
    remediation = _readable(context, object_id)
    addressee, body = given.get("addressee"), given.get("body")
    if remediation is None or not isinstance(addressee, str):
        empty = {"text": "", "files": {}, "source": "", "figures": 0}
        return act(context, REMEDIATION, object_id, "notify", {**given, **empty}, partial(_policy_today, context))
    draft = draft_letter(context, remediation, addressee, body if isinstance(body, str) else "", context.business_day)
    with draft.laid_out() as files:
        letter = {"text": draft.text, "files": files, "source": draft.source, "figures": draft.figures}
        return act(context, REMEDIATION, object_id, "notify", {**given, **letter}, partial(_policy_today, context))


def _with_cause(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """A cause that the list does not name is `other`, in the words that were given."""
    cause = given.get("root_cause")
    causes = policy_in_force(context.records).whole.oversight.root_causes.on_or_first(context.today).value
    if not isinstance(cause, str) or not cause:
        return given
    code = cause.strip().lower().replace(" ", "_").replace("-", "_")
    if code == OTHER:
        return {"root_cause_words": given.get("text"), **given, "root_cause": OTHER}
    return (
        {**given, "root_cause": code} if code in causes else {**given, "root_cause": OTHER, "root_cause_words": cause}
    )


def _looks(context: Context, object_id: str, verb: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    version = object_of(context.records, REMEDIATION, object_id)
    if version is None or version.state.monitoring is None or version.state.concluded is not None:
        return []
    if verb == "look":
        return look_until(context, version.state, context.business_day)
    if verb == "conclude" and given.get("outcome") == "restored":
        return looks_due(context, version.state, context.business_day)
    return []


def _readable(context: Context, object_id: str) -> Remediation | None:
    version = object_of(context.records, REMEDIATION, object_id)
    return None if version is None else readable(version.state, context.evidence)


def policy_of(context: Context, records: Records) -> dict[str, Any]:
    """What policy says of remediation on the day that the context looks at."""
    return policy_on(records, context.business_day)


def policy_on(records: Records, day: date) -> dict[str, Any]:
    """The same of a day; a step is decided by that of today."""
    whole = policy_in_force(records).whole
    policy = whole.oversight
    return {
        "limits": whole.monitoring.limits_on(day),
        "subjects": shipped_subjects().keys(),
        "steps": policy.steps.on_or_first(day).value,
        "outcomes": policy.outcomes.on_or_first(day).value,
        "root_causes": policy.root_causes.on_or_first(day).value,
        "look_again_days": policy.look_again_days.on_or_first(day).value,
        "metric_names": metric_names(),
        "nearest": near,
    }


def remediation_shown(context: Context, object_id: str) -> dict[str, Any]:
    """The remediation with what it needs next and what is overdue on the day of the context."""
    return shown(context, REMEDIATION, object_id, policy_of(context, context.records), context.business_day)


def remediations_listed(context: Context) -> dict[str, Any]:
    """All remediations: provider, state, what is overdue."""
    found = listed(context, REMEDIATION)
    steps = policy_of(context, context.records)["steps"]
    for item in found["items"]:
        version = object_of(context.records, REMEDIATION, item["id"])
        if version is not None:
            state = version.state
            item |= {"provider": state.provider, "quarter": state.quarter, "finding": state.finding}
            item["overdue"] = overdue(state, steps, context.business_day)
    return found
