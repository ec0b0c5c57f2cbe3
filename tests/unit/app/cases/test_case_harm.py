"""Harm is counted from the same fills whether a few orders are measured alone or with all others of their days."""

from pathlib import Path

from measured_desk import measured_workspace
from routeproof.app.cases.case_harm import _fills
from routeproof.app.context import open_context


def test_orders_measured_alone_have_the_fills_of_whole_days(tmp_path: Path) -> None:
    """Three orders on two days; one that the lake does not know adds nothing."""
    root = measured_workspace(tmp_path / "w", tmp_path / "files")
    with open_context(root) as context:
        manifest = context.lake.manifest().id
        known = context.lake.read("parent_orders", columns=["order_id"])["order_id"].to_list()
        orders = [*known, "nobody's"]
        alone = sorted(map(repr, _fills(context, manifest, orders, few=len(orders))))
        assert alone == sorted(map(repr, _fills(context, manifest, orders, few=0)))
        assert len(alone) == context.lake.read("executions").height
