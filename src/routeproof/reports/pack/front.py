"""Page one: what was reviewed, against which thresholds, with what outcome, and what to look at."""

from routeproof.reports.document import (
    Block,
    Callout,
    Cell,
    Column,
    KeyFigure,
    KeyFigures,
    Listing,
    ListItem,
    Row,
    Section,
    Table,
    words,
)
from routeproof.reports.pack.frames import number
from routeproof.reports.pack.inputs import FrameworkRow, Outcome, PackInputs

OUTCOMES: dict[Outcome, str] = {
    "passed": "✓ Passed",
    "failed": "✗ Act or justify",
    "cannot_tell": "? Cannot tell",
    "no_control_flow": "○ No control flow",
}

UNTOLD: tuple[Outcome, ...] = ("cannot_tell", "no_control_flow")


def _framework_row(row: FrameworkRow) -> Row:
    outcome = Cell(value=row.outcome, text=OUTCOMES[row.outcome], note=row.detail)
    return Row(
        id=row.component,
        cells=(words(row.component), words(row.metrics), words(row.data_sources), words(row.threshold), outcome),
        strong=row.outcome == "failed",
    )


def framework_table(rows: tuple[FrameworkRow, ...]) -> Table:
    """The review framework: component, metrics, data sources, action threshold, outcome."""
    return Table(
        id="framework",
        columns=(
            Column(id="component", title="Component", weight=1.0),
            Column(id="metrics", title="Key metrics", weight=1.2),
            Column(id="sources", title="Data sources", weight=1.2),
            Column(id="threshold", title="Action threshold", weight=1.5),
            Column(id="outcome", title="Outcome", weight=2.2),
        ),
        rows=tuple(_framework_row(row) for row in rows),
        caption="Review framework",
        note="✓ passed · ✗ threshold crossed: act or justify · ? the data cannot tell · ○ nothing to test against, "
        "which is no pass. Each threshold is a test in the policy in force before the period began.",
    )


def _totals(inputs: PackInputs) -> KeyFigures:
    quality = inputs.quality
    reason = "no data quality totals were given"
    share = quality.accepted / quality.received if quality and quality.received else None
    analysed = quality.analysed / quality.measured if quality and quality.measured else None
    sessions = quality.sessions if quality else 0
    seen = sessions - len(quality.missing) if quality else 0
    actions = sum(row.outcome == "failed" for row in inputs.framework)
    open_ = sum(row.outcome in UNTOLD for row in inputs.framework)
    of = f" of {len(inputs.framework)}"
    return KeyFigures(
        items=(
            KeyFigure(label="thresholds crossed", cell=Cell(value=actions, text=f"{actions}{of}", unit="count")),
            KeyFigure(label="neither crossed nor passed", cell=Cell(value=open_, text=f"{open_}{of}", unit="count")),
            KeyFigure(
                label="sessions with executions", cell=Cell(value=seen, text=f"{seen} of {sessions}", unit="count")
            ),
            KeyFigure(
                label="executions measured", cell=number(quality.measured if quality else None, "count", reason=reason)
            ),
            KeyFigure(label="of them analysed", cell=number(analysed, "share", reason=reason)),
            KeyFigure(label="input rows accepted", cell=number(share, "share", reason=reason)),
        )
    )


def _quiet(inputs: PackInputs) -> Callout:
    """What a pack without findings may say: silence is no pass where thresholds could not be tested."""
    untold = sum(row.outcome in UNTOLD for row in inputs.framework)
    if untold:
        text = (
            f"No threshold is known to be crossed, but {untold} of {len(inputs.framework)} were neither crossed nor "
            "passed: the outcomes above say what is missing."
        )
        return Callout(tone="warning", title="Little can be told", text=text)
    text = inputs.reasons.get("summary", "No test of the period crossed its threshold and no rule fired.")
    return Callout(tone="note", title="Nothing stands out", text=text)


def summary_section(inputs: PackInputs) -> Section:
    """The pack's first page."""
    blocks: list[Block] = [_totals(inputs), framework_table(inputs.framework)]
    if inputs.findings:
        items = tuple(ListItem(headline=f.headline, detail=f.detail, section_id=f.section_id) for f in inputs.findings)
        blocks.append(Listing(title="What to look at", items=items))
    else:
        blocks.append(_quiet(inputs))
    return Section(id="summary", title="Review framework and what to look at", blocks=tuple(blocks))


def subtitle(inputs: PackInputs) -> str:
    """Firm, provider and period in one line."""
    who = inputs.identity
    return f"{who.firm} · router {who.provider} · {who.from_on.isoformat()} to {who.to_on.isoformat()}"
