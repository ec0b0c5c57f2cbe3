"""Every step of governance as a way in: a form's action, and a call of the API; one loop, one place that decides."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Body as JsonBody
from pydantic import BaseModel, create_model

from routeproof.app.access.log_in import reauthenticate
from routeproof.app.objects.changed import changed_since
from routeproof.app.objects.fold import object_of
from routeproof.app.objects.kept import change_at
from routeproof.app.steps import STEPS, Step, looks_of
from routeproof.governance.decider import RefusalError
from routeproof.vocab.errors import UsageError
from routeproof.web.entrance import address_of
from routeproof.web.examples import example_of
from routeproof.web.forms import body_of_form
from routeproof.web.looks import ID, require_object
from routeproof.web.naming import makes, name_in
from routeproof.web.places import PLACES, inside, place_of
from routeproof.web.routing import API, Route, Routes, Scope
from routeproof.web.standing import as_it_stands
from routeproof.web.step_labels import label_of
from routeproof.web.uploads_kept import kept_upload
from routeproof.web.visit import Gone, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

routes = Routes()
CALLED = {"case.note": "notes", "review.sign": "signatures"}
"""Steps whose call has a name of its own."""
VIRTUAL = {"duty", "day", "policy", "people"}
"""Nouns whose objects are there before anybody did anything with them, or stand within one object."""


def scope_of(step: Step) -> Scope:
    """Whether it is only for other people's work."""
    return "other" if step.noun.verbs[step.verb].others else "all"


def _act(visit: Visit, step: Step, object_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    if not makes(step) and step.noun.name not in VIRTUAL:
        require_object(visit, step.noun, object_id)
    try:
        return step.run(visit.context, object_id, body)
    except RefusalError as refusal:
        if refusal.code == "outdated_version":
            seen = body.get("expected_version_hash") or body.get("version") or ""
            refusal.more = changed_since(visit.context, step.noun, object_id, str(seen))
        raise


def _action(step: Step) -> Callable[..., Gone]:
    def sent(visit: Visit, object_id: ID) -> Gone:
        object_id = name_in(visit.form, step, object_id)
        body = body_of_form(step.body, visit.form, visit.uploads, _stands(visit, step, object_id))
        sent = {str(path) for path in visit.uploads.values()}
        for path in step.body.attached:
            body = change_at(body, path, partial(_only_sent, sent))
        done = _act(visit, step, object_id, body)
        there = visit.form.get("back") or place_of(step.noun.name, str(done.get("id", object_id)))
        return Gone(inside(there), f"Done: {label_of(step.name)[:1].lower()}{label_of(step.name)[1:]}.")

    sent.__doc__ = f"{step.verb.replace('_', ' ').capitalize()}: {step.noun.name}."
    return sent


def _stands(visit: Visit, step: Step, object_id: str) -> dict[str, Any]:
    """What a form of changes began with; empty for other forms."""
    if step.name != "review.record" or object_of(visit.context.records, step.noun, object_id) is None:
        return {}
    return as_it_stands(step.name, looks_of(step.noun.name)(visit.context, object_id))


def _only_sent(sent: Collection[str], name: str) -> str:
    """The place of a file that came with the form; a name of another file of the server is nothing a form may say.

    Raises:
        UsageError: for such a name, also deep within a field of JSON.
    """
    if name not in sent:
        message = "expected a file that is sent along, found a name: use the field for files"
        raise UsageError(message, where=name[:80])
    return name


def _call(step: Step) -> Callable[..., dict[str, Any]]:
    def called(visit: Visit, object_id: ID, body: BaseModel) -> dict[str, Any]:
        given: dict[str, Any] = body.model_dump(mode="json", exclude_unset=True)
        if step.signs:
            reauthenticate(visit.context, visit.person, given.pop("password"), place=address_of(visit.request))
        if step.name == "review.sign":
            given["version"] = given.pop("version_hash")
        for path in step.body.attached:
            given = change_at(given, path, lambda name: str(kept_upload(visit, name)))
        return _act(visit, step, object_id, given)

    called.__annotations__["body"] = Annotated[_shape(step), JsonBody()]
    called.__doc__ = f"{step.verb.replace('_', ' ').capitalize()}: {step.noun.name}."
    return called


def _shape(step: Step) -> Any:  # noqa: ANN401  # a model
    more: dict[str, Any] = {"expected_version_hash": (str | None, None)}
    if step.signs:
        more["password"] = (str, ...)
    if step.name == "review.sign":
        return create_model("review_sign", version_hash=(str, ...), password=(str, ...))
    return create_model(step.name.replace(".", "_"), __base__=step.body, **more)


def _register() -> None:
    for step in STEPS.values():
        place = PLACES[step.noun.name]
        word = step.verb.replace("_", "-")
        common = {"needs": step.name, "scope": scope_of(step), "signs": step.signs}
        routes.add(
            Route(
                method="POST",
                path=f"/{place}/{{id}}/{word}",
                kind="action",
                handler=_action(step),
                example=example_of(step.noun.name, word),
                **common,  # type: ignore[arg-type]
            )
        )
        called = CALLED.get(step.name, word)
        routes.add(
            Route(
                method="POST",
                path=f"{API}/{place}/{{id}}/{called}",
                kind="api",
                handler=_call(step),
                example=example_of(step.noun.name, called, API),
                **common,  # type: ignore[arg-type]
            )
        )


_register()
