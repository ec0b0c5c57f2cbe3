"""Many people on one review at once, and the projection that lists show."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.objects.act import project_object
from routeproof.app.objects.fold import fold
from routeproof.governance.decider import RefusalError
from routeproof.governance.review.noun import REVIEW
from unit.governance.review_case import REVIEW_ID, closed, do, look, opened

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def test_fifty_editors_at_once_lose_nothing(desk: Desk, tmp_path: Path) -> None:
    """Fifty editors at once lose nothing, and who signed meanwhile signed what stood then."""
    opened(desk, tmp_path / "pack")
    before = look(desk)["version_hash"]

    def edit(number: int) -> str:
        finding = {"findings": [{"id": f"F{number:02}", "text": f"found {number}"}]}
        return str(do(desk, "ann" if number % 2 else "abe", "record", finding)["version_hash"])

    with ThreadPoolExecutor(max_workers=50) as pool:
        versions = list(pool.map(edit, range(50)))
    state = look(desk)
    assert sorted(item["id"] for item in state["findings"]) == [f"F{number:02}" for number in range(50)]
    assert state["version"] == 51
    assert state["version_hash"] in versions
    with pytest.raises(RefusalError) as refused:
        do(desk, "sam", "sign", {"version": before})
    assert refused.value.code == "outdated_version"


def test_of_fifty_who_saw_the_same_version_one_changes_it(desk: Desk, tmp_path: Path) -> None:
    """Of fifty who saw the same version one changes it; the others are told."""
    seen = opened(desk, tmp_path / "pack")["version_hash"]

    def edit(number: int) -> str:
        try:
            do(desk, "ann", "record", {"agenda": [f"item {number}"], "expected_version_hash": seen})
        except RefusalError as refusal:
            return refusal.code
        return "changed"

    with ThreadPoolExecutor(max_workers=50) as pool:
        outcomes = list(pool.map(edit, range(50)))
    assert sorted(outcomes) == ["changed", *["outdated_version"] * 49]


def test_the_row_that_lists_show_is_what_replay_gives(desk: Desk, tmp_path: Path) -> None:
    """The row that lists show is what replay gives."""
    closed(desk, tmp_path / "pack", votes=[])
    do(desk, "ann", "addendum", {"text": "x"})
    written: list[dict[str, Any]] = []

    class Row:
        """Takes the row instead of a database."""

        @staticmethod
        def execute(_: str, rows: list[dict[str, Any]]) -> None:
            written.extend(rows)

    with desk.context() as context:
        version = fold(REVIEW, context.records.stream(REVIEW.stream(REVIEW_ID)))
        assert version is not None
        project_object(Row(), REVIEW, version)
        held = context.records.query(
            "SELECT state, version, version_hash, ledger_index FROM governance_objects WHERE noun = 'review'", {}
        )
    (row,) = written
    assert [tuple(one) for one in held] == [
        tuple(row[name] for name in ("state", "version", "version_hash", "ledger_index"))
    ]
