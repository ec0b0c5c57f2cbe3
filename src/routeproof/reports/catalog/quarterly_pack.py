"""The quarterly review pack: from `PackInputs` to one document value that every renderer prints."""

from collections.abc import Iterator

from routeproof.reports.document import Document, Section
from routeproof.reports.pack.analyses import analyses_sections
from routeproof.reports.pack.fills import fill_times_section, markouts_section
from routeproof.reports.pack.front import subtitle, summary_section
from routeproof.reports.pack.grid import grid_section
from routeproof.reports.pack.inputs import PackInputs
from routeproof.reports.pack.profiles import profiles_section
from routeproof.reports.pack.provenance import provenance_section
from routeproof.reports.pack.quality import clock_section, quality_section
from routeproof.reports.pack.scores import scorecard_section, securities_section
from routeproof.reports.pack.vendor_word import vendor_word_section
from routeproof.reports.pack.venues import venues_section
from routeproof.reports.pack.worst import worst_section
from routeproof.reports.scorecard import scorecard_surface

SECTIONS = (
    summary_section,
    scorecard_section,
    venues_section,
    profiles_section,
    markouts_section,
    fill_times_section,
    worst_section,
    vendor_word_section,
    clock_section,
    quality_section,
    grid_section,
    securities_section,
    provenance_section,
)
"""The pack in reading order; a new section is one file and one line here."""


def _sections(inputs: PackInputs) -> Iterator[Section]:
    """The sections in order; one for each analysis that was asked for."""
    for section in SECTIONS:
        if section is clock_section:
            yield from analyses_sections(inputs)
        yield section(inputs)


def quarterly_pack(inputs: PackInputs) -> Document:
    """The whole pack: pure, so that the same inputs always give the same document."""
    who = inputs.identity
    return Document(
        title=f"Execution quality review {who.period}",
        subtitle=subtitle(inputs),
        dated_on=who.dated_on,
        version=who.version,
        digest=who.digest,
        meta={
            "firm": who.firm,
            "provider": who.provider,
            "period": who.period,
            "from": who.from_on.isoformat(),
            "to": who.to_on.isoformat(),
            "manifest": who.manifest,
            "policy": who.policy,
            "digest": who.digest,
            "version": who.version,
            "command": who.command,
            "switches": dict(who.switches),
            "metric_versions": dict(who.metric_versions),
        },
        sections=tuple(_sections(inputs)),
        extra={
            "scorecard": scorecard_surface(inputs.overall),
            "securities": [scorecard_surface(score) for score in inputs.securities],
        },
    )
