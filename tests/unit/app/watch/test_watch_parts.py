"""Small parts of a watch: growing files, drop folders, event time, messages in tiers."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from examples import examples
from live_streams import framed
from routeproof.app.watch.clock import EventClock
from routeproof.app.watch.drop_folder import DropFolder
from routeproof.app.watch.flow import Flow
from routeproof.app.watch.growing_file import GrowingFile
from routeproof.app.watch.held_messages import HeldMessages
from routeproof.app.watch.positions import read_mark, write_mark
from routeproof.app.watch.status import StatusTeller, read_status, write_status
from routeproof.sources.fix.growing import Groups
from routeproof.sources.fix.tokenizer import tokenize

SCRATCH = Path(tempfile.gettempdir())


def test_a_growing_file_gives_whole_lines_once(tmp_path: Path) -> None:
    """The head is kept apart, half a line waits for its end, and a file that is not there yet is no error."""
    path = tmp_path / "quotes.csv"
    file = GrowingFile(path, has_head=True)
    assert file.added() == b""
    path.write_bytes(b"symbol,bid\nA,1\nB,")
    assert (file.added(), file.mark.head) == (b"A,1\n", b"symbol,bid\n")
    with path.open("ab") as more:
        more.write(b"2\nC,3\n")
    assert file.added() == b"B,2\nC,3\n"
    assert file.added() == b""


def test_a_file_that_is_another_one_is_read_from_its_beginning(tmp_path: Path) -> None:
    """It shrank, or another one was renamed over it: what comes twice changes nothing, what is new is not missed."""
    path = tmp_path / "log"
    path.write_bytes(b"one\ntwo\n")
    file = GrowingFile(path, has_head=False)
    assert file.added() == b"one\ntwo\n"
    path.write_bytes(b"three\n")
    assert (file.added(), file.begun_again) == (b"three\n", 1)
    (tmp_path / "new").write_bytes(b"four\nfive\nsix\n")
    (tmp_path / "new").rename(path)
    assert (file.added(), file.begun_again) == (b"four\nfive\nsix\n", 2)
    assert file.added() == b""


def test_a_file_that_was_given_another_name_is_read_to_its_end_first(tmp_path: Path) -> None:
    """As when logs are rotated: what was written before and after that is there, and then the new file's lines."""
    path = tmp_path / "log"
    path.write_bytes(b"one\n")
    file = GrowingFile(path, has_head=False)
    assert file.added() == b"one\n"
    with path.open("ab") as writer:
        writer.write(b"two\n")
        writer.flush()
        path.rename(tmp_path / "log.1")
        assert file.added() == b"two\n"
        writer.write(b"three\n")
    path.write_bytes(b"four\n")
    assert [file.added(), file.added(), file.added()] == [b"three\n", b"four\n", b""]
    assert file.begun_again == 1


def test_a_growing_file_is_read_on_after_a_restart(tmp_path: Path) -> None:
    """From where the lake has it, with its head; what was never kept is read from the beginning."""
    path = tmp_path / "quotes.csv"
    path.write_bytes("symbol,bid\nÄ,1\n".encode("latin-1"))
    file = GrowingFile(path, has_head=True, mark=read_mark(tmp_path, path))
    assert file.added() == "Ä,1\n".encode("latin-1")
    write_mark(tmp_path, path, file.mark)
    with path.open("ab") as more:
        more.write(b"B,2\n")
    again = GrowingFile(path, has_head=True, mark=read_mark(tmp_path, path))
    assert (again.added(), again.mark.head, again.begun_again) == (b"B,2\n", b"symbol,bid\n", 0)


def test_a_drop_folder_gives_each_whole_file_once(tmp_path: Path) -> None:
    """By name; files being written are left alone, and a file that was replaced comes again."""
    folder = DropFolder(tmp_path)
    (tmp_path / "b.log").write_bytes(b"b")
    (tmp_path / "a.log").write_bytes(b"a")
    (tmp_path / ".hidden").write_bytes(b"x")
    (tmp_path / "c.log.part").write_bytes(b"x")
    assert [path.name for path in folder.fresh()] == ["a.log", "b.log"]
    assert list(folder.fresh()) == []
    (tmp_path / "c.log.part").rename(tmp_path / "c.log")
    (tmp_path / "a.log").write_bytes(b"other")
    assert [path.name for path in folder.fresh()] == ["a.log", "c.log"]


def test_event_time_goes_on_with_the_wall_clock() -> None:
    """From the last event on, whatever day that was; an earlier event does not turn it back."""
    clock = EventClock()
    assert clock.now(1_000) == 0
    clock.saw(50, 1_000)
    assert clock.now(1_007) == 57
    clock.saw(40, 1_010)
    assert clock.now(1_010) == 60
    clock.saw(100, 1_020)
    assert clock.now(1_021) == 101


@examples(30)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=20), st.data())
def test_messages_in_tiers_are_gathered_as_from_one_frame(sizes: list[int], data: st.DataObject) -> None:
    """Whatever the sizes in which they came, in memory or, twenty and more rows at a time, in files."""
    held = HeldMessages(SCRATCH, short=4, rests=20)
    whole = pl.DataFrame({"n": range(sum(sizes)), "exec_id": [f"E{n}" for n in range(sum(sizes))]})
    begin = 0
    for size in sizes:
        held.add(whole.slice(begin, size))
        begin += size
    assert held.column("n").to_list() == whole["n"].to_list()
    assert held.having("exec_id", ["E0", "E19", "none"]) == {"E0", "E19"} & set(whole["exec_id"])
    wanted = np.array(sorted(data.draw(st.sets(st.integers(0, begin - 1)))), dtype=np.int64)
    assert held.gather(wanted).equals(whole[pl.Series(wanted, dtype=pl.Int64)])


@examples(30)
@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30), max_size=6))
def test_groups_that_grow_are_those_of_a_slow_search(batches: list[list[tuple[int, int]]]) -> None:
    """Rows with a key in common, over any chain of rows; the oracle walks the graph in plain Python."""
    groups, keys = Groups(), []
    for batch in batches:
        groups.add(np.array(batch, dtype=np.uint64).reshape(-1, 2).T.copy())
        keys += batch
    slow = list(range(len(keys)))
    for row, own in enumerate(keys):
        for other in range(row):
            if {*own} & {*keys[other]} - {0}:
                old, new = slow[row], slow[other]
                slow = [new if name == old else name for name in slow]
    for row, name in enumerate(slow):
        expected = [other for other, its in enumerate(slow) if its == name]
        root = groups.roots(np.array([row]))
        assert groups.members(root).tolist() == expected


def test_groups_are_those_of_another_search_while_their_table_grows() -> None:
    """20,000 rows of two keys of 24,000, in batches: the table doubles several times; the oracle is scipy's."""
    drawn = np.random.default_rng(7).integers(1, 24_000, (2, 20_000)).astype(np.uint64)
    groups = Groups()
    for begin in range(0, drawn.shape[1], 700):
        groups.add(drawn[:, begin : begin + 700].copy())
    rows = np.arange(drawn.shape[1])
    edges = (np.concatenate([rows, rows]), np.concatenate([drawn[0], drawn[1]]).astype(np.int64) + rows.size)
    whole = coo_array((np.ones(2 * rows.size), edges), shape=(rows.size + 24_000, rows.size + 24_000))
    expected = connected_components(whole, directed=False)[1][: rows.size]
    found = groups.roots(rows)
    assert np.unique(found).size == np.unique(expected).size
    assert np.unique(np.stack([found, expected]), axis=1).shape[1] == np.unique(expected).size
    largest = np.bincount(expected).argmax()
    assert groups.members(found[expected == largest][:1]).tolist() == rows[expected == largest].tolist()


def test_the_status_is_told_at_once_and_at_the_end(tmp_path: Path) -> None:
    """Whoever asks once a watch is ready hears of this one, and not of the one before it."""
    write_status(tmp_path, {"sessions": [{"name": "old", "connected": True}], "journaled": 7, "recorded": 7})
    told = {"sessions": [], "journaled": 0, "recorded": 0}
    teller = StatusTeller(tmp_path, lambda: told)
    teller.start()
    assert read_status(tmp_path) == {"sessions": [], "journaled": 0, "recorded": 0, "running": True}
    told["journaled"] = 3
    teller.stop()
    assert read_status(tmp_path)["journaled"] == 3


@examples(40)
@given(st.lists(st.integers(0, 6), min_size=0, max_size=40), st.integers(1, 12))
def test_portions_are_whole_groups_and_all_of_them(orders: list[int], size: int) -> None:
    """Messages of up to seven orders in any order: each is in one portion, and with all those of its order."""
    flow = Flow("P", {}, "FIRM", SCRATCH)
    if orders:
        raw = b"\n".join(_order_told(number, order) for number, order in enumerate(orders, 1))
        told = tokenize(io.BytesIO(raw), name="", source_id="P", firm_id="FIRM")
        flow.hold(pl.concat([piece.messages for piece in told]))
    portions = [rows.tolist() for rows in flow.portions(size)]
    assert sorted(row for rows in portions for row in rows) == list(range(len(orders)))
    assert all(rows == sorted(rows) and rows for rows in portions)
    for rows in portions:
        inside = {orders[row] for row in rows}
        assert len(rows) == sum(order in inside for order in orders)
        assert len(rows) < size + max(orders.count(order) for order in inside)


def _order_told(number: int, order: int) -> bytes:
    at = f"20260701-14:00:{number:02d}.000"
    terms = [f"37=O{order}", f"11=C{order}", f"17=E{number}", "150=F", "39=1", "55=AB", "54=1", "38=100", "32=1"]
    return framed(["35=8", "49=SOR", "56=FIRM", f"34={number}", f"52={at}", *terms, "31=10", f"60={at}"])
