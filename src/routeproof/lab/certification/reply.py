"""What a provider's test system sent, in the words of scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from routeproof.lab.certification.words import EXEC_TYPE_WORD, STATUS_WORD, TRANSACTION_WORD
from routeproof.sources.fix.utc_timestamp import instant_of

if TYPE_CHECKING:
    from collections.abc import Mapping

EXECUTION_REPORT, CANCEL_REJECT, SESSION_REJECT, BUSINESS_REJECT = "8", "9", "3", "j"
ANSWER_OF = {CANCEL_REJECT: "cancel_rejected", SESSION_REJECT: "session_rejected", BUSINESS_REJECT: "business_rejected"}
REASON_TAGS = {"rejected": 103, "cancel_rejected": 102, "session_rejected": 373, "business_rejected": 380}
EXEC_TYPE = 150
NUMBER = re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)")
LONGEST_NUMBER = 25
"""Characters: more than any quantity or price has, and less than exact arithmetic can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One application message, or a session's Reject of one of ours.

    Attributes:
        received_at: UTC ns.
        answer: word of `words.ANSWERS`, or one that scripts leave out; `unknown` for another message or code.
        fields: all of it by tag; of a tag that repeats, the first.
    """

    received_at: int
    answer: str
    fields: Mapping[int, str]

    @property
    def cl_ord_id(self) -> str:
        """ClOrdID (11), or what a business reject names as its reference (379); empty if none."""
        return self.fields.get(11) or self.fields.get(379, "")

    @property
    def status(self) -> str:
        """Word for OrdStatus (39); empty where there is none, the code itself where FIX has none such."""
        code = self.fields.get(39, "")
        return STATUS_WORD.get(code, code)

    @property
    def is_fill(self) -> bool:
        """Whether it reports an execution."""
        return self.answer == "trade"

    @property
    def reason_code(self) -> str:
        """Code of why something was refused; empty if none."""
        tag = REASON_TAGS.get(self.answer)
        return "" if tag is None else self.fields.get(tag, "")

    @property
    def transacted_at(self) -> int | None:
        """TransactTime (60) in UTC ns; null where there is none, or it is no UTCTimestamp."""
        return instant_of(self.fields.get(60, ""))

    def number(self, tag: int) -> Decimal | None:
        """A field as an exact number; null where it is absent or none: FIX writes plain digits, never an exponent."""
        text = self.fields.get(tag, "")
        return Decimal(text) if len(text) <= LONGEST_NUMBER and NUMBER.fullmatch(text) else None


def reply_of(raw: bytes, received_at: int) -> Reply | None:
    """What a message says to a script; null for session messages other than a Reject."""
    fields = fields_of(raw)
    msg_type = fields.get(35, "")
    if msg_type in {"0", "1", "2", "4", "5", "A"}:
        return None
    return Reply(received_at=received_at, answer=_answer(msg_type, fields), fields=fields)


def fields_of(raw: bytes) -> dict[int, str]:
    """A message by tag; of a tag that repeats, the first."""
    found: dict[int, str] = {}
    for field in raw.split(b"\x01"):
        tag, _, value = field.partition(b"=")
        if tag.isdigit():
            found.setdefault(int(tag), value.decode("utf-8", "replace"))
    return found


def _answer(msg_type: str, fields: Mapping[int, str]) -> str:
    if msg_type != EXECUTION_REPORT:
        return ANSWER_OF.get(msg_type, "unknown")
    if fields.get(20, "0") in TRANSACTION_WORD:
        return TRANSACTION_WORD[fields[20]]
    if EXEC_TYPE in fields:
        return EXEC_TYPE_WORD.get(fields[EXEC_TYPE], "unknown")
    return EXEC_TYPE_WORD.get(fields.get(39, ""), "unknown")  # FIX 4.0 has no ExecType
