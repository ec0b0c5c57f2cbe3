"""The library call: measure frames in memory, without a workspace."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.measuring.frame_source import FrameSource
from routeproof.app.measuring.measure_range import Range, measure_range
from routeproof.app.measuring.quote_batches import OutOfOrderError
from routeproof.app.shipped_rules import shipped_rules
from routeproof.metrics.measure import Grouping
from routeproof.metrics.registry import ALL, BY_NAME
from routeproof.sources.map_file import nearest
from routeproof.sources.print_conditions import VENDORS, judged
from routeproof.tables.intake.coerce import coerce
from routeproof.tables.intake.inline_orders import orders_on_executions, plain_orders
from routeproof.tables.registry import TABLES
from routeproof.tables.switches import Switches
from routeproof.vocab.dimensions import DIMENSIONS
from routeproof.vocab.errors import SchemaError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


def measure(
    executions: Any | None,  # noqa: ANN401 - anything with the Arrow C interface
    quotes: Any,  # noqa: ANN401
    orders: Any | None = None,  # noqa: ANN401
    *,
    by: Sequence[str] = (),
    metrics: Sequence[str] = (),
    trades: Any | None = None,  # noqa: ANN401
    routes: Any | None = None,  # noqa: ANN401
    order_versions: Any | None = None,  # noqa: ANN401
    market_status: Any | None = None,  # noqa: ANN401
    auctions: Any | None = None,  # noqa: ANN401
    **switches: Any,  # noqa: ANN401
) -> pl.DataFrame:
    """Execution quality of frames in memory.

    Args:
        executions: canonical `executions` columns; order fields (`order_id, received_at, order_type, limit_price,
            time_in_force, provider_id`, `order_quantity`) may stand inline; `None` if there are only prints.
        quotes: canonical `quotes` columns; those of kind `odd_lot` and `venue` serve best displayed price and fade.
        orders: canonical `parent_orders` columns; order terms (`quantity, order_type, limit_price, time_in_force`) may
            stand inline.
        by: dimensions, see `routeproof.vocab.dimensions`.
        metrics: names of the metrics wanted; all if omitted.
        trades: canonical `trades`, for VWAP and for `population="tape"`; `conditions` without `eligible` are read as
            the consolidated tape's sale conditions.
        routes: canonical `routes`, for the route and venue benchmark points.
        order_versions: canonical `order_versions`, where terms changed.
        market_status: canonical `market_status`: halts and short-sale restrictions, for the flags of those names.
        auctions: canonical `auctions`: official prices, for on-open and on-close orders.
        **switches: fields of `routeproof.tables.switches.Switches`, e.g. `benchmark="execution"`.

    Frames are polars frames or anything with the Arrow C interface. Prices and quantities are decimal text, floats, or
    integers scaled by 1e9; instants are integers of UTC ns or datetimes.

    Returns:
        One row per group: the dimensions, then every metric by its stable name; null where it cannot be computed.

    Raises:
        SchemaError: a column is missing or a value cannot be held exactly.
        UsageError: an unknown dimension or switch.
        RefusedError: a mix of population and benchmark that compares different things.
    """
    if switches.get("population") == "tape":
        switches.setdefault("benchmark", "execution")
    chosen = _switches(switches)
    grouping = grouping_of(by, metrics)
    tables = canonical_flow(executions, orders, order_versions)
    others = {"trades": trades, "routes": routes, "market_status": market_status, "auctions": auctions}
    tables |= {name: _table(name, given) for name, given in others.items() if given is not None}
    source = FrameSource(tables, quotes if isinstance(quotes, pl.LazyFrame) else _frame(quotes))
    try:
        return _measured(source, grouping, chosen)
    except OutOfOrderError:
        return _measured(source.put_in_order(), grouping, chosen)


def _table(name: str, given: Any) -> pl.DataFrame:  # noqa: ANN401
    """Canonical rows; prints that bring conditions and do not say what they are worth are judged as the tape's."""
    frame = _frame(given)
    rows = coerce(frame, TABLES[name], where=name)
    to_judge = name == "trades" and "conditions" in frame.columns and "eligible" not in frame.columns
    return judged(rows, VENDORS[0]) if to_judge else rows


def _measured(source: FrameSource, grouping: Grouping, switches: Switches) -> pl.DataFrame:
    rows = measure_range(source, Range(source.days(), grouping), shipped_rules(), switches)
    source.finish()
    return rows


def grouping_of(by: Sequence[str], metrics: Sequence[str] = ()) -> Grouping:
    """The grouping of dimension names, with the metrics of these names, or all; one name may stand alone.

    Raises:
        UsageError: an unknown or repeated name.
    """
    by, metrics = ([names] if isinstance(names, str) else names for names in (by, metrics))
    for asked, known, what in ((by, DIMENSIONS, "dimension"), (metrics, BY_NAME, "metric")):
        for name in asked:
            if name not in known:
                listed = "`routeproof metrics` lists them" if what == "metric" else f"out of {', '.join(known)}"
                message = f"expected a {what} ({listed}), found {name!r}{nearest(name, known)}"
                raise UsageError(message, where="by" if what == "dimension" else "metrics")
    if len(set(by)) != len(by):
        message = f"expected each dimension once, found {', '.join(by)}"
        raise UsageError(message, where="by")
    return Grouping(tuple(by), tuple(BY_NAME[name] for name in dict.fromkeys(metrics)) or ALL)


def _switches(given: dict[str, Any]) -> Switches:
    try:
        return Switches(**given)
    except TypeError as error:
        message = f"expected switches out of {', '.join(Switches.__slots__)}, found {', '.join(given)}"
        raise UsageError(message, where="switches") from error


def _frame(given: Any) -> pl.DataFrame:  # noqa: ANN401
    if isinstance(given, (str, bytes, PathLike)):
        message = f"expected frames or anything with the Arrow C interface, found {given!r}: pass pl.scan_parquet of it"
        raise SchemaError(message)
    if isinstance(given, pl.LazyFrame):
        return given.collect()
    return given if isinstance(given, pl.DataFrame) else pl.DataFrame(given)


def canonical_flow(given: Any | None, orders: Any | None, versions: Any | None) -> dict[str, pl.DataFrame]:  # noqa: ANN401
    """Canonical `parent_orders`, `order_versions`, `executions` of frames as `measure` takes them."""
    executions = TABLES["executions"].empty() if given is None else _frame(given)
    tables: dict[str, pl.DataFrame] = {}
    if orders is None:
        inline = orders_on_executions(executions)
        if inline is not None:
            order_frame, executions = inline
            tables["parent_orders"], tables["order_versions"] = plain_orders(order_frame, where="executions")
    else:
        tables["parent_orders"], tables["order_versions"] = plain_orders(_frame(orders))
    if versions is not None:
        tables["order_versions"] = coerce(_frame(versions), TABLES["order_versions"], where="order_versions")
    if "execution_id" not in executions.columns:
        ids = pl.format("execution-{}", pl.int_range(1, executions.height + 1))
        executions = executions.with_columns(ids.alias("execution_id"))
    tables["executions"] = coerce(executions, TABLES["executions"], where="executions")
    return tables
