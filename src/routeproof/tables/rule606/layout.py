"""Elements of the three Rule 606 reports, in order, with their types and how often they occur.

Source: 17 CFR 242.606(a)(1), (b)(1), (b)(3) as laid out by the order handling schema of 2019-12-31, versions 1.2 and
1.3. Names are exactly the schema's, with its misspelling `providedLiqudityShr`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal[
    "version",
    "name",
    "name_or_empty",
    "year",
    "quarter",
    "month",
    "instant",
    "day",
    "clock",
    "percent",
    "cents_per_hundred",
    "usd",
    "shares",
    "whole",
    "mic",
    "mpid",
    "yes_no",
    "services",
    "order_id",
    "text",
]
"""What an element's text is; `tables/rule606/values.py` says which texts that are."""

NUMBERS: frozenset[Kind] = frozenset({"percent", "cents_per_hundred", "usd", "shares", "whole"})
"""Kinds that are numbers, or empty where a number is not meaningful."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element that holds text; it occurs once, or at most once if `optional`."""

    name: str
    kind: Kind
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """An element that holds elements.

    Attributes:
        name: element name.
        children: in order.
        least: fewest of it beside one another.
        most: most of it; `None` = no limit.
        one_of: optional leaves of which at least one is there.
        unique_by: leaf whose value no two of these, beside one another, share.
        is_section: one of the parts that a report or month is divided into.
    """

    name: str
    children: tuple[Leaf | Group, ...]
    least: int = 1
    most: int | None = 1
    one_of: tuple[str, ...] = ()
    unique_by: str = ""
    is_section: bool = False

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Elements of text directly in it."""
        return tuple(child for child in self.children if isinstance(child, Leaf))

    @property
    def groups(self) -> tuple[Group, ...]:
        """Elements of elements directly in it."""
        return tuple(child for child in self.children if isinstance(child, Group))

    @property
    def is_row(self) -> bool:
        """Whether it is a row of a table: it repeats, or it is a section."""
        return self.is_section or self.most != 1


@dataclass(frozen=True, slots=True)
class Layout:
    """One of the reports.

    Attributes:
        format: short name, as in messages and tables.
        root: the document element.
        counted: rows that a report is counted by.
        paragraph: of the rule.
    """

    format: str
    root: Group
    counted: str
    paragraph: str
    _by_name: dict[str, Group] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        """Groups by element name; a name means one group in one report, except for sections, which are alike."""
        object.__setattr__(self, "_by_name", {group.name: group for group, _ in walk(self.root)})

    def group(self, name: str) -> Group:
        """The group of that element name."""
        return self._by_name[name]


def walk(group: Group, above: tuple[Group, ...] = ()) -> Iterator[tuple[Group, tuple[Group, ...]]]:
    """The group and those below, each with the groups above it, in document order."""
    yield group, above
    for child in group.groups:
        yield from walk(child, (*above, group))


def _percentages(*names: str) -> tuple[Leaf, ...]:
    return tuple(Leaf(name, "percent") for name in names)


ORDER_TYPES = ("Market", "MarketableLimit", "NonMarketableLimit", "Other")
"""As in the names of payment elements."""

_PAYMENTS = tuple(
    leaf
    for order_type in ORDER_TYPES
    for leaf in (
        Leaf(f"netPmtPaidRecv{order_type}OrdersUsd", "usd"),
        Leaf(f"netPmtPaidRecv{order_type}OrdersCph", "cents_per_hundred"),
    )
)
_CODES = (Leaf("mic", "mic", optional=True), Leaf("mpid", "mpid", optional=True))

_VENUE = Group(
    "rVenue",
    (
        Leaf("name", "name", optional=True),
        *_CODES,
        *_percentages("orderPct", "marketPct", "marketableLimitPct", "nonMarketableLimitPct", "otherPct"),
        *_PAYMENTS,
        Leaf("materialAspects", "text"),
    ),
    least=0,
    most=None,
    one_of=("name", "mic"),
    unique_by="mic",
)


def _routing_section(name: str) -> Group:
    shares = _percentages("ndoPct", "ndoMarketPct", "ndoMarketableLimitPct", "ndoNonmarketableLimitPct", "ndoOtherPct")
    return Group(name, (*shares, Group("rVenues", (_VENUE,))), least=0, is_section=True)


_MONTH = Group(
    "rMonthly",
    (
        Leaf("year", "year"),
        Leaf("mon", "month"),
        *(_routing_section(name) for name in ("rSP500", "rOtherStocks", "rOptions")),
    ),
    most=3,
    unique_by="mon",
)
A1 = Layout(
    "606a1",
    Group(
        "heldOrderRoutingPublicReport",
        (
            Leaf("version", "version"),
            Leaf("bd", "name"),
            Leaf("year", "year"),
            Leaf("qtr", "quarter"),
            Leaf("timestamp", "instant", optional=True),
            _MONTH,
        ),
    ),
    counted="rVenue",
    paragraph="17 CFR 242.606(a)(1)",
)

_CUSTOMER_HEAD = (
    Leaf("version", "version"),
    Leaf("customer", "name_or_empty"),
    Leaf("bd", "name"),
    Leaf("timestamp", "instant", optional=True),
    Leaf("startDate", "day"),
    Leaf("endDate", "day"),
)
_ORDER = Group(
    "order",
    (
        Leaf("orderId", "order_id"),
        Leaf("directed", "yes_no"),
        Group(
            "route",
            (
                Leaf("venueName", "name", optional=True),
                *_CODES,
                Group("transaction", (Leaf("date", "day"), Leaf("time", "clock")), least=0, most=None),
            ),
            least=0,
            most=None,
            one_of=("venueName", "mic"),
        ),
    ),
    least=0,
    most=None,
    unique_by="orderId",
)
B1 = Layout(
    "606b1",
    Group(
        "heldExemptNotHeldOrderRoutingCustomerReport",
        (
            *_CUSTOMER_HEAD,
            *(Group(name, (_ORDER,), least=0, is_section=True) for name in ("held", "notHeldExempt", "options")),
        ),
    ),
    counted="order",
    paragraph="17 CFR 242.606(b)(1)",
)

_EXPOSED = Group("ioiExposedVenue", (Leaf("venueName", "name"), *_CODES), least=0, most=None)
_ROUTED = Group(
    "iVenue",
    (
        Leaf("venueName", "name"),
        Leaf("services", "services", optional=True),
        *_CODES,
        *(Leaf(name, "shares") for name in ("routedShr", "iocRoutedShr", "furtherRoutableShr", "orderSizeShr")),
        Leaf("executedShr", "shares"),
        Leaf("filledPct", "percent"),
        Leaf("fillSizeShr", "shares"),
        Leaf("netFeeOrRebateCph", "cents_per_hundred"),
        Leaf("midpointShr", "shares"),
        Leaf("midpointPct", "percent"),
        Leaf("nearsideShr", "shares"),
        Leaf("nearsidePct", "percent"),
        Leaf("farsideShr", "shares"),
        Leaf("farsidePct", "percent"),
        Leaf("providedLiqudityShr", "shares"),  # misspelt in the schema
        Leaf("providedLiquidityPct", "percent"),
        Leaf("orderDurationMsec", "whole"),
        Leaf("providedLiquidityNetCph", "cents_per_hundred"),
        Leaf("removedLiquidityShr", "shares"),
        Leaf("removedLiquidityPct", "percent"),
        Leaf("removedLiquidityNetCph", "cents_per_hundred"),
    ),
    least=0,
    most=None,
)
_HANDLED = Group(
    "hMonthly",
    (
        Leaf("year", "year"),
        Leaf("mon", "month"),
        Leaf("sentShr", "shares"),
        Leaf("executedAsPrincipalShr", "shares"),
        Leaf("ioiExposedOrd", "whole"),
        Group("ioiExposedVenueList", (_EXPOSED,)),
        Group("routingVenueList", (_ROUTED,)),
    ),
    least=0,
    most=7,
    unique_by="mon",
)
B3 = Layout(
    "606b3",
    Group(
        "notHeldOrderHandlingCustomerReport",
        (
            *_CUSTOMER_HEAD,
            *(Group(name, (_HANDLED,), least=0, is_section=True) for name in ("hDirected", "hNondirected")),
        ),
    ),
    counted="iVenue",
    paragraph="17 CFR 242.606(b)(3)",
)

LAYOUTS = (A1, B1, B3)
BY_ROOT = {layout.root.name: layout for layout in LAYOUTS}
BY_FORMAT = {layout.format: layout for layout in LAYOUTS}
