"""The log: one event is one line of JSON on stderr, in plain ASCII whatever somebody typed or sent."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from routeproof.app.context import wall_clock
from routeproof.vocab.times import NS_PER_S

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
TOLD_BY_US = "Exception in ASGI application"
"""What the server says of a fault, which `fault` told with the request's number."""


def tell(threshold: str, level: str, event: str, **values: Any) -> None:  # noqa: ANN401  # JSON
    """Write an event, unless the log is for graver ones."""
    if LEVELS[level] >= LEVELS[threshold]:
        sys.stderr.write(line_of(level, event, values))


def line_of(level: str, event: str, values: dict[str, Any]) -> str:
    """One line: breaks, escapes, marks of direction and all that is no plain character stand as escapes of JSON."""
    at = datetime.fromtimestamp(wall_clock() / NS_PER_S, tz=UTC)
    said = {"at": at.isoformat(timespec="milliseconds"), "level": level, "event": event, **values}
    return json.dumps(said, default=str).replace("\x7f", "\\u007f") + "\n"


def take_over_logging(threshold: str) -> None:
    """Have what libraries log come out in the same lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Line())
    handler.addFilter(lambda record: not record.getMessage().startswith(TOLD_BY_US))
    logging.basicConfig(handlers=[handler], level=max(LEVELS[threshold], LEVELS["warning"]), force=True)
    logging.captureWarnings(capture=True)


class _Line(logging.Formatter):
    """Of the standard library's logging."""

    def format(self, record: logging.LogRecord) -> str:
        """One record, with its trace in one string."""
        values = {"logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            values["trace"] = self.formatException(record.exc_info)
        return line_of(record.levelname.lower(), "log", values).rstrip("\n")
