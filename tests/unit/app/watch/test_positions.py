"""How far the lake has the journal: never beyond what it took in, whatever of it is ready first."""

from pathlib import Path

from routeproof.app.watch.positions import BooksBegin, JournalProgress, read_books_begin, read_position
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


def test_where_the_books_begin_is_noted_with_the_position(tmp_path: Path) -> None:
    """Not before the lake has what came until then: a kill in between begins with the books of that position."""
    progress = JournalProgress(tmp_path)
    early = progress.handed_over(Position(1, 100), 1, BooksBegin())
    late = progress.handed_over(Position(1, 200), 1, BooksBegin(Position(1, 100), {"md": 7}))
    assert read_books_begin(tmp_path) is None
    early()
    assert read_books_begin(tmp_path) == BooksBegin()
    late()
    assert read_books_begin(tmp_path) == BooksBegin(Position(1, 100), {"md": 7})


def test_what_is_nothing_for_the_lake_moves_the_position_on(tmp_path: Path) -> None:
    """Heartbeats of a session of quotes make no line of a file, but wait for what came before them."""
    progress = JournalProgress(tmp_path)
    progress.handed_over(Position(1, 100), portions=0)
    assert read_position(tmp_path) == Position(1, 100)
    taken_in = progress.handed_over(Position(1, 200), portions=1)
    progress.handed_over(Position(1, 300), portions=0)
    assert read_position(tmp_path) == Position(1, 100)
    taken_in()
    assert read_position(tmp_path) == Position(1, 300)
