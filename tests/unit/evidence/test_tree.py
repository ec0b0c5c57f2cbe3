"""The tree of verdicts: published and hand-worked examples, and an own slow version from the definitions."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.evidence.multiple import benjamini_yekutieli
from routeproof.evidence.tree import hierarchical
from routeproof.vocab.errors import UsageError

# Fifteen p-values of Benjamini and Hochberg 1995, JRSS B 57(1), section 4 (thrombolysis); at 5 % Benjamini-Hochberg
# stands by four of them, Bonferroni by three.
THROMBOLYSIS = (
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
)  # fmt: skip


def test_the_published_example_under_any_dependence() -> None:
    """Benjamini-Yekutieli divides by 1 + 1/2 + ... + 1/15 = 3.318229: thresholds 0.001005 i, of which three hold."""
    family = benjamini_yekutieli("thrombolysis", THROMBOLYSIS, 0.05)
    assert family.discovered.tolist() == [True] * 3 + [False] * 12
    harmonic = sum(1.0 / rank for rank in range(1, 16))
    assert harmonic == pytest.approx(3.318229, abs=1e-6)
    # 0.0019 x 15 x 3.318229 / 3 = 0.031523; 0.0095 x 15 x 3.318229 / 4 = 0.118212
    assert family.adjusted[2:4] == pytest.approx([0.031523, 0.118212], abs=1e-6)


def test_a_tree_by_hand() -> None:
    """Two branches of two. a: min(2 x 1.5 x .001, 2 x 1.5 x .4 / 2) = .003; b: min(3 x .2, 1.5 x .9) = .6.

    Root at 5 %: .003 <= .05 / (2 x 1.5), b is not: a stands. Half of the branches stand, so a's leaves are tested at
    2.5 %: .001 <= .025 / 3 stands, .4 does not. Nobody looks into b.
    """
    paths = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]
    nodes = {node.path: node for node in hierarchical(paths, [0.001, 0.4, 0.2, 0.9], 0.05)}
    assert (nodes["a",].p_value, nodes["b",].p_value) == (0.003, 0.6)
    assert {path for path, node in nodes.items() if node.discovered} == {("a",), ("a", "x")}
    assert nodes["a", "x"].level == 0.025
    assert nodes["b", "x"].level is None


def slow(paths: list[tuple[str, ...]], chances: list[float], rate: float) -> set[tuple[str, ...]]:
    """Level by level, from the definition of step-up, without recursion."""
    depth = len(paths[0])
    value = dict(zip(paths, chances, strict=True))
    for level in range(depth - 1, 0, -1):
        for node in {path[:level] for path in paths}:
            below = sorted(value[child] for child in {path[: level + 1] for path in paths} if child[:level] == node)
            harmonic = sum(1 / rank for rank in range(1, len(below) + 1))
            value[node] = min(1.0, *(p * len(below) * harmonic / rank for rank, p in enumerate(below, 1)))
    found: set[tuple[str, ...]] = set()
    levels = {(): rate}
    for level in range(depth):
        for node in [one for one in levels if len(one) == level]:
            children = sorted({path[: level + 1] for path in paths if path[:level] == node})
            harmonic = sum(1 / rank for rank in range(1, len(children) + 1))
            passing = [
                rank
                for rank, child in enumerate(sorted(children, key=lambda one: value[one]), 1)
                if value[child] * len(children) * harmonic / rank <= levels[node]
            ]
            standing = sorted(children, key=lambda one: value[one])[: max(passing, default=0)]
            found |= set(standing)
            levels |= {child: levels[node] * len(standing) / len(children) for child in standing}
    return found


@examples(20)
@given(seed=st.integers(0, 2**32 - 1))
def test_any_tree_is_what_the_definition_says(seed: int) -> None:
    """Three levels with as many children as it happens; a leaf stands only below nodes that stand."""
    rng = np.random.default_rng(seed)
    paths = [
        (f"{one}", f"{two}", f"{three}")
        for one in range(rng.integers(1, 4))
        for two in range(rng.integers(1, 4))
        for three in range(rng.integers(1, 5))
    ]
    chances = [float(one) for one in rng.uniform(size=len(paths)) ** 6]
    nodes = hierarchical(paths, chances, 0.1)
    standing = {node.path for node in nodes if node.discovered}
    assert standing == slow(paths, chances, 0.1)
    assert all(path[:-1] in standing for path in standing if len(path) > 1)
    assert {node.path for node in nodes if len(node.path) == 3} == set(paths)
    assert all(len(one.path) <= len(two.path) or one.path[0] <= two.path[0] for one, two in pairwise(nodes))


def test_what_is_no_tree_is_refused() -> None:
    """Leaves at two depths; a leaf twice."""
    for paths in ([("a",), ("a", "b")], [("a",), ("a",)]):
        with pytest.raises(UsageError, match="leaves of one depth"):
            hierarchical(paths, [0.1, 0.2], 0.05)
    assert hierarchical([], [], 0.05) == ()
