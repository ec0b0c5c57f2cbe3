"""The reference pages say what the catalogs say."""

import subprocess
import sys
from pathlib import Path


def test_the_reference_pages_are_current(repository: Path, tmp_path: Path) -> None:
    """A catalog entry that changed without its page fails; `make reference` mends it.

    The pages are written by a program of their own: click remembers in a command how it was last called.
    """
    subprocess.run([sys.executable, repository / "tools/reference_pages.py", tmp_path], check=True)
    written = _pages(tmp_path)
    kept = _pages(repository / "docs/reference")
    assert sorted(written) == sorted(kept)
    for name, text in written.items():
        assert text == kept[name], name


def _pages(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.glob("*.md")}
