"""Objects whose page needs no design of its own: what is known, its documents, its history, the next steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.steps import STEPS
from routeproof.web.examples import example_of
from routeproof.web.looks import AREAS, ID, list_of, looked_at, steps_for
from routeproof.web.naming import NEW, makes
from routeproof.web.pages.experiments import experiment_files
from routeproof.web.places import PLACES, title_of
from routeproof.web.routing import Route, Routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeproof.web.visit import Visit

routes = Routes()
NOUNS = (
    "config",
    "certification",
    "sla",
    "suppress",
    "disclosure",
    "report",
    "restatement",
    "evidence",
    "conflict",
    "experiment",
)
FAMILIAR = {"id", "state", "version", "version_hash", "ledger_index", "documents", "history", "receipt"}


def _lister(noun: str) -> Callable[..., dict[str, Any]]:
    def list_(visit: Visit) -> dict[str, Any]:
        verbs = [step["verb"] for step in steps_for(visit, noun, NEW) if makes(STEPS[f"{noun}.{step['verb']}"])]
        return {
            "title": title_of(noun),
            "rows": list_of(visit, noun),
            "steps": steps_for(visit, noun, "new", *verbs) if verbs else [],
        }

    list_.__doc__ = f"All of: {noun}."
    return list_


def _is_first(noun: str, verb: str) -> bool:
    """Whether the step only makes its object; what is proposed may be proposed anew."""
    return makes(STEPS[f"{noun}.{verb}"]) and verb != "propose"


def _shower(noun: str) -> Callable[..., dict[str, Any]]:
    def show(visit: Visit, object_id: ID) -> dict[str, Any]:
        found = looked_at(visit, noun, object_id)
        facts = {name: value for name, value in found.items() if name not in FAMILIAR}
        steps = [one for one in steps_for(visit, noun, object_id) if not _is_first(noun, one["verb"])]
        files = experiment_files(visit, found) if noun == "experiment" else []
        return {"title": title_of(noun), "object": found, "facts": facts, "steps": steps, "files": files}

    show.__doc__ = f"One {noun}."
    return show


for _noun in NOUNS:
    _place, _needs = PLACES[_noun], f"view.{AREAS[_noun]}"
    if _noun not in {"conflict", "report"}:
        routes.add(
            Route(
                method="GET",
                path=f"/{_place}",
                kind="page",
                needs=_needs,
                handler=_lister(_noun),
                template="objects.html",
            )
        )
    routes.add(
        Route(
            method="GET",
            path=f"/{_place}/{{id}}",
            kind="page",
            needs=_needs,
            handler=_shower(_noun),
            template="object.html",
            example=example_of(_noun),
        )
    )
