"""Which FIX tags become columns, and of what type.

Source: FIX 4.2, 4.4 and 5.0 SP2 field dictionaries. One table serves all versions: no tag listed here changes its type
between them. Group members that repeat in a message about one order are not listed, except 137 (MiscFeeAmt), whose
values are added up. 6 (AvgPx) is not listed: nothing is made from it, and a quotient may have any number of digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

MAX_TAG = 8192
NO_COLUMN, HASHED, ODD_TAG = 255, 256, 512  # see `plain_table`


class Kind(IntEnum):
    """How the bytes of a value become a column."""

    TEXT = 0  # String
    WHOLE = 1  # Int64
    DECIMAL = 2  # Int64 at scale 1e-9
    INSTANT = 3  # Int64 UTC nanoseconds
    TOTAL = 4  # Int64 at scale 1e-9, the sum over a repeating group


@dataclass(frozen=True, slots=True)
class Field:
    """One tag that is kept: its number, column name and kind."""

    tag: int
    name: str
    kind: Kind


FIELDS: tuple[Field, ...] = (
    Field(8, "begin_string", Kind.TEXT),
    Field(35, "msg_type", Kind.TEXT),
    Field(49, "sender", Kind.TEXT),
    Field(56, "target", Kind.TEXT),
    Field(115, "on_behalf_of", Kind.TEXT),
    Field(128, "deliver_to", Kind.TEXT),
    Field(43, "poss_dup", Kind.TEXT),
    Field(97, "poss_resend", Kind.TEXT),
    Field(55, "symbol", Kind.TEXT),
    Field(65, "symbol_suffix", Kind.TEXT),
    Field(48, "security_id", Kind.TEXT),
    Field(150, "exec_type", Kind.TEXT),
    Field(39, "ord_status", Kind.TEXT),
    Field(20, "exec_trans_type", Kind.TEXT),
    Field(54, "side", Kind.TEXT),
    Field(40, "ord_type", Kind.TEXT),
    Field(59, "time_in_force", Kind.TEXT),
    Field(18, "exec_inst", Kind.TEXT),
    Field(21, "handl_inst", Kind.TEXT),
    Field(1031, "handling", Kind.TEXT),
    Field(100, "ex_destination", Kind.TEXT),
    Field(847, "target_strategy", Kind.TEXT),
    Field(30, "last_mkt", Kind.TEXT),
    Field(851, "last_liquidity", Kind.TEXT),
    Field(29, "last_capacity", Kind.TEXT),
    Field(528, "order_capacity", Kind.TEXT),
    Field(13, "comm_type", Kind.TEXT),
    Field(434, "cxl_rej_response_to", Kind.TEXT),
    Field(442, "multileg_type", Kind.TEXT),
    Field(372, "ref_msg_type", Kind.TEXT),
    Field(1, "account", Kind.TEXT),
    Field(11, "cl_ord_id", Kind.TEXT),
    Field(41, "orig_cl_ord_id", Kind.TEXT),
    Field(37, "provider_order_id", Kind.TEXT),
    Field(198, "secondary_order_id", Kind.TEXT),
    Field(526, "secondary_cl_ord_id", Kind.TEXT),
    Field(583, "cl_ord_link_id", Kind.TEXT),
    Field(17, "exec_id", Kind.TEXT),
    Field(19, "exec_ref_id", Kind.TEXT),
    Field(527, "secondary_exec_id", Kind.TEXT),
    Field(880, "trd_match_id", Kind.TEXT),
    Field(379, "ref_id", Kind.TEXT),
    Field(58, "text", Kind.TEXT),
    Field(34, "seq", Kind.WHOLE),
    Field(45, "ref_seq", Kind.WHOLE),
    Field(378, "restatement_reason", Kind.WHOLE),
    Field(103, "ord_rej_reason", Kind.WHOLE),
    Field(102, "cxl_rej_reason", Kind.WHOLE),
    Field(38, "order_qty", Kind.DECIMAL),
    Field(44, "price", Kind.DECIMAL),
    Field(99, "stop_px", Kind.DECIMAL),
    Field(32, "last_qty", Kind.DECIMAL),
    Field(31, "last_px", Kind.DECIMAL),
    Field(14, "cum_qty", Kind.DECIMAL),
    Field(151, "leaves_qty", Kind.DECIMAL),
    Field(12, "commission", Kind.DECIMAL),
    Field(52, "sending_at", Kind.INSTANT),
    Field(122, "orig_sending_at", Kind.INSTANT),
    Field(60, "transact_at", Kind.INSTANT),
    Field(137, "misc_fee", Kind.TOTAL),
)

# Columns lie in the order of their kinds, so that a number's place tells how to read it.
WHOLES, DECIMALS, INSTANTS, TOTALS = (
    sum(field.kind < kind for field in FIELDS) for kind in (Kind.WHOLE, Kind.DECIMAL, Kind.INSTANT, Kind.TOTAL)
)
COLUMN = {field.name: index for index, field in enumerate(FIELDS)}

# A length tag says how many bytes the data tag right after it holds; those bytes may contain the separator.
DATA_OF_LENGTH: dict[int, int] = {
    90: 91, 93: 89, 95: 96, 212: 213, 348: 349, 350: 351, 352: 353, 354: 355, 356: 357, 358: 359, 360: 361, 362: 363,
    364: 365, 445: 446, 618: 619, 621: 622, 1184: 1185, 1277: 1278, 1280: 1281, 1282: 1283, 1397: 1398, 1401: 1402,
    1403: 1404, 1468: 1469, 1525: 1527, 1664: 1665, 1621: 1622,
}  # fmt: skip

# Tags a resend may change, so they do not take part in the content hash.
TRANSPORT_TAGS: tuple[int, ...] = (8, 9, 10, 34, 43, 52, 97, 122)


def tag_table() -> npt.NDArray[np.int16]:
    """Column index by tag; -1 for a tag that is not kept."""
    table = np.full(MAX_TAG, -1, dtype=np.int16)
    for index, field in enumerate(FIELDS):
        table[field.tag] = index
    return table


def plain_table() -> npt.NDArray[np.uint16]:
    """What a plain message's scanner must know of a tag: column | `HASHED` | `ODD_TAG`; `NO_COLUMN` if it is not kept.

    An odd tag is one whose place or count has a meaning.
    """
    table = np.where(tag_table() < 0, NO_COLUMN, tag_table()).astype(np.uint16)
    table |= hash_table().astype(np.uint16) * HASHED
    odd = [8, 9, 10, *DATA_OF_LENGTH, *(field.tag for field in FIELDS if field.kind is Kind.TOTAL)]
    table[odd] |= ODD_TAG
    return table


def data_table() -> npt.NDArray[np.int16]:
    """Data tag by length tag; 0 for a tag that is no length."""
    table = np.zeros(MAX_TAG, dtype=np.int16)
    for length, data in DATA_OF_LENGTH.items():
        table[length] = data
    return table


def hash_table() -> npt.NDArray[np.uint8]:
    """1 for a tag that takes part in the content hash."""
    table = np.ones(MAX_TAG, dtype=np.uint8)
    table[list(TRANSPORT_TAGS)] = 0
    return table
