"""All canonical tables, by name, in reading order."""

from __future__ import annotations

from routeproof.tables.executions import EXECUTIONS, SIGHTINGS
from routeproof.tables.market import AUCTIONS, MARKET_STATUS, QUOTES, TRADES
from routeproof.tables.order_versions import ORDER_VERSIONS
from routeproof.tables.parent_orders import PARENT_ORDERS
from routeproof.tables.reference import FEE_SCHEDULES, INSTRUMENTS, LINKS, PAYMENTS, VENUES
from routeproof.tables.routes import ROUTES
from routeproof.tables.schema import by_name
from routeproof.tables.vendor_executions import VENDOR_EXECUTIONS
from routeproof.tables.vendor_figures import VENDOR_FIGURES
from routeproof.tables.vendor_orders import VENDOR_ORDERS
from routeproof.tables.vendor_statistics import VENDOR_STATISTICS

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
        VENDOR_ORDERS,
        VENDOR_EXECUTIONS,
        VENDOR_STATISTICS,
    )
)
