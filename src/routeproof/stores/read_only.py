"""The marker `READ_ONLY`: a write failed, so nothing is recorded until the record has been verified."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from routeproof.stores.files import sync_folder

if TYPE_CHECKING:
    from pathlib import Path

MARKER = "READ_ONLY"


def mark_read_only(folder: Path, reason: str) -> None:
    """Leave the marker, if the disk takes one; it holds the reason, if the disk takes that.

    The disk has just failed, so nothing here may fail: whoever writes next meets the same disk.
    """
    with contextlib.suppress(OSError):
        descriptor = os.open(folder / MARKER, os.O_CREAT | os.O_WRONLY, 0o644)
        try:
            with contextlib.suppress(OSError):
                os.write(descriptor, reason.encode() + b"\n")
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        sync_folder(folder)


def read_only_reason(folder: Path) -> str:
    """Why nothing may be recorded here; empty if it may."""
    try:
        return (folder / MARKER).read_text(encoding="utf-8", errors="replace").strip() or "an earlier write failed"
    except FileNotFoundError:
        return ""


def lift_read_only(folder: Path) -> bool:
    """Take the marker away, durably; whether there was one.

    Raises:
        OSError: if the disk still does not write.
    """
    try:
        (folder / MARKER).unlink()
    except FileNotFoundError:
        return False
    sync_folder(folder)
    return True
