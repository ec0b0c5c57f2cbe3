"""Messages that a session engine must not be given: it would end the process, hang, or count wrongly for ever.

QuickFIX reads HeartBtInt again and again outside of its own error handling, trusts the length of a data field, goes one
call deeper for each administrative message that waits behind a gap, and holds sequence numbers that no FIX message can
have. So these are judged before it sees them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from routeproof.sources.live.framing import MOST_DIGITS, SOH

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

ADMINISTRATIVE = frozenset("012345A")
WAITING = frozenset("013")
"""Administrative messages that the engine keeps while numbers before theirs are missing, and then works on at once."""
MOST_WAITING = 700
"""The engine may get twice as many to keep; some 3,000 of them end the process."""
MOST_SEQUENCE_NUMBER = (1 << 31) - 1
TRAILER_BYTES = 7
"""The CheckSum field of a well-formed message."""
SIGNATURE, SIGNATURE_LENGTH = 89, 93
INSTANT = re.compile(rb"\d{8}-\d\d:\d\d:\d\d(\.\d{1,9})?")
NUMBER_TAGS = {b"34": "MsgSeqNum", b"36": "NewSeqNo"}


def fault_of(kind: str, raw: bytes) -> str:
    """Why the engine must not be given a well-formed administrative message; empty if it may.

    Args:
        kind: its MsgType, one of `ADMINISTRATIVE`.
        raw: its bytes.
    """
    fields = _fields(raw)
    rules = LOGON_RULES if kind == "A" else {}
    for tag, value in fields:
        if tag in NUMBER_TAGS and value.isdigit() and not _is_whole(value):
            return f"{NUMBER_TAGS[tag]} ({tag.decode()}) is above {MOST_SEQUENCE_NUMBER}"
        if tag in rules and not rules[tag][1](value):
            name, _, wanted = rules[tag]
            return f"expected {wanted} as {name} ({tag.decode()}), found {value[:40].decode('ascii', 'replace')!r}"
    present = {tag for tag, _ in fields}
    missing = [tag for tag in LOGON_NEEDS if tag not in present] if kind == "A" else []
    return f"expected {rules[missing[0]][0]} ({missing[0].decode()}), found none" if missing else ""


NO_FIELD = "a part of it is no field"
PLAIN_FIELDS = re.compile(rb"(?:-?\d{1,9}+=[^\x01]*+\x01)*+")


class DataFields:
    """The fields of a dictionary whose value may hold any byte, as long as the field before it says.

    Args:
        tags: theirs; none without a dictionary.
    """

    def __init__(self, tags: Collection[int]) -> None:
        self._tags = frozenset(tags)
        choice = b"|".join(b"%d" % tag for tag in sorted(tags))
        self._any = re.compile(rb"\x010*(?:%s)=" % choice) if tags else None

    def fault_in(self, raw: bytes) -> str:
        """Why the engine could not take a well-formed message apart; empty if it can.

        Fields are found as the engine finds them: a data field has the length that its length field said last.
        """
        if self._any is None or self._any.search(raw) is None:
            return "" if PLAIN_FIELDS.fullmatch(raw) else NO_FIELD
        at, lengths = 0, dict[int, bytes]()
        while at < len(raw):
            equals = raw.find(b"=", at)
            tag = int(raw[at:equals]) if _is_whole(raw[at:equals].removeprefix(b"-")) else 0
            end = raw.find(SOH, equals)
            if tag in self._tags:
                length = lengths.get(SIGNATURE_LENGTH if tag == SIGNATURE else tag - 1, b"")
                end = equals + 1 + int(length) if _is_whole(length) else -1
                if raw[end : end + 1] != SOH or end > len(raw) - TRAILER_BYTES - 1:
                    return f"the length of its field {tag} is wrong"
            if min(equals, end) < at or tag == 0:
                return NO_FIELD
            lengths[tag] = raw[equals + 1 : end]
            at = end + 1
        return ""


def _fields(raw: bytes) -> list[tuple[bytes, bytes]]:
    """Tags without zeros before them, since the engine reads them as numbers; each with its value."""
    parts = (field.partition(b"=") for field in raw.split(SOH))
    return [(tag.lstrip(b"0"), value) for tag, _, value in parts]


def _is_whole(value: bytes) -> bool:
    return value.isdigit() and len(value) <= MOST_DIGITS and int(value) <= MOST_SEQUENCE_NUMBER


Rule = tuple[str, "Callable[[bytes], bool]", str]
WHOLE = "a whole number from 0 to 2147483647"
LOGON_RULES: dict[bytes, Rule] = {
    b"34": ("MsgSeqNum", _is_whole, WHOLE),
    b"43": ("PossDupFlag", lambda value: value in {b"Y", b"N"}, "Y or N"),
    b"52": ("SendingTime", lambda value: INSTANT.fullmatch(value) is not None, "a UTC timestamp"),
    b"98": ("EncryptMethod", lambda value: value == b"0", "0"),
    b"108": ("HeartBtInt", _is_whole, WHOLE),
    b"141": ("ResetSeqNumFlag", lambda value: value in {b"Y", b"N"}, "Y or N"),
    b"789": ("NextExpectedMsgSeqNum", _is_whole, WHOLE),
}
LOGON_NEEDS = (b"34", b"52", b"98", b"108")
