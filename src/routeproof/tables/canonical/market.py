"""The market: quotes, trades, status and auctions."""

from routeproof.tables.schema import Column, Table
from routeproof.vocab.words import AUCTION_KINDS, QUOTE_KINDS, STATUS_KINDS

QUOTES = Table(
    name="quotes",
    columns=(
        Column("symbol", "text", "ticker", required=True),
        Column("at", "instant", "in force from", required=True),
        Column("bid", "price", "best bid; null = no bid"),
        Column("ask", "price", "best ask; null = no ask"),
        Column("bid_size", "quantity", "displayed shares at the bid"),
        Column("ask_size", "quantity", "displayed shares at the ask"),
        Column("bid_venue", "text", "who shows the bid"),
        Column("ask_venue", "text", "who shows the ask"),
        Column("condition", "text", "quote condition as delivered"),
        Column("kind", "text", "nbbo, venue, composite, odd_lot, stamped", default="nbbo", words=QUOTE_KINDS),
        Column("stamper", "text", "who stamped the quote on the order"),
        Column("trading_day", "day", "session day"),
    ),
    order=("trading_day", "symbol", "at"),
    day_of="at",
)

TRADES = Table(
    name="trades",
    columns=(
        Column("symbol", "text", "ticker", required=True),
        Column("at", "instant", "when it printed", required=True),
        Column("price", "price", "price per share", required=True),
        Column("quantity", "quantity", "shares", required=True),
        Column("venue", "text", "where it printed"),
        Column(
            "conditions",
            "text",
            "sale conditions as delivered: tape letters, or bits if the map says condition_policy = lean",
        ),
        Column(
            "eligible",
            "flag",
            "counts as a regular print; told, or judged by the dated policy of its conditions",
            default=True,
        ),
        Column("trading_day", "day", "session day"),
    ),
    order=("trading_day", "symbol", "at"),
    day_of="at",
)

MARKET_STATUS = Table(
    name="market_status",
    columns=(
        Column("symbol", "text", "ticker", required=True),
        Column("from_at", "instant", "begin", required=True),
        Column("to_at", "instant", "end; null = open"),
        Column(
            "kind", "text", "halt, luld_pause, short_sale_restriction, auction_call", required=True, words=STATUS_KINDS
        ),
        Column("trading_day", "day", "session day"),
    ),
    identity=("symbol", "from_at", "kind"),
    order=("trading_day", "symbol", "from_at"),
    day_of="from_at",
    ended_by="to_at",
)

AUCTIONS = Table(
    name="auctions",
    columns=(
        Column("symbol", "text", "ticker", required=True),
        Column("at", "instant", "when it printed", required=True),
        Column("kind", "text", "open, close, reopen", required=True, words=AUCTION_KINDS),
        Column("price", "price", "official price"),
        Column("paired", "quantity", "paired shares"),
        Column("imbalance", "quantity", "imbalance shares"),
        Column("trading_day", "day", "session day"),
    ),
    identity=("symbol", "at", "kind"),
    order=("trading_day", "symbol", "at"),
    day_of="at",
)
