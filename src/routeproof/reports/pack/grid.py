"""Security by order class: price improvement against the benchmark, each order class a family of tests of its own."""

from collections.abc import Sequence

from routeproof.reports.document import (
    MARKS,
    VERDICT_WORDS,
    Block,
    Cell,
    Column,
    Paragraph,
    Row,
    Section,
    Table,
    missing,
    words,
)
from routeproof.reports.numbers import counted, printed, smallest
from routeproof.reports.pack.frames import empty_section, number, symbol, symbol_weight
from routeproof.reports.pack.inputs import GridCell, PackInputs, VerdictFamily

TITLE = "Security by order class"
MEETING = {
    "market": "Market",
    "market_ioc": "Market IOC",
    "marketable_limit": "Marketable limit",
    "marketable_limit_ioc": "Marketable limit IOC",
    "midpoint_or_better": "Midpoint or better",
    "midpoint_or_better_ioc": "Midpoint or better IOC",
}
"""Classes of orders that met the market, in reading order; the others are printed apart."""

OTHERS = {
    "non_marketable": "Non-marketable",
    "never_executable": "Never executable",
    "stop": "Stop",
    "pegged": "Pegged",
    "on_open": "On open",
    "on_close": "On close",
    "not_held": "Not held",
    "directed": "Directed",
    "outside_hours": "Outside hours",
    "multi_leg": "Multi-leg",
    "unclassified": "Unclassified",
}
PORTRAIT_CLASSES = 6
LEGEND = (
    ", ".join(f"{mark} {VERDICT_WORDS[word]}" for word, mark in MARKS.items() if mark)
    + ". n counts executions; Δ is the difference from the benchmark; “from” is the smallest difference that the data "
    "could have shown; “alone” is what a cell would say by itself, which is unclear among many tests."
)


def _cell(entry: GridCell | None) -> Cell:
    if entry is None:
        return missing("none", unit="USD per share")
    if entry.value is None:
        return Cell(reason=entry.reason or "not measured", n=entry.n, unit="USD per share")
    lines = [counted(entry.n)]
    if entry.difference is not None:
        plus = "+" if entry.difference > 0 else ""
        lines.append(f"Δ\N{NO-BREAK SPACE}{plus}{printed(entry.difference, 'usd_per_share')}")
    if entry.alone:
        lines.append(f"alone\N{NO-BREAK SPACE}{MARKS[entry.alone]}")
    elif entry.verdict == "cannot_tell" and entry.detectable is not None:
        lines.append(f"from\N{NO-BREAK SPACE}{smallest(entry.detectable, 'usd_per_share')}")
    return Cell(
        value=entry.value,
        text=printed(entry.value, "usd_per_share"),
        unit="USD per share",
        n=entry.n,
        difference=entry.difference,
        difference_lower=entry.difference_lower,
        difference_upper=entry.difference_upper,
        verdict=entry.verdict,
        reason=entry.reason,
        note="\n".join(line for line in lines if line),
        metric="price_improvement_usd_per_share",
    )


def _lead(families: Sequence[VerdictFamily]) -> Paragraph:
    if not families:
        return Paragraph(text="No family of tests was declared; the grid shows values without verdicts.", style="lead")
    tested, alone, chance = (sum(getattr(one, name) for one in families) for name in ("tested", "alone", "by_chance"))
    standing = sum(one.verdicts for one in families)
    expected = sum(one.expected_false for one in families)
    text = (
        f"Each order class is a family of tests over its securities, and the totals are one more; every family is held "
        f"to a false discovery rate of {families[0].level:.0%} (Benjamini\N{EN DASH}Yekutieli). Of {tested:,} tests "
        f"{standing:,} carry ▲ or ▼; at most {expected:.1f} of those are expected to be false. Taken one by one, "
        f"{alone:,} would, where chance alone would let about {chance:.0f} exclude zero: a quarter of one security "
        "seldom decides by itself, many securities together do. Read the totals first."
    )
    return Paragraph(text=text, style="lead")


def families_table(families: Sequence[VerdictFamily]) -> Table:
    """What each family came to: tests, verdicts alone and among the others, and how many may be false."""
    names = {"": "Totals of all classes"} | MEETING | OTHERS
    rows = tuple(
        Row(
            id=f"family-{one.scope or 'totals'}",
            cells=(
                words(names[one.scope]),
                number(one.tested, "count"),
                number(one.alone, "count"),
                Cell(value=one.by_chance, text=f"{one.by_chance:.1f}", unit="count"),
                number(one.verdicts, "count"),
                Cell(value=one.expected_false, text=f"{one.expected_false:.2f}", unit="count"),
            ),
        )
        for one in sorted(families, key=lambda one: list(names).index(one.scope))
    )
    columns = (
        Column(id="family", title="Family", weight=1.6),
        Column(id="tested", title="Tests", align="right", weight=0.7),
        Column(id="alone", title="▲ or ▼ alone", align="right"),
        Column(id="by_chance", title="Zero excluded by chance", align="right", weight=1.4),
        Column(id="verdicts", title="▲ or ▼ that stand", align="right", weight=1.1),
        Column(id="expected_false", title="Of those false, at most", align="right", weight=1.3),
    )
    return Table(id="families", columns=columns, rows=rows, caption="Families of tests", compact=True, together=True)


def grid_table(table_id: str, caption: str, names: dict[str, str], cells: Sequence[GridCell]) -> Table | None:
    """Totals, then one row per security, one column per order class that executed; null without any."""
    classes = [name for name in names if any(cell.order_class == name for cell in cells)]
    by_place = {(cell.security, cell.order_class): cell for cell in cells if cell.order_class in names}
    securities = sorted({security for security, _ in by_place})
    if not classes:
        return None
    rows = tuple(
        Row(
            id=security or "all",
            cells=(symbol(security or "All securities"), *(_cell(by_place.get((security, name))) for name in classes)),
            strong=not security,
        )
        for security in securities
    )
    columns = (
        Column(id="security", title="Security", weight=symbol_weight(securities, 0.85, len(classes))),
        *(Column(id=name, title=names[name], align="right") for name in classes),
    )
    return Table(
        id=table_id,
        columns=columns,
        rows=rows,
        caption=caption,
        note=LEGEND,
        compact=True,
        landscape=len(classes) > PORTRAIT_CLASSES,
    )


def grid_section(inputs: PackInputs) -> Section:
    """The grid of orders that met the market, then that of the others, and how many of the verdicts may be false."""
    if not inputs.grid:
        return empty_section(inputs, "grid", TITLE)
    said = "Price improvement by security, USD per share"
    parts = (
        ("grid", f"{said}: orders that met the market", MEETING),
        ("grid-others", f"{said}: all other orders, against the quote at their reference moment", OTHERS),
    )
    tables = [grid_table(name, caption, names, inputs.grid) for name, caption, names in parts]
    blocks: list[Block] = [_lead(inputs.grid_families)]
    if inputs.grid_families:
        blocks.append(families_table(inputs.grid_families))
    blocks += [table for table in tables if table is not None]
    return Section(id="grid", title=TITLE, blocks=tuple(blocks), page_break=True)
