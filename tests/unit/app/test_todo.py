"""My day: what a person may do and has to, the late first; nothing that is another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.access.matrix import matrix_in_force
from routeproof.app.context import open_context
from routeproof.app.todo import todo_of
from web_client import Browser, staffed_workspace

if TYPE_CHECKING:
    from pathlib import Path


def test_an_open_case_is_everybodys_until_somebody_owns_it(tmp_path: Path) -> None:
    """Then it is theirs; a supervisor sees it again when a second person is wanted."""
    root = staffed_workspace(tmp_path / "w")
    ann = Browser(root, "ann")
    assert ann.call("POST", "/api/v1/cases/C-1/open", {"kind": "other", "title": "A look"}).status_code == 200

    def cases(person: str, role: str) -> list[tuple[str, str]]:
        with open_context(root) as context:
            found = todo_of(context, person, (role,), matrix_in_force(context))
        return [(item.to, item.action) for item in found["items"] if item.to.startswith("/cases/")]

    assert cases("ann", "analyst") == [("/cases/C-1", "acknowledge")]
    assert cases("ada", "admin") == []
    assert ann.call("POST", "/api/v1/cases/C-1/acknowledge", {}).status_code == 200
    assert cases("ann", "analyst") == [("/cases/C-1", "investigate")]
    assert cases("sam", "supervisor") == []
    closing = {"disposition": "explained", "root_cause": "market", "rationale": "Nothing was out of order."}
    answer = ann.call("POST", "/api/v1/cases/C-1/close", closing)
    assert answer.status_code == 200, answer.text
    assert ("/cases/C-1", "look at it as a second person") in cases("sam", "supervisor")
