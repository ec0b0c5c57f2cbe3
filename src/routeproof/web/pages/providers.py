"""Providers: the file, the questionnaire and last year's answers, agreement, configuration, incidents, documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query

from routeproof.app.analysis.kept import analysis_if_kept
from routeproof.app.analysis.kinds import BY_NAME as KINDS
from routeproof.app.desk.provider_file import provider_file
from routeproof.app.objects.act import act
from routeproof.app.provider.compare import compare_providers
from routeproof.app.provider.file import answers_body, questionnaire_file
from routeproof.app.steps import BY_NOUN
from routeproof.app.todo import provider_states
from routeproof.vocab.errors import UsageError
from routeproof.web.examples import example_of
from routeproof.web.faults import NotFoundError
from routeproof.web.looks import ID, looked_at, require_object, steps_for
from routeproof.web.routing import API, Routes
from routeproof.web.usual_span import usual_span
from routeproof.web.visit import Gone, Sent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.web.visit import Visit

routes = Routes()
RUNNING = ("incident", "fallback", "go_live", "terminate")
FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json", "xlsx": "application/octet-stream"}


@routes.page("/providers", needs="view.providers", template="providers.html")
def providers(visit: Visit, compare: Annotated[list[str] | None, Query()] = None) -> dict[str, Any]:
    """Every provider; two or more of them side by side."""
    found = provider_states(visit.context)
    known = {item["id"] for item in found}
    chosen = [name for name in dict.fromkeys(compare or ()) if name in known]
    beside = compare_providers(visit.context, chosen, visit.context.business_day) if len(chosen) > 1 else None
    return {
        "providers": found,
        "chosen": chosen,
        "beside": beside,
        "steps": steps_for(visit, "provider", "new", "add"),
    }


@routes.page("/providers/{id}", needs="view.providers", template="provider.html", example=example_of("provider"))
def provider(visit: Visit, object_id: ID) -> dict[str, Any]:
    """One provider's file."""
    found = looked_at(visit, "provider", object_id)
    return {
        "provider": found,
        "file": provider_file(visit.context, object_id),
        "diligence": steps_for(visit, "provider", object_id, *_diligence(found)),
        "running": steps_for(visit, "provider", object_id, *RUNNING),
        "tested": _tested(visit, object_id),
    }


def _tested(visit: Visit, provider: str) -> dict[str, dict[str, Any]]:
    """What the record says of answers, by question, where somebody had them tested on the newest quarter."""
    span = usual_span(visit, provider)
    if not span.first or not visit.reaches(span.first, span.last):
        return {}
    kind = KINDS["routing_answers"]
    found = analysis_if_kept(visit.context, kind, span, kind.given({}))
    return {row["question_id"]: row for row in found["checks"]} if found else {}


@routes.api("GET", "/providers/{id}/file", needs="view.providers", example=example_of("provider", "file", API))
def file_call(visit: Visit, object_id: ID) -> dict[str, Any]:
    """What stands beside a provider's own members: questionnaire beside last year's, agreements, settings."""
    require_object(visit, BY_NOUN["provider"], object_id)
    return provider_file(visit.context, object_id)


@routes.page(
    "/providers/{id}/questionnaire.{form}",
    needs="view.providers",
    example=example_of("provider", "questionnaire.csv"),
)
def questionnaire(visit: Visit, object_id: ID, form: str) -> Sent:
    """The questionnaire of the open round, with last year's answers, to be filled in."""
    require_object(visit, BY_NOUN["provider"], object_id)
    if form not in FORMATS:
        message = f"expected a questionnaire as {', '.join(FORMATS)}, found {form!r}"
        raise NotFoundError(message)
    return Sent(questionnaire_file(visit.context, object_id, form), FORMATS[form], f"{object_id}-questions.{form}")


@routes.action("/providers/{id}/answers", needs="provider.answers", example=example_of("provider", "answers"))
def answers(visit: Visit, object_id: ID) -> Gone:
    """Take in a questionnaire that was filled in."""
    require_object(visit, BY_NOUN["provider"], object_id)
    if "file" not in visit.uploads:
        message = "expected the questionnaire that was filled in, found no file"
        raise UsageError(message, where="file")
    act(
        visit.context,
        BY_NOUN["provider"],
        object_id,
        "answers",
        answers_body(visit.context, object_id, visit.uploads["file"]),
    )
    return Gone(f"/providers/{object_id}", "The answers are on file.")


def _diligence(provider: Mapping[str, Any]) -> tuple[str, ...]:
    """Steps of due diligence, what comes next first: an open round is approved, one that is closed is begun anew."""
    last = "refresh" if provider["round"]["approved_on"] else "approve"
    return (last, "score", "document", "condition", "meet", "venues", "reliance")
