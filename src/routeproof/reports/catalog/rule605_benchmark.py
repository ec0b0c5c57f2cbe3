"""Public Rule 605 figures for people: dot plots of the firm, its venues and others; months on one axis."""

from __future__ import annotations

from dataclasses import replace

from routeproof.reports.document import (
    Block,
    Callout,
    Column,
    Document,
    Paragraph,
    ProvenanceBlock,
    Row,
    Section,
    Table,
    words,
)
from routeproof.reports.numbers import printed
from routeproof.reports.rule605.peer_charts import (
    SHOWN,
    Benchmark605Inputs,
    Shown,
    dots,
    is_trend,
    label_of,
    number_cell,
    trends,
)


def rule605_benchmark(inputs: Benchmark605Inputs) -> Document:
    """The whole document: pure, so that the same figures give the same bytes."""
    whose = f"beside the flow of {inputs.provider}" if inputs.provider else "as published"
    title = f"Public Rule 605 figures, {inputs.period}"
    charts = trends(inputs) if is_trend(inputs) else dots(inputs)
    return Document(
        title=title,
        subtitle=f"{inputs.layout} reports {whose}, by {', '.join(inputs.by) or 'nothing'}",
        dated_on=inputs.dated_on,
        version=inputs.version,
        digest=inputs.digest,
        meta={
            "layout": inputs.layout, "by": list(inputs.by), "period": inputs.period, "provider": inputs.provider,
            "digest": inputs.digest, "version": inputs.version,
        },
        sections=(
            Section(id="figures", title="Figures", blocks=(*_front(inputs), *charts)),
            *_sources(inputs),
            Section(id="table", title="All rows", blocks=(_table(inputs),), page_break=True),
            _provenance(inputs),
        ),
        extra={"rows": list(inputs.rows), "notes": list(inputs.notes)},
    )  # fmt: skip


def _sources(inputs: Benchmark605Inputs) -> tuple[Section, ...]:
    """Reporters by what they executed in the firm's symbols, and whether the provider has fills there."""
    there = sorted(
        (row for row in inputs.rows if row.get("liquidity_share")),
        key=lambda row: (-row["liquidity_share"], label_of(row, inputs.by, inputs.said)),
    )
    if not there:
        return ()
    columns = (
        Column(id="row", title="Reporter", weight=2),
        Column(id="used", title=f"{inputs.provider} has fills there"),
        Column(id="share", title="Of shares that these reporters executed in our symbols", align="right", weight=1.5),
    )
    rows = tuple(
        Row(
            id=f"source-{place}",
            cells=(
                words(label_of(row, inputs.by, inputs.said)),
                words("yes" if row["used"] else "no"),
                number_cell(row["liquidity_share"], "rate"),
            ),
        )
        for place, row in enumerate(there)
    )
    unused = sum(row["liquidity_share"] for row in there if not row["used"])
    text = (
        f"{inputs.provider} has no fills at reporters that executed {printed(unused, 'rate')} of these shares. A "
        "reporter is known by its code: that of a venue, of its operator or of its owner, as the venues table has them."
    )
    table = Table(id="sources", columns=columns, rows=rows, caption="Sources of liquidity in our symbols", compact=True)
    return (Section(id="sources", title="Sources of liquidity", blocks=(Paragraph(text=text), table)),)


def _front(inputs: Benchmark605Inputs) -> tuple[Block, ...]:
    lead = (
        "What others publish about the orders that they received. Published figures have no sampling error; months, "
        "reporters and what they are sent differ, and that is what can be seen here. No verdict rests on this page."
    )
    blocks: list[Block] = [Paragraph(text=lead, style="lead")]
    if inputs.notes:
        blocks.append(Callout(tone="note", title="To be known before reading", text=" ".join(inputs.notes)))
    return tuple(blocks)


_OTHERS: tuple[Shown, ...] = (
    Shown("liquidity_share", "Of liquidity in our symbols", "rate", ""),
    Shown("covered_orders", "Covered orders", "count", ""),
    Shown("shares", "Executed shares", "count", ""),
    Shown("coverage", "Coverage", "rate", ""),
    Shown("weight_matched", "Our weight matched", "rate", ""),
    Shown("own_e_over_q_matched", "Own E/Q there", "ratio", ""),
)


def _table(inputs: Benchmark605Inputs) -> Table:
    """Every row with the figures of the charts; the machine-readable document has all of them."""
    shown = [item for item in _OTHERS if any(row.get(item.name) is not None for row in inputs.rows)]
    shown += list(SHOWN[inputs.layout])
    if inputs.provider:
        adjusted = [
            replace(item, name=f"{item.name}_adjusted", head=f"{item.head or item.title}, our mix") for item in shown
        ]
        shown += [item for item in adjusted if any(row.get(item.name) is not None for row in inputs.rows)]
    has_used = any(row.get("used") is not None for row in inputs.rows)
    columns = [Column(id="row", title="Row", weight=1.8)]
    columns += [Column(id="used", title="Used", weight=0.7)] if has_used else []
    columns += [Column(id=item.name, title=item.head or item.title, align="right") for item in shown]
    rows = []
    for place, row in enumerate(inputs.rows):
        used = [words({True: "yes", False: "no", None: ""}[row.get("used")])] if has_used else []
        cells = [number_cell(_scaled(row.get(item.name), item), item.kind) for item in shown]
        label = words(f"{label_of(row, inputs.by, inputs.said)}{' (own flow)' if row.get('side') == 'own' else ''}")
        rows.append(Row(id=f"row-{place}", cells=(label, *used, *cells), strong=row.get("side") == "own"))
    return Table(
        id="rows", columns=tuple(columns), rows=tuple(rows), caption=f"By {', '.join(inputs.by) or 'nothing'}",
        note="A dash is not stated or cannot be adjusted; it is never zero.", landscape=True, compact=True,
    )  # fmt: skip


def _scaled(value: float | None, shown: Shown) -> float | None:
    return None if value is None else value * shown.factor


def _provenance(inputs: Benchmark605Inputs) -> Section:
    entries = (("Made from", inputs.origin), ("Public rows", f"sha256 {inputs.digest}"), ("Program", inputs.version))
    return Section(id="provenance", title="Provenance", blocks=(ProvenanceBlock(entries=entries),))
