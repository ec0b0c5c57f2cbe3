"""What the router really does: the answers of the analyses that were asked for with the pack."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from routeproof.reports.document import (
    Block,
    Callout,
    Cell,
    Column,
    Figure,
    Paragraph,
    Row,
    Section,
    Table,
    missing,
    words,
)
from routeproof.reports.pack.charts import WIDTH
from routeproof.reports.pack.inputs import AnalysisShown, PackInputs
from routeproof.vocab.plain_text import plainly

ID, TITLE = "analyses", "What the router really does"
LEAD = "Each answer says what it is an estimate of, on how much it rests and what it assumes, or why it cannot tell."
MOST_ROWS, MOST_DATA_ROWS = 24, 2_000
MOST_FIGURES = 2
"""Of one analysis; its page draws them all."""
CHANCES, LEAST_P = {"p", "pull_p", "loss_p"}, 0.0001
"""Columns that are chances; a smaller one is printed as smaller, and stands exact in the data."""
_CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
NOT_TOLD, SEE_REASON = "not told", "see reason"


def analyses_sections(inputs: PackInputs) -> Iterator[Section]:
    """A section per analysis: its question, what it found, figures, what it assumes; the first says what they are."""
    for place, shown in enumerate(inputs.analyses):
        lead = [] if place else [Paragraph(text=LEAD, style="note")]
        blocks = (*lead, *_part(shown))
        yield Section(
            id=f"{ID}-{shown.name}",
            title=f"{TITLE}: {_begun(shown.title, str.lower)}",
            blocks=blocks,
            page_break=place == 0,
        )


def _begun(title: str, how: Callable[[str], str]) -> str:
    return how(title[:1]) + title[1:]


def _part(shown: AnalysisShown) -> list[Block]:
    found = shown.found
    blocks: list[Block] = [Paragraph(text=shown.question, style="lead")]
    if found["refused"]:
        blocks.append(Callout(tone="note", title="Cannot tell", text=str(found["reason"])))
    blocks += [Paragraph(text=said) for said in found.get("sentences", ())]
    blocks += _tables(shown)
    blocks += _figures(shown)
    if found["assumptions"]:
        said = "; ".join(one.rstrip(".") for one in found["assumptions"])
        blocks.append(Paragraph(text=f"Assumes: {said}.", style="note"))
    return blocks


def _tables(shown: AnalysisShown) -> list[Block]:
    rows = shown.found.get(shown.lead) or []
    if not rows:
        return []
    title = shown.caption
    every = shown.columns or _single_valued(rows[0])
    columns = tuple(key for key in every if key != "provider")  # the pack is about one
    name = f"analysis-{shown.name}"
    if len(rows) <= MOST_ROWS:
        return [_table(name, rows, columns, title)]
    note = f"The first {MOST_ROWS} of {len(rows):,} rows; the spreadsheet has them."
    return [
        _table(name, rows[:MOST_ROWS], columns, title, note),
        _table(f"{name}-all", rows[:MOST_DATA_ROWS], columns, f"{title}, all rows", data_only=True),
    ]


def _table(
    name: str,
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    caption: str,
    note: str = "",
    *,
    data_only: bool = False,
) -> Table:
    numeric = {key for key in columns if any(_is_number(row.get(key)) for row in rows)}
    return Table(
        id=name,
        columns=tuple(
            Column(id=key, title=key.replace("_", " "), align="right" if key in numeric else "left") for key in columns
        ),
        rows=tuple(
            Row(id=f"{name}-{place}", cells=tuple(_cell(row, key) for key in columns)) for place, row in enumerate(rows)
        ),
        caption=caption,
        note=note,
        compact=True,
        data_only=data_only,
    )


def _cell(row: Mapping[str, Any], key: str) -> Cell:
    value = row.get(key)
    if value is None:
        return words("") if key == "reason" else missing(SEE_REASON if row.get("reason") else NOT_TOLD)
    if not _is_number(value):
        return words(_spoken(plainly(value)))
    told = f"< {LEAST_P}" if key in CHANCES and value < LEAST_P else plainly(value)
    return Cell(value=value, text=told)


def _spoken(text: str) -> str:
    """Codes, such as those of order classes, as words."""
    return text.replace("_", " ") if _CODE.fullmatch(text) else text


def _figures(shown: AnalysisShown) -> list[Block]:
    drawn = [
        (name, spec, rows)
        for name, spec in (shown.found.get("figures") or {}).items()
        if spec and (rows := spec.get("data", {}).get("values"))
    ]
    return [
        Figure(
            id=f"analysis-{shown.name}-{name.replace('_', '-')}",
            spec={**spec, "width": WIDTH} if spec.get("width") == "container" else spec,
            caption=_begun(name.replace("_", " "), str.upper),
            alt=f"{shown.question} Drawn from the table of the same name.",
            data=_table(f"analysis-{shown.name}-{name}-data", rows, _single_valued(rows[0]), name, data_only=True),
        )
        for name, spec, rows in drawn[:MOST_FIGURES]
    ]


def _single_valued(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(key for key, value in row.items() if not isinstance(value, dict | list))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
