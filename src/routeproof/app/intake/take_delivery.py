"""Take in a simulated delivery: its list says which files come by which source and map, in which order."""

from __future__ import annotations

import contextlib
import json
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from routeproof.app.intake.ingest import take_in
from routeproof.app.intake.reading import known_readings, manner_of, read_files, unread_batches
from routeproof.stores.commits import source_outcomes
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.intake.reading import Manner, ReadFiles
    from routeproof.stores.commits import SourceOutcome
    from routeproof.stores.raw import RawFile

    Step = dict[str, Any]
    Begun = tuple[list[RawFile], ReadFiles | None]

LIST = "delivery.json"
STEPS_AHEAD = 4
"""Steps whose files are read while one is committed; what they hold in memory is bounded by the size of a commit."""


def take_delivery(
    context: Context, delivery: Path, *, on_step: Callable[[str], None] = lambda _: None
) -> list[dict[str, Any]]:
    """Ingest every step that the delivery does not call optional; what was accepted and refused, step by step.

    Files of a step are read while those before it are committed.

    Raises:
        UsageError: if the folder holds no delivery.
    """
    try:
        steps = json.loads((delivery / LIST).read_text(encoding="utf-8"))["steps"]
    except (OSError, ValueError, KeyError) as error:
        message = f"expected a simulated delivery with {LIST}, found: {error}"
        raise UsageError(message, where=str(delivery)) from error
    taken: list[dict[str, Any]] = []
    for step, manner, begun in _read_ahead(context, delivery, [step for step in steps if not step.get("optional")]):
        on_step(f"taking in {len(step['paths'])} files: {step['source']} {step.get('table', '')}".rstrip())
        raw_files, ahead = begun.result()
        with contextlib.closing(ahead) if ahead is not None else contextlib.nullcontext():
            report = take_in(context, manner, raw_files, ahead)
        for file, reason in report.refused.items():
            on_step(f"  refused, as it should be shown: {file}: {reason}")
        taken.append({"source": step["source"], "files": len(step["paths"]), "refused": dict(report.refused)})
    return taken


def _read_ahead(
    context: Context, delivery: Path, steps: Sequence[Step]
) -> Iterator[tuple[Step, Manner, Future[Begun]]]:
    """Steps in order, each with the reading of its files; that of some after it is under way by then."""
    begun: deque[tuple[Step, Manner, Future[Begun]]] = deque()
    with ThreadPoolExecutor(1) as reader:
        for step in steps:
            table = delivery / step["map"] if step.get("map") else None
            manner = manner_of(step["source"], table, step.get("provider", ""))
            seen = known_readings(source_outcomes(context.records), manner)
            paths = [delivery / path for path in step["paths"]]
            begun.append((step, manner, reader.submit(_begin, context, manner, paths, seen)))
            if len(begun) > STEPS_AHEAD:
                yield begun.popleft()
        yield from begun


def _begin(context: Context, manner: Manner, paths: Sequence[Path], seen: Mapping[str, SourceOutcome]) -> Begun:
    """Keep the files, and read those of the first commit; asks nothing of lake and record, which others change."""
    raw_files = [context.raw.keep(path) for path in paths]
    first = next(unread_batches(raw_files, seen, manner), None)
    return raw_files, None if first is None else read_files(context, manner, first)
