"""What a report says happened, one word per report, whatever the FIX version."""

from __future__ import annotations

import polars as pl

_BY_EXEC_TYPE = {
    "0": "ack",
    "3": "done",
    "4": "cancel",
    "5": "replace",
    "8": "reject",
    "C": "expire",
    "D": "restate",
    "L": "trigger",
    "H": "bust",
    "G": "correct",
}

_REJECT_REASONS = {
    0: "broker or exchange option",
    1: "unknown symbol",
    2: "exchange closed",
    3: "order exceeds limit",
    4: "too late to enter",
    5: "unknown order",
    6: "duplicate order",
    11: "unsupported order characteristic",
    13: "incorrect quantity",
    16: "price exceeds current price band",
    18: "invalid price increment",
}


def with_action(reports: pl.DataFrame) -> pl.DataFrame:
    """Reports with `action`, or null where nothing new is said.

    The words are ack, fill, bust, correct, cancel, replace, reject, refuse_request, restate, trigger, expire, done.
    4.2 says bust and correction in ExecTransType (20 = 1, 2), 4.4 in ExecType (H, G); a correction to no shares is a
    bust. Status reports (20 = 3, 150 = I) say nothing new. A session or business reject of the order itself is a
    reject, of a later request a refused request.
    """
    kind = pl.coalesce("exec_type", "ord_status")
    transaction = pl.col("exec_trans_type").fill_null("0")
    word = kind.replace_strict(_BY_EXEC_TYPE, default=None, return_dtype=pl.String)
    shares = pl.col("last_qty").fill_null(0) > 0
    corrects = (transaction == "2") | ((kind == "G") & transaction.is_in(["1", "3"]).not_())
    execution = (
        pl.when(transaction == "3")
        .then(None)
        .when(transaction == "1")
        .then(pl.lit("bust"))
        .when(corrects & (pl.col("last_qty") == 0))
        .then(pl.lit("bust"))
        .when(corrects)
        .then(pl.lit("correct"))
        .when(kind.is_in(["1", "2", "F"]) & shares)
        .then(pl.lit("fill"))
        .otherwise(word)
    )
    refusal = pl.when(pl.col("request") == "D").then(pl.lit("reject")).otherwise(pl.lit("refuse_request"))
    return reports.with_columns(
        pl.when(pl.col("msg_type") == "8")
        .then(execution)
        .when(pl.col("msg_type") == "9")
        .then(pl.lit("refuse_request"))
        .when(pl.col("ref_msg_type").fill_null(pl.col("request")).is_in(["D", "F", "G"]))
        .then(refusal)
        .alias("action")
    )


def reject_reason() -> pl.Expr:
    """Why an order was refused: the free text, else the words of 103, else its number."""
    code = pl.col("ord_rej_reason")
    words = code.replace_strict(_REJECT_REASONS, default=None, return_dtype=pl.String)
    return pl.coalesce("text", words, pl.lit("code ") + code.cast(pl.String), pl.lit("unstated"))
