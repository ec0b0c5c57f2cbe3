"""Any log is read as the slow plain reading says, whatever path its messages take and wherever the reads end."""

import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from oracle.fix_log import read_log
from routeproof.sources.fix import columns, tokenizer
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.fix.tags import FIELDS, Kind

TEXTS = ["A1", "F", "twelve bytes", "thirteen byte", "x" * 40, "Zürich", "a\x00b", "", "8=FIX.4.4", "k=v", "\ttab", "€"]
NUMBERS = [
    "1", "100", "0", "-5", "10.25", "1e5", "", "12345678", "123456789012", "0.000000001", "1.0000000001",
    "0.5000000000", "9300000000", "00012", ".5", "5.", ".", "-0.5", "1.2.3", "999999999999999999", "1234567.8",
]  # fmt: skip
TIMES = [
    "20260105-14:30:00", "20260105-14:30:00.123", "20260105-14:30:00.123456789", "20260308-06:59:59.999999",
    "20260308-07:00:00", "20260105-04:59:59", "20260105-05:00:00", "20260105-23:59:60", "20261301-00:00:00",
    "20240229-00:00:00", "20250229-00:00:00", "20260105-14:30:00.12345678901", "20260105-14:30:00.1234567890",
    "18991231-00:00:00", "",
]  # fmt: skip
VERSIONS = [b"FIX.4.4", b"FIX.4.2", b"FIXT.1.1", b"FIX"]
KINDS = ["D", "8", "9", "F", "G", "3", "j", "AB", "0", "AE", "é", ""]
ODD = [
    "9999=own|",
    "136=2|137=0.01|139=1|137=0.02|",
    "95=3|96=a\x01b|",
    "58=two\nlines|",
    "137=x|",
    "44=10.25|",
    "52=|",
]
VALUES = {Kind.TEXT: TEXTS, Kind.WHOLE: NUMBERS, Kind.DECIMAL: NUMBERS, Kind.INSTANT: TIMES, Kind.TOTAL: NUMBERS}


KIND_OF = {field.tag: field.kind for field in FIELDS if field.tag != 8}
JUDGED = (38, 32, 14, 151, 31, 150, 39, 20, 442, 58, 52, 60, 122, 11)
"""Tags that decide whether a message is accepted, or when it was sent."""

CODES = {150: ["F", "G", "1", "0", ""], 39: ["0", "2"], 20: ["0", "1", "2", "3"], 442: ["1", "2", "3"]}
USUAL = {49: "F", 56: "S", 34: "7", 11: "A1", 54: "1", 38: "100", 17: "E1"}


def _value(tag: int) -> st.SearchStrategy[tuple[int, str]]:
    """A tag that is kept, with some value."""
    words = CODES.get(tag, VALUES[KIND_OF[tag]])
    return st.sampled_from(words).map(lambda value: (tag, value))


FIELD = st.one_of(st.sampled_from(JUDGED), st.sampled_from([*KIND_OF])).flatmap(_value)
BYTES = st.sampled_from(b"\x00\x01|^A=\n\r0189xF.-\xff")


@st.composite
def message(draw: st.DrawFn) -> bytes:
    """A message of a log, mostly whole, with what stands around it."""
    version, kind, at = draw(st.sampled_from(VERSIONS)), draw(st.sampled_from(KINDS)), draw(st.sampled_from(TIMES[:7]))
    fields = {35: kind, 52: at} | USUAL | dict(draw(st.lists(FIELD, max_size=6)))
    odd = draw(st.lists(st.sampled_from(ODD), max_size=2)) if draw(st.booleans()) else []
    text = "".join([*(f"{tag}={value}|" for tag, value in fields.items()), *odd])
    body = text.replace("|", "\x01").encode(draw(st.sampled_from(["utf-8", "latin-1"])), "replace")
    whole = b"8=%s\x019=%d\x01" % (version, len(body)) + body
    whole += b"10=%03d\x01" % (sum(whole) % 256)
    raw = bytearray(whole.replace(b"\x01", draw(st.sampled_from([b"\x01", b"|", b"^A"]))))
    damage = draw(st.sampled_from([*9 * ["none"], "bytes", "cut"]))
    if damage == "bytes":
        for _ in range(draw(st.integers(1, 3))):
            raw[draw(st.integers(0, len(raw) - 1))] = draw(BYTES)
    elif damage == "cut":
        del raw[draw(st.integers(0, len(raw) - 1)) :]
    before, after = (
        draw(st.sampled_from([b"", b"", b"14:30 IN ", b"note\n"])),
        draw(st.sampled_from([b"\n", b"\r\n", b""])),
    )
    return before + bytes(raw) + after


def read(raw: bytes, step: int, rows: int) -> tuple[list[dict[str, object]], list[tuple[int, str]], list[int]]:
    """What the tokenizer makes of a log that it reads `step` bytes at a time into pieces of `rows` messages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokenizer, "STEP", step)
        patch.setattr(columns, "ROWS", rows)
        patch.setattr(columns, "FIRST_ROOM", 16)
        pieces = list(tokenizer.tokenize(io.BytesIO(raw), name="log"))
    messages = pl.concat([piece.messages for piece in pieces])
    assert messages.schema == pl.Schema(FIX_MESSAGES.dtypes)
    found = messages.drop("message_id", "firm_id", "source_id").rows(named=True)
    rejects = pl.concat([piece.rejects for piece in pieces]).select("byte", "reason").rows()
    accepted = [{name: value for name, value in row.items() if value is not None} for row in found]
    return accepted, rejects, messages["message_id"].to_list()


@examples(150, more_by_night=50)
@given(
    log=st.lists(message(), max_size=8).map(b"".join),
    step=st.sampled_from([1, 7, 50, 333, 3000]),
    rows=st.integers(1, 9),
)
def test_a_log_is_read_as_the_plain_reading_says(log: bytes, step: int, rows: int) -> None:
    """Values, rejects and their places; small reads and small pieces change nothing, contents hashed included."""
    expected, refused = read_log(log)
    found, rejects, ids = read(log, step, rows)
    assert found == expected
    assert rejects == sorted(refused)
    assert read(log, 1 << 20, 1 << 16) == (found, rejects, ids)


def test_resent_messages_have_one_content_and_other_ones_another() -> None:
    """Tags a resend may change, separators and the order of fields do not change what a message says."""
    first = framed("35=8|49=F|56=S|34=7|52=20260105-14:30:00|17=E1|58=a text of some length|")
    resent = framed(
        "35=8|49=F|56=S|34=9|43=Y|52=20260105-15:30:00|122=20260105-14:30:00|58=a text of some length|17=E1|"
    )
    other = framed("35=8|49=F|56=S|34=7|52=20260105-14:30:00|17=E1|58=a text of same length|")
    _, _, ids = read(first + resent + first.replace(b"\x01", b"^A") + other, 1 << 20, 1 << 16)
    assert ids[0] == ids[1] == ids[2] != ids[3]


def framed(text: str) -> bytes:
    """The message on the wire."""
    body = text.replace("|", "\x01").encode()
    whole = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
    return whole + b"10=%03d\x01" % (sum(whole) % 256)
