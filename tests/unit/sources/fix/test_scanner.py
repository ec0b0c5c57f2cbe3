"""The compiled scanner says what the plain one says, on good messages and on damaged ones."""

import io
import random

import numpy as np
import numpy.typing as npt
import pytest

from routeproof.sources.fix import scanner, values
from routeproof.sources.fix.cells import TEXTS, settle, take
from routeproof.sources.fix.checks import needs_table
from routeproof.sources.fix.columns import Columns
from routeproof.sources.fix.plain import ODD, scan_plain
from routeproof.sources.fix.reference import scan_message
from routeproof.sources.fix.tags import FIELDS, Kind, data_table, hash_table, plain_table, tag_table
from routeproof.sources.fix.tokenizer import REASONS, tokenize
from routeproof.sources.fix.values import PAD

TABLES = (tag_table(), data_table(), hash_table())
COLUMNS = Columns()
ORDER = "8=FIX.4.4|35=D|49=F|56=S|34=7|52=20260105-14:30:00|11=A1|55=IBM|54=1|38=100|40=2|44=10.25|"
DATA = ORDER + "95=9|96=a\x01b|c=^Ad|58=after|"
FEES = "8=FIXT.1.1|35=8|49=S|56=F|34=7|52=20260105-14:30:00|17=E1|136=2|137=0.01|139=1|137=0.02|139=2|58=x|"
LINES = ORDER + "58=two\nlines|354=2|355=xy|"
REPEATS = ORDER + "44=10.26|"
GROUPS = "8=FIX.4.4|35=AE|49=S|56=F|34=7|52=20260105-14:30:00|55=IBM|552=2|54=1|11=A1|54=2|11=B1|"


def framed(text: str, separator: str) -> bytes:
    """The message on the wire: body length and checksum added."""
    head, _, body = text.partition("|")
    fields = (
        body.replace("\x01", "\x00")
        .replace("b|c", "b\x02c")
        .replace("|", "\x01")
        .replace("\x00", "\x01")
        .replace("\x02", "|")
    )
    message = f"{head}\x019={len(fields)}\x01{fields}"
    whole = f"{message}10={sum(message.encode()) % 256:03d}\x01"
    return whole.replace("\x01", separator).encode()


def padded(raw: bytes) -> npt.NDArray[np.uint8]:
    """The bytes with the pad that a log's buffer has."""
    return np.frombuffer(raw + b"\n" * PAD, dtype=np.uint8).copy()


def compiled(raw: bytes) -> tuple[str, int, dict[str, bytes]]:
    """What the compiled scanner says of a message."""
    buf = padded(raw)
    spans, hashes, fees = (
        np.zeros(len(FIELDS), dtype=np.uint64),
        np.zeros(2, dtype=np.uint64),
        np.zeros(1, dtype=np.int64),
    )
    outcome, end, _ = scanner.scan_message(buf, 0, len(raw), *TABLES, spans, hashes, fees)
    assert_quick_agrees(buf, len(raw), (spans, hashes, fees), end if outcome == values.ACCEPTED else ODD)
    word = {values.ACCEPTED: "accepted", values.NO_MESSAGE: "no_message", values.NEED_MORE: "truncated_message"}
    found = {}
    seen = int(hashes[1]) if outcome == values.ACCEPTED else 0
    for index, (field, place) in enumerate(zip(FIELDS, spans.tolist(), strict=True)):
        if seen >> index & 1 and field.kind is not Kind.TOTAL:
            found[field.name] = raw[place >> 32 : (place >> 32) + (place & 0xFFFFFFFF)]
    return word.get(outcome) or REASONS[outcome], end, found


def assert_quick_agrees(
    buf: npt.NDArray[np.uint8], size: int, careful: tuple[npt.NDArray[np.generic], ...], end: int
) -> None:
    """The quick scanner says nothing, or what the careful one says: the same end, content and typed values."""
    stop, content, seen = scan_plain(buf, 0, size, plain_table(), COLUMNS.cells, 0)
    if stop == ODD:
        return
    assert stop == end
    spans, hashes, fees = careful
    assert content == hashes[0]
    assert seen == hashes[1]
    settle(0, seen, 0, COLUMNS.cells, needs_table())
    odd_texts = np.zeros((TEXTS, 4), dtype=np.int64)
    assert take(buf, spans, hashes[1], fees[0], 1, COLUMNS.cells, needs_table(), odd_texts) == 0
    quick, slow = COLUMNS.frame(2).drop("message_id", "source_row").rows()  # those two the scan itself adds
    assert quick == slow
    assert COLUMNS.cells.doubts[0] == COLUMNS.cells.doubts[1]


def test_the_quick_scanner_takes_plain_messages() -> None:
    """Without it every message would be read correctly, but slowly."""
    for separator in ("\x01", "|"):
        raw = framed(ORDER, separator)
        stop, _, _ = scan_plain(padded(raw), 0, len(raw), plain_table(), COLUMNS.cells, 0)
        assert stop == len(raw)


def assert_alike(raw: bytes) -> str:
    """Both scanners say the same; returns the outcome."""
    outcome, end, values = compiled(raw)
    plain = scan_message(raw)
    assert outcome == plain.outcome, raw
    if outcome == "accepted":
        assert end == plain.length, raw
        plain.values.pop("misc_fee", None)
        assert values == plain.values, raw
    return outcome


@pytest.mark.parametrize("separator", ["\x01", "|", "^A"])
@pytest.mark.parametrize("text", [ORDER, FEES, DATA, LINES, REPEATS, GROUPS])
def test_both_scanners_agree_on_whole_messages(text: str, separator: str) -> None:
    """Both scanners agree on whole messages."""
    outcome = assert_alike(framed(text, separator) + b"\nnext line")
    if text in (ORDER, FEES, GROUPS):
        assert outcome == "accepted"


@pytest.mark.parametrize("separator", ["\x01", "|", "^A"])
def test_data_fields_may_hold_the_separator(separator: str) -> None:
    """RawData (96) is as long as RawDataLength (95) says, whatever it holds."""
    raw = framed(ORDER + "95=3|96=a\x01b|", separator)
    assert assert_alike(raw) == "accepted"


@pytest.mark.parametrize("separator", ["\x01", "|", "^A"])
@pytest.mark.parametrize("text", [ORDER, FEES, DATA, LINES, REPEATS, GROUPS])
def test_both_scanners_agree_on_damaged_messages(text: str, separator: str) -> None:
    """Both scanners agree on damaged messages."""
    rng = random.Random(f"{text}{separator}")  # noqa: S311 damage needs no secret
    whole = framed(text, separator)
    for cut in range(5, len(whole)):
        assert_alike(whole[:cut])
        assert_alike(whole[:cut] + b"\nmore")
    for _ in range(600):
        broken = bytearray(whole + b"\n")
        for _ in range(rng.randint(1, 3)):
            broken[rng.randrange(5, len(broken))] = rng.choice(b"\x00\x01|^A=\n\r0189xF.-")
        assert_alike(bytes(broken))


def read(raw: bytes, chunk: int = 1 << 23) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]], int, int]:
    """What a log gives."""
    pieces = list(tokenize(io.BytesIO(raw), name="log", chunk=chunk))
    rows = [row for piece in pieces for row in piece.messages.select("cl_ord_id", "price", "source_row").rows()]
    bad = [row for piece in pieces for row in piece.rejects.select("row", "byte", "reason").rows()]
    return rows, bad, sum(piece.noise for piece in pieces), sum(piece.received for piece in pieces)


def test_separators_prefixes_and_several_messages_on_a_line_may_be_mixed() -> None:
    """Separators prefixes and several messages on a line may be mixed."""
    log = (
        b"2026-01-05 14:30:00.123 IN  " + framed(ORDER, "|") + b"\r\n\n"
        b"session opened, 8=FIX expected\n" + framed(ORDER, "\x01") + framed(ORDER, "^A") + b" trailing\n58=FIX.4.4|x\n"
    )
    rows, bad, noise, received = read(log)
    assert rows == [("A1", 10_250_000_000, 1), ("A1", 10_250_000_000, 4), ("A1", 10_250_000_000, 4)]
    assert (bad, noise, received) == ([], 2, 3)


def test_after_a_digit_a_cut_head_is_no_message_wherever_the_file_ends() -> None:
    """`88=FIX.4` may be the tail of any tag, so it is noise however it ends; one that stands free is cut."""
    for ending in (b"", b"\n", b"\nsession closed\n"):
        rows, bad, noise, received = read(b"<20260105> 88=FIX.4" + ending)
        assert (rows, bad, noise, received) == ([], [], 1 + (b"session" in ending), 0)
    assert read(b"<20260105> 8=FIX.4")[1] == [(1, 11, "truncated_message")]


@pytest.mark.parametrize("signs", range(10, 17))
@pytest.mark.parametrize("separator", [b"\x01", b"|", b"^A"])
def test_a_begin_string_has_at_most_thirteen_signs(signs: int, separator: bytes) -> None:
    """With thirteen behind `8=FIX` it is one, here without a body's length; with more it is no message at all."""
    begun = b"8=FIX" + b"T.1.1666666666666"[:signs] + separator + b"35=0" + separator
    assert_alike(begun + b"10=000" + separator)
    for cut in range(5, len(begun)):
        assert_alike(begun[:cut])
        assert_alike(begun[:cut] + b"\nmore")


def test_a_cut_line_is_a_reject_with_its_place_and_the_next_line_is_read() -> None:
    """A cut line is a reject with its place and the next line is read."""
    whole = framed(ORDER, "|")
    rows, bad, noise, received = read(b"x\n" + whole[:40] + b"\n" + whole + b"\n" + whole[:40] + whole + b"\n")
    assert [row[2] for row in rows] == [3, 4]
    assert bad == [(2, 2, "truncated_message"), (4, 2 + 41 + len(whole) + 1, "truncated_message")]
    assert (noise, received) == (1, 4)


def test_checksum_and_body_length_are_verified() -> None:
    """Checksum and body length are verified."""
    whole = framed(ORDER, "|")
    swapped = whole.replace(b"44=10.25", b"44=10.26")
    longer = whole.replace(b"44=10.25", b"44=10.250")
    rows, bad, _, _ = read(swapped + b"\n" + longer + b"\n")
    assert rows == []
    assert [reason for _, _, reason in bad] == ["wrong_checksum", "wrong_body_length"]


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("38=abc|", "bad_value"),
        ("38=-5|", "negative_quantity"),
        ("38=1.0000000001|", "bad_value"),
        ("38=99999999999|", "bad_value"),
        ("60=20261301-00:00:00|", "bad_value"),
        ("60=18991231-00:00:00|", "bad_value"),
        ("", "missing_tag"),
    ],
)
def test_a_value_that_is_not_of_its_type_is_a_reject(field: str, reason: str) -> None:
    """A value that is not of its type is a reject."""
    order = "8=FIX.4.4|35=D|49=F|56=S|34=7|52=20260105-14:30:00|11=A1|55=IBM|54=1|40=1|"
    _, bad, _, _ = read(framed(order + field, "|"))
    assert [word for _, _, word in bad] == [reason]


REPORT = "8=FIX.4.4|35=8|49=S|56=F|34=7|52=20260105-14:30:00|11=A1|37=O1|17=E1|55=IBM|54=1|"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ("150=F|39=2|32=5|31=0|", "zero_price"),
        ("150=F|39=2|32=5|31=0.00|", "zero_price"),
        ("150=F|39=2|32=5|31=-1|", "negative_price"),
        ("150=G|39=2|32=5|31=0|", "zero_price"),
        ("150=2|20=0|39=2|32=5|31=-0.01|", "negative_price"),
        ("39=1|32=5|31=0|", "zero_price"),
        ("150=2|20=2|39=2|32=5|31=0|", "zero_price"),
        ("150=0|20=2|39=2|32=5|31=0|", "zero_price"),
    ],
)
def test_no_share_is_traded_for_nothing(fields: str, reason: str) -> None:
    """A fill, or a correction of one, whose price is zero or below is a reject; 4.1 states a fill in 39 alone."""
    rows, bad, _, _ = read(framed(REPORT + fields, "|"))
    assert rows == []
    assert [word for _, _, word in bad] == [reason]


@pytest.mark.parametrize(
    "fields",
    [
        "150=F|39=2|32=5|31=0.000000001|",
        "150=0|39=0|32=0|31=0|",
        "150=4|39=4|31=0|",
        "150=8|39=8|32=0|31=0.00|",
        "150=I|39=2|32=5|31=0|",
        "150=D|39=1|32=5|31=0|",
        "150=F|39=1|32=0|31=0|",
        "150=H|39=4|32=5|31=0|",
        "150=2|20=1|39=2|32=5|31=0|",
        "150=2|20=3|39=2|32=5|31=0|",
        "150=F|39=2|442=3|32=5|31=-0.05|",
    ],
)
def test_where_nothing_is_traded_the_price_may_be_zero(fields: str) -> None:
    """Acks, cancels, refusals, status reports and busts often state 31=0; a spread's price may be below it."""
    rows, bad, _, _ = read(framed(REPORT + fields, "|"))
    assert [row[0] for row in rows] == ["A1"]
    assert bad == []


@pytest.mark.parametrize("field", ["60", "52"])
def test_a_time_in_picoseconds_is_cut_to_nanoseconds(field: str) -> None:
    """14:30:00.123456789987 is 123,456,789 ns past half past two, on the 20,458th day after 1970-01-01."""
    given = {"52": "20260105-14:30:00", "60": "20260105-14:30:00"} | {field: "20260105-14:30:00.123456789987"}
    text = f"8=FIX.4.4|35=8|49=S|56=F|34=7|52={given['52']}|11=A1|17=E1|150=0|39=0|60={given['60']}|"
    (piece,) = tokenize(io.BytesIO(framed(text, "|")), name="log")
    column = {"60": "transact_at", "52": "sent_at"}[field]
    instant = (20_458 * 86_400 + 14 * 3_600 + 30 * 60) * 1_000_000_000 + 123_456_789
    assert piece.messages[column].to_list() == [instant]


def test_what_stands_behind_a_second_must_be_digits() -> None:
    """A letter at the thirteenth place is no part of a time, however little it would matter."""
    text = "8=FIX.4.4|35=8|49=S|56=F|34=7|52=20260105-14:30:00.123456789x|11=A1|17=E1|150=0|39=0|"
    rows, bad, _, _ = read(framed(text, "|"))
    assert rows == []
    assert [word for _, _, word in bad] == ["bad_value"]


@pytest.mark.parametrize(
    "raw", [b"", b"\x00" * 1000, b"\n\n", b"8=FIX", b"8=FIX.4.4\x01", b"\x1f\x8b", b"\xff" * 70000]
)
def test_odd_files_do_no_harm(raw: bytes) -> None:
    """Odd files do no harm."""
    rows, _, _, _ = read(raw)
    assert rows == []


def test_a_nul_inside_a_value_does_not_shift_its_neighbours() -> None:
    """A nul inside a value does not shift its neighbours."""
    order = "8=FIX.4.4|35=D|49=F|56=S|34=7|52=20260105-14:30:00|11=A#1|55=IBM|54=1|38=1|40=1|"
    body = order.partition("|")[2].replace("|", "\x01").replace("#", "\x00").encode()
    message = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
    raw = message + b"10=%03d\x01\n" % (sum(message) % 256)
    rows, bad, _, _ = read(raw + framed(ORDER, "|"))
    assert [row[0] for row in rows] == ["A\x1a1", "A1"]
    assert bad == []


def test_chunk_borders_change_nothing() -> None:
    """Messages that straddle two chunks are read once, with the same lines and bytes."""
    line = framed(ORDER, "|") + b"\n"
    log = (b"noise\n" + line + line[:60] + b"\n") * 30_000
    small, large = read(log, chunk=1 << 22), read(log, chunk=1 << 25)
    assert small == large
    assert len(small[0]) == 30_000
    assert small[2] == 30_000
