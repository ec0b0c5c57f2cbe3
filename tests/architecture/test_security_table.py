"""The table of security requirements names tests and documents that are there, and hides no row."""

import ast
import re
from collections import Counter
from pathlib import Path

TABLE = "docs/security/asvs.md"
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", re.MULTILINE)
API = re.compile(r"^\| (API\d+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
LEVEL_1, LEVEL_2 = 70, 183
"""Requirements of ASVS 5.0.0."""


def test_every_requirement_has_one_row(repository: Path) -> None:
    """As many as the standard has at each level, and the sums that the document says."""
    text = (repository / TABLE).read_text("utf-8")
    rows = ROW.findall(text)
    assert len({row[0] for row in rows}) == len(rows) == text.count("\n| V")
    assert Counter(row[1] for row in rows) == {"1": LEVEL_1, "2": LEVEL_2}
    states = Counter(row[3] for row in rows)
    assert set(states) <= {"met", "partly", "not met", "n/a"}
    said = [int(number) for number in re.findall(r"\b(\d+) (?:requirements|apply|are|is)\b", text.split("\n## ", 1)[0])]
    applies = len(rows) - states["n/a"]
    assert said == [len(rows), applies, states["met"], states["partly"], states["not met"]]


def test_what_is_met_names_a_test_or_a_document(repository: Path) -> None:
    """Links are checked with those of all documents; tests are looked up here."""
    text = (repository / TABLE).read_text("utf-8")
    bare = [row[0] for row in ROW.findall(text) if row[3] == "met" and not (TEST.search(row[4]) or "](" in row[4])]
    assert bare == []
    assert [name for name, proof in API.findall(text) if not TEST.search(proof)] == []
    assert len(API.findall(text)) == 10
    missing = {
        f"{path}::{name}"
        for path, name in TEST.findall(text)
        if not (repository / path).is_file() or name not in _tests_in(repository / path)
    }
    assert missing == set()
    assert text.count("`tests/") == len(TEST.findall(text))


def _tests_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
