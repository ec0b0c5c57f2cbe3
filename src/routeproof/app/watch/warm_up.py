"""Everything that a message passes through is loaded and compiled before the first one comes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.ingest import ingest
from routeproof.app.measuring.compile_ahead import example_log
from routeproof.app.watch.engine import Engine
from routeproof.app.watch.quotes import LiveQuotes

PROVIDER = "P"


def warm_up() -> None:
    """Judge two messages in a workspace that is thrown away; whoever is the first to send finds everything ready."""
    with tempfile.TemporaryDirectory() as folder:
        root, log = Path(folder) / "ws", Path(folder) / "two-messages.log"
        init_workspace(root)
        log.write_bytes(example_log())
        with open_context(root, role="watch") as context:
            engine = Engine(context, LiveQuotes(context.lake), {})
            engine.hold_log(PROVIDER, log.read_bytes())
            engine.judge_held()
            engine.judge_windows()
            ingest(context, "fix-log", [log], provider_id=PROVIDER)
