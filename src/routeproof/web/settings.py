"""How the server runs: given by options and environment, the same for every worker."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a server is told when it starts.

    Attributes:
        workspace: folder.
        behind_proxy: a reverse proxy ends TLS and says who asks (`X-Forwarded-For`, `-Proto`); cookies are secure then.
        proxies: addresses or networks of that proxy, with commas; what others say of it is not believed. `*`: anybody.
        largest_body_bytes: of a request; a larger one is refused with 413.
        largest_text_bytes: of a request that brings no files, likewise.
        patience_s: how long a body may be without a further byte; whoever sends none takes the place of others.
        origin: address under which browsers reach the server; empty if nobody said. Passkeys and sign-on need it.
        scanner: command that looks at every file that is sent; empty if there is none (`web.scanning`).
        log_level: of the structured log on stderr.
    """

    workspace: Path
    behind_proxy: bool = False
    proxies: str = "127.0.0.1,::1"
    largest_body_bytes: int = 64 * MIB
    largest_text_bytes: int = 4 * MIB
    patience_s: float = 20.0
    origin: str = ""
    scanner: str = ""
    log_level: str = "info"

    def as_text(self) -> str:
        """For a worker process."""
        return json.dumps(
            {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}
        )

    @classmethod
    def of_text(cls, text: str) -> Settings:
        """What `as_text` wrote."""
        values: dict[str, Any] = json.loads(text)
        return cls(**{**values, "workspace": Path(values["workspace"])})
