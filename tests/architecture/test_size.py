"""A reader can hold any one file, and any one function, in mind."""

import ast
from pathlib import Path
from statistics import median
from typing import Any

MODULE_LINES = 400
MEDIAN_MODULE_LINES = 120
ONE_FILE_BY_PROMISE = {"src/routeproof/stores/offline/verify.py": 1_600}
"""The offline verifier is one file so that a stranger can take it along; its functions keep to their cap."""
FUNCTION_LINES = 60
TEMPLATE_LINES = 120
FOLDER_OF_USE_CASES = 26


def test_no_module_is_longer_than_the_cap(modules: list[Any]) -> None:
    """A file of more than 400 lines is two files."""
    caps = ONE_FILE_BY_PROMISE
    too_long = {m.name: len(m.lines) for m in modules if len(m.lines) > caps.get(m.name, MODULE_LINES)}
    assert too_long == {}, f"modules over {MODULE_LINES} lines"


def test_the_typical_module_is_short(product: list[Any]) -> None:
    """Half of the files that say something fit in 120 lines."""
    lengths = [len(m.lines) for m in product if m.path.name != "__init__.py"]
    assert median(lengths) <= MEDIAN_MODULE_LINES


def test_no_function_is_longer_than_the_cap(modules: list[Any]) -> None:
    """A function of more than 60 lines has more than one thing to say."""
    too_long = {
        f"{module.name}:{node.lineno} {node.name}": _length(node)
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > FUNCTION_LINES
    }
    assert too_long == {}, f"functions over {FUNCTION_LINES} lines"


def test_use_cases_stand_in_groups(repository: Path) -> None:
    """A folder of `app/` with more files than a screen shows is two groups."""
    folders = [repository / "src/routeproof/app", *(repository / "src/routeproof/app").rglob("*/")]
    counts = {folder.name: len(list(folder.glob("*.py"))) for folder in folders}
    assert {name: count for name, count in counts.items() if count > FOLDER_OF_USE_CASES} == {}


def test_no_page_template_is_longer_than_the_cap(repository: Path) -> None:
    """A template of more than 120 lines is split into parts."""
    too_long = {
        path.relative_to(repository).as_posix(): count
        for path in (repository / "src").rglob("*")
        if path.suffix in {".html", ".j2", ".jinja"}
        and (count := len(path.read_text("utf-8").splitlines())) > TEMPLATE_LINES
    }
    assert too_long == {}, f"templates over {TEMPLATE_LINES} lines"


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1
