"""The fold: distinct FIX messages to canonical tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix.fold import orders, results
from routeproof.sources.fix.fold.actions import with_action
from routeproof.sources.fix.fold.chains import reports as reports_of
from routeproof.sources.fix.fold.chains import request_nodes
from routeproof.sources.fix.fold.clusters import cluster
from routeproof.sources.fix.fold.fills import families
from routeproof.sources.fix.fold.history import OPENING, history
from routeproof.sources.fix.fold.linking import link_chains
from routeproof.sources.fix.fold.lookup import roots
from routeproof.sources.fix.fold.parties import Parties, declared_parties, with_edges
from routeproof.sources.fix.fold.recoding import declared_values, with_symbols, with_venues
from routeproof.sources.fix.messages import distinct_messages
from routeproof.sources.fix.set_aside import multi_leg
from routeproof.tables.catalog import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDED = ("parent_orders", "order_versions", "routes", "executions", "sightings", "links")


@dataclass(frozen=True, slots=True)
class Folded:
    """Canonical tables of a set of messages.

    Attributes:
        tables: the six tables of `FOLDED`, each in canonical order.
        notes: counts of what did not fit: see `fold_messages`.
    """

    tables: dict[str, pl.DataFrame]
    notes: dict[str, int]


def fold_messages(
    messages: pl.DataFrame, sections: Mapping[str, object] | None = None, *, firm_id: str = "", provider_id: str = ""
) -> Folded:
    """Canonical tables of a set of messages; row order, repetition and file boundaries of the input change nothing.

    Args:
        messages: `FIX_MESSAGES` rows. Complete means: all messages of the days to be folded and all earlier messages of
            orders still open on them (GTC), plus later days' corrections. When messages of day d arrive, fold again the
            days that the new messages fall on together with every day that holds an order, fill or reference they
            name; to
            fold everything is always right.
        sections: the map's `[parties]`, `[link]`, `[clock.*]`, `[values.venue]` and `[values.symbol]`; none for a plain
            firm to provider log.
        firm_id: legal entity, part of every identity.
        provider_id: provider of the orders; empty = the CompID that the firm sent them to.

    Returns:
        Tables, and notes: `multileg_parked, reports_unlinked, requests_refused, busts_of_unseen_fills,
        venue_fills_not_reported, venue_fills_unlinked, client_fills_without_route, drop_copy_fills_not_met,
        links_ambiguous, links_unlinked, quantity_mismatches, unusable_orders`.

    Raises:
        MapError: if the sections are not what they should be.
    """
    parties = declared_parties(sections or {})
    values = declared_values(sections or {})
    placed, parties = with_edges(with_symbols(distinct_messages(messages), values["symbol"]), parties)
    multileg = multi_leg(placed)
    usable = placed.filter(~multileg).with_row_index("m").with_columns(pl.col("m").cast(pl.Int64))
    nodes = request_nodes(usable)
    told = with_action(reports_of(usable, nodes))
    events = history(nodes, told)
    fills, lost = families(_with_copies(usable, told))
    chains = orders.order_chains(nodes, told, firm_id)
    entered = chains.filter(
        pl.col("side").is_not_null() & pl.col("symbol").is_not_null() & pl.col("quantity").is_not_null()
    )
    linkable = entered.with_columns(pl.col("received_at").alias("at"))
    links = link_chains(linkable, orders.identifiers(nodes, told), fills, parties)
    placed_chains = _with_owner(entered, links, events)
    met, unmet = cluster(_with_version(fills, events), links, placed_chains)
    tables = _tables(placed_chains, events, nodes, met, links, parties, firm_id, provider_id)
    methods = links["method"].value_counts().rows()
    notes = {
        "multileg_parked": int(multileg.sum()),
        "reports_unlinked": told.filter((pl.col("node").is_null()) & (pl.col("msg_type") == "8")).height,
        "requests_refused": told.filter(pl.col("action") == "refuse_request").height,
        "busts_of_unseen_fills": lost,
        **unmet,
        "links_ambiguous": dict(methods).get("ambiguous", 0),
        "links_unlinked": dict(methods).get("unlinked", 0),
        "quantity_mismatches": _mismatches(met, told),
        "unusable_orders": chains.height - entered.height,
    }
    return Folded({name: with_venues(frame, values["venue"]) for name, frame in tables.items()}, notes)


def _with_copies(usable: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Execution reports of order sessions and of drop copies; the latter belong to no order until they meet a fill."""
    copies = usable.filter(pl.col("is_copy") & (pl.col("msg_type") == "8")).with_columns(
        pl.lit(None, dtype=pl.String).alias("request"), pl.lit("unlinked").alias("via")
    )
    return pl.concat([told.filter(pl.col("msg_type") == "8"), with_action(copies)], how="diagonal_relaxed").sort("m")


def _with_owner(chains: pl.DataFrame, links: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Chains with `parent` (chain above), `order_id` (of the parent order), `parent_version`, `has_below`."""
    linked = chains.join(links.select("chain", "parent"), on="chain", how="left", maintain_order="left")
    place = {chain: index for index, chain in enumerate(linked["chain"].to_list())}
    above = np.array(
        [place.get(parent, -1) if parent is not None else -1 for parent in linked["parent"].to_list()], dtype=np.int64
    )
    at_top = roots(above)
    owner = linked.with_columns(
        linked["is_parent"].gather(at_top).alias("is_owned"),
        pl.Series("top_id", linked["chain_id"].to_list(), dtype=pl.String).gather(at_top),
    )
    senders = linked["from_party"].unique().to_list()
    opened = events.filter(pl.col("event").is_in(OPENING)).select(
        pl.col("chain").alias("parent"),
        pl.col("version").alias("parent_version"),
        pl.col("effective_at").alias("sent_at"),
    )
    owned = owner.with_columns(
        pl.when("is_owned").then("top_id").alias("order_id"),
        pl.col("to_party").is_in(senders).alias("has_below"),
    )
    return owned.sort("sent_at", maintain_order=True).join_asof(
        opened.sort("sent_at", "parent_version"), on="sent_at", by="parent", check_sortedness=False
    ).with_columns(pl.when(pl.col("parent").is_not_null()).then(pl.col("parent_version").fill_null(1)))  # fmt: skip


def _with_version(fills: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Fills with `chain_version`: in force when the fill was reported, or an earlier one that its ClOrdID names."""
    seen = events.filter(pl.col("event") == "fill").select(
        pl.col("tie").alias("m"), pl.col("version").alias("by_order")
    )
    named = events.filter(pl.col("event").is_in(OPENING)).unique("node", keep="first", maintain_order=True).select(
        "node", pl.col("version").alias("by_name")
    )  # fmt: skip
    old_names = events.filter(pl.col("unasked").fill_null(value=False))["chain"].unique().to_list()
    joined = fills.join(seen.unique("m"), on="m", how="left", maintain_order="left").join(
        named, on="node", how="left", maintain_order="left"
    )
    name = pl.when(pl.col("chain").is_in(old_names).not_()).then("by_name")
    return joined.with_columns(pl.min_horizontal("by_order", name).fill_null(1).alias("chain_version")).drop(
        "by_order", "by_name"
    )


def _tables(
    chains: pl.DataFrame, events: pl.DataFrame, nodes: pl.DataFrame, met: pl.DataFrame, links: pl.DataFrame,
    parties: Parties, firm_id: str, provider_id: str,
) -> dict[str, pl.DataFrame]:  # fmt: skip
    routed = orders.routes(
        chains, events.filter(pl.col("chain").is_in(chains["chain"].to_list())), nodes, parties.venue
    )
    upper = routed.select(
        pl.col("chain").alias("parent"),
        pl.col("chain_version").alias("above"),
        pl.col("route_id").alias("parent_route_id"),
    )
    above = chains.select("chain", pl.col("parent_version").alias("above"))
    routed = routed.join(above, on="chain", how="left", maintain_order="left").join(
        upper, on=["parent", "above"], how="left", maintain_order="left"
    )
    versions = orders.order_versions(chains, events)
    executed = results.with_parent_version(results.executions(met, chains, routed, firm_id), versions)
    made = {
        "parent_orders": orders.parent_orders(chains, events, provider_id),
        "order_versions": versions,
        "routes": routed,
        "executions": executed,
        "sightings": results.sightings(met, executed),
        "links": results.link_rows(routed, executed, links, parties.uncertainty_ns),
    }
    return {
        name: TABLES[name].sort(TABLES[name].conform(frame.with_columns(pl.lit(firm_id).alias("firm_id"))))
        for name, frame in made.items()
    }


def _mismatches(met: pl.DataFrame, told: pl.DataFrame) -> int:
    """Orders whose last stated CumQty is not the sum of their fills that stand."""
    stated = told.filter(pl.col("cum_qty").is_not_null() & pl.col("chain").is_not_null()).group_by("chain").agg(
        pl.col("cum_qty").sort_by("m").last()
    )  # fmt: skip
    standing = (pl.col("status") != "busted") & pl.col("chain").is_not_null() & ~pl.col("is_copy")
    summed = met.filter(standing).group_by("chain").agg(pl.col("shares").sum())
    both = stated.join(summed, on="chain", how="left")
    return both.filter(pl.col("cum_qty") != pl.col("shares").fill_null(0)).height
