"""The fold part by part is the fold of the whole, whatever identifiers join."""

import io
import random
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from hypothesis import event, given
from hypothesis import strategies as st

from examples import examples
from fix_chaos import Chaos, framed, good_till_logs
from routeproof.app.intake.shelf import Shelf
from routeproof.sources.fix.fold.division import chunk_of
from routeproof.sources.fix.fold.facts import NO_FACTS
from routeproof.sources.fix.fold.fold import PartFold, fold_messages
from routeproof.sources.fix.fold.misfits import FIX_MISFITS
from routeproof.sources.fix.fold.part import FOLDED, Part
from routeproof.sources.fix.fold.touched import SOURCE, Grown, fold_touched
from routeproof.sources.fix.messages import distinct_messages
from routeproof.sources.fix.tokenizer import tokenize
from routeproof.tables.registry import TABLES

MAPS = (
    {},
    {"parties": {"firm": ["FIRM"], "provider": ["SOR"], "venue": ["VEN"], "drop_copy": ["DROP"]}},
    {"parties": {"firm": ["FIRM"], "provider": ["SOR"]}, "link": {"parent": "(A[0-9]+)x"}},
    {"values": {"symbol": {"IBM": "MSFT"}}},
)


def chaos(seed: int) -> bytes:
    """A log of them."""
    return Chaos(seed).log()


def folds_alike(messages: pl.DataFrame, sections: dict[str, object], sizes: tuple[int, ...] = (1, 7)) -> None:
    """Tables, misfits and notes of the whole, and of parts of those sizes."""
    whole = fold_messages(messages, sections, firm_id="f")
    for size in sizes:
        parts = fold_messages(messages, sections, firm_id="f", part_messages=size)
        for name in FOLDED:
            assert whole.tables[name].equals(parts.tables[name]), (name, size)
        assert whole.misfits.equals(parts.misfits)
        assert whole.notes == parts.notes


@examples(6, more_by_night=250)  # a fold for each message makes one example cost a second
@given(seed=st.integers(0, 1 << 40), sections=st.sampled_from(MAPS))
def test_parts_are_the_whole(seed: int, sections: dict[str, object]) -> None:
    """Any messages that name each other, folded at once and in parts as small as orders allow."""
    pieces = [piece.messages for piece in tokenize(io.BytesIO(chaos(seed)), name="log", source_id="s")]
    folds_alike(pl.concat(pieces), sections)


@examples(3, more_by_night=120)
@given(seed=st.integers(0, 1 << 40), sections=st.sampled_from(MAPS))
def test_parts_of_names_that_were_taken_over_are_the_whole(seed: int, sections: dict[str, object]) -> None:
    """An OrderID may say that a report speaks of an earlier day's good-till order of that name."""
    pieces = [
        piece.messages for piece in tokenize(io.BytesIO(b"".join(good_till_logs(seed))), name="log", source_id="s")
    ]
    folds_alike(pl.concat(pieces), sections)


@examples(3, more_by_night=60)
@given(seed=st.integers(0, 1 << 40), sections=st.sampled_from(MAPS))
def test_parts_that_wait_on_disk_are_the_same(seed: int, sections: dict[str, object]) -> None:
    """Messages that come some at a time, and are dealt out to their parts on scratch disk or stay where they are."""
    (piece,) = tokenize(io.BytesIO(chaos(seed)), name="log", source_id="s")
    chunks = [chunk_of(rows) for rows in distinct_messages(piece.messages).iter_slices(5)]
    with TemporaryDirectory() as scratch:
        shelf, dealt = Shelf(Path(scratch), "dealt", held_rows=12), []

        def aside(rows: pl.DataFrame) -> Callable[[], pl.DataFrame]:
            dealt.append(shelf.set_down(rows))
            return dealt[-1].read

        waited = list(PartFold(chunks, sections, "f", "", part_messages=7, aside=aside).parts())
        stayed = list(PartFold(chunks, sections, "f", "", part_messages=7).parts())
        assert [number for number, _ in waited] == [number for number, _ in stayed]
        for (_, one), (_, other) in zip(waited, stayed, strict=True):
            assert all(one.tables[name].equals(other.tables[name]) for name in FOLDED)
            assert one.misfits.equals(other.misfits)
        assert len(chunks) == 1 or len({number for number, _ in waited}) == 1 or dealt


def rows_of(part: Part) -> dict[str, pl.DataFrame]:
    """Tables and misfits of some messages."""
    return {**part.tables, FIX_MISFITS.name: part.misfits}


@examples(12, more_by_night=500)
@given(seed=st.integers(0, 1 << 40), sections=st.sampled_from(MAPS))
def test_what_new_messages_touch_is_the_whole_anew(seed: int, sections: dict[str, object]) -> None:
    """Any of the messages come later: what they touch is folded again, all else stays, and that is the whole fold."""
    (piece,) = tokenize(io.BytesIO(chaos(seed)), name="log", source_id="s")
    messages = distinct_messages(piece.messages)
    chance = random.Random(seed)  # noqa: S311 nothing secret
    is_new = np.array([chance.random() < chance.choice((0.05, 0.3)) for _ in range(messages.height)])
    earlier = PartFold([chunk_of(messages.filter(pl.Series(~is_new)))], sections, "f", "")
    (*_, (_, old)) = earlier.parts()
    chunks = [chunk_of(rows) for rows in messages.iter_slices(7)]
    marks = [is_new[at : at + 7] for at in range(0, is_new.size, 7)]
    touched = fold_touched(Grown(chunks, marks, earlier.heard), sections, "f", "")
    event("folded whole" if touched is None else "folded what is touched")
    if touched is None:
        return
    (*_, (_, whole)) = PartFold([chunk_of(messages)], sections, "f", "").parts()
    wanted, stays, made = rows_of(whole), rows_of(old), rows_of(touched.part)
    for name, table in {**{name: TABLES[name] for name in FOLDED}, FIX_MISFITS.name: FIX_MISFITS}.items():
        kept = stays[name].join(touched.was, on=list(SOURCE), how="anti")
        assert table.sort(pl.concat([kept, made[name]])).equals(table.sort(wanted[name])), name
    whole_again = PartFold([chunk_of(messages)], sections, "f", "")
    list(whole_again.parts())
    assert whole_again.heard.said - touched.heard.said == NO_FACTS
    assert whole_again.heard.asked - touched.heard.asked == NO_FACTS


def test_a_bust_that_names_no_fill_busts_nothing() -> None:
    """Neither the fill nor a correction that names none as well; each stands for itself."""
    head = [(49, "SOR"), (56, "FIRM"), (11, "C1"), (37, "O1"), (55, "IBM"), (54, 1), (32, 5), (31, 10)]
    order = [(35, "D"), (49, "FIRM"), (56, "SOR"), (11, "C1"), (55, "IBM"), (54, 1), (38, 9), (40, 1)]
    reports = [[(35, "8"), *head, (17, f"E{kind}"), (150, kind), (39, 1)] for kind in "FGH"]
    log = [framed([*said, (34, at), (52, f"20260105-15:00:0{at}")]) for at, said in enumerate([order, *reports], 1)]
    (piece,) = tokenize(io.BytesIO(b"".join(log)), name="log", source_id="s")
    folded = fold_messages(piece.messages)
    assert folded.tables["executions"]["status"].to_list() == ["new", "corrected"]
    assert folded.notes["busts_of_unseen_fills"] == 1
