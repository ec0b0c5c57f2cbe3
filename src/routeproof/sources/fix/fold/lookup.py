"""Finding the record that an identifier meant at a moment, and following references to their root."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix.fold.narrow import attach
from routeproof.sources.fix.fold.sha256 import hex_digests
from routeproof.tables.row_order import all_differ
from routeproof.tables.wide import kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

CLOCK_SLACK_NS = 2_000_000_000
"""How far a receiver's clock may lag the sender's before a report is taken to speak of an earlier use of an id."""

ID_LENGTH = 20
_IDS_AT_ONCE = 1 << 16
_ONCE = "__once"


def meant(asking: pl.DataFrame, table: pl.DataFrame, *, keys: Sequence[str], value: str) -> pl.Series:
    """For each asking row the `value` of the table row with equal keys that was the latest at that time.

    Args:
        asking: `keys` and `at` (UTC ns), plus `row` counting from 0.
        table: `keys`, `at` and `value`.
        keys: columns that must agree; a null key matches nothing.
        value: column to return.

    Returns:
        (n,) values, null where nothing has the keys. The latest at or before `at` + 2 s; if all are later, the
        earliest.
    """
    wanted = asking.select("row", *keys, (pl.col("at") + CLOCK_SLACK_NS).alias("at")).drop_nulls()
    known = table.select(*keys, "at", value).drop_nulls()
    single, several = _used_once(known, keys)
    found = wanted.join(single.select(*keys, value), on=list(keys), how="left")
    if several.height:
        rest = found.filter(pl.col(value).is_null()).drop(value).sort("at", maintain_order=True)
        before = rest.join_asof(several, on="at", by=list(keys), strategy="backward", check_sortedness=False)
        after = rest.join_asof(several, on="at", by=list(keys), strategy="forward", check_sortedness=False)
        late = before.with_columns(pl.coalesce(pl.col(value), after[value]))
        found = pl.concat([found.filter(pl.col(value).is_not_null()), late.select(found.columns)])
    return attach(asking.select("row"), found.select("row", value), "row")[value]


def _used_once(known: pl.DataFrame, keys: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows whose keys come once, and the others in time order; of rows alike in keys and time the first."""
    if any(all_differ(known.get_column(name)) for name in keys):
        return known, known.clear()
    counted = known.unique([*keys, "at"], keep="first", maintain_order=True).with_columns(
        (pl.len().over(keys) == 1).alias(_ONCE)
    )
    return counted.filter(_ONCE).drop(_ONCE), counted.filter(~pl.col(_ONCE)).drop(_ONCE).sort("at", maintain_order=True)


def roots(parents: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Root of each row along parent references; -1 = no parent. A row on a circle is its own root."""
    own = np.arange(parents.size)
    found = np.where(parents < 0, own, parents)
    for _ in range(64):
        further = found[found]
        if np.array_equal(further, found):
            return found
        found = further
    return np.where(parents[found] < 0, found, own)


def referred(said: pl.DataFrame, *within: Sequence[str]) -> npt.NDArray[np.int64]:
    """The report that each bust or correction speaks of.

    Args:
        said: reports, `action` (fill, correct, bust), `exec_id`, `exec_ref_id`, `at` (UTC ns) and the columns of
            `within`.
        within: columns that must agree too, the narrowest first; what is found there is not looked for further on.

    Returns:
        (n,) row number of the fill or correction with that ExecID; of what names a fill that nobody saw, the first that
        names it; -1 = none.
    """
    names = {column: None for columns in within for column in columns}
    told = said.select(pl.int_range(pl.len()).alias("place"), *names, "action", "exec_id", "exec_ref_id", "at")
    follow = kept(told, pl.col("action") != "fill").drop("exec_id", "action").rename({"exec_ref_id": "id"})
    follow = follow.with_row_index("row")
    target = told.drop("exec_ref_id").rename({"exec_id": "id"})
    originals, corrections = (target.filter(pl.col("action") == action) for action in ("fill", "correct"))
    named = [meant(follow, among, keys=[*columns, "id"], value="place")
             for columns in within for among in (originals, corrections)]  # fmt: skip
    # what names no fill speaks of none, and not of what others that name none speak of
    first = pl.when(pl.col("id").is_not_null()).then(pl.col("place").min().over([*within[-1], "id"]))
    found = follow.select("place", pl.coalesce(*named, first).fill_null(-1).alias("parent"))
    parents = np.full(said.height, -1, dtype=np.int64)
    parents[found["place"].to_numpy()] = found["parent"].to_numpy()
    return np.where(parents == np.arange(parents.size), -1, parents)


def content_ids(frame: pl.DataFrame, *parts: pl.Expr | str) -> pl.Series:
    """First 20 hex digits of SHA-256 over each row's parts; null counts as empty."""
    named = [pl.col(part) if isinstance(part, str) else part for part in parts]
    text = pl.concat_str([part.cast(pl.String).fill_null("") for part in named], separator="\x1f")
    made = [_ids(frame.slice(start, _IDS_AT_ONCE).select(text).to_series())
            for start in range(0, frame.height, _IDS_AT_ONCE)]  # fmt: skip
    return pl.concat([pl.Series([], dtype=pl.String), *made])


def _ids(texts: pl.Series) -> pl.Series:
    content = np.frombuffer(texts.str.join("").cast(pl.Binary).item(), dtype=np.uint8)
    ends = np.cumsum(texts.str.len_bytes().to_numpy(), dtype=np.int64)
    lines = np.full((ends.size, ID_LENGTH + 1), ord("\n"), dtype=np.uint8)
    lines[:, :ID_LENGTH] = hex_digests(content, ends, ID_LENGTH)
    # Splitting one long text is the fastest public way to hand polars many strings.
    return pl.Series([lines.tobytes()[:-1].decode("ascii")]).str.split("\n").explode()
