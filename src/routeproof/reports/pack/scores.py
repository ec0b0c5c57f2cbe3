"""The scorecard sections: all securities together up front, one by one at the back."""

from routeproof.reports.document import Block, Paragraph, Section
from routeproof.reports.pack.differences import differences_figure
from routeproof.reports.pack.frames import empty_section
from routeproof.reports.pack.inputs import PackInputs
from routeproof.reports.scorecard import scorecard_table


def scorecard_section(inputs: PackInputs) -> Section:
    """The dashboard over all securities."""
    if not inputs.overall.rows:
        return empty_section(inputs, "scorecard", "Scorecard")
    figure = differences_figure(inputs.overall)
    blocks: list[Block] = [scorecard_table(inputs.overall), *([figure] if figure else [])]
    return Section(id="scorecard", title="Scorecard", blocks=tuple(blocks), page_break=True)


def securities_section(inputs: PackInputs) -> Section:
    """The same dashboard, security by security; thin securities are shown raw and say so."""
    title = "Scorecard, security by security"
    if not inputs.securities:
        return empty_section(inputs, "securities", title)
    lead = Paragraph(
        text="The same five rows for each security, raw values with their counts. A security with little data is "
        "shown all the same; its verdict then reads “cannot tell” and names the smallest difference that this much "
        "data could have shown.",
        style="lead",
    )
    blocks: list[Block] = [lead, *(scorecard_table(score) for score in inputs.securities)]
    return Section(id="securities", title=title, blocks=tuple(blocks), page_break=True)
