"""The core sees no clock, disk, network, process or chance; what import contracts cannot show is checked here."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

WORLD = {"os", "io", "pathlib", "socket", "sqlite3", "time", "random", "subprocess", "shutil", "tempfile"}
DEVELOPMENT_ONLY = {"pandas", "pyarrow", "duckdb", "exchange_calendars", "hypothesis", "pytest"}
LAZY = {"scipy"}
SLOW_TO_IMPORT = ("polars", "numba", "scipy", "sqlalchemy", "pydantic", "typst", "vl_convert")
HEAVY = ("polars", "numba", "scipy", "typst", "vl_convert")
KEEPS_THE_RECORD = tuple(
    f"routeproof.app.{name}"
    for name in (
        "backup",
        "desk.remediation",
        "disclosure.records.registers",
        "disclosure.records.restate",
        "disclosure.records.sign",
        "desk.restate",
        "desk.review",
        "firm.duties",
        "firm.people",
        "firm.policy",
        "firm.procedures",
        "firm.retention",
        "ledger.verify",
        "objects.act",
        "objects.nouns",
        "provider.file",
        "review.adopt_analysis",
    )
)
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
THE_CLOCK = "src/routeproof/app/context.py"


def test_core_imports_nothing_of_the_world(product: list[Any]) -> None:
    """No core module, package initialisers included, imports a door to the outside."""
    assert _imports_of(WORLD, [m for m in product if m.is_core]) == []


def test_core_neither_opens_nor_writes(product: list[Any]) -> None:
    """No core module calls open() or a frame's reader or writer."""
    calls = [
        f"{module.name}:{node.lineno} {ast.unparse(node.func)}"
        for module in product
        if module.is_core
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and _touches_disk(node.func)
    ]
    assert calls == []


def test_one_module_reads_the_wall_clock(product: list[Any]) -> None:
    """Every instant comes from the context, so every run can be repeated."""
    readers = [
        f"{module.name}:{node.lineno} {ast.unparse(node)}"
        for module in product
        if module.name != THE_CLOCK
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and ".".join(ast.unparse(node).split(".")[-2:]) in CLOCKS
    ]
    assert readers == []


def test_no_second_dataframe_at_run_time(product: list[Any]) -> None:
    """Libraries that check ours are not needed to run ours."""
    assert _imports_of(DEVELOPMENT_ONLY, product) == []


def test_slow_statistics_are_imported_where_they_are_used(product: list[Any]) -> None:
    """Scipy takes seconds to import, so it is imported inside the function that needs it."""
    found = [
        f"{module.name}:{node.lineno}"
        for module in product
        for node in module.tree.body
        if isinstance(node, ast.Import | ast.ImportFrom) and LAZY & set(_roots(node))
    ]
    assert found == []


def test_the_command_line_starts_without_the_heavy_libraries(repository: Path) -> None:
    """`routeproof --help` answers at once: no dataframe, compiler or database is imported for it."""
    if not (repository / "src/routeproof/cli/main.py").exists():
        pytest.skip("no command line yet")
    code = f"import sys, routeproof.cli.main; print(*[m for m in {SLOW_TO_IMPORT!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_the_record_is_kept_without_the_heavy_libraries() -> None:
    """Who signs a review or closes a duty waits for no dataframe, compiler or typesetter: measuring imports them."""
    code = f"import sys, {', '.join(KEEPS_THE_RECORD)}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_readers_start_without_the_compiler() -> None:
    """Each file of a vendor is read in a process of its own, which would load it in vain."""
    code = "import sys, routeproof.sources.sandbox_child, routeproof.sources.registry; print('numba' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def _imports_of(banned: set[str], modules: list[Any]) -> list[str]:
    return [
        f"{module.name}:{node.lineno} {root}"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for root in _roots(node)
        if root in banned
    ]


def _roots(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name.split(".")[0] for alias in node.names)
    elif node.level == 0 and node.module:
        yield node.module.split(".")[0]


def _touches_disk(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id == "open"
    if not isinstance(function, ast.Attribute):
        return False
    on_polars = isinstance(function.value, ast.Name) and function.value.id in {"pl", "polars"}
    return function.attr.startswith(("write_", "sink_")) or (on_polars and function.attr.startswith(("read_", "scan_")))
