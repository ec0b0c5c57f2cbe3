"""Rule 606 documents of our own, and damage to them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st
from lxml import etree

PAYMENTS = "".join(
    f"<netPmtPaidRecv{kind}OrdersUsd>{usd}</netPmtPaidRecv{kind}OrdersUsd>"
    f"<netPmtPaidRecv{kind}OrdersCph>{cents}</netPmtPaidRecv{kind}OrdersCph>"
    for kind, usd, cents in (
        ("Market", "1500.00", "15.0000"),
        ("MarketableLimit", "-20", "-0.5000"),
        ("NonMarketableLimit", "0.00", "0.0000"),
        ("Other", "", ""),
    )
)


def venue(names: str, share: str = "60.00") -> str:
    """One venue of a public report."""
    return (
        f"<rVenue>{names}<orderPct>{share}</orderPct><marketPct>{share}</marketPct>"
        f"<marketableLimitPct>{share}</marketableLimitPct><nonMarketableLimitPct></nonMarketableLimitPct>"
        f"<otherPct/>{PAYMENTS}<materialAspects>Tiers &amp; rebates\n &lt;see&gt; note</materialAspects></rVenue>"
    )


def section(name: str, *venues: str) -> str:
    """One section of a month."""
    return (
        f"<{name}><ndoPct>97.50</ndoPct><ndoMarketPct>40.00</ndoMarketPct>"
        "<ndoMarketableLimitPct>25.00</ndoMarketableLimitPct>"
        "<ndoNonmarketableLimitPct>30.00</ndoNonmarketableLimitPct><ndoOtherPct>5.00</ndoOtherPct>"
        f"<rVenues>{''.join(venues)}</rVenues></{name}>"
    )


WHOLESALER = "<name>Alpha Securities LLC</name><mpid>ALPH</mpid>"
EXCHANGE = "<name>Beta Exchange, Inc.</name><mic>XBET</mic>"
ONLY_MIC = "<mic>XGAM</mic>"


def public(*months: str, quarter: str = "2026Q3", bd: str = "Example Brokerage", version: str = "1.3") -> str:
    """A 606(a)(1) document of the months' elements."""
    year, number = quarter.split("Q")
    return (
        f"<heldOrderRoutingPublicReport><version>{version}</version><bd>{bd}</bd><year>{year}</year>"
        f"<qtr>{number}</qtr><timestamp>2026-10-20T14:00:00Z</timestamp>{''.join(months)}"
        "</heldOrderRoutingPublicReport>"
    )


def month(number: int, *sections: str, year: int = 2026) -> str:
    """One month."""
    return f"<rMonthly><year>{year}</year><mon>{number}</mon>{''.join(sections)}</rMonthly>"


A1 = public(
    month(
        7,
        section("rSP500", venue(WHOLESALER), venue(EXCHANGE, "40.00")),
        section("rOptions", venue(ONLY_MIC, "100.00")),
    ),
    month(8, section("rOtherStocks")),
    month(9),
)

B1 = (
    "<heldExemptNotHeldOrderRoutingCustomerReport><version>1.2</version><customer>C. Ustomer</customer>"
    "<bd>Example Brokerage</bd><startDate>2026-01-01</startDate><endDate>2026-06-30</endDate>"
    "<held><order><orderId> 0017 </orderId><directed>N</directed>"
    "<route><venueName>Alpha Securities LLC</venueName><mic/><mpid>ALPH</mpid>"
    "<transaction><date>2026-02-03</date><time>15:04:05</time></transaction>"
    "<transaction><date>2026-02-03</date><time>15:04:06</time></transaction></route>"
    "<route><mic>XBET</mic></route></order>"
    "<order><orderId>0018</orderId><directed>Y</directed></order></held><options/>"
    "</heldExemptNotHeldOrderRoutingCustomerReport>"
)


def handled(name: str, routed: str, executed: str, further: str = "0") -> str:
    """One routing venue of a handling report."""
    return (
        f"<iVenue><venueName>{name}</venueName><services>EV/SRV</services><mic>XBET</mic><routedShr>{routed}</routedShr>"
        f"<iocRoutedShr>10.5</iocRoutedShr><furtherRoutableShr>{further}</furtherRoutableShr>"
        f"<orderSizeShr>120.250</orderSizeShr><executedShr>{executed}</executedShr><filledPct>50.0000</filledPct>"
        "<fillSizeShr>100</fillSizeShr><netFeeOrRebateCph>-12.3400</netFeeOrRebateCph><midpointShr>1</midpointShr>"
        "<midpointPct>1.00</midpointPct><nearsideShr/><nearsidePct/><farsideShr/><farsidePct/>"
        "<providedLiqudityShr>5</providedLiqudityShr><providedLiquidityPct>5.00</providedLiquidityPct>"
        "<orderDurationMsec>120</orderDurationMsec><providedLiquidityNetCph>.2000</providedLiquidityNetCph>"
        "<removedLiquidityShr/><removedLiquidityPct/><removedLiquidityNetCph/></iVenue>"
    )


def handling(*venues: str, bd: str = "Alpha Securities LLC", months: tuple[int, ...] = (7,)) -> str:
    """A 606(b)(3) document, not directed, the same venues each month."""
    each = "".join(
        f"<hMonthly><year>2026</year><mon>{number}</mon><sentShr>1000</sentShr>"
        "<executedAsPrincipalShr>0</executedAsPrincipalShr><ioiExposedOrd>2</ioiExposedOrd>"
        "<ioiExposedVenueList><ioiExposedVenue><venueName>Others</venueName><mic/></ioiExposedVenue>"
        f"</ioiExposedVenueList><routingVenueList>{''.join(venues)}</routingVenueList></hMonthly>"
        for number in months
    )
    return (
        "<notHeldOrderHandlingCustomerReport><version>1.3</version><customer/>"
        f"<bd>{bd}</bd><startDate>2026-07-01</startDate><endDate>2026-12-31</endDate><hDirected/>"
        f"<hNondirected>{each}</hNondirected></notHeldOrderHandlingCustomerReport>"
    )


B3 = handling(handled("Beta Exchange, Inc.", "750", "300"), handled("Gamma ATS", "250.000", "50", "100"))

TEXTS = (
    *("", " ", "0", "1", "2", "13", "-1", "+7", "07", "1.0", "5.00", "5.0", ".00", "100.00", "100.01", "-0.00", "1e2"),
    *("1,000.00", "-.5000", "+1.0000", "7.1234567890123", "1.", ".", "NaN", "٣.00", "\u00a05.00", " 5.00 "),
    *("2026", "1999", "2100", "XNYS", "xnys", " XNYS", "ABCDE", "ABCDEF", "Y", "N", "PRV", "EV/SRV", "1.2", "1.3"),
    *("2026-02-29", "2024-02-29", "2026-07-01", "24:00:00", "23:59:60", "2026-07-01T24:00:00Z", "2026-07-01T10:00:00"),
    *("x" * 80, "x" * 81, " " + "x" * 80 + " ", "x \n " * 40, "Alpha Securities LLC"),
)
"""Texts on either side of each rule."""


def elements(root: Any) -> list[Any]:  # noqa: ANN401  # an element
    """All elements, in document order."""
    return [item for item in root.iter() if isinstance(item.tag, str)]


@st.composite
def damaged(draw: st.DrawFn, document: bytes) -> bytes:
    """The document with one to three changes, most of which break a rule."""
    root = etree.fromstring(document)
    names = [*sorted({str(item.tag) for item in elements(root)}), "providedLiquidityShr", "other"]
    for _ in range(draw(st.integers(1, 3))):
        everything = elements(root)
        inner = everything[1:] or everything
        chosen = inner[draw(st.integers(0, len(inner) - 1))]
        leaves = [item for item in everything if not len(item)]
        leaf = leaves[draw(st.integers(0, len(leaves) - 1))]
        kind = draw(
            st.sampled_from(("delete", "rename", "swap", "text", "text", "text", "copy", "attribute", "within"))
        )
        above = chosen.getparent()
        if kind == "text":
            leaf.text = draw(st.sampled_from(TEXTS) | st.from_regex(r"-?[0-9]{0,4}(\.[0-9]{0,5})?", fullmatch=True))
        elif kind == "rename":
            chosen.tag = draw(st.sampled_from(names))
        elif kind == "attribute":
            chosen.set(draw(st.sampled_from(("a", "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"))), "b c")
        elif kind == "within":
            chosen.insert(0, etree.Element(draw(st.sampled_from(names))))
        elif above is not None:
            _move(kind, chosen, above)
    return etree.tostring(root)


def _move(kind: str, chosen: Any, above: Any) -> None:  # noqa: ANN401  # elements
    if kind == "delete":
        above.remove(chosen)
    elif kind == "copy":
        above.insert(above.index(chosen), deepcopy(chosen))
    else:
        after = chosen.getnext()
        if after is not None:
            above.remove(after)
            above.insert(above.index(chosen), after)
