"""Files that others own are used from beside the repository and never copied into it."""

import hashlib
from pathlib import Path


def test_no_tracked_file_is_a_copy_of_shared_data(tracked: list[Path], shared_data: Path) -> None:
    """No file under version control has the bytes of a shared file."""
    ours: dict[int, list[Path]] = {}
    for path in tracked:
        if path.stat().st_size > 0:
            ours.setdefault(path.stat().st_size, []).append(path)
    copies = [
        f"{mine} = {theirs}"
        for theirs in sorted(shared_data.rglob("*"))
        if theirs.is_file()
        for mine in ours.get(theirs.stat().st_size, [])
        if _digest(mine) == _digest(theirs)
    ]
    assert copies == []


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
