"""A part of a body or of a state: frozen, and strict about its members."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """An unknown member is an error, so that an event that changed its shape is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
