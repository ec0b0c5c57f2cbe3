"""Messages of a day that do not fit in memory become the same part as if they did."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from routeproof.app.context import Context, open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.log_merge import FreshDay, merge_log
from routeproof.app.intake.shelf import Shelf, Shelved
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.fix.tokenizer import tokenize

DAY = "2026-01-05"


def message(seq: int, day: str = "20260105", **fields: object) -> bytes:
    """A heartbeat or, with fields, another message, sent in the second that its number says."""
    said = {"t35": "0", "t49": "A", "t56": "B", "t34": seq, "t52": f"{day}-15:00:{seq:02d}", **fields}
    body = "".join(f"{tag[1:]}={value}\x01" for tag, value in said.items()).encode()
    framed = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
    return framed + b"10=%03d\x01\n" % (sum(framed) % 256)


def order(seq: int, **fields: object) -> bytes:
    """An order with a name of its own."""
    return message(seq, **{"t35": "D", "t11": f"C{seq}", "t54": 1, "t38": 9, **fields})


FIRST = [order(9), order(3), order(40), message(2)]
SECOND = [
    order(1),
    order(40),
    order(7, t1="ACC"),
    order(41),
    order(3, t43="Y", t52="20260105-15:00:50", t122="20260105-15:00:03"),
]
NEXT_DAY = [order(8, t52="20260106-15:00:08")]


def pieces(shelf: Shelf, source_id: str, log: list[bytes], each: int = 2) -> list[Shelved]:
    """The log as a reader leaves it, two messages at a time."""
    found = []
    for at in range(0, len(log), each):
        (piece,) = tokenize(io.BytesIO(b"".join(log[at : at + each])), name="log", source_id=source_id)
        found.append(shelf.set_down(piece.messages))
    return found


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A new workspace."""
    init_workspace(tmp_path / "ws")
    with open_context(tmp_path / "ws") as opened:
        yield opened


def test_a_shelf_gives_back_what_was_set_down(tmp_path: Path) -> None:
    """From memory and from disk, with columns that hold nothing, all columns or some."""
    (piece,) = tokenize(io.BytesIO(b"".join(FIRST)), name="log", source_id="s")
    for shelved in (Shelf(tmp_path, "a").set_down(piece.messages), Shelf(tmp_path, "b", 0).set_down(piece.messages)):
        assert shelved.read().equals(piece.messages)
        assert shelved.read(("account", "seq")).equals(piece.messages.select("account", "seq"))
        assert shelved.read(("account",)).equals(piece.messages.select("account"))
        assert shelved.rows == 4
    assert len(list(tmp_path.iterdir())) == 1


def test_what_does_not_fit_becomes_the_same_part(context: Context, tmp_path: Path) -> None:
    """Logs out of order, with copies, a resend and another day, onto a part that is there: distinct rows by time."""
    shelf = Shelf(tmp_path / "scratch", "piece", 0)
    held, copies = merge_log(context.lake, DAY, pieces(shelf, "one", FIRST), None, {}, held_rows=0)
    assert held is not None
    assert copies.is_empty()
    new = pieces(shelf, "two", [*SECOND, *NEXT_DAY])
    fresh: dict[str, FreshDay] = {}
    fresh_of_large: dict[str, FreshDay] = {}
    small, known = merge_log(context.lake, DAY, new, held, fresh)
    large, known_of_large = merge_log(context.lake, DAY, new, held, fresh_of_large, held_rows=0)
    assert small is not None
    assert large is not None
    assert known.to_list() == known_of_large.to_list() == ["two", "two"]
    assert small.content == large.content
    found = context.lake.read_partition(large)
    assert found.get_column("seq").to_list() == [1, 2, 3, 7, 9, 40, 41]
    assert found.get_column("source_id").to_list() == ["two", "one", "one", "two", "one", "one", "two"]
    assert fresh[DAY].messages is not None
    assert found.equals(FIX_MESSAGES.conform(fresh[DAY].messages))
    assert fresh_of_large[DAY].messages is None
    for day in (fresh[DAY], fresh_of_large[DAY]):
        assert day.added is not None
        assert day.added.tolist() == [0, 3, 6]


def test_a_copy_that_takes_the_place_of_another_is_more_than_an_addition(context: Context, tmp_path: Path) -> None:
    """The earlier copy stays, whichever came first; so does nothing of what its later copy was said to be."""
    shelf = Shelf(tmp_path / "scratch", "piece", 0)
    late = order(3, t43="Y", t52="20260105-15:00:50", t122="20260105-15:00:04")
    held, _ = merge_log(context.lake, DAY, pieces(shelf, "one", [late, order(9)]), None, {})
    fresh: dict[str, FreshDay] = {}
    merge_log(context.lake, DAY, pieces(shelf, "two", [order(3), order(1)]), held, fresh)
    assert fresh[DAY].added is None


def test_a_day_that_says_the_same_is_not_written(context: Context, tmp_path: Path) -> None:
    """The same log again, whether or not it fits in memory."""
    log = pieces(Shelf(tmp_path / "scratch", "piece", 0), "one", FIRST)
    held, _ = merge_log(context.lake, DAY, log, None, {})
    for rows in (0, 100):
        again, known = merge_log(context.lake, DAY, log, held, {}, held_rows=rows)
        assert again is None
        assert known.to_list() == ["one"] * 4
