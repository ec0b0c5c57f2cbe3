"""Two packs of the same quarter side by side: which figures differ, which verdicts flipped, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Cause = Literal["data", "metric", "policy"]
SCORECARD = "scorecard"
FRAMEWORK = "framework"
NO_VERDICT = ("", "not_tested")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One printed figure.

    Attributes:
        value: a number, or a word where the figure is an outcome; null if there is none.
        rows: how many rows stand behind it.
        find: filter that finds them again.
        metric: name in the catalog, empty where it is none's.
        metric_version: of that metric.
        verdict: word, or empty.
    """

    value: float | str | None
    rows: int | None = None
    find: str = ""
    metric: str = ""
    metric_version: str = ""
    verdict: str = ""


def figures_of(pack: Mapping[str, Any]) -> dict[str, Figure]:
    """Every figure of a `pack.json`, by a name that is the same in each build."""
    found = dict(_scorecard(f"{SCORECARD}/", pack.get("scorecard", {})))
    for security in pack.get("securities", ()):
        found |= dict(_scorecard(f"{SCORECARD}/{security['security']}/", security))
    for section in pack.get("sections", ()):
        for block in section["blocks"]:
            table = block.get("data") if block["type"] == "Figure" else block if block["type"] == "Table" else None
            if table is not None and not table["id"].startswith(SCORECARD):
                found |= dict(_table(table))
    return found


def _scorecard(prefix: str, scorecard: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    for row in scorecard.get("rows", ()):
        for column, cell in row["cells"].items():
            yield f"{prefix}{row['id']}/{column}", _cell(cell, "rows")
        for beside in row.get("beside", ()):
            for column in ("market", "limit", "benchmark"):
                yield f"{prefix}{row['id']}/{column}/{beside['label']}", _cell(beside[column], "rows")


def _table(table: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    for row in table["rows"]:
        for column, cell in zip(table["columns"], row["cells"], strict=True):
            value = cell.get("value")
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            is_outcome = table["id"] == FRAMEWORK and column["id"] == "outcome"
            if is_number or is_outcome or cell.get("verdict"):
                figure = _cell(cell, "rows_ref")
                yield f"{table['id']}/{row['id']}/{column['id']}", figure


def _cell(cell: Mapping[str, Any], find: str) -> Figure:
    return Figure(
        value=cell.get("value"),
        rows=cell.get("n"),
        find=cell.get(find) or "",
        metric=cell.get("metric") or "",
        metric_version=str(cell.get("metric_version") or ""),
        verdict=cell.get("verdict") or "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Builds:
    """Three builds of one quarter: as it was, the old data by today's program and policy, and as it is.

    Attributes:
        between: equal to `old` where neither program nor policy changed.
        is_policy: whether the policy changed between `old` and `between`.
    """

    old: Mapping[str, Figure]
    between: Mapping[str, Figure]
    new: Mapping[str, Figure]
    is_policy: bool


def changes(builds: Builds, is_material: Callable[[str, Figure, Figure], bool]) -> list[dict[str, Any]]:
    """Each changed figure: `figure, old, new, rows, rows_before, find, cause, causes, flipped, material`."""
    found = []
    for name in dict.fromkeys((*builds.old, *builds.new)):
        old, new = builds.old.get(name), builds.new.get(name)
        if not _differs(old, new):
            continue
        causes = _causes(old, builds.between.get(name), new, is_policy=builds.is_policy)
        before, after = old or Figure(value=None), new or Figure(value=None)
        found.append(
            {
                "figure": name,
                "old": before.value,
                "new": after.value,
                "rows": after.rows if new else before.rows,
                "rows_before": before.rows,
                "find": after.find or before.find,
                "cause": causes[0],
                "causes": causes,
                "verdict_before": before.verdict or None,
                "verdict": after.verdict or None,
                "flipped": is_flipped(name, before, after),
                "material": is_flipped(name, before, after) or is_material(name, before, after),
            }
        )
    return found


def _differs(old: Figure | None, new: Figure | None) -> bool:
    if old is None or new is None:
        return old is not new
    return old.value != new.value or old.verdict != new.verdict


def is_flipped(name: str, old: Figure, new: Figure) -> bool:
    """Whether a verdict or an outcome of the framework became another."""
    if name.startswith(f"{FRAMEWORK}/"):
        return old.value != new.value
    return old.verdict != new.verdict and {old.verdict, new.verdict} != set(NO_VERDICT)


def _causes(old: Figure | None, between: Figure | None, new: Figure | None, *, is_policy: bool) -> list[Cause]:
    """What moved it: the data, a metric whose version changed, or the policy; the program counts as its metrics."""
    found: list[Cause] = []
    if _differs(between, new):
        found.append("data")
    if _differs(old, between):
        versions = {old.metric_version if old else "", between.metric_version if between else ""}
        found.append("metric" if len(versions) > 1 or not is_policy else "policy")
    return found or ["data"]
