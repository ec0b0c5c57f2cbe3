"""What two accounts of the same orders or fills disagree on, as rows that say where each value stands."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import polars as pl

from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["text", "shares", "usd", "instant"]
MISSING_THERE, MISSING_HERE, DIFFERS, SET_ASIDE = "missing_at_provider", "missing_here", "differs", "set_aside"
DIFFERENCES = pl.Schema(
    {
        "what": pl.String(),
        "of": pl.String(),
        "field": pl.String(),
        "trading_day": pl.Date(),
        "symbol": pl.String(),
        "our_id": pl.String(),
        "their_id": pl.String(),
        "ours": pl.String(),
        "theirs": pl.String(),
        "method": pl.String(),
        "their_file": pl.String(),
        "their_row": pl.Int64(),
        "reason": pl.String(),
    }
)
"""`what` happened `of` an order or execution; `ours` and `theirs` as people write them; `their_file` is a source id."""
_UNITS: dict[Kind, str] = {"text": "", "shares": "shares", "usd": "usd", "instant": "ms"}


@dataclass(frozen=True, slots=True)
class Field:
    """A value that both accounts state.

    Attributes:
        name: in the report.
        kind: what it is.
        ours: expression of ours over a joined frame; theirs is `their_NAME`.
        tolerance: shares, USD or milliseconds that may lie between; texts must be equal.
        where: rows on which the two speak of the same thing.
        among: list column of further values of ours, any of which agrees.
    """

    name: str
    kind: Kind
    ours: pl.Expr
    tolerance: Decimal = Decimal(0)
    where: pl.Expr | None = None
    among: str = ""

    @property
    def unit(self) -> str:
        """Unit of the tolerance; empty for texts."""
        return _UNITS[self.kind]

    def apart(self) -> pl.Expr:
        """Whether both state a value and the two differ beyond tolerance."""
        theirs = pl.col(f"their_{self.name}")
        far = [theirs != self.ours if self.kind == "text" else (theirs - self.ours).abs() > self._allowed()]
        if self.among:
            far.append(~pl.col(self.among).list.contains(theirs).fill_null(value=False))
        if self.where is not None:
            far.append(self.where)
        return pl.all_horizontal(far).fill_null(value=False)

    def _allowed(self) -> int:
        return int(self.tolerance * (NS_PER_MS if self.kind == "instant" else SCALE))

    def rows(self, joined: pl.DataFrame, of: str) -> pl.DataFrame:
        """Rows of `DIFFERENCES` where the field differs; amended ones are set aside, with the reason."""
        found = joined.filter(self.apart())
        amended = pl.col("amended") if self.name in AMENDED else pl.lit(value=False)
        return conformed(
            found.select(
                pl.when(amended).then(pl.lit(SET_ASIDE)).otherwise(pl.lit(DIFFERS)).alias("what"),
                pl.lit(of).alias("of"),
                pl.lit(self.name).alias("field"),
                *_PLACES,
                written(self.ours, self.kind).alias("ours"),
                written(pl.col(f"their_{self.name}"), self.kind).alias("theirs"),
                pl.when(amended).then(pl.lit("busted or corrected since: a report may be of before")).alias("reason"),
            )
        )


AMENDED = ("filled_quantity", "average_price", "improvement_usd", "price", "quantity", "executed_at", "reported_at")
"""Fields that a bust or a correction changes."""
_PLACES = ("trading_day", "symbol", "our_id", "their_id", "method", "their_file", "their_row")


def written(value: pl.Expr, kind: Kind) -> pl.Expr:
    """A value as text: decimals of fixed point, instants as ISO 8601 in UTC."""
    if kind == "text":
        return value.cast(pl.String)
    if kind == "instant":
        return value.cast(pl.Datetime("ns")).dt.strftime("%Y-%m-%dT%H:%M:%S%.9fZ")
    scaled: pl.Expr = value.cast(pl.Float64) / SCALE
    return scaled.round(9).cast(pl.String)


def conformed(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with exactly the columns of `DIFFERENCES`; what is not there is null."""
    present = set(rows.columns)
    return rows.select(
        pl.col(name).cast(dtype) if name in present else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in DIFFERENCES.items()
    )


def counted(differences: pl.DataFrame, fields: Sequence[Field], of: str) -> list[dict[str, object]]:
    """`field, n, tolerance, unit, of` of the fields that differ somewhere, in the order of the fields."""
    found = differences.filter(pl.col("what") == DIFFERS, pl.col("of") == of)["field"].value_counts()
    counts = dict(found.iter_rows())
    return [
        {"field": item.name, "n": counts[item.name], "tolerance": float(item.tolerance), "unit": item.unit, "of": of}
        for item in fields
        if item.name in counts
    ]


def direction(side: pl.Expr) -> pl.Expr:
    """`buy` or `sell` of a side however it is written: words, initials, FIX codes; null where it is neither."""
    word = side.str.strip_chars().str.to_lowercase()
    return (
        pl.when(word.str.starts_with("b") | (word == "1"))
        .then(pl.lit("buy"))
        .when(word.str.starts_with("s") | word.is_in(["2", "5", "6"]))
        .then(pl.lit("sell"))
    )
