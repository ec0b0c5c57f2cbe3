"""Every number that did not arrive has a gap that names it; worked by hand from the numbers sent."""

from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.sources.live.framing import number_of, text_of
from routeproof.sources.live.gaps import Gap, SequenceWatch


def raw(number: int, kind: str = "8", body: str = "") -> bytes:
    """The fields that are looked at."""
    return f"8=FIX.4.4|9=0|35={kind}|34={number}|{body}10=000|".replace("|", "\x01").encode()


def arrive(watch: SequenceWatch, message: bytes) -> list[Gap]:
    """Count it in, read as the gate reads it."""
    return watch.arrived(text_of(message, 35), number_of(message, 34), message)


def test_in_order_there_is_no_gap() -> None:
    """1, 2, 3."""
    watch = SequenceWatch()
    assert [arrive(watch, raw(number)) for number in (1, 2, 3)] == [[], [], []]
    assert watch.next_expected == 4


def test_a_gap_opens_once_and_closes_with_its_last_number() -> None:
    """1, 4, then 2 and 3 again."""
    watch = SequenceWatch()
    arrive(watch, raw(1))
    assert arrive(watch, raw(4)) == [Gap(2, 3, "open")]
    assert arrive(watch, raw(2)) == []
    assert watch.open_gaps == (Gap(2, 3, "open"),)
    assert arrive(watch, raw(3)) == [Gap(2, 3, "closed")]
    assert watch.open_gaps == ()


def test_a_gap_fill_stands_for_its_numbers() -> None:
    """1, 9, then a fill from 2 to 9."""
    watch = SequenceWatch()
    arrive(watch, raw(1))
    arrive(watch, raw(9))
    assert arrive(watch, raw(2, "4", "123=Y|36=9|")) == [Gap(2, 8, "closed")]


def test_a_second_gap_is_its_own() -> None:
    """1, 3, 5, then 4: the first stays open."""
    watch = SequenceWatch()
    arrive(watch, raw(1))
    assert arrive(watch, raw(3)) == [Gap(2, 2, "open")]
    assert arrive(watch, raw(5)) == [Gap(4, 4, "open")]
    assert arrive(watch, raw(4)) == [Gap(4, 4, "closed")]
    assert watch.open_gaps == (Gap(2, 2, "open"),)


def test_a_reset_gives_open_gaps_up_and_names_what_it_skips() -> None:
    """1, 4, then SequenceReset to 10: 2 and 3 never came, and 5 to 9 will not."""
    watch = SequenceWatch()
    arrive(watch, raw(1))
    arrive(watch, raw(4))
    assert arrive(watch, raw(5, "4", "36=10|")) == [
        Gap(5, 9, "open"),
        Gap(2, 3, "abandoned"),
        Gap(5, 9, "abandoned"),
    ]
    assert watch.next_expected == 10


def test_a_reset_backwards_is_not_taken() -> None:
    """The engine rejects it, so the sequence goes on."""
    watch = SequenceWatch()
    arrive(watch, raw(1))
    arrive(watch, raw(2))
    assert arrive(watch, raw(3, "4", "36=1|")) == []
    assert watch.next_expected == 3


def test_a_logon_that_resets_begins_at_one() -> None:
    """With 141=Y, or where our side begins anew with each Logon; what was open is given up."""
    for watch, body in ((SequenceWatch(5), "141=Y|"), (SequenceWatch(5, resets_on_logon=True), "")):
        arrive(watch, raw(9))
        assert arrive(watch, raw(1, "A", body)) == [Gap(5, 8, "abandoned")]
        assert watch.next_expected == 2


@given(st.permutations(range(1, 12)), st.integers(0, 11))
@examples(200)
def test_what_has_not_arrived_below_the_highest_is_in_an_open_gap(order: list[int], count: int) -> None:
    """Whatever the order, the open gaps cover exactly the numbers that are missing, or a number that has come since."""
    watch, seen = SequenceWatch(), order[:count]
    for number in seen:
        arrive(watch, raw(number))
    named = {number for gap in watch.open_gaps for number in range(gap.begin, gap.end + 1)}
    missing = set(range(1, max(seen, default=0))) - set(seen)
    assert missing <= named
    assert all(set(range(gap.begin, gap.end + 1)) & missing for gap in watch.open_gaps)
