"""Some of the messages of a set, those that an order joins among them, to canonical tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.sources.fix.fold import orders, results
from routeproof.sources.fix.fold.actions import with_action
from routeproof.sources.fix.fold.chains import reports as reports_of
from routeproof.sources.fix.fold.chains import request_nodes
from routeproof.sources.fix.fold.clusters import cluster
from routeproof.sources.fix.fold.facts import NO_FACTS, Facts
from routeproof.sources.fix.fold.fills import families
from routeproof.sources.fix.fold.history import OPENING, history
from routeproof.sources.fix.fold.linking import NO_LINKS, link_chains
from routeproof.sources.fix.fold.lookup import roots
from routeproof.sources.fix.fold.misfits import misfits, named
from routeproof.sources.fix.fold.narrow import attach, take
from routeproof.sources.fix.fold.parties import Sessions, with_edges
from routeproof.sources.fix.fold.recoding import with_symbols, with_venues
from routeproof.sources.fix.fold.serving import serving
from routeproof.sources.fix.set_aside import multi_leg
from routeproof.tables.registry import TABLES
from routeproof.tables.wide import kept, slim

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDED = ("parent_orders", "order_versions", "routes", "executions", "sightings", "links")
_IS_ORDER = pl.all_horizontal(pl.col("side", "symbol").is_not_null(), (pl.col("quantity") > 0).fill_null(value=False))


@dataclass(frozen=True, slots=True)
class Reading:
    """How messages are read.

    Attributes:
        sessions: which sessions carry orders, over all messages.
        symbols: a map's symbol codes.
        venues: a map's venue codes.
        firm_id: legal entity, part of every identity.
        provider_id: provider of the orders; empty = the CompID that the firm sent them to.
    """

    sessions: Sessions
    symbols: Mapping[str, str]
    venues: Mapping[str, str]
    firm_id: str
    provider_id: str


@dataclass(frozen=True, slots=True)
class Part:
    """What some of the messages became.

    Attributes:
        tables: the six tables of `FOLDED`, canonical columns, in no order.
        misfits: `FIX_MISFITS` rows: what did not fit, message by message.
        notes: counts that `misfits` does not give.
        facts: what these messages say that orders among others may ask.
        asked: what their orders asked.
    """

    tables: dict[str, pl.DataFrame]
    misfits: pl.DataFrame
    notes: dict[str, int]
    facts: Facts
    asked: Facts


def fold_part(messages: pl.DataFrame, reading: Reading, given: Facts = NO_FACTS) -> Part:
    """Canonical tables of messages.

    Args:
        messages: distinct messages in canonical order. With a message there are all those that an identifier, or on
            logs of several hops the symbol, joins to it: see `buckets`.
        reading: how to read them.
        given: facts that other parts hold.
    """
    usable, parked = _usable(messages, reading)
    parties = reading.sessions.parties
    nodes = request_nodes(usable)
    told = with_action(reports_of(usable, nodes))
    fills, lost = families(_with_copies(usable, told))
    del usable  # what is large goes as soon as nothing asks for it
    events = history(nodes, told, given.told)
    chains = orders.order_chains(nodes, told, reading.firm_id, given.customer_days)
    entered = kept(chains, _IS_ORDER)
    links = NO_LINKS
    if not entered["is_parent"].all():
        linkable = entered.with_columns(pl.col("received_at").alias("at"))
        links = link_chains(linkable, orders.identifiers(nodes, told), fills, parties)
    stated = told.select("chain", "cum_qty")
    unlinked = named(kept(told, pl.col("node").is_null() & (pl.col("msg_type") == "8")))
    refused = (told["action"] == "refuse_request").sum()
    sessions_told, sessions_asked = _sessions_told(nodes, told)
    del told
    placed = _with_owner(entered, links, reading.sessions.senders)
    if not reading.provider_id:
        placed = orders.with_other_provider(placed)
    versioned = _with_version(fills, events)
    del fills
    events = kept(events, pl.col("event") != "fill")
    met, unmet = cluster(versioned, links, placed, given.reported_days)
    facts, asked = _facts(chains, placed, versioned)
    facts, asked = replace(facts, told=sessions_told), replace(asked, told=sessions_asked)
    del versioned
    unmet["quantity_mismatches"] = _mismatches(met, stated, chains)
    first_hop = (pl.col("hop") == 1) & pl.col("provider_id").is_not_null()
    unmet["routes_to_other_providers"] = kept(placed, first_hop).drop("order_id")
    unmet = {reason: _with_order(frame, placed) for reason, frame in unmet.items() if frame.height}
    alone = {"reports_unlinked": unlinked, "busts_of_unseen_fills": lost, "unusable_orders": kept(chains, ~_IS_ORDER)}
    unfit = misfits({**alone, **unmet}, reading.firm_id)
    methods = dict(links["method"].value_counts().rows())
    notes = {
        "multileg_parked": parked,
        "requests_refused": refused,
        "links_ambiguous": methods.get("ambiguous", 0),
        "links_unlinked": methods.get("unlinked", 0),
    }
    tables = _tables(placed, events, nodes, met, links, reading)
    recoded = {name: with_venues(frame, reading.venues) for name, frame in tables.items()}
    return Part(recoded, unfit, notes, facts, asked)


def _usable(messages: pl.DataFrame, reading: Reading) -> tuple[pl.DataFrame, int]:
    """Messages on their sessions, numbered `m` in canonical order; and how many are of several legs."""
    placed = with_edges(with_symbols(slim(messages), reading.symbols), reading.sessions)
    usable = kept(placed, ~multi_leg(placed))
    return usable.with_row_index("m").with_columns(pl.col("m").cast(pl.Int64)), placed.height - usable.height


def _sessions_told(nodes: pl.DataFrame, told: pl.DataFrame) -> tuple[frozenset[Any], frozenset[Any]]:
    """Sessions and days that reported on an order; and those of replaces that nothing was reported on."""
    session = ("from_party", "to_party", "trading_day")
    linked = kept(told.select("chain", "node", *session), pl.col("chain").is_not_null())
    reported = frozenset(linked.select(session).unique().rows())
    if not (nodes["msg_type"] == "G").any():
        return reported, frozenset()
    asked = nodes.select("node", "msg_type", *session).filter(pl.col("msg_type") == "G")
    silent = asked.join(linked.select("node"), on="node", how="anti")
    return reported, frozenset(silent.select(session).unique().rows())


def _facts(chains: pl.DataFrame, placed: pl.DataFrame, fills: pl.DataFrame) -> tuple[Facts, Facts]:
    """What these orders say to others, and what they ask of others, but for `told`."""

    def values(frame: pl.DataFrame, name: str, predicate: pl.Expr) -> frozenset[Any]:
        return frozenset(frame.select(pl.col(name).filter(predicate).unique()).to_series()) - {None}

    near, deep = pl.col("hop") <= 1, pl.col("hop") > 1
    said = Facts(
        customer_days=values(chains, "received_on", pl.col("hop") == 0),
        reported_days=values(placed, "received_on", pl.col("reported") & near) | values(fills, "trading_day", near),
    )
    asked = Facts(
        customer_days=values(chains, "received_on", pl.col("hop") == 1),
        reported_days=values(fills, "trading_day", deep),
    )
    return said, asked


def _with_copies(usable: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Execution reports of order sessions and of drop copies; the latter belong to no order until they meet a fill."""
    reports = kept(told, pl.col("msg_type") == "8")
    copies = usable.filter(pl.col("is_copy") & (pl.col("msg_type") == "8"))
    if copies.is_empty():
        return reports
    unlinked = copies.with_columns(pl.lit(None, dtype=pl.String).alias("request"), pl.lit("unlinked").alias("via"))
    return pl.concat([reports, with_action(unlinked)], how="diagonal_relaxed").sort("m")


def _with_owner(chains: pl.DataFrame, links: pl.DataFrame, senders: frozenset[str]) -> pl.DataFrame:
    """Chains by time, with `parent` (chain above), `order_id` (of the parent), `has_below`; `provider_id` null."""
    linked = attach(chains, links.select("chain", "parent"), "chain")
    top = linked.select(pl.col("is_parent").alias("is_owned"), pl.col("chain_id").alias("top_id"))
    if links.height:
        places = linked.select(pl.col("chain").alias("parent"), pl.int_range(pl.len()).alias("place"))
        above = attach(linked.select("parent"), places, "parent")["place"].fill_null(-1).to_numpy()
        top = take(top, roots(above))
    owned = linked.with_columns(
        *top,
        pl.when(top["is_owned"]).then(top["top_id"]).alias("order_id"),
        pl.col("to_party").is_in(list(senders)).alias("has_below"),
        pl.lit(None, dtype=pl.String).alias("provider_id"),
    )
    return owned if owned["sent_at"].is_sorted() else owned.sort("sent_at", maintain_order=True)


def _with_version(fills: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Fills with `chain_version`: in force when the fill was reported, or an earlier one that its ClOrdID names."""
    told = events.select("event", "tie", "version", "node")
    seen = told.filter(pl.col("event") == "fill").select(pl.col("tie").alias("m"), pl.col("version").alias("by_order"))
    named = told.filter(pl.col("event").is_in(OPENING)).select("node", pl.col("version").alias("by_name"))
    first = named.unique("node", keep="first", maintain_order=True)
    joined = attach(attach(fills.select("m", "node", "chain"), seen, "m"), first, "node")
    name = pl.col("by_name")
    if events["unasked"].any():
        old_names = events.filter(pl.col("unasked").fill_null(value=False))["chain"].unique()
        name = pl.when(pl.col("chain").is_in(old_names.implode()).not_()).then(name)
    return fills.with_columns(
        joined.select(pl.min_horizontal("by_order", name).fill_null(1).alias("chain_version")).to_series()
    )


def _tables(
    chains: pl.DataFrame, events: pl.DataFrame, nodes: pl.DataFrame, met: pl.DataFrame, links: pl.DataFrame,
    reading: Reading,
) -> dict[str, pl.DataFrame]:  # fmt: skip
    known = attach(events.select("chain"), chains.select("chain", pl.lit(value=True).alias("known")), "chain")["known"]
    events, parties = kept(events, known), reading.sessions.parties
    served = serving(chains, events, nodes, parties.parent)
    routed = orders.routes(chains, events, nodes, served, parties.venue)
    if routed["parent"].null_count() == routed.height:
        routed = routed.with_columns(pl.lit(None, dtype=pl.String).alias("parent_route_id"))
    else:
        upper = routed.select(
            pl.col("chain").alias("parent"),
            pl.col("chain_version").alias("above"),
            pl.col("route_id").alias("parent_route_id"),
        )
        routed = routed.join(upper, on=["parent", "above"], how="left", maintain_order="left")
    versions = orders.order_versions(chains, events)
    executed = results.executions(met, chains, routed, served, reading.firm_id)
    made = {
        "parent_orders": orders.parent_orders(chains, events, reading.provider_id),
        "order_versions": versions,
        "routes": routed,
        "executions": executed,
        "sightings": results.sightings(met, executed),
        "links": results.link_rows(routed, executed, links, parties.uncertainty_ns),
    }
    del routed, versions, executed
    firm = pl.lit(reading.firm_id).alias("firm_id")
    return {name: TABLES[name].conform(made.pop(name).with_columns(firm)) for name in FOLDED}


def _with_order(rows: pl.DataFrame, chains: pl.DataFrame) -> pl.DataFrame:
    """Fills or chains with the `order_id` of the parent order that their chain belongs to."""
    return attach(rows, chains.select("chain", "order_id"), "chain")


def _mismatches(met: pl.DataFrame, told: pl.DataFrame, orders_on_sessions: pl.DataFrame) -> pl.DataFrame:
    """Orders whose last stated CumQty is not the sum of their fills that stand, with both."""
    said = told.select("chain", "cum_qty").drop_nulls()
    standing = (pl.col("status") != "busted") & pl.col("chain").is_not_null() & ~pl.col("is_copy")
    fills = kept(met.select("chain", "status", "is_copy", "shares"), standing)
    chains, filled = said["chain"].to_numpy(), fills["chain"].to_numpy()
    size = max(int(chains.max(initial=0)), int(filled.max(initial=0))) + 1
    stated, summed = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    stated[chains] = said["cum_qty"].to_numpy()  # reports are in canonical order, so the last one stands
    np.add.at(summed, filled, fills["shares"].fill_null(0).to_numpy())
    compared = np.zeros(size, dtype=bool)
    compared[chains] = True
    wrong = np.flatnonzero(compared & (stated != summed))
    if not wrong.size:
        return orders_on_sessions.clear()
    both = pl.DataFrame({"chain": wrong, "stated_quantity": stated[wrong], "filled_quantity": summed[wrong]})
    return attach(kept(orders_on_sessions, pl.col("chain").is_in(wrong.tolist())), both, "chain")
