"""The scorecard sections: all securities together up front, one by one at the back."""

from collections.abc import Iterator
from typing import Final

from routeproof.reports.document import MARKS, VERDICT_WORDS, Block, Cell, Column, Paragraph, Row, Section, Table, words
from routeproof.reports.pack.differences import differences_figure
from routeproof.reports.pack.frames import empty_section, number, symbol, symbol_weight
from routeproof.reports.pack.inputs import PackInputs, VerdictFamily
from routeproof.reports.score import Comparison, Score
from routeproof.reports.scorecard import scorecard_table

SHORT: Final = {
    "price_improvement": "Price",
    "spread_capture": "Capture",
    "fill_time": "Fill time",
    "limit_fill_rate": "Fill rate",
    "reversion": "Reversion",
}
LEAD = (
    "The same five rows for each security, raw values with their counts. A security with little data is shown all the "
    "same; its verdict then reads “cannot tell” and names the smallest difference that this much data could have "
    "shown. Each row and column is a family of tests over the securities, held to a false discovery rate of "
    "{level:.0%} (Benjamini\N{EN DASH}Yekutieli); of the {standing} verdicts better or worse that stand, at most "
    "{expected:.1f} are expected to be false."
)


def scorecard_section(inputs: PackInputs) -> Section:
    """The dashboard over all securities."""
    if not inputs.overall.rows:
        return empty_section(inputs, "scorecard", "Scorecard")
    figure = differences_figure(inputs.overall)
    blocks: list[Block] = [scorecard_table(inputs.overall), *([figure] if figure else [])]
    return Section(id="scorecard", title="Scorecard", blocks=tuple(blocks), page_break=True)


def _comparisons(score: Score) -> Iterator[tuple[str, Comparison | None]]:
    """The row and column of each test, as families name them."""
    for row in score.rows:
        yield f"{row.id}/market", row.market_comparison
        yield f"{row.id}/limit", row.limit_comparison


def _verdict(comparison: Comparison | None) -> Cell:
    if comparison is None or not comparison.verdict:
        return words("")
    said = VERDICT_WORDS[comparison.verdict]
    return Cell(value=said, text="\N{NO-BREAK SPACE}", verdict=comparison.verdict, reason=comparison.reason)


def glance_table(
    scores: tuple[Score, ...], families: tuple[VerdictFamily, ...], shrunk: dict[str, float]
) -> Table | None:
    """Every security's verdicts in one line, the worst improvement first; null where nothing was compared."""
    scopes = {family.scope: family for family in families}
    if not scopes:
        return None
    ranked = sorted(scores, key=lambda score: (shrunk.get(score.security, float("inf")), score.security))
    rows = [
        Row(
            id=f"glance-{score.security}",
            cells=(
                symbol(score.security),
                number(shrunk.get(score.security), "usd_per_share", reason="no interval"),
                *(_verdict(found) for scope, found in _comparisons(score) if scope in scopes),
            ),
        )
        for score in ranked
    ]
    room = symbol_weight((score.security for score in ranked), 1.2, 1.3 + len(scopes))
    columns = [Column(id="security", title="Security", weight=room)]
    columns.append(Column(id="shrunk", title="Price Δ", unit="$/share, shrunk", align="right", weight=1.3))
    for scope in scopes:
        row_id, column = scope.split("/")
        columns.append(Column(id=scope.replace("/", "-"), title=SHORT[row_id], unit=column, align="center"))
    for label, name in (("better", "better"), ("worse", "worse")):
        counts = (Cell(value=getattr(one, name), text=str(getattr(one, name)), unit="count") for one in scopes.values())
        rows.append(Row(id=f"glance-{name}", cells=(words(f"{MARKS[name]} {label}"), words(""), *counts), strong=True))
    return Table(
        id="securities-glance",
        columns=tuple(columns),
        rows=tuple(rows),
        caption="Verdicts at a glance, least improvement against the benchmark first",
        note=", ".join(f"{mark} {VERDICT_WORDS[word]}" for word, mark in MARKS.items() if mark)
        + ". The shrunk difference of market orders is drawn toward the common mean by as much as it is noise: it "
        "ranks the securities and carries no verdict.",
        compact=True,
        together=True,
    )


def securities_section(inputs: PackInputs) -> Section:
    """Verdicts at a glance, then the same dashboard, security by security; thin securities are shown raw and say so."""
    title = "Scorecard, security by security"
    if not inputs.securities:
        return empty_section(inputs, "securities", title)
    families = inputs.security_families
    text = LEAD.format(
        level=families[0].level if families else 0.05,
        standing=sum(one.verdicts for one in families),
        expected=sum(one.expected_false for one in families),
    )
    glance = glance_table(inputs.securities, families, dict(inputs.shrunk))
    blocks: list[Block] = [Paragraph(text=text, style="lead"), *([glance] if glance else [])]
    blocks += [scorecard_table(score) for score in inputs.securities]
    return Section(id="securities", title=title, blocks=tuple(blocks), page_break=True)
