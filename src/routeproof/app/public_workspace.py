"""`rp.Workspace(path)`: what the command line made, from Python."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeproof.app.context import open_context
from routeproof.app.measuring.measure import Measurement, Question, measure
from routeproof.app.policy_in_force import policy_in_force
from routeproof.tables.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl


class Workspace:
    """A workspace opened for reading."""

    def __init__(self, path: str | Path) -> None:
        """Open the workspace in a folder.

        Raises:
            WorkspaceError: if there is none, or a newer program made it.
        """
        self._path = Path(path)
        with open_context(self._path):
            pass

    def table(self, name: str, days: Sequence[date] | None = None, manifest: str | None = None) -> pl.DataFrame:
        """Canonical rows of a table, of all days or of some."""
        with open_context(self._path) as context:
            return context.lake.read(name, days, manifest=manifest)

    def measure(
        self,
        by: Sequence[str] = (),
        *,
        metrics: Sequence[str] = (),
        first: date | str | None = None,
        last: date | str | None = None,
        provider: str | None = None,
        where: Sequence[str] = (),
        **switches: Any,  # noqa: ANN401
    ) -> Measurement:
        """The figures by dimension; switches are those of `Question` and of `routeproof.tables.switches.Switches`."""
        if switches.get("population") == "tape":
            switches.setdefault("benchmark", "execution")
        question = Question(
            by=_names(by),
            metrics=_names(metrics),
            first=_day(first),
            last=_day(last),
            provider=provider,
            where=_names(where),
            switches=Switches(**switches),
        )
        with open_context(self._path) as context:
            policy = policy_in_force(context.records)
            return measure(context.lake, question, context.workspace.cache_folder, policy)


def _names(given: Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _day(given: date | str | None) -> date | None:
    return date.fromisoformat(given) if isinstance(given, str) else given
