"""The program as part of what a derived file depends on: another program makes it anew."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path


@cache
def program_stamp() -> str:
    """What the code is: names, sizes and times of the package's files when it was first asked."""
    package = Path(__file__).parents[1]
    found = sorted((str(path.relative_to(package)), path.stat()) for path in package.rglob("*.py"))
    return hashlib.sha256(repr([(n, s.st_size, s.st_mtime_ns) for n, s in found]).encode()).hexdigest()
