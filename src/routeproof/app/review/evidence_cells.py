"""Evidence cells: what each metric leaves behind per provider, security, order class and day."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.evidence.partials import Partials
from routeproof.metrics.daily_sums import daily_sums
from routeproof.metrics.registry import BY_NAME
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from routeproof.evidence.partials import Ints
    from routeproof.metrics.metric import Metric
    from routeproof.tables.measured.day import MeasuredDay

CELL_METRICS = (
    "price_improvement_usd_per_share",
    "spread_capture",
    "e_over_q",
    "time_to_execution_ms_avg",
    "limit_fill_rate_shares",
    "reversion_usd_per_share_1s",
    "reversion_usd_per_share_60s",
    "reversion_usd_per_share_300s",
    "route_to_execution_ms_avg",
    "coverage",
)
"""Metrics that carry verdicts, and coverage, which stands beside them; each is a quotient of sums."""

STRATUM = ("symbol", "order_class")
"""What makes two cells alike, so that one may stand beside the other."""

KEYS = ("provider", "symbol", "order_group", "order_class", "trading_day")


def cells_of(day: MeasuredDay, names: Iterable[str] = CELL_METRICS) -> pl.DataFrame:
    """Partial sums of one measured day.

    Returns:
        `metric`, the keys, `numerator` and `denominator` (doubles of exact sums, scaled so that their quotient is the
        metric), `largest` (the heaviest single order's weight), and the `n` rows and `shares` that have a weight.
    """
    found = []
    for name in names:
        metric = BY_NAME[name]
        rows: pl.DataFrame = getattr(day, metric.frame)
        if rows.width and all(key in rows.columns for key in KEYS):
            found.append(_cells(rows, metric))
    return pl.concat(found) if found else pl.DataFrame()


def _cells(rows: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    sums = daily_sums(rows.filter(pl.col("halted") == "no"), metric, KEYS)
    return sums.select(pl.lit(metric.name).alias("metric"), *KEYS, "numerator", "denominator", "largest", "n", "shares")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which cells: of a provider, and optionally of a security, order groups or one class."""

    provider: str
    symbol: str | None = None
    groups: tuple[str, ...] = ()
    order_class: str | None = None
    month: str | None = None

    def rows_ref(self, quarter: str, point: str = "receipt") -> str:
        """The selection as options of `routeproof measure`, so that a figure leads back to its rows.

        Days, not `--where quarter`: an order of the quarter may be filled after it, which the review does not see.
        """
        days = [f"{word}={day}" for word, day in zip(("--from", "--to"), quarter_days(quarter), strict=True)]
        parts = [f"provider={self.provider}", "halted=no"]
        if self.symbol is not None:
            parts.append(f"symbol={self.symbol}")
        if self.groups:
            parts.append(f"order_group={','.join(self.groups)}")
        if self.order_class is not None:
            parts.append(f"order_class={self.order_class}")
        if self.month is not None:
            parts.append(f"month={self.month}")
        moment = [] if point == "receipt" else ["--benchmark", point]
        return shlex.join([*moment, *days, *(word for part in parts for word in ("--where", part))])

    def of(self, cells: pl.DataFrame) -> pl.DataFrame:
        """The selected cells."""
        chosen = pl.col("provider") == self.provider
        if self.symbol is not None:
            chosen &= pl.col("symbol") == self.symbol
        if self.groups:
            chosen &= pl.col("order_group").is_in(self.groups)
        if self.order_class is not None:
            chosen &= pl.col("order_class") == self.order_class
        if self.month is not None:
            chosen &= pl.col("trading_day").dt.strftime("%Y-%m") == self.month
        return cells.filter(chosen)


@dataclass(frozen=True, slots=True)
class CellTable:
    """All cells of a period, with one numbering of strata (security and order class) that all selections share.

    `parts` holds the same cells by metric and provider, because every selection asks for one of each. What was selected
    is kept: a figure, its verdict, its rows and its coverage ask for the same cells. Another table numbers its strata
    by itself, so cells of two tables meet by `partials_beside` only.
    """

    cells: pl.DataFrame
    parts: Mapping[tuple[object, ...], pl.DataFrame] = field(init=False, repr=False)
    strata: pl.DataFrame = field(init=False, repr=False)
    _selected: dict[tuple[str, Selection], pl.DataFrame] = field(default_factory=dict, repr=False, compare=False)
    _partials: dict[tuple[str, Selection], Partials] = field(default_factory=dict, repr=False, compare=False)
    _numbers: dict[int, tuple[CellTable, Ints]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = self.cells.partition_by("metric", "provider", as_dict=True) if self.cells.width else {}
        object.__setattr__(self, "parts", parts)
        strata = self.cells.select(*STRATUM, "stratum").unique().sort("stratum") if self.cells.width else pl.DataFrame()
        object.__setattr__(self, "strata", strata)

    @classmethod
    def of(cls, frames: Iterable[pl.DataFrame]) -> CellTable:
        """The table of the cells of many days."""
        parts = [frame for frame in frames if frame.width]
        if not parts:
            return cls(pl.DataFrame())
        cells = pl.concat(parts).sort("metric", *KEYS, nulls_last=True)
        strata = cells.select(STRATUM).unique().sort(STRATUM, nulls_last=True)
        return cls(cells.join(strata.with_row_index("stratum"), on=STRATUM, nulls_equal=True))

    def partials(self, metric: str, selection: Selection) -> Partials:
        """The selected cells of a metric as evidence partials."""
        key = (metric, selection)
        if key not in self._partials:
            self._partials[key] = self._partials_of(metric, selection)
        return self._partials[key]

    def partials_beside(self, other: CellTable, metric: str, selection: Selection) -> Partials:
        """The same, to be compared with partials of another table: a stratum has the number that it has there."""
        if other is self or not self.cells.width:
            return self.partials(metric, selection)
        if id(other) not in self._numbers:
            self._numbers[id(other)] = other, self._numbers_in(other)  # kept, so that its id stays its own
        return self._partials_of(metric, selection, self._numbers[id(other)][1])

    def _numbers_in(self, other: CellTable) -> Ints:
        """By own number of a stratum the other table's; strata that it lacks come after all that it has."""
        if not other.cells.width:
            return np.arange(self.strata.height)
        theirs = other.strata.rename({"stratum": "number"})
        found = self.strata.join(theirs, on=STRATUM, how="left", nulls_equal=True, maintain_order="left")["number"]
        numbers = found.cast(pl.Int64).fill_null(-1).to_numpy()
        return np.where(numbers < 0, other.strata.height + np.arange(numbers.size), numbers)

    def _partials_of(self, metric: str, selection: Selection, numbers: Ints | None = None) -> Partials:
        if (metric, selection.provider) not in self.parts:
            return Partials.of(day=[], numerator=[], denominator=[])
        chosen = self._chosen(metric, selection)
        stratum = chosen["stratum"].cast(pl.Int64).to_numpy()
        return Partials.of(
            day=chosen["trading_day"].cast(pl.Int32).to_numpy(),
            stratum=stratum if numbers is None else numbers[stratum],
            numerator=chosen["numerator"].to_numpy(),
            denominator=chosen["denominator"].to_numpy(),
            largest=chosen["largest"].to_numpy(),
        )

    def rows_behind(self, metric: str, selection: Selection) -> int:
        """Number of executions (or orders) behind the selected cells."""
        if (metric, selection.provider) not in self.parts:
            return 0
        return int(self._chosen(metric, selection)["n"].sum())

    def _chosen(self, metric: str, selection: Selection) -> pl.DataFrame:
        """The selected cells of a metric that its provider has."""
        key = (metric, selection)
        if key not in self._selected:
            self._selected[key] = selection.of(self.parts[metric, selection.provider])
        return self._selected[key]

    def coverage(self, metric: str, selection: Selection) -> float | None:
        """Share of the selection's executed shares that the metric speaks for; `None` for metrics of orders."""
        if BY_NAME[metric].frame != "executions" or not self.cells.width:
            return None
        known, total = (
            int(self._chosen(name, selection)["shares"].sum()) if (name, selection.provider) in self.parts else 0
            for name in (metric, "coverage")
        )
        return known / total if total else None

    def counterparts(self, metric: str, provider: str, other: str) -> int:
        """Rows of a metric and provider for whose security and order class another provider has rows too."""
        if not {(metric, provider), (metric, other)} <= self.parts.keys():
            return 0
        theirs = self.parts[metric, other].select("stratum").unique()
        return int(self.parts[metric, provider].join(theirs, on="stratum", how="semi")["n"].sum())

    def quarter(self) -> str:
        """The quarter that the cells are of, as in `2026Q3`; empty without cells."""
        if not self.cells.width:
            return ""
        first = self.cells["trading_day"].min()
        return f"{first.year}Q{(first.month + 2) // 3}" if isinstance(first, date) else ""

    def providers(self) -> list[str]:
        """Providers that have cells, in order."""
        return sorted(self.cells["provider"].drop_nulls().unique()) if self.cells.width else []

    def symbols(self, provider: str) -> list[str]:
        """Securities of a provider, in order."""
        chosen = Selection(provider=provider).of(self.cells) if self.cells.width else self.cells
        return sorted(chosen["symbol"].unique()) if chosen.width else []
