"""Which messages count as received, and what the engine is given of them: no engine, no socket."""

import pytest

from routeproof.sources.live.administrative import MOST_WAITING, DataFields
from routeproof.sources.live.framing import Piece, header_only, logon_only
from routeproof.sources.live.journal_format import Kind
from routeproof.sources.live.reception import Reception, Verdict
from routeproof.sources.live.session_config import FixSession
from routeproof.sources.live.wire_watch import WireWatch

SESSION = FixSession(
    name="d", role="acceptor", host="127.0.0.1", port=0, begin_string="FIX.4.4", sender_comp_id="FIRM",
    target_comp_id="SOR", provider="P",
)  # fmt: skip


def raw(kind: str, number: int, body: str = "", *, begin: str = "FIX.4.4", sender: str = "SOR") -> bytes:
    """A message; fields of `body` have `|` behind each."""
    fields = f"35={kind}|34={number}|49={sender}|56=FIRM|{body}".replace("|", "\x01").encode()
    start = f"8={begin}\x019={len(fields)}\x01".encode() + fields
    return start + b"10=%03d\x01" % (sum(start) % 256)


LOGON = raw("A", 1, "52=20260105-14:30:00|98=0|108=30|")


class Listening:
    """A connection that has logged on."""

    def __init__(self, data: DataFields | None = None, expected: int = 2) -> None:
        self.watch = WireWatch("d", resets_on_logon=False, next_expected=1)
        self.reception = Reception(SESSION, self.watch, data, lambda: expected)
        self.reception.answered(LOGON, 1)
        self.watch.outgoing("A", raw("A", 1, sender="FIRM"), 2)

    def hear(self, message: bytes) -> Verdict:
        """What becomes of a message."""
        return self.reception.of_message(Piece(message, is_message=True), 3)


def test_a_message_of_the_session_counts() -> None:
    """A session whose bodies nobody reads gives the engine the header, another all."""
    assert Listening().hear(raw("8", 2, "17=e|")) == (Kind.MESSAGE_IN, header_only(raw("8", 2, "17=e|")), [], "")
    assert Listening(DataFields(())).hear(raw("8", 2, "17=e|")).given == raw("8", 2, "17=e|")
    assert Listening().hear(raw("1", 2, "112=x|")).given == raw("1", 2, "112=x|")


@pytest.mark.parametrize(
    "message",
    [raw("8", 2, sender="STRANGER"), raw("8", 2, begin="FIX.4.2"), raw("8", 2, "49=SOR|", sender="X")],
)
def test_a_message_of_another_does_not_count(message: bytes) -> None:
    """The engine rejects it, so it is given it; its number is used up all the same."""
    listening = Listening()
    verdict = listening.hear(message)
    assert (verdict.kind, bool(verdict.given)) == (Kind.SEEN_IN, True)
    assert listening.watch.expected == 3


def test_a_number_that_was_used_counts_only_as_a_repeat() -> None:
    """Without PossDupFlag the engine logs out; a number that was missing has not been used."""
    listening = Listening()
    kinds = [
        listening.hear(message).kind
        for message in (raw("8", 2), raw("8", 2), raw("8", 2, "43=Y|"), raw("8", 5), raw("8", 3))
    ]
    assert kinds == [Kind.MESSAGE_IN, Kind.SEEN_IN, Kind.MESSAGE_IN, Kind.MESSAGE_IN, Kind.MESSAGE_IN]


def test_before_both_have_logged_on_nothing_counts() -> None:
    """An initiator's counterparty that does not answer its Logon first."""
    watch = WireWatch("d", resets_on_logon=False, next_expected=1)
    watch.outgoing("A", raw("A", 1, sender="FIRM"), 1)
    reception = Reception(SESSION, watch, None, lambda: 1)
    heard = [reception.of_message(Piece(each, is_message=True), 2).kind for each in (raw("8", 1), LOGON, raw("8", 2))]
    assert heard == [Kind.SEEN_IN, Kind.MESSAGE_IN, Kind.MESSAGE_IN]


def test_noise_is_not_given_to_the_engine() -> None:
    """It is told."""
    verdict = Listening().reception.of_message(Piece(b"abc", is_message=False), 3)
    assert (verdict.kind, verdict.given, [each.kind for each in verdict.events]) == (Kind.NOISE_IN, b"", ["garbled"])


def test_a_logon_with_groups_is_given_without_them() -> None:
    """To a session without a dictionary, a field that comes twice is an error; with one, it is whole."""
    logon = raw("A", 1, "52=20260105-14:30:00|98=0|108=30|384=2|372=8|385=S|372=D|385=S|")
    assert Listening().reception.of_logon(logon) == (Kind.SEEN_IN, logon_only(logon), (), "")
    assert Listening(DataFields(())).reception.of_logon(logon).given == logon


def test_a_reject_ahead_of_a_gap_is_kept_from_the_engine() -> None:
    """It would count it for the number that it expects; so that one is asked for as soon as anything else comes."""
    listening = Listening()
    verdict = listening.hear(raw("3", 7, "45=1|"))
    assert (verdict.kind, verdict.given) == (Kind.MESSAGE_IN, b"")
    assert [(each.kind, each.begin, each.end) for each in verdict.events] == [("gap_open", 2, 6)]
    assert listening.hear(raw("3", 2, "45=1|")).given == raw("3", 2, "45=1|")


def test_no_end_of_administrative_messages_waits_behind_a_gap() -> None:
    """The engine goes one call deeper for each of them when the gap closes; the connection ends before that."""
    listening = Listening()
    faults = [listening.hear(raw("0", number)).fault for number in range(3, 5 + MOST_WAITING)]
    assert [bool(fault) for fault in faults] == [False] * (MOST_WAITING + 1) + [True]
    ahead = Listening(expected=5000)
    assert not any(ahead.hear(raw("0", number)).fault for number in range(3, 4 + 2 * MOST_WAITING))


def test_a_data_field_of_a_wrong_length_does_not_reach_the_engine() -> None:
    """Of a trade only the header does, so that the sequence goes on; a Reject ends the connection."""
    listening = Listening(DataFields({96, 355}))
    trade = raw("8", 2, "17=e|95=2000000000|96=ab|")
    verdict = listening.hear(trade)
    assert (verdict.kind, verdict.given, verdict.fault) == (Kind.MESSAGE_IN, header_only(trade), "")
    assert [each.text for each in verdict.events] == [
        "message 2: the length of its field 96 is wrong; the engine is given its header only"
    ]
    assert listening.hear(raw("3", 3, "45=1|354=-5|355=a|")).fault == "message 3: the length of its field 355 is wrong"


def test_a_number_that_no_sequence_has_ends_the_connection() -> None:
    """It opens no gap."""
    verdict = Listening().hear(raw("8", 99999999999))
    assert (verdict.kind, verdict.events, bool(verdict.fault)) == (Kind.SEEN_IN, (), True)


def test_what_the_engine_did_not_take_is_given_without_its_body_when_it_comes_again() -> None:
    """It is known by our ResendRequest for what has arrived; a request for what is missing says less."""
    listening = Listening(DataFields(()))
    listening.hear(raw("8", 2, "17=e|"))
    listening.hear(raw("8", 5))
    asked = listening.watch.outgoing("2", raw("2", 2, "7=2|16=0|", sender="FIRM"), 4)
    assert [(each.kind, each.begin) for each in asked] == [("asked", 2), ("garbled", 2)]
    again = raw("8", 2, "43=Y|17=e|")
    assert listening.hear(again).given == header_only(again)
    assert listening.hear(again).given == again
    assert [each.kind for each in listening.watch.outgoing("2", raw("2", 3, "7=3|16=0|"), 5)] == ["asked"]


def test_a_gap_is_not_said_to_be_asked_for_before_it_is() -> None:
    """The request is an event of its own."""
    (gap,) = Listening().hear(raw("8", 5)).events
    assert gap.text == "messages 2 to 4 have not arrived"


def test_a_logon_that_was_refused_may_have_set_the_engine_back() -> None:
    """Where it then expects 1, so do we; where it expects a number that has come to us, it will ask for it."""
    listening = Listening()
    listening.hear(raw("8", 2))
    assert listening.watch.begin_at(2, 4) == []
    assert [(each.kind, each.begin) for each in listening.watch.begin_at(1, 4)] == [("reset", 1)]
    assert listening.watch.expected == 1
