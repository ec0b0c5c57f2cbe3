"""Many verdicts in a tree: first which branches have any difference, then which of their leaves.

A branch's p-value is that of the hypothesis that nothing below it differs. At each node the children are one family,
tested by Benjamini-Yekutieli at the node's level; a child that stands hands down the node's level x the share of its
siblings that stand. The aim is the expected average share of false discoveries over the families that were looked into
(Benjamini and Bogomolov 2014, JRSS B 76(1); more levels: Bogomolov, Peterson, Benjamini and Sabatti 2021, Biometrika
108(3)); docs/coverage.md measures it. A branch's p-value is min_k p_(k) m H_m / k over its m children, with H_m the
harmonic sum: valid however they depend on each other (Hommel 1983, Biometrical Journal 25(5)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.evidence.multiple import benjamini_yekutieli
from routeproof.evidence.quantiles import settle
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One branch or leaf, by the names that lead to it; the root is no node.

    p_value: that nothing at or below it differs. level: at which its family was tested; None where its parent did not
    stand, so that nobody looked. discovered: whether it stands.
    """

    path: Path
    p_value: float
    level: float | None
    discovered: bool


def hierarchical(paths: Sequence[Path], p_values: Sequence[float], rate: float) -> tuple[Node, ...]:
    """Test the leaves of a tree from the top down; nodes come back parents first, children in the order given.

    Raises:
        UsageError: paths of different lengths or twice, or a p-value outside 0..1.
    """
    if len({len(path) for path in paths}) > 1 or len(set(paths)) != len(paths) or len(paths) != len(p_values):
        message = (
            f"expected leaves of one depth, each once, with a p-value each; found {len(paths)} and {len(p_values)}"
        )
        raise UsageError(message)
    leaves = dict(zip(paths, p_values, strict=True))
    return tuple(_below((), leaves, rate)) if leaves else ()


def _below(parent: Path, leaves: dict[Path, float], level: float | None) -> list[Node]:
    depth = len(parent)
    children = list(dict.fromkeys(path[: depth + 1] for path in leaves))
    inside = [{path: p for path, p in leaves.items() if path[: depth + 1] == child} for child in children]
    chances = [_chance(child, part) for child, part in zip(children, inside, strict=True)]
    if level is None:
        stands = [False] * len(children)
    else:
        stands = benjamini_yekutieli("/".join(parent), chances, level).discovered.tolist()
    handed = None if level is None else level * sum(stands) / len(children)
    found = []
    for child, part, chance, stand in zip(children, inside, chances, stands, strict=True):
        found.append(Node(path=child, p_value=settle(chance), level=level, discovered=stand))
        if part.keys() != {child}:
            found += _below(child, part, handed if stand else None)
    return found


def _chance(node: Path, leaves: dict[Path, float]) -> float:
    """The p-value that nothing at or below the node differs."""
    if leaves.keys() == {node}:
        return leaves[node]
    depth = len(node)
    children = dict.fromkeys(path[: depth + 1] for path in leaves)
    chances = sorted(
        _chance(child, {path: p for path, p in leaves.items() if path[: depth + 1] == child}) for child in children
    )
    count = len(chances)
    factor = count * sum(1.0 / rank for rank in range(1, count + 1))
    return min(1.0, *(p * factor / rank for rank, p in enumerate(chances, start=1)))
