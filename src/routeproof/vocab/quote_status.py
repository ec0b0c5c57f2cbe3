"""What a looked-up reference quote was; a quote that is not `ok` is never replaced by something else."""

from __future__ import annotations

OK = 0
LOCKED = 1
CROSSED = 2
ONE_SIDED = 3
MISSING = 4
NO_INSTANT = 5
AFTER_CLOSE = 6
NO_SIDE = 8

STATUS_NAMES = {
    OK: "ok",
    LOCKED: "locked_reference",
    CROSSED: "crossed_reference",
    ONE_SIDED: "one_sided_reference",
    MISSING: "no_reference_quote",
    NO_INSTANT: "no_instant",
    AFTER_CLOSE: "after_close",
    NO_SIDE: "no_side",
}
"""Stable words for the codes: they are the reasons that coverage tables print."""
