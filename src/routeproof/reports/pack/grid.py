"""Security by order class: price improvement against the benchmark, verdicts under Benjamini-Yekutieli."""

from routeproof.reports.document import VERDICT_WORDS, Cell, Column, Paragraph, Row, Section, Table, missing, words
from routeproof.reports.numbers import counted, printed
from routeproof.reports.pack.frames import empty_section
from routeproof.reports.pack.inputs import GridCell, GridFamily, PackInputs

TITLE = "Security by order class"
CLASS_WORDS = {
    "market": "Market",
    "marketable_limit": "Marketable limit",
    "midpoint_or_better": "Midpoint or better",
    "non_marketable": "Non-marketable",
    "never_executable": "Never executable",
    "market_ioc": "Market IOC",
    "marketable_limit_ioc": "Mkt. limit IOC",
}


def _cell(entry: GridCell | None) -> Cell:
    if entry is None:
        return missing("no orders of this class", unit="USD per share")
    if entry.value is None:
        return Cell(reason=entry.reason or "not measured", n=entry.n, unit="USD per share")
    note = counted(entry.n)
    if entry.difference is not None:
        plus = "+" if entry.difference > 0 else ""
        note += f" · Δ\N{NO-BREAK SPACE}{plus}{printed(entry.difference, 'usd_per_share')}"
    return Cell(
        value=entry.value,
        text=printed(entry.value, "usd_per_share"),
        unit="USD per share",
        n=entry.n,
        lower=entry.lower,
        upper=entry.upper,
        verdict=entry.verdict,
        reason=entry.reason,
        note=note,
        metric="price_improvement_usd_per_share",
    )


def _family(family: GridFamily | None) -> str:
    if family is None:
        return "No family of tests was declared; the grid shows values without verdicts."
    return (
        f"Verdicts belong to the family “{family.name}”: {family.tested:,} tests under Benjamini\N{EN DASH}Yekutieli "
        f"at a false discovery rate of {family.level:.0%}. {family.verdicts:,} cells carry ▲ or ▼; of these, at most "
        f"{family.expected_false:.1f} are expected to be false."
    )


PORTRAIT_CLASSES = 6


def grid_table(cells: tuple[GridCell, ...], said: str = "") -> Table:
    """One row per security, one column per order class; n stands under every value."""
    classes = list(dict.fromkeys(cell.order_class for cell in cells))
    by_place = {(cell.security, cell.order_class): cell for cell in cells}
    rows = tuple(
        Row(
            id=security,
            cells=(words(security), *(_cell(by_place.get((security, name))) for name in classes)),
        )
        for security in dict.fromkeys(cell.security for cell in cells)
    )
    columns = (
        Column(id="security", title="Security", weight=0.8),
        *(Column(id=name, title=CLASS_WORDS.get(name, name.replace("_", " ")), align="right") for name in classes),
    )
    legend = " · ".join(f"{mark} {VERDICT_WORDS[word]}" for word, mark in _SHOWN)
    return Table(
        id="grid",
        columns=columns,
        rows=rows,
        caption="Price improvement, USD per share; Δ is the difference from the benchmark",
        note=f"{legend}. n counts executions. {said}".strip(),
        landscape=len(classes) > PORTRAIT_CLASSES,
        compact=True,
    )


_SHOWN = (
    ("better", "▲"),
    ("worse", "▼"),
    ("no_material_difference", "="),
    ("cannot_tell", "?"),
    ("not_tested", "·"),
)


def grid_section(inputs: PackInputs) -> Section:
    """The grid and the sentence that says how many of its verdicts may be false."""
    if not inputs.grid:
        return empty_section(inputs, "grid", TITLE)
    said = _family(inputs.grid_family)
    if len({cell.order_class for cell in inputs.grid}) > PORTRAIT_CLASSES:
        return Section(id="grid", title=TITLE, blocks=(grid_table(inputs.grid, said),), page_break=True)
    lead = Paragraph(text=said, style="lead")
    return Section(id="grid", title=TITLE, blocks=(lead, grid_table(inputs.grid)), page_break=True)
