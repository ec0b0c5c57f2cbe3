"""Map files: bad keys, values and TOML, applied to files that are good."""

import json
from copy import deepcopy
from random import Random

from fuzz.csv_files import csv_text
from fuzz.damage import damaged
from fuzz.rows import good_rows
from fuzz.sample import Sample, Seeds
from fuzz.values import nasty

VALUES: tuple[object, ...] = ("", "x", 0, -1, 1.5, 10**30, True, [], [1], ["a", "b"], {}, {"a": 1}, {"a": {"b": [1]}},
                              "\x00", "\n", '"',
    "America/New_York", "UTC", "../../etc/passwd", "America", "/etc/localtime", "localtime", "iso", "ns", "s",
    "price", "symbol", "quotes",
    "lean", "taq", "\u00e9", "x" * 5000, "2026-07-01T13:30:00Z", "NaN", "posixrules", "Etc/GMT+5", ",", "\t", "'",
    "\\", "\r")  # fmt: skip
RAW = ("nan", "inf", "-inf", "1e400", "2026-07-01", "13:30:00", "2026-07-01T13:30:00Z", "0x7f", "1_000", "'''a\nb'''",
       "[[1,[2]]]",
       "{a=1,b={c=2}}", "9" * 5000, "0x" + "f" * 5000, "9007199254740993", '"\\u0000"', '"\\ud800"',
       "true")  # fmt: skip
PATTERNS = ("(.*)-.*", "(", "(?=a)(b)", "(?P<x>a)(?P=x)", r"(\d+)\1", "(a+)+$", "(?i)(x)", "((((a))))", "(?:a)",
            "(a){1000000}", "(\\Z)",
            "(?<!x)(y)", "(\\d{1,9}){99}", "(\u00e9)", "([[:alpha:]])", "(?x) (a) # c", "(?s:.)(.)", "()", "(^|x)",
            "[a-\\w](b)",
            "(?>a)(b)", "(a++)", "(\\N{DIGIT ONE})", "(x)(?(1)y)", "(?u)(x)", "(?a)(\\w)", "\\u0041(b)")  # fmt: skip
CODES = ("N", "P", "XNYS", "IBM", "SOR", "FIRM")
_PLAIN_MAP_KEYS = (
    "table",
    "columns",
    "constants",
    "time",
    "values",
    "delimiter",
    "sheet",
    "condition_policy",
    "parties",
    "link",
    "clock",
)


def map_sample(random: Random, seeds: Seeds) -> Sample:
    """A map file, and a good file that it is meant for."""
    if random.random() < 0.35:
        sections: dict[str, object] = _fix_sections(random)
        source, content = "fix-log", random.choice(seeds.logs)
    else:
        rows = good_rows(random)
        sections, source, content = rows.sections, "csv", csv_text(random, rows)
        _column_values(random, sections, rows.canonical, rows.header)
    how = "values"
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        _change(random, sections, seeds)
    text = "".join(
        _toml(key, value) for key, value in sorted(sections.items(), key=lambda item: isinstance(item[1], dict))
    )
    if random.random() < 0.25:
        how, text = "toml", _bad_toml(random, text)
    raw = text.encode("utf-8", "replace")
    if random.random() < 0.2:
        how, raw = "bytes", damaged(random, raw)
    return Sample(source, content, how, map_file=raw)


def _fix_sections(random: Random) -> dict[str, object]:
    return {
        "parties": {
            name: random.sample(CODES, random.randrange(3))
            for name in random.sample(("firm", "provider", "venue", "drop_copy"), 2)
        },
        "link": {"parent": random.choice(PATTERNS)},
        "clock": {"a": {"uncertainty_ns": random.choice((0, 5, 10**9, 10**40, "7", 1.5, -1))}},
        "values": {
            name: {random.choice(CODES): random.choice(CODES)} for name in random.sample(("venue", "symbol"), 1)
        },
    }


def _column_values(random: Random, sections: dict[str, object], canonical: list[str], header: list[str]) -> None:
    """Recodings, constants and swapped columns for what the file has."""
    if random.random() < 0.5:
        codes = {
            random.choice(("true", "buy", "", "x", "sell", "100")): random.choice(
                ("buy", "", "x", "sell", "1e5", "true")
            )
        }
        sections["values"] = {random.choice(canonical): codes}
    columns = sections.get("columns")
    if isinstance(columns, dict) and random.random() < 0.5:
        columns[random.choice(canonical)] = random.choice(header)
    if random.random() < 0.3:
        sections["constants"] = {
            random.choice(canonical): random.choice(("1", 1, 1.5, True, "x", "2026-07-01T13:30:00Z", "", 10**25))
        }


def _change(random: Random, sections: dict[str, object], seeds: Seeds) -> None:
    key = random.choice((*_PLAIN_MAP_KEYS, *sections))
    section = sections.get(key)
    chosen = random.choice(VALUES) if random.random() < 0.8 else nasty(random, "text", seeds.texts)
    value: object = deepcopy(chosen)  # else a later change would go into what other inputs are made of
    match random.randrange(5):
        case 0:
            sections[key] = value
        case 1 | 2 if isinstance(section, dict) and section:
            section[random.choice(sorted(section))] = value
        case 3 if isinstance(section, dict):
            section[str(random.choice(VALUES))] = value
        case 4 if len(sections) > 1:
            sections.pop(key, None)
        case _:
            sections[nasty(random, "text", seeds.texts) if random.random() < 0.2 else key] = value


def _toml(key: str, value: object) -> str:
    """One key of a document as TOML."""
    return f"{json.dumps(key)} = {_inline(value)}\n"


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))} = {_inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f") if isinstance(value, str) else str(value)


def _bad_toml(random: Random, text: str) -> str:
    lines = text.splitlines()
    at = random.randrange(len(lines) + 1)
    match random.randrange(6):
        case 0:
            lines.insert(at, f"x = {random.choice(RAW)}")
        case 1 if lines:
            key = random.choice(lines).partition("=")[0]
            lines.insert(at, f"{key} = {random.choice(RAW)}")
        case 2:
            lines.insert(
                at,
                random.choice(
                    ("[", "[[a]]", "[a.b]", "a.b.c = 1", "\x00", "=", '"" = 1', "#\x01", "'", '"""', "[columns]")
                ),
            )
        case 3:
            lines.insert(at, "a = " + "[" * random.choice((50, 5_000)) + "]" * 50)
        case 4:
            lines.insert(at, "x" + ".x" * 3_000 + " = 1")
        case _:
            lines.insert(at, "a = " + "{a=" * random.choice((50, 5_000)))
    return random.choice(("\n", "\n", "\r\n")).join(lines)
