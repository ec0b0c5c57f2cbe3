"""The Rule 605 report for people: what was reported, how every order was accounted for, what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.reports.document import (
    Block,
    Callout,
    Column,
    Document,
    KeyFigure,
    KeyFigures,
    Paragraph,
    ProvenanceBlock,
    Row,
    Section,
    Table,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

Plain = dict[str, Any]
STAMP = "unconfirmed"
NAMES = {"detailed": "605(a)(1) detailed report", "summary": "605(a)(2) summary report"}
LONGEST_VALUE = 120
WIDEST_UPRIGHT = 11
"""Columns of numbers that fit a page that stands upright."""
NAMED = ("Order type", "S&P 500", "Type")
"""Columns of words."""
LONGEST_UPRIGHT = 11
"""Characters of a number that fit one of these."""
FIRST_WIDTH = 2.0
"""Of the order type's column, against one of numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule605Inputs:
    """What the document says, as plain values.

    Attributes:
        kind: `detailed` or `summary`.
        reporter: reporter identification code and designated participant.
        month: YYYY-MM.
        figures: header and rows of text: by order type for the detailed report, the file's own for the summary.
        accounted: orders in, out by reason, covered: `{"reason", "meaning", "versions", "orders", "fills"}`.
        ties: sentences of two counts that must agree: `{"what", "here", "there", "agrees", "note"}`.
        fields: `{"field", "applies", "subjects"}`: what each field is for and which readings it rests on.
        readings: `{"subject", "value", "citation", "grade", "effective_from"}`.
        notes: what a reader must know.
        files: `{"path", "sha256", "rows"}`.
        origin: what the report was made from.
        dated_on: last day of the month.
        version: of the program.
        digest: SHA-256 of the report's file.
    """

    kind: str
    reporter: tuple[str, str]
    month: str
    figures: tuple[Sequence[str], Sequence[Sequence[str]]]
    accounted: Sequence[Plain]
    ties: Sequence[Plain]
    fields: Sequence[Plain]
    readings: Sequence[Plain]
    notes: Sequence[str]
    files: Sequence[Plain]
    origin: str
    dated_on: date
    version: str
    digest: str

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """Readings that no primary text confirms."""
        return tuple(item["subject"] for item in self.readings if item["grade"] != "C")


def rule605_report(inputs: Rule605Inputs) -> Document:
    """The whole document: pure, so that the same figures give the same bytes."""
    code, participant = inputs.reporter
    return Document(
        title=f"Rule {NAMES[inputs.kind]}, {inputs.month}",
        subtitle=f"{code}, designated participant {participant} · {STAMP} readings: {len(inputs.unconfirmed)}",
        dated_on=inputs.dated_on,
        version=inputs.version,
        digest=inputs.digest,
        meta={
            "kind": inputs.kind,
            "reporter": code,
            "participant": participant,
            "month": inputs.month,
            "digest": inputs.digest,
            "version": inputs.version,
        },
        sections=(_front(inputs), _reconciliation(inputs), _readings(inputs), _provenance(inputs)),
        extra={
            "files": list(inputs.files),
            "unconfirmed": list(inputs.unconfirmed),
            "accounted": list(inputs.accounted),
        },
    )


def _front(inputs: Rule605Inputs) -> Section:
    totals = {item["reason"]: item["versions"] for item in inputs.accounted}
    seen = sum(totals.values())
    figures = (
        KeyFigure(label="Orders in", cell=words(f"{seen:,}")),
        KeyFigure(label="Covered orders", cell=words(f"{totals.get('', 0):,}")),
        KeyFigure(label="Left out, with a reason", cell=words(f"{seen - totals.get('', 0):,}")),
        KeyFigure(label="Rows of the file", cell=words(f"{inputs.files[0]['rows']:,}")),
    )
    stamp = (
        f"{len(inputs.unconfirmed)} of {len(inputs.readings)} readings of the rule are not confirmed from a primary "
        f"text and are listed under Readings: {', '.join(map(_plain, inputs.unconfirmed))}. Figures that rest on them "
        "are to be checked before they are published."
    )
    header, rows = inputs.figures
    first = FIRST_WIDTH if inputs.kind == "detailed" else 1.0
    columns = [
        Column(id=name, title=name, align="left" if name in NAMED else "right", weight=1.0 if place else first)
        for place, name in enumerate(header)
    ]
    longest = max((len(cell) for row in rows for cell in row[1:]), default=0)
    by = "Covered orders by order type" if inputs.kind == "detailed" else "The file, row by row"
    blocks: list[Block] = [KeyFigures(items=figures)]
    if inputs.unconfirmed:
        blocks.append(Callout(tone="warning", title=STAMP.capitalize(), text=stamp))
    if inputs.notes:
        blocks.append(Paragraph(text=" ".join(inputs.notes), style="note"))
    blocks.append(
        Table(
            id="figures",
            columns=tuple(columns),
            rows=tuple(
                Row(id=f"figures-{place}", cells=tuple(words(cell) for cell in row)) for place, row in enumerate(rows)
            ),
            caption=by,
            note=(
                "An empty cell has no data or does not apply; it is never zero. Rounded for reading: the file has six "
                "decimals."
            ),
            landscape=len(columns) > WIDEST_UPRIGHT or longest > LONGEST_UPRIGHT,
            compact=True,
        )
    )
    return Section(id="figures", title="Figures", blocks=tuple(blocks))


def _reconciliation(inputs: Rule605Inputs) -> Section:
    text = (
        "Every order version of the month is a covered order or has exactly one reason why it is not. A replaced order "
        "counts once per version; “Orders” counts first versions only."
    )
    columns = (
        Column(id="reason", title="Counted as", weight=1.3),
        Column(id="meaning", title="Meaning", weight=2.6),
        Column(id="versions", title="Order versions", align="right"),
        Column(id="orders", title="Orders", align="right"),
        Column(id="fills", title="Fills", align="right"),
    )
    rows = [_accounted(item) for item in inputs.accounted if item["reason"]]
    covered = [item for item in inputs.accounted if not item["reason"]]
    rows += [_accounted({**item, "reason": "covered", "meaning": "in the report"}) for item in covered]
    sums = {name: sum(item[name] for item in inputs.accounted) for name in ("versions", "orders", "fills")}
    rows.append(_accounted({"reason": "total", "meaning": "orders in", **sums}, strong=True))
    out = Table(id="accounted", columns=columns, rows=tuple(rows), caption="Orders in, out by reason, covered")
    ties = Table(
        id="ties",
        columns=(
            Column(id="what", title="What must agree", weight=2.0),
            Column(id="here", title="Report", align="right"),
            Column(id="there", title="Source", align="right"),
            Column(id="agrees", title="Agrees", weight=0.7),
            Column(id="note", title="Note", weight=2.0),
        ),
        rows=tuple(_tie(place, item) for place, item in enumerate(inputs.ties)),
        caption="Ties to what was taken in",
    )
    return Section(
        id="reconciliation", title="Reconciliation", blocks=(Paragraph(text=text, style="lead"), out, ties),
        page_break=True,
    )  # fmt: skip


def _accounted(item: Mapping[str, Any], *, strong: bool = False) -> Row:
    cells = (
        words(_plain(item["reason"])),
        words(item["meaning"]),
        *(words(f"{item[name]:,}") for name in ("versions", "orders", "fills")),
    )
    return Row(id=f"accounted-{item['reason']}", cells=cells, strong=strong)


def _tie(place: int, item: Mapping[str, Any]) -> Row:
    cells = (
        words(item["what"]),
        words(f"{item['here']:,}"),
        words(f"{item['there']:,}"),
        words("✓ yes" if item["agrees"] else "✗ NO"),
        words(item["note"]),
    )
    return Row(id=f"tie-{place}", cells=cells)


def _readings(inputs: Rule605Inputs) -> Section:
    columns = (
        Column(id="subject", title="Reading", weight=1.2),
        Column(id="value", title="In force", weight=1.5),
        Column(id="citation", title="Text and why", weight=3.2),
        Column(id="grade", title="Grade", weight=0.9),
    )
    rows = tuple(
        Row(
            id=f"reading-{item['subject']}",
            cells=(
                words(_plain(item["subject"])),
                words(_short(item["value"])),
                words(f"{item['citation']} (from {item['effective_from']})"),
                words("C confirmed" if item["grade"] == "C" else f"{item['grade']} {STAMP}"),
            ),
        )
        for item in inputs.readings
    )
    table = Table(id="readings", columns=columns, rows=rows, caption="Readings of the rule in this month", compact=True)
    return Section(id="readings", title="Readings", blocks=(table, _fields(inputs)), page_break=True)


def _fields(inputs: Rule605Inputs) -> Table:
    """Each field of the file with the readings that it rests on; one that rests on an unconfirmed one is stamped."""
    columns = (
        Column(id="field", title="Field", weight=1.8),
        Column(id="applies", title="For which order types", weight=1.4),
        Column(id="subjects", title="Rests on", weight=2.4),
        Column(id="stamp", title="Stamp", weight=0.8),
    )
    rows = tuple(
        Row(
            id=f"field-{item['field']}",
            cells=(
                words(item["field"]),
                words(item["applies"]),
                words(", ".join(map(_plain, item["subjects"]))),
                words(STAMP if set(item["subjects"]) & set(inputs.unconfirmed) else "confirmed"),
            ),
        )
        for item in inputs.fields
    )
    return Table(id="fields", columns=columns, rows=rows, caption="Fields and what they rest on", compact=True)


def _provenance(inputs: Rule605Inputs) -> Section:
    entries = [("Made from", inputs.origin), ("Program", inputs.version)]
    entries += [(item["path"].rpartition("/")[2], f"sha256 {item['sha256']}") for item in inputs.files]
    return Section(id="provenance", title="Provenance", blocks=(ProvenanceBlock(entries=tuple(entries)),))


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _short(value: object) -> str:
    text = _said(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _said(value: object) -> str:
    """A value of policy as words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    if isinstance(value, dict):
        return "; ".join(f"{_plain(name)}: {_said(item)}" for name, item in value.items())
    return str(value)
