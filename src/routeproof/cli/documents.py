"""Documents that commands read: TOML or JSON, from a file or from stdin, told apart by content."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from routeproof.vocab.errors import UsageError


def read_document(path: str) -> dict[str, Any]:
    """The document in a file; `-` is stdin.

    Raises:
        UsageError: if it cannot be read, or is neither a JSON object nor TOML.
    """
    try:
        content = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"expected a readable file in UTF-8, found: {error}"
        raise UsageError(message, where=path) from error
    if text.lstrip().startswith("{"):
        return _json(text, path)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"expected TOML or a JSON object, found: {error}"
        raise UsageError(message, where=path) from error


def read_text(path: Path, where: str = "") -> str:
    """A text in UTF-8; `where` is what the error points to, the file if omitted.

    Raises:
        UsageError: if it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"expected a readable text in UTF-8, found: {error}"
        raise UsageError(message, where=where or str(path)) from error


def _json(text: str, path: str) -> dict[str, Any]:
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        message = f"expected a JSON object, found: {error}"
        raise UsageError(message, where=path) from error
    if not isinstance(document, dict):
        message = f"expected a JSON object, found {type(document).__name__}"
        raise UsageError(message, where=path)
    return document


def _no_constant(name: str) -> float:
    message = f"{name} is no JSON number"
    raise ValueError(message)
