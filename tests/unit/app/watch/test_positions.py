"""How far the lake has the journal: never beyond what it took in, whatever of it is ready first."""

from pathlib import Path

from routeproof.app.watch.positions import JournalProgress, read_position
from routeproof.sources.live.journal_format import Position


def test_a_position_waits_for_every_session_before_it(tmp_path: Path) -> None:
    """Two sessions up to 100: the first alone is not enough, or a kill between them loses the second."""
    taken_in = JournalProgress(tmp_path).handed_over(Position(1, 100), portions=2)
    taken_in()
    assert read_position(tmp_path) is None
    taken_in()
    assert read_position(tmp_path) == Position(1, 100)


def test_a_position_waits_for_what_was_handed_over_earlier(tmp_path: Path) -> None:
    """What came up to 200 is in the lake before what came up to 100, as after a commit that failed."""
    progress = JournalProgress(tmp_path)
    early, late = (progress.handed_over(Position(1, offset), portions=1) for offset in (100, 200))
    late()
    assert read_position(tmp_path) is None
    early()
    assert read_position(tmp_path) == Position(1, 200)
