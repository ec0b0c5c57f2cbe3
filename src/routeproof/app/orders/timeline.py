"""What happened to an order, event by event, each beside the quote that was in force just before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.vocab.fixed import to_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from routeproof.app.orders.market import Path
    from routeproof.app.orders.rows import OrderRows

Row = dict[str, Any]
SAME_TIME = ("received", "new", "sent", "acknowledged", "rejected", "executed", "reported", "cancelled")
"""Order of what bears the same instant."""


def decimal_text(fixed: int | None) -> str | None:
    """A fixed-point number as decimal text without needless zeros; null stays null."""
    return None if fixed is None else f"{to_decimal(fixed).normalize():f}"


def timeline_of(order: OrderRows, path: Path) -> list[Row]:
    """Events by time: `what, at, offset_ns` (after receipt), `hop, party, price, quantity, route_id, execution_id`.

    `bid` and `ask` are the quote in force strictly before the event, null where there was none; prices and quantities
    are decimal text.
    """
    found = [*_received(order), *_versions(order), *_routes(order), *_fills(order)]
    origin = order.received_at or 0
    found.sort(key=lambda item: (item["at"], SAME_TIME.index(item["what"]) if item["what"] in SAME_TIME else 99))
    return [{**item, "offset_ns": item["at"] - origin, **_market(path, item["at"])} for item in found]


def _event(what: str, at: int, **more: Any) -> Row:  # noqa: ANN401  # members of an event
    blank = dict.fromkeys(("hop", "party", "price", "quantity", "route_id", "execution_id", "note"))
    return {"what": what, "at": at, **blank, **more}


def _market(path: Path, at: int) -> Mapping[str, str | None]:
    quote = path.before(at) or {"bid": None, "ask": None}
    return {"bid": decimal_text(quote["bid"]), "ask": decimal_text(quote["ask"])}


def _received(order: OrderRows) -> Iterator[Row]:
    for row in order.tables["parent_orders"].iter_rows(named=True):
        if row["decided_at"] is not None:
            yield _event("decided", row["decided_at"])
        yield _event("received", row["received_at"], note=row["refused_reason"] if row["refused"] else None)


def _versions(order: OrderRows) -> Iterator[Row]:
    for row in order.tables["order_versions"].iter_rows(named=True):
        if row["event"] == "new":
            continue
        by = f"asked by {row['requested_by']}" if row["requested_by"] else None
        yield _event(
            f"order {row['event']}",
            row["effective_at"],
            price=decimal_text(row["limit_price"]),
            quantity=decimal_text(row["quantity"]),
            note=by,
        )


def _routes(order: OrderRows) -> Iterator[Row]:
    steps = (("sent", "sent_at"), ("acknowledged", "acknowledged_at"), ("rejected", "rejected_at"))
    for row in order.tables["routes"].iter_rows(named=True):
        common = {"hop": row["hop"], "party": row["to_party"] or row["venue"], "route_id": row["route_id"]}
        for what, column in steps:
            if row[column] is not None:
                more = {"note": row["reject_reason"]} if what == "rejected" else {}
                if what == "sent":
                    more = {"price": decimal_text(row["limit_price"]), "quantity": decimal_text(row["quantity"])}
                yield _event(what, row[column], **common, **more)
        if row["cancelled_at"] is not None:
            yield _event("cancelled", row["cancelled_at"], quantity=decimal_text(row["cancelled_quantity"]), **common)


def _fills(order: OrderRows) -> Iterator[Row]:
    hops = {row["route_id"]: row["hop"] for row in order.tables["routes"].iter_rows(named=True)}
    for row in order.tables["executions"].iter_rows(named=True):
        common = {
            "hop": hops.get(row["route_id"]),
            "party": row["venue"],
            "route_id": row["route_id"],
            "execution_id": row["execution_id"],
        }
        figures = {"price": decimal_text(row["price"]), "quantity": decimal_text(row["quantity"])}
        note = None if row["status"] == "new" else row["status"]
        yield _event("executed", row["executed_at"], **common, **figures, note=note)
        if row["reported_at"] is not None:
            yield _event("reported", row["reported_at"], **common)
