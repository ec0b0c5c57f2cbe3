"""Good rows of any canonical table, in a vendor's words or in ours, with the map that reads them."""

from dataclasses import dataclass
from random import Random

from routeproof.sources.map_file import writable_columns
from routeproof.tables.registry import TABLES
from routeproof.tables.schema import Column

FIXED = ("price", "quantity", "money")
_ORDERS = ("order_versions", "parent_orders")


@dataclass(slots=True)
class Rows:
    """A small table as texts.

    Attributes:
        table: canonical table.
        canonical: canonical name of each column.
        kinds: kind of each column; `word` for a text of a fixed vocabulary.
        header: name of each column in the file.
        cells: rows of texts.
        sections: the map.
    """

    table: str
    canonical: list[str]
    kinds: list[str]
    header: list[str]
    cells: list[list[str]]
    sections: dict[str, object]


def good_rows(random: Random) -> Rows:
    """Rows that a reader accepts, of a random table with some of its optional columns."""
    table = random.choice(sorted(TABLES))
    chosen = [column for column in _columns(table) if column.required or random.random() < 0.5]
    own = random.random() < 0.3
    header = [column.name if own else f"V_{column.name.upper()}" for column in chosen]
    units = {column.name: random.choice(("", "iso", "zone", "s", "ms", "us", "ns")) for column in chosen}
    cells = [
        [_good(random, column, units[column.name], row) for column in chosen]
        for row in range(random.choice((0, 1, 2, 5, 5, 12, 40)))
    ]
    sections: dict[str, object] = {"table": table}
    if not own:
        sections["columns"] = {column.name: name for column, name in zip(chosen, header, strict=True)}
    sections["time"] = {
        column.name: {"zone": "America/New_York"} if units[column.name] == "zone" else {"unit": units[column.name]}
        for column in chosen
        if column.kind == "instant" and units[column.name]
    }
    kinds = ["word" if column.words else column.kind for column in chosen]
    return Rows(table, [column.name for column in chosen], kinds, header, cells, sections)


def _columns(table: str) -> list[Column]:
    own = {column.name: column for column in TABLES[table].all_columns}
    known = {column.name: column for name in _ORDERS for column in TABLES[name].columns} | own
    found = []
    for name in writable_columns(table):
        column = known.get(name) or Column(name, "quantity" if name == "order_quantity" else "text")
        required = column.required and name in {item.name for item in TABLES[table].columns}
        found.append(Column(column.name, column.kind, required=required, words=column.words))
    return found


def _good(random: Random, column: Column, unit: str, row: int) -> str:
    if column.words:
        return random.choice(column.words)
    match column.kind:
        case "price" | "money":
            return f"{random.randrange(1, 10**6) / 10_000:.4f}"
        case "quantity":
            return str(random.randrange(1, 10**5))
        case "count":
            return str(random.randrange(1, 1000))
        case "flag":
            return random.choice(("true", "false"))
        case "day":
            return f"2026-07-{random.randrange(1, 29):02d}"
        case "instant":
            return _instant(random, unit)
    return f"{column.name[:4]}{row if random.random() < 0.8 else 0}"


def _instant(random: Random, unit: str) -> str:
    seconds = 1_782_912_600 + random.randrange(20_000)
    digits = {"s": 0, "ms": 3, "us": 6, "ns": 9}.get(unit)
    if digits is not None:
        return str(seconds * 10**digits + random.randrange(10**digits))
    day, hour, second = random.randrange(1, 29), random.randrange(9, 20), random.randrange(60)
    text = f"2026-07-{day:02d}T{hour:02d}:30:{second:02d}.{random.randrange(10**6):06d}"
    return text if unit == "zone" else f"{text}Z"
