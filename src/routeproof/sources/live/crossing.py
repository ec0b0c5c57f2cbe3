"""A piece on its way from one end of a relay to the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routeproof.sources.live.framing import Piece
    from routeproof.sources.live.relay import Relay


@dataclass(frozen=True, slots=True)
class Crossing:
    """What was read from one end and has yet to become durable before the other may have it.

    Attributes:
        at: UTC ns at which it was read.
        is_incoming: whether the counterparty sent it.
    """

    relay: Relay
    piece: Piece
    at: int
    is_incoming: bool
