"""The repository speaks of the product, and of nothing that happened around it."""

import re
from pathlib import Path

# Each pattern is put together here so that this file does not contain what it forbids.
HOSTS = ("py" + "pi.org", "python" + "hosted", "npm" + "js.", "crates" + ".io", "proxy.gol" + "ang")
PLACES = ("/wo" + "rk/", "/tm" + "p/", "/ro" + "ot/", "/Us" + "ers/", "/ho" + "me/")
MAKERS = (
    "sub" + "agent",
    "clau" + "de",
    "anth" + "ropic",
    "open" + "ai",
    "chat" + "gpt",
    r"\bll" + r"m\b",
    "co-auth" + "ored",
)
NOTES = ("mission" + r"\.md", "shared/" + "design", "brief" + r"\.md", "issues " + "show", r"\bissue " + r"\d")
FORBIDDEN = re.compile("|".join((*(re.escape(h) for h in HOSTS), *PLACES, *MAKERS, *NOTES)), re.IGNORECASE)


def test_tracked_text_speaks_of_the_product_only(tracked: list[Path], repository: Path) -> None:
    """No registry host, machine path or working note is under version control."""
    found = [
        f"{path.relative_to(repository)}:{number}: {match.group()}"
        for path in tracked
        for number, line in enumerate(_lines(path), start=1)
        if (match := FORBIDDEN.search(line))
    ]
    assert found == []


def test_tracked_paths_speak_of_the_product_only(tracked: list[Path], repository: Path) -> None:
    """File names are text too; and no lock file that would name hosts is kept."""
    names = ["/" + path.relative_to(repository).as_posix() for path in tracked]
    assert [name for name in names if FORBIDDEN.search(name) or name.endswith("/uv.lock")] == []


def test_the_pattern_catches_what_it_is_for() -> None:
    """A check that cannot fail is no check."""
    assert FORBIDDEN.search("see https://" + "py" + "pi.org/simple")
    assert FORBIDDEN.search("cd /wo" + "rk/main")
    assert not FORBIDDEN.search("a member-agent routes to the provider; framework/ and network/ are words")


def _lines(path: Path) -> list[str]:
    raw = path.read_bytes()
    return [] if b"\0" in raw else raw.decode("utf-8", errors="replace").splitlines()
