"""The scorecard sections: all securities together up front, one by one at the back."""

from routeproof.reports.document import Block, Paragraph, Section
from routeproof.reports.pack.frames import empty_section
from routeproof.reports.pack.inputs import PackInputs
from routeproof.reports.scorecard import scorecard_table


def scorecard_section(inputs: PackInputs) -> Section:
    """The dashboard over all securities."""
    if not inputs.overall.rows:
        return empty_section(inputs, "scorecard", "Scorecard")
    return Section(id="scorecard", title="Scorecard", blocks=(scorecard_table(inputs.overall),), page_break=True)


def securities_section(inputs: PackInputs) -> Section:
    """The same dashboard, security by security; thin securities are shown raw and say so."""
    title = "Scorecard, security by security"
    if not inputs.securities:
        return empty_section(inputs, "securities", title)
    lead = Paragraph(
        text="The same five rows for each security, raw values with their counts. A security with little data is "
        "shown all the same; its verdict then reads “cannot tell” and says what difference could have been seen.",
        style="lead",
    )
    blocks: list[Block] = [lead, *(scorecard_table(score) for score in inputs.securities)]
    return Section(id="securities", title=title, blocks=tuple(blocks), page_break=True)
