"""Analyses: what the router really does; the address is the question, and an answer that was made is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path as InPath
from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from routeproof.app.analysis.ground import Span
from routeproof.app.analysis.held_answer import held, opening_of
from routeproof.app.analysis.kept import analysis_kept
from routeproof.app.analysis.kinds import BY_NAME as KINDS
from routeproof.app.measuring.asked import day_in
from routeproof.app.measuring.background import Pending
from routeproof.app.measuring.explored import usual_range
from routeproof.app.objects.governed import ids_of
from routeproof.governance.provider.noun import PROVIDER
from routeproof.metrics.metric import Quotient
from routeproof.metrics.registry import ALL as METRICS
from routeproof.vocab.dimensions import DIMENSIONS
from routeproof.vocab.errors import RouteproofError
from routeproof.web.faults import NotFoundError, status_of
from routeproof.web.looks import steps_for
from routeproof.web.measure_query import DAY, LONGEST
from routeproof.web.naming import NEW
from routeproof.web.routing import Routes
from routeproof.web.usual_span import usual_span
from routeproof.web.visit import Shown

if TYPE_CHECKING:
    from routeproof.app.analysis.held_answer import HeldAnswer
    from routeproof.app.analysis.kinds import Kind
    from routeproof.app.context import Context
    from routeproof.web.visit import Visit

routes = Routes()
WAIT_S = 0.1
KindName = Annotated[str, InPath(max_length=40, pattern="^[a-z_]*$")]


class AnalysisQuery(BaseModel):
    """What is asked of an analysis; those that a kind does not ask for stay empty."""

    model_config = ConfigDict(populate_by_name=True)

    provider: str = Field("", max_length=LONGEST, description="Only this provider's orders.")
    first: str = Field("", alias="from", pattern=DAY, description="First trading day; the newest quarter if omitted.")
    last: str = Field("", alias="to", pattern=DAY, description="Last trading day.")
    subject: str = Field("", max_length=LONGEST, description="provider=P2, venue=XNAS, or period=FROM..TO.")
    against: str = Field("", max_length=LONGEST, description="The same of another flow, rest, or population=tape.")
    metric: str = Field("", max_length=LONGEST, description="A mean or ratio of the catalog.")
    by: str = Field("", max_length=LONGEST, description="Dimensions between commas, outermost first.")
    where: str = Field("", max_length=LONGEST, description="COLUMN=V[,V], COLUMN>=V or COLUMN<V.")
    seed: int | None = Field(None, ge=0, lt=2**63, description="Of everything drawn; that of policy if omitted.")
    manifest: str = Field("", max_length=LONGEST, description="As known at this commit; the newest if omitted.")

    def texts(self) -> dict[str, str]:
        """What was said beside provider and days, by name."""
        return {name: getattr(self, name).strip() for name in ("subject", "against", "metric", "by", "where")}


class PageQuery(AnalysisQuery):
    """The question, and whether it was asked: a form that was only opened measures nothing."""

    go: bool = Field(default=False, description="Ask now.")


def _example(_: Context) -> str:
    return f"/analyses/{next(iter(KINDS))}"


def _call_example(_: Context) -> str:
    return "/api/v1/analyses/compare?subject=provider=P2&against=provider=P1"


@routes.page("/analyses", needs="view.measures", template="analyses.html")
def analyses(visit: Visit) -> dict[str, Any]:
    """Every analysis with its question."""
    return {"kinds": KINDS.values(), "usual": usual_range(visit.context, visit.limits.to_on)}


@routes.page("/analyses/{kind}", needs="view.measures", template="analysis.html", example=_example)
def analysis(visit: Visit, kind: KindName, asked: Annotated[PageQuery, Query()]) -> Shown:
    """One analysis: its form, and its answer once it was asked."""
    chosen = _kind(kind)
    values = {**_around(visit, chosen, asked), "problem": None, "pending": None, "found": None, "led_to": []}
    if not asked.go:
        return Shown(values)
    try:
        span, given = _span(visit, asked), chosen.given(asked.texts())
        found = analysis_kept(visit.context, chosen, span, given, WAIT_S)
    except NotFoundError:
        raise
    except RouteproofError as error:
        return Shown({**values, "problem": error}, status_of(error))
    if isinstance(found, Pending):
        return Shown({**values, "pending": found.seconds})
    return Shown({**values, "found": found, "led_to": _led_to(visit, held(chosen, span, given, found))})


def _led_to(visit: Visit, answer: HeldAnswer) -> list[dict[str, Any]]:
    """What can be opened from an answer: `provider, said` and the forms of `steps_for`, for each provider of it.

    A form carries the address of the answer and its digest, so that what is filed is what was seen.
    """
    return [
        {
            "provider": provider,
            "said": [one.said for one in matters],
            "steps": [
                {**step, "verb": f"open-{noun}-{number}", "hidden": {"answer": answer.reference}}
                for noun in ("case", "remediation")
                for step in steps_for(
                    visit, noun, NEW, "open", values=opening_of(answer, provider, matters, opening=noun)
                )
            ],
        }
        for number, (provider, matters) in enumerate(answer.matters.items())
    ]


@routes.api("GET", "/analyses/{kind}", needs="view.measures", example=_call_example)
def analysis_call(visit: Visit, kind: KindName, asked: Annotated[AnalysisQuery, Query()]) -> dict[str, Any]:
    """The answer of an analysis, as its command gives it with `--json`; it takes its time once."""
    chosen = _kind(kind)
    found = analysis_kept(visit.context, chosen, _span(visit, asked), chosen.given(asked.texts()))
    assert isinstance(found, dict)  # noqa: S101  # it was waited for
    return found


def _kind(name: str) -> Kind:
    if name not in KINDS:
        message = f"expected one of {', '.join(KINDS)}, found another name"
        raise NotFoundError(message, where=name)
    return KINDS[name]


def _span(visit: Visit, asked: AnalysisQuery) -> Span:
    """The days that were asked for, else the newest quarter; within those that the person's role reaches.

    Raises:
        NotFoundError: days beyond those.
    """
    first, last = day_in(asked.first or None, "from"), day_in(asked.last or None, "to")
    provider, manifest = asked.provider.strip() or None, asked.manifest.strip() or None
    if first is None and last is None:
        return replace(usual_span(visit, provider), manifest=manifest, seed=asked.seed)
    first, last = first or visit.limits.from_on, last or visit.limits.to_on
    for day in filter(None, (first, last)):
        visit.require_reach(day)
    return Span(first=first, last=last, provider=provider, manifest=manifest, seed=asked.seed)


def _around(visit: Visit, kind: Kind, asked: PageQuery) -> dict[str, Any]:
    usual = usual_span(visit)
    first, last = (asked.first, asked.last) if asked.first or asked.last else (usual.first, usual.last)
    offered = {
        "metrics": {one.name: one.label for one in METRICS if isinstance(one.averaging, Quotient)},
        "dimensions": {name: name.replace("_", " ") for name in DIMENSIONS},
    }
    return {
        "kind": kind,
        "asked": asked,
        "texts": asked.texts(),
        "first": first,
        "last": last,
        "providers": ids_of(visit.context.records, PROVIDER),
        "offered": offered,
    }
