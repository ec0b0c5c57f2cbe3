"""Which order a routed order came from: exact, declared, by tag, by attributes if unique both ways; else unlinked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.fix.fold.lookup import meant

if TYPE_CHECKING:
    from routeproof.sources.fix.fold.parties import Parties

ATTRIBUTE_WINDOW_NS = 1_000_000_000
"""How long after its parent a route may be sent and still be linked by attributes alone."""

_KEYS = ["joint", "symbol", "side", "id"]
NO_LINKS = pl.DataFrame(schema={"chain": pl.Int64, "parent": pl.Int64, "method": pl.String})

_TAGS = {
    "secondary_cl_ord_id": ("tag:526", ("cl_ord_id", "provider_order_id", "secondary_cl_ord_id")),
    "cl_ord_link_id": ("tag:583", ("cl_ord_id", "cl_ord_link_id", "provider_order_id")),
    "secondary_order_id": ("tag:198", ("cl_ord_id", "provider_order_id", "secondary_order_id")),
    "provider_order_id": ("tag:37", ("secondary_order_id",)),
    "cl_ord_id": ("tag:198", ("secondary_order_id", "secondary_cl_ord_id")),
}


def link_chains(chains: pl.DataFrame, identifiers: pl.DataFrame, fills: pl.DataFrame, parties: Parties) -> pl.DataFrame:
    """`chain, parent, method` for every chain that should have a parent.

    Args:
        chains: one row per order on a session: `chain, hop, from_party, to_party, cl_ord_id, symbol, side, quantity,
            limit_price, at, is_parent`.
        identifiers: `chain, tag, id`: every identifier that a chain's requests and reports carry, by column name.
        fills: `families`.
        parties: declared parties.
    """
    firm = list(parties.firm)
    joint = [
        pl.when(pl.col("from_party").is_in(firm)).then(pl.lit("\0firm")).otherwise("from_party").alias("joint"),
        pl.when(pl.col("to_party").is_in(firm)).then(pl.lit("\0firm")).otherwise("to_party").alias("joint_below"),
    ]
    known = chains.with_columns(joint)
    above = known.select("chain", pl.col("joint_below").alias("joint"), "symbol", "side", "at").join(
        identifiers, on="chain", how="inner"
    )
    below = known.filter(~pl.col("is_parent"))
    asking = below.select("chain", "joint", "symbol", "side", "at", "cl_ord_id")
    steps = [_step(asking, asking.select("chain", pl.col("cl_ord_id").alias("id")), above, ("cl_ord_id",), "exact")]
    if parties.parent:
        declared = asking.select("chain", pl.col("cl_ord_id").str.extract(parties.parent, 1).alias("id"))
        steps.append(_step(asking, declared, above, ("cl_ord_id", "provider_order_id"), "declared"))
    for tag, (method, targets) in _TAGS.items():
        named = identifiers.filter(pl.col("tag") == tag).select("chain", "id")
        steps.append(_step(asking, named, above, targets, method))
    steps += _fill_steps(asking, known, fills)
    found = pl.concat(steps).unique("chain", keep="first", maintain_order=True)
    left = below.join(found, on="chain", how="anti")
    found = pl.concat([found, _by_attributes(left, known, parties.uncertainty_ns)])
    unfound = below.join(found.filter(pl.col("parent").is_not_null()), on="chain", how="anti")
    by_fill = _by_fill_terms(unfound, known, fills)
    found = pl.concat([found.join(by_fill, on="chain", how="anti"), by_fill])
    return (
        asking.select("chain")
        .join(found, on="chain", how="left", maintain_order="left")
        .with_columns(pl.col("method").fill_null("unlinked"))
    )


def _step(
    asking: pl.DataFrame, named: pl.DataFrame, above: pl.DataFrame, targets: tuple[str, ...], method: str
) -> pl.DataFrame:
    """Links by one identifier; an identifier that two open orders of a day share is ambiguous and links nothing."""
    rows = (
        asking.join(named.drop_nulls().unique(maintain_order=True), on="chain", how="inner")
        .with_row_index("row")
        .select("row", "chain", *_KEYS, "at")
    )
    if rows.is_empty():
        return NO_LINKS
    table = above.filter(pl.col("tag").is_in(targets)).select("chain", *_KEYS, "at").unique(maintain_order=True)
    parent = meant(rows, table.rename({"chain": "parent"}), keys=_KEYS, value="parent")
    day = pl.col("at") // 86_400_000_000_000
    shared = table.with_columns((pl.col("chain").n_unique().over([*_KEYS, day]) > 1).alias("shared")).select(
        pl.col("chain").alias("parent"), *_KEYS, "shared"
    )
    linked = rows.with_columns(parent.alias("parent")).filter(
        pl.col("parent").is_not_null() & (pl.col("parent") != pl.col("chain"))
    ).join(shared, on=["parent", *_KEYS], how="left", maintain_order="left")  # fmt: skip
    several = pl.col("parent").n_unique() > 1
    return (
        linked.group_by("chain", maintain_order=True)
        .agg(pl.col("parent").first(), (several | pl.col("shared").any()).alias("unclear"))
        .select(
            "chain",
            pl.when(~pl.col("unclear")).then("parent").alias("parent"),
            pl.when("unclear").then(pl.lit("ambiguous")).otherwise(pl.lit(method)).alias("method"),
        )
    )


def _fill_steps(asking: pl.DataFrame, known: pl.DataFrame, fills: pl.DataFrame) -> list[pl.DataFrame]:
    """Links by fills that both sides name alike: 527 above = 17 below, 880 on both."""
    own = fills.filter(pl.col("chain").is_not_null()).select("chain", "exec_id", "secondary_exec_id", "trd_match_id")
    steps = []
    for method, below_name, above_name in (
        ("tag:527", "exec_id", "secondary_exec_id"),
        ("tag:880", "trd_match_id", "trd_match_id"),
    ):
        below = asking.join(own.select("chain", pl.col(below_name).alias("id")), on="chain").drop_nulls("id")
        above = known.select(
            pl.col("chain").alias("parent"), pl.col("joint_below").alias("joint"), "symbol", "side"
        ).join(own.select(pl.col("chain").alias("parent"), pl.col(above_name).alias("id")).drop_nulls(), on="parent")
        met = below.join(above, on=_KEYS).filter(pl.col("parent") != pl.col("chain"))
        steps.append(
            met.group_by("chain", maintain_order=True)
            .agg(pl.col("parent").n_unique().alias("n"), pl.col("parent").first())
            .filter(pl.col("n") == 1)
            .select("chain", "parent", pl.lit(method).alias("method"))
        )
    return steps


def _by_attributes(left: pl.DataFrame, known: pl.DataFrame, uncertainty_ns: int) -> pl.DataFrame:
    """Links where symbol, side, quantity, limit and time leave one parent for a child and one child for a parent."""
    same = ["joint", "symbol", "side", "quantity", "limit_price"]
    above = known.select(
        pl.col("chain").alias("parent"),
        pl.col("joint_below").alias("joint"),
        *same[1:],
        pl.col("at").alias("parent_at"),
    )
    pairs = left.join(above, on=same, nulls_equal=True).filter(
        (pl.col("at") >= pl.col("parent_at") - uncertainty_ns)
        & (pl.col("at") <= pl.col("parent_at") + uncertainty_ns + ATTRIBUTE_WINDOW_NS)
        & (pl.col("chain") != pl.col("parent"))
    )
    unique = (pl.len().over("chain") == 1) & (pl.len().over("parent") == 1)
    return (
        pairs.with_columns(unique.alias("unique"))
        .unique("chain", keep="first", maintain_order=True)
        .select(
            "chain",
            pl.when("unique").then("parent").alias("parent"),
            pl.when("unique").then(pl.lit("attributes")).otherwise(pl.lit("ambiguous")).alias("method"),
        )
    )


def _by_fill_terms(left: pl.DataFrame, known: pl.DataFrame, fills: pl.DataFrame) -> pl.DataFrame:
    """Links where a fill below and a fill above have symbol, side, instant, price and shares in common, and no other.

    Both sides state the venue's own instant of the trade (field 60), so no clock uncertainty is allowed for.
    """
    terms = ["joint", "symbol", "side", "executed_at", "first_price", "first_shares"]
    own = fills.filter(pl.col("chain").is_not_null()).select("chain", "fill", *terms[3:])
    below = left.select("chain", *terms[:3]).join(own, on="chain", how="inner").rename({"fill": "below"})
    above = known.select(pl.col("chain").alias("parent"), pl.col("joint_below").alias("joint"), *terms[1:3]).join(
        own.rename({"chain": "parent", "fill": "above"}), on="parent", how="inner"
    )
    met = below.join(above, on=terms).filter(pl.col("parent") != pl.col("chain"))
    sole = met.filter((pl.len().over("below") == 1) & (pl.len().over("above") == 1))
    return (
        sole.group_by("chain", maintain_order=True)
        .agg(pl.col("parent").n_unique().alias("n"), pl.col("parent").first())
        .filter(pl.col("n") == 1)
        .select("chain", "parent", pl.lit("attributes").alias("method"))
    )
