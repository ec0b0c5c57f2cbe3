"""Who is firm, provider, venue and drop copy, and how far from the firm each session is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.sources.clocks import declared_clocks
from routeproof.sources.fix.fold.narrow import take
from routeproof.vocab.errors import MapError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

DOWNWARD = ("D", "F", "G", "AB", "H")
"""Message types that travel from the customer towards the venue."""

REPORTING = ("8", "9")
"""Message types by which a receiver answers."""

Edge = tuple[str, str, str]
"""`asks` or `answers`, sender, target: that requests, or answers to requests, travel so."""

EDGE_PARTIES = ["from_party", "to_party"]

DEFAULT_UNCERTAINTY_NS = 50_000_000
"""CAT clock tolerance for industry members; used for attribute links where a map declares nothing better."""


@dataclass(frozen=True, slots=True)
class Parties:
    """What a map declares about a FIX log.

    Attributes:
        firm: CompIDs of the firm; empty = inferred: those that send 35=D to a declared provider, else those that get
            none.
        provider: CompIDs of SOR providers.
        venue: CompIDs of venues.
        drop_copy: CompIDs whose sessions only report sightings.
        parent: regular expression whose first group, in a child's ClOrdID, is the parent's; empty = none.
        uncertainty_ns: largest declared clock uncertainty.
    """

    firm: frozenset[str] = frozenset()
    provider: frozenset[str] = frozenset()
    venue: frozenset[str] = frozenset()
    drop_copy: frozenset[str] = frozenset()
    parent: str = ""
    uncertainty_ns: int = DEFAULT_UNCERTAINTY_NS
    inferred: bool = field(default=False)


def declared_parties(sections: Mapping[str, object]) -> Parties:
    """Parties from a map's `[parties]`, `[link]` and `[clock.*]` sections.

    Raises:
        MapError: if a section is not what it should be, or the regular expression has no group.
    """
    parties = _mapping(sections.get("parties", {}), "[parties]")
    for name in parties:
        if name not in ("firm", "provider", "venue", "drop_copy"):
            message = f"expected firm, provider, venue or drop_copy in [parties], found {name!r}"
            raise MapError(message)
    link = _mapping(sections.get("link", {}), "[link]")
    for name in link.keys() - {"parent"}:
        message = f"expected parent in [link], found {name!r}"
        raise MapError(message)
    parent = str(link.get("parent", ""))
    try:
        groups = re.compile(parent).groups
    except re.error as error:
        message = f"expected a regular expression in [link] parent, found {parent!r}: {error}"
        raise MapError(message) from error
    try:
        pl.Series([""]).str.extract(parent, 1)
    except pl.exceptions.ComputeError as error:  # the engine that reads logs knows fewer expressions
        message = f"expected no look-around or back reference in [link] parent, found {parent!r}: {str(error)[:200]}"
        raise MapError(message) from error
    if parent and groups == 0:
        message = f"expected a group around the parent's ClOrdID in [link] parent, found {parent!r}"
        raise MapError(message)
    return Parties(
        firm=_names(parties, "firm"),
        provider=_names(parties, "provider"),
        venue=_names(parties, "venue"),
        drop_copy=_names(parties, "drop_copy"),
        parent=parent,
        uncertainty_ns=max(declared_clocks(sections).values(), default=DEFAULT_UNCERTAINTY_NS),
    )


@dataclass(frozen=True, slots=True)
class Sessions:
    """Which sessions carry orders.

    Attributes:
        parties: declared parties, firm filled in.
        hops: (from_party, to_party), in the direction orders travel, to the distance from the firm.
        echoed: (sender, target) whose requests are copies of those that the target gave to the sender.
    """

    parties: Parties
    hops: Mapping[tuple[str, str], int]
    echoed: frozenset[tuple[str, str]] = frozenset()

    @property
    def senders(self) -> frozenset[str]:
        """Parties that send orders: who receives orders and is none of them is a venue."""
        return frozenset(sender for sender, _ in self.hops)


def carrying(messages: pl.DataFrame, parties: Parties) -> frozenset[Edge]:
    """In which direction requests and answers travel on each session; needs `msg_type, sender, target`."""
    told = messages.select(way(), "sender", "target").filter(pl.col("way").is_not_null() & ~is_copy(parties))
    return frozenset(told.unique().rows())


def way() -> pl.Expr:
    """`way`: `asks`, `answers`, or null, by the message type."""
    kind = pl.col("msg_type")
    asks = pl.when(kind.is_in(["D", "G"])).then(pl.lit("asks"))
    return asks.when(kind.is_in(REPORTING)).then(pl.lit("answers")).alias("way")


def sessions_of(edges: Iterable[Edge], parties: Parties) -> Sessions:
    """How far from the firm each session that carries orders is.

    Requests that come from who also answers, to a party that never answers, are no orders of that side: a drop copy
    tells the orders that the party gave, beside the answers to them.
    """
    told = frozenset(edges)
    asked, answered = ({(one, other) for way, one, other in told if way == name} for name in ("asks", "answers"))
    echoed = frozenset((one, other) for one, other in asked & answered if (other, one) not in answered)
    found = sorted({(other, one) if (one, other) in echoed else (one, other) for one, other in asked})
    firm = parties.firm or _before(found, parties) or _top(found)
    filled = Parties(firm, parties.provider, parties.venue, parties.drop_copy, parties.parent, parties.uncertainty_ns,
                     inferred=not parties.firm)  # fmt: skip
    return Sessions(filled, _hops(found, filled), echoed)


def with_edges(messages: pl.DataFrame, known: Sessions) -> pl.DataFrame:
    """Messages placed on their sessions.

    Added: `from_party, to_party` (in the direction orders travel), their number `edge`, `is_copy`, `hop`: 0 for
    customer to firm, 1 for firm to provider, 2 onward, null for sessions that carry no orders; and `asked_at`: when a
    request was sent, null where only a copy tells of it.
    """
    sessions, edge = _on_sessions(messages, known)
    placed = pl.DataFrame(
        [(at, *session, known.hops.get(session)) for at, session in enumerate(sessions)],
        schema={"edge": pl.UInt32, **dict.fromkeys(EDGE_PARTIES, pl.String), "hop": pl.Int64},
        orient="row",
    )
    asked_at = pl.when(~is_echo(known)).then("sent_at").alias("asked_at")
    return messages.with_columns(is_copy(known.parties).alias("is_copy"), asked_at, *take(placed, edge))


def is_copy(parties: Parties) -> pl.Expr:
    """Whether a message came over a drop copy session."""
    copies = list(parties.drop_copy)
    return (pl.col("sender").is_in(copies) | pl.col("target").is_in(copies)).fill_null(value=False)


def is_echo(known: Sessions) -> pl.Expr:
    """Whether a message is a copy of a request, told by who received it."""
    between = [(pl.col("sender") == one) & (pl.col("target") == other) for one, other in sorted(known.echoed)]
    asks = pl.col("msg_type").is_in(DOWNWARD)
    return (asks & pl.any_horizontal(between)).fill_null(value=False) if between else pl.lit(value=False)


def is_downward(known: Sessions) -> pl.Expr:
    """Whether a message travels as orders do, from the customer towards the venue."""
    return (pl.col("msg_type").is_in(DOWNWARD) & ~is_echo(known)).fill_null(value=False)


def _on_sessions(messages: pl.DataFrame, known: Sessions) -> tuple[list[tuple[Any, Any]], npt.NDArray[np.int64]]:
    """Sessions of messages, `from_party, to_party` in order, null first, and each message's place among them."""
    down = messages.select(is_downward(known)).to_series()
    senders, sender = _numbered(messages.get_column("sender"))
    targets, target = _numbered(messages.get_column("target"))
    pairs, pair = np.unique((sender * len(targets) + target) * 2 + down.to_numpy(), return_inverse=True)
    ends = [(senders[at // 2 // len(targets)], targets[at // 2 % len(targets)]) for at in pairs.tolist()]
    directed = [(one, other) if at % 2 else (other, one) for (one, other), at in zip(ends, pairs.tolist(), strict=True)]
    sessions = sorted(set(directed), key=lambda session: [(name is not None, name or "") for name in session])
    place = {session: at for at, session in enumerate(sessions)}
    return sessions, np.array([place[session] for session in directed], dtype=np.int64)[pair]


def _numbered(column: pl.Series) -> tuple[pl.Series, npt.NDArray[np.int64]]:
    """The different values, null the last, and each row's place among them."""
    stated = column.drop_nulls().unique()
    codes = column.cast(pl.Enum(stated)).to_physical().cast(pl.Int64).fill_null(len(stated))
    return pl.concat([stated, pl.Series([None], dtype=pl.String)]), codes.to_numpy()


def _before(edges: list[tuple[str, str]], parties: Parties) -> frozenset[str]:
    """Who sends orders to a declared provider, and is none."""
    return frozenset(source for source, target in edges if target in parties.provider) - parties.provider


def _top(edges: list[tuple[str, str]]) -> frozenset[str]:
    senders = frozenset(source for source, _ in edges)
    return senders - {target for _, target in edges} or senders


def _hops(edges: list[tuple[str, str]], parties: Parties) -> dict[tuple[str, str], int]:
    depth = dict.fromkeys(parties.firm, 0)
    changed = True
    while changed:
        changed = False
        for source, target in edges:
            if source in depth and depth.get(target, len(edges) + 1) > depth[source] + 1:
                depth[target] = depth[source] + 1
                changed = True
    hops = {}
    for source, target in edges:
        if target in parties.firm:
            if source not in parties.firm:
                hops[source, target] = 0
        elif source in depth:
            hops[source, target] = depth[source] + 1
        else:
            hops[source, target] = 3 if source in parties.venue else 2
    return hops


def _names(parties: Mapping[str, object], role: str) -> frozenset[str]:
    names = parties.get(role, [])
    if isinstance(names, str):
        return frozenset([names])
    if not isinstance(names, list | tuple):
        message = f"expected a CompID or a list of them for {role} in [parties], found {names!r}"
        raise MapError(message)
    return frozenset(map(str, names))


def _mapping(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        message = f"expected {name} to be a section, found {value!r}"
        raise MapError(message)
    return value
