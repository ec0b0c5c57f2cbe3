"""What a page loads comes from here, and is what was reviewed."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ROW = re.compile(r"^\| (\S+) \| .* \| ([0-9a-f]{64}) \|$", re.MULTILINE)


def test_every_file_of_others_is_listed_and_has_its_hash(repository: Path) -> None:
    """A file that was changed, added or taken away without the list fails."""
    folder = repository / "src/routeproof/web/static/vendor"
    listed = dict(ROW.findall((folder / "README.md").read_text("utf-8")))
    held = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.suffix != ".md"
    }
    assert listed == held


def test_no_template_has_anything_inline_or_from_elsewhere(repository: Path) -> None:
    """Styles and scripts are files of `static/`; the policy of the page would stop others anyway."""
    wrong = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|(?:src|href|action)=\"(?:https?:)?//|javascript:", re.IGNORECASE)
    for path in (repository / "src/routeproof/web/templates").glob("*.html"):
        assert not wrong.search(path.read_text("utf-8")), path.name
        for script in re.findall(r"<script[^>]*>", path.read_text("utf-8")):
            assert "src=" in script or 'type="application/json"' in script, path.name
