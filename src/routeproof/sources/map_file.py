"""Maps: a TOML file that says which canonical table a file is and where its columns stand."""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from routeproof.sources.clocks import declared_clocks
from routeproof.sources.fields import FALSE_WORDS, TRUE_WORDS
from routeproof.sources.print_conditions import VENDORS
from routeproof.tables.registry import TABLES
from routeproof.vocab.errors import MapError
from routeproof.vocab.times import known_zones

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

INTEGER_BITS = 63
INTEGER_BITS_ON_RECORD = 53
"""Maps of FIX logs, which name no table, go on record, whose canonical JSON has no larger numbers."""
UNITS = ("s", "ms", "us", "ns", "iso")
SECTIONS = (
    "table", "columns", "constants", "time", "values", "delimiter", "sheet", "condition_policy", "parties", "link",
    "clock",
)  # fmt: skip
INLINE_TERMS = ("quantity", "order_type", "limit_price", "stop_price", "time_in_force", "instructions")
"""Order terms that a row of parent orders may carry; they become version 1 of the order."""
INLINE_ORDER = (
    "account_id",
    "provider_id",
    "held",
    "directed",
    "decided_at",
    "received_at",
    "order_quantity",
    *(name for name in INLINE_TERMS if name != "quantity"),
)
"""What an execution may say of its order; with `received_at` it becomes a parent order and its version 1."""


REPORT_NAMES = {
    "vendor_orders": {
        "cl_ord_id": "client_order_id",
        "order_qty": "quantity",
        "cum_qty": "filled_quantity",
        "filled_qty": "filled_quantity",
        "avg_px": "average_price",
        "avg_price": "average_price",
    },
    "vendor_executions": {
        "exec_id": "execution_id",
        "cl_ord_id": "client_order_id",
        "last_px": "price",
        "last_qty": "quantity",
        "last_mkt": "venue",
        "mic": "venue",
        "transact_time": "executed_at",
    },
    "vendor_statistics": {"value": "stated", "name": "metric"},
}
"""Names that providers' reports and FIX have for canonical columns; a map may use either."""


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """How one instant column is written.

    Attributes:
        unit: `s|ms|us|ns` since 1970 UTC, or `iso`; empty if not declared.
        zone: IANA zone of local times, which are text and timestamps without an offset; empty if the map names none.
            Numbers since 1970 are UTC whatever it says.
    """

    unit: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class FileMap:
    """A checked map.

    Attributes:
        table: canonical table that the rows are; empty in maps for FIX logs.
        columns: canonical name to source column.
        constants: canonical name to a value that every row has.
        times: canonical name to its format.
        values: canonical name to recoding, source value to canonical value.
        delimiter: field separator of text files.
        sheet: worksheet name, empty for the first.
        condition_policy: whose dated policy judges `conditions` of prints: `taq` or `lean`.
        sections: the whole document, for sources with sections of their own.
    """

    table: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, object] = field(default_factory=dict)
    times: Mapping[str, TimeFormat] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    delimiter: str = ","
    sheet: str = ""
    condition_policy: str = VENDORS[0]
    sections: Mapping[str, object] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Hash of the map's meaning: the same map written with other comments is the same map."""
        return hashlib.sha256(json.dumps(self.sections, sort_keys=True).encode()).hexdigest()


def load_map(path: Path) -> FileMap:
    """Read and check a map file.

    Raises:
        MapError: if it is not TOML, or says what no canonical table has; the message names the nearest names.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        message = f"expected a readable map file, found: {error}"
        raise MapError(message, where=str(path)) from error
    except (ValueError, RecursionError) as error:  # what is no TOML, a number of 5,000 digits, brackets in brackets
        message = f"expected TOML, found: {error}"
        raise MapError(message, where=str(path)) from error
    return parse_map(document, where=str(path))


def parse_map(document: Mapping[str, object], *, where: str = "map") -> FileMap:
    """A checked map from a TOML document; see `load_map`."""
    for name in document:
        _expect_known(name, SECTIONS, "section of a map", where)
    sections = _plain(document, INTEGER_BITS if document.get("table") else INTEGER_BITS_ON_RECORD, where)
    table = str(document.get("table", ""))
    if table:
        _expect_known(table, TABLES, "canonical table", where)
    known = REPORT_NAMES.get(table, {})

    def section(name: str) -> dict[str, object]:
        return {known.get(key, key): value for key, value in _section(document, name, where).items()}

    file_map = FileMap(
        table=table,
        columns={name: str(source) for name, source in section("columns").items()},
        constants=section("constants"),
        times={name: _time(name, value, where) for name, value in section("time").items()},
        values={name: _recoding(name, value, where) for name, value in section("values").items()},
        delimiter=str(document.get("delimiter", ",")),
        sheet=str(document.get("sheet", "")),
        condition_policy=str(document.get("condition_policy", VENDORS[0])),
        sections=sections,
    )
    declared_clocks(sections)
    _expect_known(file_map.condition_policy, VENDORS, "policy of print conditions", where)
    if table:
        for name in (*file_map.columns, *file_map.constants, *file_map.times, *file_map.values):
            _expect_known(name, writable_columns(table), f"column of {table}", where)
        _expect_words(file_map, where)
    if len(file_map.delimiter.encode()) != 1:
        message = f"expected a delimiter of one byte, found {file_map.delimiter!r}"
        raise MapError(message, where=where)
    return file_map


def writable_columns(table: str) -> tuple[str, ...]:
    """Canonical names that a map for the table may speak of."""
    own = tuple(column.name for column in TABLES[table].columns)
    extra = {"parent_orders": INLINE_TERMS, "executions": INLINE_ORDER}.get(table, ())
    return (*own, *(name for name in extra if name not in own), "sequence", "firm_id")


def nearest(name: str, known: Iterable[str]) -> str:
    """A phrase naming the closest known names, empty if nothing is close."""
    by_lower = {item.lower(): item for item in known}
    found = [by_lower[item] for item in difflib.get_close_matches(name.lower(), by_lower, n=3, cutoff=0.5)]
    return f"; nearest: {', '.join(found)}" if found else ""


def _expect_known(name: str, known: Collection[str], what: str, where: str) -> None:
    if name not in known:
        message = f"expected a {what} ({', '.join(sorted(known))}), found {name!r}{nearest(name, known)}"
        raise MapError(message, where=where)


def _expect_words(file_map: FileMap, where: str) -> None:
    """Constants and recodings give columns of few words one of these; any other would refuse every row."""
    for name, value in file_map.constants.items():
        text = _word(value).strip()
        _expect_word(file_map.table, name, file_map.values.get(name, {}).get(text, text), "constants", where)
    for name, recoding in file_map.values.items():
        for target in recoding.values():
            _expect_word(file_map.table, name, target, f"values.{name}", where)


def _expect_word(table: str, name: str, text: str, section: str, where: str) -> None:
    words, plain = _words_of(table, name), text.strip().lower()
    if words and plain and plain not in words and re.sub(r"[ \-]+", "_", plain) not in words:
        _expect_known(text, words, f"word for {name} in [{section}]", where)


def _words_of(table: str, name: str) -> tuple[str, ...]:
    """What a column may say; empty if it may say anything."""
    for known in (TABLES[table], TABLES["parent_orders"], TABLES["order_versions"]):
        for column in known.columns:
            if column.name == name:
                return (*TRUE_WORDS, *FALSE_WORDS) if column.kind == "flag" else column.words
    return ()


def _section(document: Mapping[str, object], name: str, where: str) -> dict[str, object]:
    section = document.get(name, {})
    if not isinstance(section, dict):
        message = f"expected [{name}] to be a section, found {section!r}"
        raise MapError(message, where=where)
    return dict(section)


def _time(name: str, value: object, where: str) -> TimeFormat:
    if not isinstance(value, dict) or set(value) - {"unit", "zone"}:
        message = f"expected [time.{name}] with unit and zone, found {value!r}"
        raise MapError(message, where=where)
    unit, zone = str(value.get("unit", "")), str(value.get("zone", ""))
    if unit:
        _expect_known(unit, UNITS, f"unit in [time.{name}]", where)
    if zone and zone not in known_zones():
        message = f"expected an IANA zone in [time.{name}], found {zone!r}{nearest(zone, known_zones())}"
        raise MapError(message, where=where)
    return TimeFormat(unit=unit, zone=zone)


def _recoding(name: str, value: object, where: str) -> dict[str, str]:
    if not isinstance(value, dict):
        message = f"expected [values.{name}] to be a section, found {value!r}"
        raise MapError(message, where=where)
    return {str(old): _word(new) for old, new in value.items()}


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(value: object, bits: int, where: str) -> dict[str, object]:
    def plain(item: object) -> object:
        if isinstance(item, int) and item.bit_length() > bits:
            message = f"expected whole numbers of at most {bits} bits, found one of {item.bit_length()}"
            raise MapError(message, where=where)
        if isinstance(item, float) and not math.isfinite(item):
            message = f"expected numbers, found {item}"
            raise MapError(message, where=where)
        if isinstance(item, dict):
            return {str(key): plain(member) for key, member in item.items()}
        if isinstance(item, list):
            return [plain(member) for member in item]
        return item if isinstance(item, (str, bool, int, float, type(None))) else str(item)

    result = plain(value)
    return result if isinstance(result, dict) else {}
