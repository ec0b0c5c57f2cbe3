"""What a map says a party's own codes mean: venue codes and symbols in the words of the tape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.fix.fold import words
from routeproof.vocab.errors import MapError

if TYPE_CHECKING:
    from collections.abc import Mapping

RECODED = ("venue", "symbol")
_PARTS = ("security_id", "symbol_suffix")
"""Fields besides 55 that say what a symbol is."""


def declared_values(sections: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """`[values.venue]` and `[values.symbol]` of a map for FIX logs.

    Raises:
        MapError: for any other column, for a table or columns (a FIX log has none), or if a section is not what it
            should be.
    """
    for name in ("table", "columns", "constants", "time"):
        if sections.get(name):
            message = f"expected [parties], [link], [values.venue] or [values.symbol] for a FIX log, found {name}"
            raise MapError(message, where=name)
    values = sections.get("values", {})
    if not isinstance(values, dict):
        message = f"expected [values] to be a section, found {values!r}"
        raise MapError(message)
    for name, codes in values.items():
        if name not in RECODED or not isinstance(codes, dict):
            message = f"expected {' or '.join(f'[values.{known}]' for known in RECODED)}, found [values.{name}]"
            raise MapError(message)
    return {name: {str(code): str(word) for code, word in values.get(name, {}).items()} for name in RECODED}


def with_symbols(messages: pl.DataFrame, codes: Mapping[str, str]) -> pl.DataFrame:
    """Messages with one recoded symbol each, so that sessions with different symbologies meet."""
    if not codes:
        return messages
    nothing = [pl.lit(None, dtype=pl.String).alias(name) for name in _PARTS]
    return messages.with_columns(words.symbol().replace(dict(codes)).alias("symbol"), *nothing)


def with_venues(frame: pl.DataFrame, codes: Mapping[str, str]) -> pl.DataFrame:
    """Canonical rows with `venue` recoded, where they have one."""
    return frame.with_columns(pl.col("venue").replace(dict(codes))) if codes and "venue" in frame.columns else frame
