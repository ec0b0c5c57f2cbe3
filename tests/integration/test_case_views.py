"""Saved views of the case list: many save at once, and none is lost."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from program import call
from routeproof.app.cases.case_listing import CaseFilter
from routeproof.app.cases.case_views import forget_view, save_view, views_of
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace


def test_views_saved_at_once_are_all_there(tmp_path: Path) -> None:
    """Twenty people, each with a context of their own; then half of the views are removed at once."""
    init_workspace(tmp_path / "w")

    def save(number: int) -> None:
        with open_context(tmp_path / "w") as context:
            save_view(context, f"v{number}", CaseFilter(text=str(number)))

    def forget(number: int) -> bool:
        with open_context(tmp_path / "w") as context:
            return forget_view(context, f"v{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(save, range(20)))
        with open_context(tmp_path / "w") as context:
            assert views_of(context) == {f"v{number}": {"text": str(number)} for number in range(20)}
        assert all(pool.map(forget, range(10)))
    with open_context(tmp_path / "w") as context:
        assert set(views_of(context)) == {f"v{number}" for number in range(10, 20)}
        assert not forget_view(context, "v0")
    assert call("case", "view", "save", "mine", "--text", "x", "-w", str(tmp_path / "w")).returncode == 0
