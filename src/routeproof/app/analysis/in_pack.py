"""Analyses that stand in a pack: those that need only provider and days, and the comparison with the benchmark."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from routeproof.app.analysis.ground import Span
from routeproof.app.analysis.kept import analysis_kept
from routeproof.app.analysis.kinds import KINDS, Kind
from routeproof.reports.pack.inputs import AnalysisShown
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from routeproof.app.context import Context


def analyses_shown(
    context: Context,
    provider: str,
    days: tuple[date, date],
    against: str | None,
    manifest: str,
    on_step: Callable[[str], None],
) -> tuple[AnalysisShown, ...]:
    """What each analysis answers of a provider's quarter; answers that were made before are taken as they are.

    Args:
        context: the workspace.
        provider: under review.
        days: first and last of the quarter.
        against: another provider to compare with; without one there is no comparison.
        manifest: as known at this commit.
        on_step: told what is being done.
    """
    found = []
    for kind, span, given in _asked(provider, days, against, manifest):
        on_step(f"analysis: {kind.title.lower()}")
        ask: Callable[[], Any] = partial(analysis_kept, context, kind, span, given)
        found.append(_shown(kind, answered(ask)))
    return tuple(found)


def answered(ask: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """What an analysis answers; one that cannot be asked here is refused with the reason, and the pack has the others.

    So a provider of which nothing but orders is on record has a pack too, which says what is not on file.
    """
    try:
        return ask()
    except UsageError as error:
        return {"refused": True, "reason": str(error), "assumptions": ()}


def _asked(
    provider: str, days: tuple[date, date], against: str | None, manifest: str
) -> Iterator[tuple[Kind, Span, dict[str, str]]]:
    first, last = days
    for kind in KINDS:
        if not any(one.required for one in kind.asks):
            yield kind, Span(first=first, last=last, provider=provider, manifest=manifest), kind.given({})
        elif kind.name == "compare" and against is not None:
            sides = {"subject": f"provider={provider}", "against": f"provider={against}"}
            yield kind, Span(first=first, last=last, manifest=manifest), kind.given(sides)


def _shown(kind: Kind, found: Mapping[str, Any]) -> AnalysisShown:
    lead = kind.tables[0]
    return AnalysisShown(
        name=kind.name.replace("_", "-"),
        title=kind.title,
        question=kind.question,
        lead=lead.of,
        caption=lead.caption,
        columns=lead.columns,
        found=found,
    )
