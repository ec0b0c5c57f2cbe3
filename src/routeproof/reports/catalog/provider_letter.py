"""The letter that notifies a provider: what was found, the firm's own figures of its flow, and what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.reports.document import (
    Block,
    Cell,
    Column,
    Document,
    Paragraph,
    ProvenanceBlock,
    Row,
    Section,
    Table,
    words,
)

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFigure:
    """One of the provider's own figures; `benchmark` is empty where it would show another provider's."""

    id: str
    title: str
    orders: str
    cell: Cell
    benchmark: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterInputs:
    """Everything that the letter says.

    Attributes:
        named: the provider's name by its file; empty where there is no file.
        receipt_days: days within which the provider is asked to confirm receipt.
        reply_days: days within which it is asked to say what it finds.
        no_figures: what is said where there are none.
        provenance: what the figures rest on, by label.
    """

    remediation: str
    firm: str
    provider: str
    named: str
    quarter: str
    addressee: str
    finding: str
    summary: str
    body: str
    dated_on: date
    receipt_days: int
    reply_days: int
    figures: tuple[LetterFigure, ...]
    no_figures: str
    provenance: tuple[tuple[str, str], ...]
    version: str
    digest: str


COLUMNS = (
    Column(id="metric", title="Measure", weight=1.6),
    Column(id="orders", title="Orders", weight=1.4),
    Column(id="value", title="Measured", align="right", weight=1.5),
    Column(id="benchmark", title="Held against", align="right", weight=1.4),
    Column(id="verdict", title="Outcome", weight=1.2),
)
NOTE = (
    "Measured by the firm from its own records of your routing, not from your reports. Brackets hold 95% intervals, n "
    "counts executions (of fill rates: orders). Figures of others are not shown."
)


def paragraphs(inputs: LetterInputs) -> tuple[str, ...]:
    """The letter's words, in order; the figures stand between the second last and the last."""
    own = (inputs.body,) if inputs.body else ()
    request = (
        f"Please confirm receipt within {inputs.receipt_days} days, and tell us within {inputs.reply_days} days what "
        "you find: whether you see the same, what you think caused it, and which changes you propose, with owners and "
        "dates. We will go through it with you, and may change where we send orders."
    )
    return (
        f"To {inputs.addressee}",
        f"In our review of {inputs.provider} for {inputs.quarter} we found, under {inputs.finding}: {inputs.summary}",
        *own,
        "The figures below are ours. Each names the orders that it counts and how many there were.",
        request,
    )


def provider_letter(inputs: LetterInputs) -> Document:
    """The letter as a document."""
    said = paragraphs(inputs)
    blocks: list[Block] = [Paragraph(text=said[0], style="lead"), *(Paragraph(text=text) for text in said[1:-1])]
    blocks.append(_figures(inputs) if inputs.figures else Paragraph(text=inputs.no_figures))
    blocks.append(Paragraph(text=said[-1]))
    return Document(
        title=f"Notice to {inputs.named or inputs.provider}",
        subtitle=f"{inputs.firm} · {inputs.dated_on} · {inputs.remediation}, {inputs.quarter}",
        dated_on=inputs.dated_on,
        version=inputs.version,
        digest=inputs.digest,
        meta={"firm": inputs.firm, "provider": inputs.provider, "period": inputs.quarter},
        sections=(
            Section(id="notice", title="What we found", blocks=tuple(blocks)),
            Section(id="provenance", title="Where the figures come from", blocks=(_provenance(inputs),)),
        ),
        extra={},
    )


def _figures(inputs: LetterInputs) -> Table:
    rows = tuple(
        Row(
            id=figure.id,
            cells=(
                words(figure.title),
                words(figure.orders),
                figure.cell,
                words(figure.benchmark),
                words(figure.verdict),
            ),
        )
        for figure in inputs.figures
    )
    caption = f"{inputs.provider}, {inputs.quarter}"
    return Table(id="figures", columns=COLUMNS, rows=rows, caption=caption, note=NOTE)


def _provenance(inputs: LetterInputs) -> ProvenanceBlock:
    return ProvenanceBlock(entries=inputs.provenance)


def letter_text(inputs: LetterInputs) -> str:
    """The letter in plain text, for people without a viewer and for the record."""
    said = paragraphs(inputs)
    figures = [
        f"- {figure.title}, {figure.orders}: {figure.cell.printed}"
        + (f" (n {figure.cell.n})" if figure.cell.n is not None else "")
        + (f" against {figure.benchmark}" if figure.benchmark else "")
        + (f": {figure.verdict}" if figure.verdict else "")
        for figure in inputs.figures
    ]
    provenance = [f"{name}: {value}" for name, value in inputs.provenance]
    return "\n\n".join(
        (*said[:-1], "\n".join(figures) if figures else inputs.no_figures, said[-1], "\n".join(provenance))
    )
