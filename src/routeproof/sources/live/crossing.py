"""A piece on its way from one end of a relay to the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.sources.live.framing import header_only as without_body
from routeproof.sources.live.journal_format import Kind

if TYPE_CHECKING:
    from routeproof.sources.live.framing import Piece
    from routeproof.sources.live.relay import End


@dataclass(frozen=True, slots=True)
class Crossing:
    """What was read from one end and has yet to become durable before the other may have it.

    Attributes:
        session: the session's name.
        at: UTC ns at which it was read.
        is_incoming: whether the counterparty sent it.
        to: the other end.
    """

    session: str
    piece: Piece
    at: int
    is_incoming: bool
    to: End

    @property
    def kind(self) -> Kind:
        """What the journal calls it."""
        if not self.is_incoming:
            return Kind.MESSAGE_OUT
        return Kind.MESSAGE_IN if self.piece.is_message else Kind.NOISE_IN

    def as_passed_on(self, *, header_only: bool) -> bytes:
        """The bytes that the other end is given.

        Args:
            header_only: whether the engine is given application messages without their body.
        """
        is_reduced = header_only and self.is_incoming and self.piece.is_message
        return without_body(self.piece.raw) if is_reduced else self.piece.raw
