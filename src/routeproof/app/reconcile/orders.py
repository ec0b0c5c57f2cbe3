"""A provider's orders against ours: matched, missing on either side, differing by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.reconcile.differences import (
    DIFFERENCES,
    MISSING_HERE,
    MISSING_THERE,
    SET_ASIDE,
    Field,
    conformed,
    counted,
    direction,
)
from routeproof.app.reconcile.names import reported_names
from routeproof.tables.measured.rows import side_sign
from routeproof.tables.pairing import PAIRS, paired_by_name, paired_by_terms
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.app.reconcile.record import Record
    from routeproof.policy.reconcile import ReconcilePolicy

OF = "order"
_WIDE = pl.Int128()


@dataclass(frozen=True, slots=True)
class Compared:
    """One kind of record, compared.

    Attributes:
        matched: pairs; `missing_at_provider`, `missing_here`: records of one side alone.
        methods: how pairs were found, to their number.
        differing: as `differences.counted`.
        differences: rows of `DIFFERENCES`.
        joined: matched pairs with the columns of both sides (theirs as `their_NAME`).
        lacking: identities of ours that are missing at the provider.
    """

    matched: int
    missing_at_provider: int
    missing_here: int
    methods: dict[str, int]
    differing: list[dict[str, object]]
    differences: pl.DataFrame
    joined: pl.DataFrame
    lacking: pl.Series

    @property
    def set_aside(self) -> int:
        """Differences that are not counted, since our own record of them was changed later."""
        return int((self.differences["what"] == SET_ASIDE).sum())


def compare_orders(reported: pl.DataFrame, record: Record, parent: str, policy: ReconcilePolicy) -> Compared:
    """All reported orders of a period against the record.

    Args:
        reported: canonical `vendor_orders`.
        record: our side.
        parent: how a child's ClOrdID names its parent.
        policy: tolerances.
    """
    theirs = reported.with_row_index("row").with_columns(
        pl.col("row").cast(pl.Int64), direction(pl.col("side")).alias("direction")
    )
    ours = record.orders.with_row_index("row").with_columns(
        pl.col("row").cast(pl.Int64), direction(pl.col("side")).alias("direction")
    )
    names = reported_names(theirs, ["order_id", "client_order_id"], parent)
    pairs = pair_orders(theirs, ours, names, record.order_names, policy.match_window_ms * NS_PER_MS)
    joined = _joined(theirs, ours, pairs, record.fills)
    fields = order_fields(policy)
    differs = [item.rows(joined, OF) for item in fields]
    left = _left(theirs, names, record.order_names, pairs)
    lacking = ours.filter("wanted").join(pairs, left_on="row", right_on="ours", how="anti")
    differences = pl.concat([DIFFERENCES.to_frame(), _lacking(lacking), left, *differs])
    return Compared(
        matched=pairs.height,
        missing_at_provider=lacking.height,
        missing_here=left.filter(pl.col("what") == MISSING_HERE).height,
        methods=dict(pairs["method"].value_counts().sort("method").iter_rows()),
        differing=counted(differences, fields, OF),
        differences=differences,
        joined=joined,
        lacking=lacking["order_id"],
    )


def pair_orders(
    theirs: pl.DataFrame, ours: pl.DataFrame, names: pl.DataFrame, own_names: pl.DataFrame, window_ns: int
) -> pl.DataFrame:
    """Pairs of rows: by name, then, where a name is unknown to us, by symbol, side, shares, limit and time."""
    numbered = own_names.join(ours.select(pl.col("order_id").alias("id"), "row"), on="id", maintain_order="left")
    pairs = paired_by_name(names, numbered, PAIRS.to_frame())
    unknown = theirs.join(_known(names, own_names), on="row", how="anti")
    first = pl.col("quantities").list.first().alias("quantity")
    terms = ["row", "symbol", "direction", "quantity", "limit_price"]
    limit = pl.col("limits").list.first().alias("limit_price")
    left = unknown.select(*terms, pl.col("received_at").alias("at"), day="trading_day")
    right = ours.filter("wanted").with_columns(first, limit)
    right = right.select(*terms, pl.col("received_at").alias("at"), day="trading_day")
    priced = paired_by_terms(left, right, pairs, terms[1:], window_ns)
    return paired_by_terms(left.filter(pl.col("limit_price").is_null()), right, priced, terms[1:-1], window_ns)


def order_fields(policy: ReconcilePolicy) -> list[Field]:
    """What is compared of an order; improvement and average price where both filled as many shares."""
    alike = pl.col("their_filled_quantity") == pl.col("own_filled")
    return [
        Field("symbol", "text", pl.col("symbol")),
        Field("side", "text", pl.col("direction")),
        Field("quantity", "shares", pl.col("quantities").list.last(), policy.quantity_shares, among="quantities"),
        Field("limit_price", "usd", pl.col("limits").list.last(), policy.price_usd, among="limits"),
        Field("received_at", "instant", pl.col("received_at"), policy.time_ms),
        Field("filled_quantity", "shares", pl.col("own_filled"), policy.quantity_shares),
        Field("average_price", "usd", pl.col("own_price"), policy.price_usd, alike & (pl.col("own_filled") > 0)),
        Field("improvement_usd", "usd", pl.col("own_improvement"), policy.improvement_usd, alike),
    ]


def _joined(theirs: pl.DataFrame, ours: pl.DataFrame, pairs: pl.DataFrame, fills: pl.DataFrame) -> pl.DataFrame:
    told = theirs.drop("side").rename({"direction": "side"})
    said = told.select(pl.all().name.prefix("their_"))
    both = pairs.join(said, left_on="theirs", right_on="their_row", maintain_order="left").join(
        ours, left_on="ours", right_on="row", maintain_order="left"
    )
    whole, of_day = _sums(fills, ["order_id"]), _sums(fills, ["order_id", "trading_day"])
    summed = both.join(whole, on="order_id", how="left", maintain_order="left").join(
        of_day, left_on=["order_id", "their_trading_day"], right_on=["order_id", "trading_day"], how="left",
        maintain_order="left", suffix="_day",
    )  # fmt: skip
    # a row may speak of its day or of the order's whole life: what agrees with either, agrees
    daily = pl.col("their_filled_quantity") == pl.col("filled_day").fill_null(0)
    chosen = {name: pl.when(daily).then(f"{name}_day").otherwise(name) for name in ("filled", "price", "improvement")}
    return summed.with_columns(
        chosen["filled"].fill_null(0).alias("own_filled"),
        chosen["price"].alias("own_price"),
        chosen["improvement"].alias("own_improvement"),
        pl.col("amended").fill_null(value=False),
        pl.col("order_id").alias("our_id"),
        pl.coalesce("their_client_order_id", "their_order_id").alias("their_id"),
        pl.col("their_source_id").alias("their_file"),
        pl.col("their_source_row").alias("their_row"),
    )


def _sums(fills: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Keys, `filled` (1e-9 shares), `price` (1e-9 USD as a number), `improvement` (1e-9 USD), `amended`."""
    shares = pl.col("quantity").cast(_WIDE)
    gained = side_sign() * (pl.col("far") - pl.col("price"))
    standing = pl.col("busted").not_()
    return (
        fills.filter(pl.col("order_id").is_not_null())
        .with_columns(paid=shares * pl.col("price").cast(_WIDE), gained=shares * gained.cast(_WIDE))
        .group_by(keys)
        .agg(
            pl.col("quantity").filter(standing).sum().alias("filled"),
            pl.col("paid").filter(standing).sum(),
            pl.when(pl.col("gained").filter(standing).is_null().any())
            .then(None)
            .otherwise(pl.col("gained").filter(standing).sum())
            .alias("gained"),
            pl.col("amended").any(),
        )
        .select(
            *keys,
            "filled",
            (pl.col("paid").cast(pl.Float64) / pl.col("filled").cast(pl.Float64)).alias("price"),
            (pl.col("gained").cast(pl.Float64) / SCALE).alias("improvement"),
            "amended",
        )
    )


def _known(names: pl.DataFrame, own_names: pl.DataFrame) -> pl.DataFrame:
    """Reported rows that carry a name of ours, paired or not."""
    return names.join(own_names, on="name", how="semi").select("row").unique()


def _left(theirs: pl.DataFrame, names: pl.DataFrame, own_names: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Reported rows without a partner; a further day of an order of ours is set aside, it is no further order."""
    lone = theirs.join(pairs, left_on="row", right_on="theirs", how="anti")
    known = pl.col("row").is_in(_known(names, own_names)["row"].implode())
    matched = theirs.join(pairs, left_on="row", right_on="theirs", how="semi")
    key = ["client_order_id", "order_id", "trading_day"]
    repeated = lone.join(matched, on=key, how="semi", nulls_equal=True)["row"].implode()
    further = known & ~pl.col("row").is_in(repeated)
    return conformed(
        lone.select(
            pl.when(further).then(pl.lit(SET_ASIDE)).otherwise(pl.lit(MISSING_HERE)).alias("what"),
            pl.lit(OF).alias("of"),
            "trading_day",
            "symbol",
            pl.coalesce("client_order_id", "order_id").alias("their_id"),
            pl.col("source_id").alias("their_file"),
            pl.col("source_row").alias("their_row"),
            pl.when(further)
            .then(pl.lit("a further day of an order"))
            .when(known)
            .then(pl.lit("named more often than we have it"))
            .otherwise(pl.lit("no order of ours has this name or these terms"))
            .alias("reason"),
        )
    )


def _lacking(lacking: pl.DataFrame) -> pl.DataFrame:
    return conformed(
        lacking.select(
            pl.lit(MISSING_THERE).alias("what"),
            pl.lit(OF).alias("of"),
            "trading_day",
            "symbol",
            pl.col("order_id").alias("our_id"),
            pl.lit("the report names no such order").alias("reason"),
        )
    )
