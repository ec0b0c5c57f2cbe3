"""What the documents point to exists, and decisions stay a page long."""

import re
from pathlib import Path

ADR_LINES = 70
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)[^)]*\)")
ADR_NAME = re.compile(r"^(\d{4})-[a-z0-9-]+\.md$")
REQUIRED = ("LICENSE", "README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")


def test_the_documents_a_visitor_expects_are_there(repository: Path) -> None:
    """Each of them exists and says something."""
    assert [
        n for n in REQUIRED if not (repository / n).is_file() or not (repository / n).read_text("utf-8").strip()
    ] == []


def test_links_between_documents_resolve(tracked: list[Path], repository: Path) -> None:
    """A relative link in any Markdown file leads to a file, and its anchor to a heading."""
    broken = [
        f"{path.relative_to(repository)} -> {target}"
        for path in tracked
        if path.suffix == ".md"
        for target in _links(path.read_text("utf-8"))
        if not _resolves(path, target)
    ]
    assert broken == []


def test_decisions_are_numbered_and_indexed(repository: Path) -> None:
    """Every decision has a number of its own, and the index lists every one."""
    folder = repository / "docs/decisions"
    names = sorted(p.name for p in folder.glob("*.md") if p.name != "README.md")
    numbers = [int(match.group(1)) for name in names if (match := ADR_NAME.match(name))]
    assert len(numbers) == len(set(numbers)) == len(names)
    index = (folder / "README.md").read_text("utf-8")
    assert [name for name in names if f"({name})" not in index] == []


def test_a_decision_fits_on_a_page(repository: Path) -> None:
    """Each says what was decided, why and what it costs, in 70 lines or fewer."""
    for path in sorted((repository / "docs/decisions").glob("[0-9]*.md")):
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= ADR_LINES, path.name
        for heading in ("## Decision", "## Why", "## Consequences"):
            assert heading in text, f"{path.name} lacks {heading!r}"
        assert re.search(r"^(Accepted|Superseded|Proposed), \d{4}-\d\d-\d\d", text, re.MULTILINE), path.name


def _links(text: str) -> list[str]:
    prose = re.sub(r"```.*?```|<!--.*?-->", "", text, flags=re.DOTALL)
    return [t for t in LINK.findall(prose) if not t.startswith(("http://", "https://", "mailto:"))]


def _resolves(source: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    file = source.parent / name if name else source
    if not file.exists():
        return False
    return not anchor or file.suffix != ".md" or anchor in _anchors(file.read_text("utf-8"))


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ +(.+?) *$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
