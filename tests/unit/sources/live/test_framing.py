"""A stream falls into the same pieces however it is cut, and no byte of it is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.sources.live.framing import (
    Framer,
    begin_string_of,
    header_only,
    is_well_formed,
    logon_only,
    number_of,
    text_of,
)

# By hand: the body 35=0^34=2^ has 5 + 5 bytes; the bytes before 10= add up to 1190, which is 166 modulo 256.
HEARTBEAT = b"8=FIX.4.4\x019=10\x0135=0\x0134=2\x0110=166\x01"


def test_a_message_is_whole_when_its_checksum_has_come() -> None:
    """Half of it is held, the rest completes it."""
    framer = Framer()
    assert framer.feed(HEARTBEAT[:20]) == []
    assert framer.held_bytes == 20
    assert [(piece.raw, piece.is_message) for piece in framer.feed(HEARTBEAT[20:])] == [(HEARTBEAT, True)]
    assert framer.held_bytes == 0


def test_a_wrong_checksum_is_noise() -> None:
    """It is kept, and called what it is; the message behind it is one."""
    spoilt = HEARTBEAT.replace(b"10=166", b"10=167")
    assert [piece.is_message for piece in Framer().feed(spoilt + HEARTBEAT)] == [False, True]


def test_a_body_longer_than_said_takes_the_next_checksum() -> None:
    """BodyLength 12 instead of 10 reaches into the trailer, so the frame ends with the next one, as in the engine."""
    long = HEARTBEAT.replace(b"9=10", b"9=12")
    pieces = Framer().feed(long + HEARTBEAT + HEARTBEAT)
    assert [(piece.raw, piece.is_message) for piece in pieces] == [(long + HEARTBEAT, False), (HEARTBEAT, True)]


def test_bytes_before_a_message_are_noise() -> None:
    """What is no message does not hide the one behind it."""
    assert [piece.raw for piece in Framer().feed(b"GET / HTTP/1.1\r\n" + HEARTBEAT)] == [
        b"GET / HTTP/1.1\r\n",
        HEARTBEAT,
    ]


def test_a_length_that_is_none_is_noise_up_to_the_next_message() -> None:
    """Letters for a length end nothing; the next message begins behind a field end."""
    strange = b"8=FIX.4.4\x019=x\x0135=0\x01"
    assert [piece.is_message for piece in Framer().feed(strange + HEARTBEAT)] == [False, True]


def test_an_absurd_length_is_not_waited_for() -> None:
    """A garbled length of 99,999,999 would hold back everything that follows."""
    framer = Framer()
    framer.feed(b"8=FIX.4.4\x019=99999999\x0135=0\x01")
    assert framer.held_bytes == 0


def test_what_is_held_at_the_end_is_noise() -> None:
    """Nothing that was received is forgotten."""
    framer = Framer()
    framer.feed(HEARTBEAT[:-1])
    assert [(piece.raw, piece.is_message) for piece in framer.rest()] == [(HEARTBEAT[:-1], False)]
    assert framer.rest() == []


@given(
    parts=st.lists(st.one_of(st.just(HEARTBEAT), st.binary(max_size=12), st.just(b"8="), st.just(b"\x0110=1\x01"))),
    cuts=st.lists(st.integers(1, 9)),
)
@examples(200)
def test_no_byte_is_lost_or_moved(parts: list[bytes], cuts: list[int]) -> None:
    """The pieces, in order, and what is held are the stream."""
    stream, framer, pieces, at = b"".join(parts), Framer(), [], 0
    for cut in cuts:
        pieces += framer.feed(stream[at : at + cut])
        at += cut
    pieces += framer.feed(stream[at:]) + framer.rest()
    assert b"".join(piece.raw for piece in pieces) == stream
    assert all(is_well_formed(piece.raw) for piece in pieces if piece.is_message)


@given(count=st.integers(1, 5), cuts=st.lists(st.integers(1, 40), max_size=20))
@examples(100)
def test_good_messages_are_found_however_the_stream_is_cut(count: int, cuts: list[int]) -> None:
    """TCP keeps bytes and not messages."""
    stream, framer, pieces, at = HEARTBEAT * count, Framer(), [], 0
    for cut in cuts:
        pieces += framer.feed(stream[at : at + cut])
        at += cut
    pieces += framer.feed(stream[at:])
    assert [(piece.raw, piece.is_message) for piece in pieces] == [(HEARTBEAT, True)] * count


def test_fields_are_read_by_their_tag() -> None:
    """An absent field is empty, and no number; a tag is not found inside another."""
    raw = b"8=FIX.4.4\x019=10\x01135=Z\x0134=2\x0110=166\x01"
    assert (begin_string_of(raw), text_of(raw, 35), number_of(raw, 34), number_of(raw, 36)) == ("FIX.4.4", "", 2, None)


def test_a_message_without_its_body_keeps_its_header() -> None:
    """Header fields up to the first that is none, hops left out since they repeat; length and sum are those it has now.

    35=8^34=2^43=Y^ has 5 + 5 + 5 bytes; bytes of 8=FIX.4.4^9=15^35=8^34=2^43=Y^ add up to 1457, 177 modulo 256.
    """
    fields = b"35=8|34=2|627=2|628=A|628=B|43=Y|55=IBM|49=late|10=000|".replace(b"|", b"\x01")
    raw = b"8=FIX.4.4\x019=99\x01" + fields
    assert header_only(raw) == b"8=FIX.4.4\x019=15\x0135=8\x0134=2\x0143=Y\x0110=177\x01"
    assert is_well_formed(header_only(raw))


def test_a_logon_keeps_what_a_session_needs() -> None:
    """Groups, data with separators, texts: none of them is a session's business; a repeated field is there once.

    35=A^34=1^98=0^108=30^ has 5 + 5 + 5 + 7 bytes.
    """
    fields = b"35=A|34=1|98=0|384=2|372=8|385=S|372=D|385=S|95=3|96=a|b|108=30|58=|108=31|10=000|"
    reduced = logon_only(b"8=FIX.4.4\x019=99\x01" + fields.replace(b"|", b"\x01"))
    assert reduced.startswith(b"8=FIX.4.4\x019=22\x0135=A\x0134=1\x0198=0\x01108=30\x0110=")
    assert is_well_formed(reduced)


@pytest.mark.parametrize("checksum", [b"66", b"0166", b" 166", b"+66", b""])
def test_a_checksum_has_three_digits(checksum: bytes) -> None:
    """Another way to write the same number is garbled, as FIX has it."""
    assert not is_well_formed(HEARTBEAT.replace(b"10=166", b"10=" + checksum))


def test_a_message_type_comes_third() -> None:
    """Elsewhere, or as tag 035, which an engine may take for the same, it is garbled; sums worked out by the test."""
    for fields in (b"34=2\x0135=0\x01", b"035=0\x0134=2\x01"):
        start = b"8=FIX.4.4\x019=%d\x01" % len(fields) + fields
        assert not is_well_formed(start + b"10=%03d\x01" % (sum(start) % 256))


def test_numbers_of_thousands_of_digits_are_none() -> None:
    """They are read at once, as no number and no length."""
    digits = b"1" * 5000
    assert number_of(b"8=FIX.4.4\x019=1\x0134=" + digits + b"\x01", 34) is None
    strange = b"8=FIX.4.4\x019=" + digits + b"\x0135=0\x01"
    assert [piece.is_message for piece in Framer().feed(strange + HEARTBEAT)] == [False, True]
    assert not is_well_formed(strange + b"10=000\x01")


def test_a_message_that_is_too_long_does_not_hide_the_next() -> None:
    """Its bytes are noise up to the next `8=FIX`, though a tag that ends in 8 stands among them."""
    long = b"8=FIX.4.4\x019=2000000\x0135=8\x0158=x"
    framer = Framer()
    pieces = framer.feed(long) + framer.feed(b"x" * 99 + b"\x01148=h\x01") + framer.feed(HEARTBEAT)
    assert (pieces[-1].raw, pieces[-1].is_message) == (HEARTBEAT, True)
    assert not any(piece.is_message for piece in pieces[:-1])
