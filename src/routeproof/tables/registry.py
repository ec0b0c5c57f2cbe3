"""All canonical tables, by name, in reading order."""

from __future__ import annotations

from routeproof.tables.canonical.executions import EXECUTIONS, SIGHTINGS
from routeproof.tables.canonical.market import AUCTIONS, MARKET_STATUS, QUOTES, TRADES
from routeproof.tables.canonical.order_versions import ORDER_VERSIONS
from routeproof.tables.canonical.parent_orders import PARENT_ORDERS
from routeproof.tables.canonical.reference import FEE_SCHEDULES, INSTRUMENTS, LINKS, PAYMENTS, VENUES
from routeproof.tables.canonical.routes import ROUTES
from routeproof.tables.canonical.vendor_figures import VENDOR_FIGURES
from routeproof.tables.schema import by_name

TABLES = by_name(
    (
        PARENT_ORDERS,
        ORDER_VERSIONS,
        ROUTES,
        EXECUTIONS,
        SIGHTINGS,
        QUOTES,
        TRADES,
        MARKET_STATUS,
        AUCTIONS,
        INSTRUMENTS,
        VENUES,
        FEE_SCHEDULES,
        PAYMENTS,
        LINKS,
        VENDOR_FIGURES,
    )
)
