"""The fold part by part is the fold of the whole, whatever identifiers join."""

import io
import random
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.app.intake.shelf import Shelf
from routeproof.sources.fix.fold.division import chunk_of
from routeproof.sources.fix.fold.fold import fold_messages, fold_parts
from routeproof.sources.fix.fold.part import FOLDED
from routeproof.sources.fix.messages import distinct_messages
from routeproof.sources.fix.tokenizer import tokenize

MAPS = (
    {},
    {"parties": {"firm": ["FIRM"], "provider": ["SOR"], "venue": ["VEN"], "drop_copy": ["DROP"]}},
    {"parties": {"firm": ["FIRM"], "provider": ["SOR"]}, "link": {"parent": "(A[0-9]+)x"}},
    {"values": {"symbol": {"IBM": "MSFT"}}},
)
SESSIONS = (("FIRM", "SOR"), ("FIRM", "SOR"), ("FIRM", "SOR"), ("CUST", "FIRM"), ("SOR", "VEN"), ("SOR", "FIRM"))
"""Mostly firm to provider; a customer above, a venue below, and now and then orders the other way round."""

KINDS = ("D", "D", "D", "D", "D", "G", "G", "F", "F", *"8888888888", "9", "3", "j", "AB")
ONE_LEG = tuple(kind for kind in KINDS if kind != "AB")
REPORTING = ("8", "9", "3", "j")
REPORTS = ("0", "1", "2", "F", "F", "F", "H", "G", "4", "5", "8", "C", "3", "I")


def framed(fields: list[tuple[int, object]]) -> bytes:
    """The message on the wire: body length and checksum added."""
    body = "".join(f"{tag}={value}\x01" for tag, value in fields).encode()
    message = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
    return message + b"10=%03d\x01\n" % (sum(message) % 256)


class Chaos:
    """Messages that name each other at random, from pools of identifiers that are sometimes small."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 nothing secret
        self.sessions = SESSIONS[: self.chance.choice((1, 3, 4, 5, 6))]
        self.pool = self.chance.choice((3, 8, 30))
        self.kinds = self.chance.choice((KINDS, ONE_LEG))
        self.days = self.chance.choice(((5, 5, 5, 6), (5, 6, 7), (5, 6, 7, 8, 9, 12)))
        self.symbols = ("IBM", "MSFT", "F", "GE")[: self.chance.choice((1, 4))]

    def log(self) -> bytes:
        """Some messages."""
        return b"".join(framed(self.message()) for _ in range(self.chance.choice((6, 20, 60))))

    def name(self, letter: str, size: int = 1) -> str:
        """An identifier of a pool."""
        return f"{letter}{self.chance.randrange(size * self.pool)}"

    def message(self) -> list[tuple[int, object]]:
        """One message, each tag once."""
        kind = self.chance.choice(self.kinds)
        source, target = self.chance.choice(self.sessions)
        if kind in REPORTING:
            source, target = target, "DROP" if self.chance.random() < 0.15 else source
        at = self.instant()
        own = self.name("A") + self.chance.choice(("", "", "x"))
        fields: list[tuple[int, object]] = [(35, kind), (49, source), (56, target), (34, self.chance.randrange(1, 60))]
        fields += [(52, at), *self.maybe(at, likely=kind in REPORTING)]
        if kind not in "3j" or self.chance.random() < 0.3:
            fields.append((11, own))
        if kind in ("G", "F") or self.chance.random() < 0.1:
            fields.append((41, self.name("A")))
        fields += self.terms(kind) + self.report(kind, own)
        return list(dict(fields).items())

    def instant(self) -> str:
        """Of a few seconds on some days."""
        return f"202601{self.chance.choice(self.days):02d}-15:00:{self.chance.randrange(40):02d}"

    def maybe(self, at: str, *, likely: bool) -> list[tuple[int, object]]:
        """Fields that any message may have."""
        names = {37: "O", 198: "O", 526: "A", 527: "E", 583: "A", 880: "E"}
        fields = [(tag, self.name(letter)) for tag, letter in names.items()]
        fields += [
            (60, self.chance.choice((at, at, self.instant()))),
            (14, self.chance.choice((5, 10, 20))),
            (442, self.chance.choice((1, 1, 2) if self.kinds == KINDS else (1,))),
        ]
        return [field for field in fields if self.chance.random() < (0.7 if field[0] in (37, 60) and likely else 0.12)]

    def terms(self, kind: str) -> list[tuple[int, object]]:
        """What an order says of itself."""
        fields: list[tuple[int, object]] = []
        if kind in ("D", "G", "8", "AB", "F"):
            fields += [(55, self.chance.choice(self.symbols)), (54, self.chance.choice((1, 1, 2)))]
        if kind in ("D", "G", "AB"):
            fields += [(38, self.chance.choice((10, 20))), (40, 2), (44, 10), (59, self.chance.choice((0, 1)))]
        return fields

    def report(self, kind: str, own: str) -> list[tuple[int, object]]:
        """What a report says of an order."""
        if kind in ("3", "j"):
            named = [(379, own), (380, 1)] if kind == "j" else []
            return [(45, self.chance.randrange(1, 60)), (372, "D"), *named]
        if kind != "8":
            return []
        refers = [(19, self.name("E", 2))] if self.chance.random() < 0.3 else []
        stated = [(150, self.chance.choice(REPORTS)), (39, self.chance.choice("0128")), *refers]
        return [(17, self.name("E", 2)), *stated, (32, self.chance.choice((5, 10))), (31, self.chance.choice((10, 11)))]


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

        waited = list(fold_parts(chunks, sections, "f", "", part_messages=7, aside=aside))
        stayed = list(fold_parts(chunks, sections, "f", "", part_messages=7))
        assert [number for number, _ in waited] == [number for number, _ in stayed]
        for (_, one), (_, other) in zip(waited, stayed, strict=True):
            assert all(one.tables[name].equals(other.tables[name]) for name in FOLDED)
            assert one.misfits.equals(other.misfits)
        assert len(chunks) == 1 or len({number for number, _ in waited}) == 1 or dealt


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
