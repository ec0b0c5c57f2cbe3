"""Templates of procedures as files, to be adapted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from routeproof.stores.files import write_whole
from routeproof.stores.shipped_procedures import load_template
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def write_template(name: str, folder: Path) -> tuple[Path, ...]:
    """Write `NAME.md` and `NAME.toml`; files that are there already are not replaced.

    Raises:
        UsageError: if there is no such template, or a file of that name stands there.
    """
    template = load_template(name)
    rows = (f"{sentence} = {json.dumps(controls)}" for sentence, controls in template.bindings.items())
    bindings = "\n".join((f"title = {json.dumps(template.title)}", "", "[bindings]", *rows, ""))
    written = {folder / f"{name}.md": template.text, folder / f"{name}.toml": bindings}
    for path in written:
        if path.exists():
            message = "expected a folder without a file of that name: it may hold work"
            raise UsageError(message, where=str(path))
    for path, text in written.items():
        write_whole(path, text.encode())
    return tuple(written)
