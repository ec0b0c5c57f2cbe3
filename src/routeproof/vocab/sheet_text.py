"""Text for spreadsheets: what would run as a formula is written so that it does not, and read back as it was."""

from __future__ import annotations

import re

_BLANKS = " \u00a0\t\r\n\v\f\u2028\u2029\ufeff"
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
QUOTE = "'"


def would_run(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula; a plain number, also a negative one, is none."""
    bare = text.lstrip(_BLANKS)
    if _NUMBER.fullmatch(text):
        return False
    return text.startswith(_STARTS) or bare.startswith(_STARTS)


def inert_text(text: str) -> str:
    """The text for a CSV cell: with a leading apostrophe where it would run, or would be read back as one that did."""
    return QUOTE + text if would_run(text) or _was_quoted(text) else text


def inert_cell(text: str) -> str:
    """The text for a workbook cell of type text, which never runs: only what would be read back changed is quoted."""
    return QUOTE + text if _was_quoted(text) else text


def original_text(text: str) -> str:
    """The text as it was before `inert_text` or `inert_cell`."""
    return text[1:] if _was_quoted(text) else text


def _was_quoted(text: str) -> bool:
    return text.startswith(QUOTE) and would_run(text.lstrip(QUOTE))
