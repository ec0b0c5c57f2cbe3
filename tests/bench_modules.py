"""Simulations of `bench/` and `tools/` as modules: a test runs a small part of what a page shows."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

REPOSITORY = Path(__file__).resolve().parents[1]


def bench_module(name: str, folder: str = "bench") -> ModuleType:
    """The module of a file of that folder, imported once."""
    known = f"{folder}_{name}"
    if known not in sys.modules:
        spec = importlib.util.spec_from_file_location(known, REPOSITORY / folder / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[known] = module
        spec.loader.exec_module(module)
    return sys.modules[known]
