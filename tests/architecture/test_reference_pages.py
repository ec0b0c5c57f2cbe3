"""The reference pages say what the catalogs say."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _generator() -> object:
    spec = importlib.util.spec_from_file_location("reference_pages", ROOT / "tools" / "reference_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["metrics.md", "tables.md", "policy.md", "cli.md"])
def test_a_reference_page_is_current(name: str) -> None:
    """A catalog entry that changed without its page fails; `python tools/reference_pages.py` mends it."""
    page = _generator().PAGES[name]()  # type: ignore[attr-defined]
    assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == page
