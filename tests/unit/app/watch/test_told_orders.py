"""Orders that a drop copy tells, message by message: whose they are is known with the first answer."""

import io
from pathlib import Path

import polars as pl

from live_streams import framed
from routeproof.app.watch.flow import Flow
from routeproof.sources.fix.tokenizer import tokenize

TERMS = ["55=AB", "54=1", "38=100", "40=1"]


def told(number: int, *fields: str) -> pl.DataFrame:
    """A message of the router to the firm."""
    at = f"20260701-14:00:{number:02d}.000"
    kind, *rest = fields
    raw = framed([kind, "49=SOR", "56=FIRM", f"34={number}", f"52={at}", *rest, *TERMS, f"60={at}"])
    return pl.concat([piece.messages for piece in tokenize(io.BytesIO(raw), name="", source_id="P", firm_id="FIRM")])


def test_an_order_is_the_firms_as_soon_as_its_router_answers(tmp_path: Path) -> None:
    """The copy alone could be an order to the firm; the answer, which comes the same way, says that it is not.

    With the answer all is folded again, and the fill that follows is the order's.
    """
    flow = Flow("P", {}, "FIRM", tmp_path)
    flow.hold(told(1, "35=D", "11=C1"))
    rows = flow.hold(told(2, "35=8", "11=C1", "37=O1", "17=A1", "150=0", "39=0"))
    assert rows.tolist() == [0, 1]
    rows = flow.hold(told(3, "35=8", "11=C1", "37=O1", "17=E1", "150=F", "39=2", "32=100", "31=10"))
    assert rows.tolist() == [0, 1, 2]
    tables = flow.fold(rows).tables
    (order,) = tables["parent_orders"]["order_id"]
    assert tables["executions"]["order_id"].to_list() == [order]
    assert tables["routes"].is_empty()
