"""Orders on sessions, and the canonical rows of parent orders, their versions and routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix.fold import words
from routeproof.sources.fix.fold.history import OPENING, received_at
from routeproof.sources.fix.fold.lookup import content_ids, roots
from routeproof.sources.fix.fold.narrow import attach, beside, take
from routeproof.tables.session_clock import day_of
from routeproof.tables.wide import kept
from routeproof.vocab.words import LASTING

if TYPE_CHECKING:
    from datetime import date

_SOURCE = ("source_id", "source_row")


def order_chains(
    nodes: pl.DataFrame, reports: pl.DataFrame, firm_id: str, customer_days: frozenset[date] = frozenset()
) -> pl.DataFrame:
    """One row per order on a session: identity, terms, whether it is a parent order, whether anything was reported.

    `customer_days` are days on which a customer's order that is not among these was received.
    """
    first = nodes.filter(pl.col("node") == pl.col("chain")).with_columns(
        pl.coalesce(pl.when(pl.col("msg_type") == "G").then("orig_cl_ord_id"), "cl_ord_id").alias("cl_ord_id"),
        received_at().alias("received_at"),
        words.symbol().alias("symbol"),
        words.side().alias("side"),
        words.limit_price().alias("limit_price"),
        pl.col("order_qty").alias("quantity"),
    ).with_columns(day_of(pl.col("received_at")).alias("received_on"))  # fmt: skip
    made = content_ids(first, pl.lit(firm_id), "received_on", "from_party", "to_party", "cl_ord_id")
    return first.with_columns(
        made.alias("chain_id"), _is_parent(first, customer_days), *_reported(first["chain"], reports)
    )


def _reported(chains: pl.Series, reports: pl.DataFrame) -> list[pl.Series]:
    """`reported`, `filled` and `acknowledged_at` (first acceptance) of chains, from reports in canonical order."""
    names = ("chain", "action", "transact_at", "sent_at")
    told = kept(reports.select("msg_type", *names), (pl.col("msg_type") == "8") & pl.col("chain").is_not_null())
    of = told["chain"].to_numpy()
    own = chains.to_numpy()
    size = max(int(of.max(initial=0)), int(own.max(initial=0))) + 1
    reported, filled, accepted = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool), np.full(size, -1)
    reported[of] = True
    filled[of[(told["action"] == "fill").fill_null(value=False).to_numpy()]] = True
    rows = (told["action"] == "ack").arg_true().reverse().to_numpy()
    accepted[of[rows]] = rows  # the last assignment stands, which is the first acceptance
    at = told.select(pl.coalesce("transact_at", "sent_at").alias("acknowledged_at"))
    return [pl.Series("reported", reported[own]), pl.Series("filled", filled[own]),
            take(at, accepted[own]).to_series()]  # fmt: skip


def _is_parent(chains: pl.DataFrame, others: frozenset[date]) -> pl.Expr:
    """Orders of customers; of the firm on days without customer sessions, whatever other days are folded with them."""
    with_customers = [*chains["received_on"].filter(chains["hop"] == 0).unique(), *others]
    alone = (pl.col("hop") == 1) & ~pl.col("received_on").is_in(with_customers)
    return ((pl.col("hop") == 0) | alone).alias("is_parent")


def identifiers(nodes: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """`chain, tag, id`: every identifier that requests and reports of a chain carry."""
    requested = (
        "cl_ord_id",
        "orig_cl_ord_id",
        "secondary_cl_ord_id",
        "cl_ord_link_id",
        "provider_order_id",
        "secondary_order_id",
    )
    told = ("provider_order_id", "secondary_order_id", "secondary_cl_ord_id", "cl_ord_link_id")
    asked = [
        nodes.select("chain", pl.lit(name.removeprefix("orig_")).alias("tag"), pl.col(name).alias("id"))
        for name in requested
    ]
    answered = [reports.select("chain", pl.lit(name).alias("tag"), pl.col(name).alias("id")) for name in told]
    return pl.concat([frame.drop_nulls() for frame in (*asked, *answered)]).unique(maintain_order=True)


def with_other_provider(chains: pl.DataFrame) -> pl.DataFrame:
    """Chains with `provider_id` of those that went to another provider than their order's first, else null.

    `parent_orders` has one provider, the first; what went to another says so itself, at every hop below too.
    """
    routed = chains.filter(pl.col("hop") == 1).select(
        "chain", pl.col("to_party").alias("provider_id"), pl.coalesce("parent", "chain").alias("above")
    )
    if routed["provider_id"].n_unique() <= 1:
        return chains.with_columns(pl.lit(None, dtype=pl.String).alias("provider_id"))
    elsewhere = routed.filter(pl.col("provider_id") != pl.col("provider_id").first().over("above")).drop("above")
    return chains.with_columns(attach(_first_route(chains).to_frame(), elsewhere, "chain")["provider_id"])


def _first_route(chains: pl.DataFrame) -> pl.Series:
    """`chain` at hop 1 that each chain comes down from; its own where it comes from none."""
    places = chains.select(pl.col("chain").alias("parent"), pl.int_range(pl.len()).alias("place"))
    within = pl.when(pl.col("hop") > 1).then("place").fill_null(-1).alias("place")
    above = attach(chains.select("hop", "parent"), places, "parent").select(within).to_series()
    return chains["chain"].gather(pl.Series(roots(above.to_numpy())))


def parent_orders(chains: pl.DataFrame, events: pl.DataFrame, provider_id: str) -> pl.DataFrame:
    """Canonical parent orders of the chains with `is_parent`."""
    refused = kept(events, pl.col("event") == "reject").unique("chain", keep="first", maintain_order=True).select(
        "chain", pl.lit(True).alias("refused"), pl.col("reason").alias("refused_reason")
    )  # fmt: skip
    rows, provider = attach(kept(chains, pl.col("is_parent")), refused, "chain"), pl.lit(provider_id)
    if not provider_id:
        below = chains.filter(pl.col("hop") == 1).select(
            pl.coalesce("parent", "chain").alias("chain"), pl.col("to_party").alias("below_party")
        ).unique("chain", keep="first", maintain_order=True)  # fmt: skip
        rows, provider = attach(rows, below, "chain"), pl.col("below_party").fill_null("")
    return rows.select(
        pl.col("chain_id").alias("order_id"),
        pl.col("account").alias("account_id"),
        provider.alias("provider_id"),
        "symbol",
        "side",
        words.held().alias("held"),
        words.directed().alias("directed"),
        "received_at",
        pl.col("refused").fill_null(value=False),
        "refused_reason",
        pl.col("received_on").alias("trading_day"),
        pl.col("seq").alias("sequence"),
        *_SOURCE,
    )


def order_versions(chains: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Canonical version rows of the chains with `is_parent`."""
    parents = chains.filter("is_parent").select("chain", pl.col("chain_id").alias("order_id"), "hop")
    # An order's own terms end an unfilled immediate order; nobody asked for it, so it is no customer's cancel.
    below = pl.when(pl.col("hop") == 0).then(pl.lit("firm")).otherwise(pl.lit("provider"))
    asker = pl.when(pl.col("cancel") == "asked").then(pl.lit("customer")).otherwise(below)
    by = pl.when(pl.col("event") == "cancel").then(asker).when(pl.col("event") == "replace").then(
        pl.when(pl.col("unasked").fill_null(value=False)).then(below).otherwise(pl.lit("customer"))
    ).otherwise(pl.lit(""))  # fmt: skip
    told = attach(kept(events, ~pl.col("event").is_in(["fill", "ack"])), parents, "chain")
    return kept(told, pl.col("order_id").is_not_null()).select(
        "order_id",
        "version",
        "effective_at",
        "event",
        "quantity",
        "leaves",
        "order_type",
        "limit_price",
        "stop_price",
        "time_in_force",
        "instructions",
        by.alias("requested_by"),
        day_of(pl.col("effective_at")).alias("trading_day"),
        pl.col("seq").alias("sequence"),
        *_SOURCE,
    )


def routes(
    chains: pl.DataFrame, events: pl.DataFrame, nodes: pl.DataFrame, served: pl.DataFrame, parties: frozenset[str]
) -> pl.DataFrame:
    """Canonical routes with `chain`, own `chain_version`, and `above`, that of the chain above.

    One row per instruction sent onward; an accepted replace is a new one. A replaced route ends when the replace was
    answered, with what was then unfilled as its cancelled quantity; the new route's quantity is what was left to do.
    `version` is the parent order's version that it serves, by `serving`. `venue` is the receiver where it is a declared
    or last venue, else field 100 beyond the first hop: what the firm tells a provider there is a wish, and the
    provider's clock is not the venue's. What only copies tell of has no row: nobody knows when it was sent.
    """
    sent = kept(_sent_onward(chains, events, nodes), pl.col("asked_at").is_not_null())
    rows = beside(sent, served.drop("until", "top", "order_at"), ["chain", "version"])
    made = content_ids(rows, pl.lit("route"), "chain_id", "version")
    is_venue = pl.col("to_party").is_in(list(parties)) | (~pl.col("has_below") & (pl.col("hop") > 1))
    return rows.select(
        made.alias("route_id"),
        "order_id",
        pl.when("is_parent").then("version").otherwise("order_version").alias("version"),
        "provider_id",
        "hop",
        "from_party",
        "to_party",
        pl.when(is_venue).then("to_party").when(pl.col("hop") > 1).then("ex_destination").alias("venue"),
        "symbol",
        "side",
        pl.col("asked_at").alias("sent_at"),
        pl.when(pl.col("event") == "new").then("acknowledged_at").otherwise("answered_at").alias("acknowledged_at"),
        "rejected_at",
        "reject_reason",
        pl.max_horizontal(pl.col("order_quantity") - pl.col("done"), pl.lit(0)).alias("quantity"),
        "order_type",
        "limit_price",
        "time_in_force",
        "iso",
        pl.col("target_strategy").alias("strategy"),
        pl.coalesce("ended_at", "replaced_at").alias("cancelled_at"),
        pl.coalesce("ended_quantity", "unfilled").alias("cancelled_quantity"),
        day_of(pl.col("asked_at")).alias("trading_day"),
        pl.col("seq").alias("sequence"),
        *_SOURCE,
        "chain",
        pl.col("version").alias("chain_version"),
        "parent",
        "above",
    )


def _sent_onward(chains: pl.DataFrame, events: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Instructions sent onward, each with how it ended."""
    onward = chains["chain"].filter(chains["hop"] > 0)
    opened = kept(events, pl.col("event").is_in(OPENING) & pl.col("chain").is_in(onward.implode()))
    goes_on = (pl.col("event") == "done") & pl.col("time_in_force").is_in(LASTING)
    told = events.select("chain", "version", "event", "time_in_force", "effective_at", "quantity", "reason")
    ends = (
        kept(told, pl.col("event").is_in(["cancel", "expire", "done"]) & ~goes_on)
        .unique(["chain", "version"], keep="first", maintain_order=True)
        .select(
            "chain", "version", pl.col("effective_at").alias("ended_at"), pl.col("quantity").alias("ended_quantity")
        )
    )
    refusals = (
        kept(told, pl.col("event") == "reject")
        .unique("chain", keep="first", maintain_order=True)
        .select(
            "chain", "version", pl.col("effective_at").alias("rejected_at"), pl.col("reason").alias("reject_reason")
        )
    )
    carried = ("chain", "hop", "provider_id", "from_party", "to_party", "symbol", "side", "acknowledged_at", "chain_id",
               "order_id", "parent", "is_parent", "has_below")  # fmt: skip
    request = nodes.select("node", words.iso().alias("iso"), "ex_destination", "target_strategy")
    following = pl.col("chain").shift(-1) == pl.col("chain")
    done = pl.when(pl.col("event") == "replace").then("cum").otherwise(0)
    replaced_at = pl.when(following).then(pl.col("answered_at").shift(-1).fill_null(pl.col("order_at").shift(-1)))
    unfilled = pl.when(following).then(pl.max_horizontal(pl.col("order_quantity") - done.shift(-1), pl.lit(0)))
    rows = opened.with_columns(replaced_at.alias("replaced_at"), unfilled.alias("unfilled"), done.alias("done"))
    for table in (ends, refusals):
        rows = beside(rows, table, ["chain", "version"])
    return attach(attach(rows, chains.select(carried), "chain"), request, "node")
