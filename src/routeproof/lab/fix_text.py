"""FIX 4.4 messages as text: fields to bodies, bodies to numbered, checksummed log lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import polars as pl

from routeproof.vocab.fixed import SCALE

SOH = "\x01"
Form = Literal["text", "price", "quantity", "instant", "average"]
RESENT_AFTER_NS = 2_000_000_000
_BEGIN = f"8=FIX.4.4{SOH}9="
_BEGIN_SUM = sum(_BEGIN.encode()) + ord(SOH)


@dataclass(frozen=True)
class Field:
    """One tag of a message: its value, how it is written, whether it may be absent (null)."""

    tag: int
    value: pl.Expr
    form: Form = "text"
    optional: bool = False

    def text(self) -> pl.Expr:
        """The value as FIX text."""
        return _written(self.value, self.form)


def messages(
    frame: pl.DataFrame, kind: str, sender: pl.Expr, target: pl.Expr, at: pl.Expr, fields: list[Field]
) -> pl.DataFrame:
    """One message per row: `at` (true sending instant), `sender`, `target`, `kind`, `body`."""
    pieces: list[pl.Expr] = []
    for field in fields:
        whole = [_words(f"{field.tag}="), field.text(), _words(SOH)]
        pieces += [pl.concat_str(whole).fill_null("")] if field.optional else whole
    return frame.select(
        at.cast(pl.Int64).alias("at"),
        sender.alias("sender"),
        target.alias("target"),
        pl.lit(kind).alias("kind"),
        pl.concat_str(pieces).alias("body"),
    )


@cache
def _words(text: str) -> pl.Expr:
    """A text, as an expression that is made once: a session has thousands of the same few."""
    return pl.lit(text)


def instant_text(at: pl.Expr) -> pl.Expr:
    """UTC nanoseconds as a FIX timestamp in microseconds."""
    return at.cast(pl.Datetime("ns")).dt.strftime("%Y%m%d-%H:%M:%S%.6f")


def numbered(log: pl.DataFrame) -> pl.DataFrame:
    """Messages in order of sending with `seq`, counted from 1 per sender and target."""
    ordered = log.sort("at", maintain_order=True)
    return ordered.with_columns(seq=pl.int_range(1, pl.len() + 1).over("sender", "target"))


def lines(log: pl.DataFrame) -> list[str]:
    """Log lines of numbered messages: time, then the message with BodyLength (9) and CheckSum (10).

    `log` also has `stamp`, the sender's clock at sending, and `resent` (true: a PossDup copy of an earlier message).
    """
    stamped = log.with_columns(time=instant_text(pl.col("stamp")))
    first_sent = instant_text(pl.col("stamp") - RESENT_AFTER_NS)
    again = pl.concat_str([pl.lit(f"43=Y{SOH}122="), first_sent, pl.lit(SOH)])
    copied = pl.when("resent").then(again).otherwise(pl.lit(""))
    bodies = stamped.select(
        pl.concat_str(
            [
                pl.lit("35="), "kind", pl.lit(f"{SOH}49="), "sender", pl.lit(f"{SOH}56="), "target",
                pl.lit(f"{SOH}34="), pl.col("seq").cast(pl.String), pl.lit(f"{SOH}52="), "time", pl.lit(SOH),
                copied, "body",
            ]
        )
    ).to_series()  # fmt: skip
    length = bodies.str.len_bytes()
    trailer = pl.Series(_checksums(bodies, length.to_numpy()))
    parts = pl.DataFrame({"time": stamped["time"], "length": length, "body": bodies, "sum": trailer})
    return parts.select(
        pl.concat_str(
            [
                "time", pl.lit(f" : {_BEGIN}"), pl.col("length").cast(pl.String), pl.lit(SOH), "body",
                pl.lit("10="), pl.col("sum").cast(pl.String).str.zfill(3), pl.lit(SOH),
            ]
        )
    ).to_series().to_list()  # fmt: skip


def _checksums(bodies: pl.Series, length: np.ndarray) -> np.ndarray:
    """Sum of all bytes before tag 10, modulo 256."""
    if not bodies.len():
        return np.zeros(0, np.int64)
    raw = np.frombuffer("".join(bodies.to_list()).encode(), np.uint8)
    size = length.astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(size)[:-1]])
    total = np.add.reduceat(raw.astype(np.int64), starts)
    rest = size
    while rest.any():
        total = total + np.where(rest > 0, rest % 10 + ord("0"), 0)
        rest = rest // 10
    return (total + _BEGIN_SUM) % 256


def _written(value: pl.Expr, form: Form) -> pl.Expr:
    if form == "text":
        return value.cast(pl.String)
    if form == "instant":
        return instant_text(value)
    if form == "quantity":
        whole = (value // SCALE).cast(pl.String)
        return pl.when(value % SCALE == 0).then(whole).otherwise((value / SCALE).round(6).cast(pl.String))
    decimal: pl.Expr = (value / SCALE).round(6).cast(pl.String)
    return decimal
