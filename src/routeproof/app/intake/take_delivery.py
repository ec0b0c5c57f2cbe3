"""Take in a simulated delivery: its list says which files come by which source and map, in which order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from routeproof.app.intake.ingest import ingest
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from routeproof.app.context import Context

LIST = "delivery.json"


def take_delivery(
    context: Context, delivery: Path, *, on_step: Callable[[str], None] = lambda _: None
) -> list[dict[str, Any]]:
    """Ingest every step that the delivery does not call optional; what was accepted and refused, step by step.

    Raises:
        UsageError: if the folder holds no delivery.
    """
    try:
        steps = json.loads((delivery / LIST).read_text(encoding="utf-8"))["steps"]
    except (OSError, ValueError, KeyError) as error:
        message = f"expected a simulated delivery with {LIST}, found: {error}"
        raise UsageError(message, where=str(delivery)) from error
    taken: list[dict[str, Any]] = []
    for step in [step for step in steps if not step.get("optional")]:
        on_step(f"taking in {len(step['paths'])} files: {step['source']} {step.get('table', '')}".rstrip())
        report = ingest(
            context,
            step["source"],
            [delivery / path for path in step["paths"]],
            map_path=delivery / step["map"] if step.get("map") else None,
            provider_id=step.get("provider", ""),
        )
        for file, reason in report.refused.items():
            on_step(f"  refused, as it should be shown: {file}: {reason}")
        taken.append({"source": step["source"], "files": len(step["paths"]), "refused": dict(report.refused)})
    return taken
