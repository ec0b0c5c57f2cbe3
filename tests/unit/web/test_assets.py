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


def test_a_field_for_a_password_hides_it_and_takes_what_is_pasted(repository: Path) -> None:
    """Of type password, and named for managers of passwords; no script stops them."""
    found = 0
    for path in (repository / "src/routeproof/web/templates").glob("*.html"):
        for field in re.findall(r"<input[^>]*>", path.read_text("utf-8")):
            if re.search(r'name="(password|old|new)"', field):
                found += 1
                assert 'type="password"' in field, path.name
                assert re.search(r'autocomplete="(current|new)-password"', field), path.name
    assert found >= 5
    for script in (repository / "src/routeproof/web/static").glob("*.js"):
        assert "paste" not in script.read_text("utf-8"), script.name


def test_every_page_has_a_way_out(repository: Path) -> None:
    """The frame of all pages has it; only what comes before a session, or instead of a page, has another frame."""
    folder = repository / "src/routeproof/web/templates"
    assert 'action="/logout"' in (folder / "base.html").read_text("utf-8")
    whole = {path.name for path in folder.glob("*.html") if "<!doctype" in path.read_text("utf-8")}
    assert whole == {"base.html", "login.html", "second_factor.html", "error.html"}


def test_scripts_keep_nothing_in_the_browser(repository: Path) -> None:
    """No storage, no cookies: what was seen is gone with the page."""
    for script in (repository / "src/routeproof/web/static").glob("*.js"):
        assert not re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie", script.read_text("utf-8"))
