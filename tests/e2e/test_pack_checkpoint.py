"""A pack of a workspace with people prints the ledger's checkpoint over all that it rests on."""

from pathlib import Path

import pytest

from e2e.article_case import MONTH, tables, write_files
from e2e.desk import Desk
from tamper.desk import offline

PEOPLE = """
unprotected_keys = true
[[person]]
id = "ann"
name = "Ann"
roles = ["analyst"]
"""

pytestmark = pytest.mark.night


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The article's first month, taken in by a named person."""
    desk = Desk(tmp_path_factory.mktemp("checkpoint"))
    write_files(desk.folder, tables(MONTH))
    (desk.folder / "people.toml").write_text(PEOPLE)
    desk.run("init", "workspace", "--people", "people.toml")
    for name in ("quotes", "orders", "executions"):
        desk.run("ingest", "csv", f"{name}.csv", "--map", f"{name}.toml", "--as", "ann")
    return desk


def _printed(desk: Desk, out: str) -> list[str]:
    (block,) = [
        block
        for section in desk.pack(out)["sections"]
        for block in section["blocks"]
        if block.get("kind") == "provenance" or "entries" in block
    ]
    return [value for name, value in block["entries"] if name.startswith("Ledger")]


def test_the_printed_lines_are_a_checkpoint_of_the_ledger(desk: Desk, tmp_path: Path) -> None:
    """Typed off the page into a file, they verify against the workspace; and the offline verifier reads them."""
    desk.build("pack")
    origin, size, root, signature = _printed(desk, "pack")
    note = tmp_path / "typed-off.note"
    note.write_text(f"{origin}\n{size}\n{root}\n\n{signature}\n", encoding="utf-8")
    assert "agrees" in desk.run("ledger", "verify", "--checkpoint", str(note))
    desk.run("ledger", "export", "--out", str(tmp_path / "export"))
    assert offline().main([str(tmp_path / "export"), "--checkpoint", str(note)]) == 0


def test_built_again_the_pack_prints_the_same(desk: Desk) -> None:
    """What was recorded in between, the first build among it, is nothing that the pack rests on."""
    first = desk.build("one")
    desk.run("ledger", "note", "something else", "--as", "ann")
    second = desk.build("two")
    assert _printed(desk, "one") == _printed(desk, "two")
    assert first["meta"]["digest"] == second["meta"]["digest"]
