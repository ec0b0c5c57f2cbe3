"""Terms compiled to one program of the fused accumulator; the same sums as `compile_polars`, bit for bit."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.metrics import fused_kernel as kernel
from routeproof.metrics.metric import Metric, Quotient, Total
from routeproof.metrics.terms import Binary, Column, Constant, Filled, Given, Rounded, Term, Where, columns_of
from routeproof.vocab.absent import NULL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.metrics.fused_kernel import Int64s

NARROW_BITS = 63
_LIMB = 1 << 64

_NARROW = {"+": kernel.ADD, "-": kernel.SUBTRACT, "*": kernel.MULTIPLY}
_WIDE = {"+": kernel.ADD_WIDE, "-": kernel.SUBTRACT_WIDE, "*": kernel.MULTIPLY_WIDE}
_WHERE = {">": kernel.WHERE_ABOVE, "<": kernel.WHERE_BELOW, "=": kernel.WHERE_ZERO}


class Program:
    """Instructions for a set of metrics over columns of known size.

    Attributes:
        columns: names in the order of the kernel's column array.
        slots: name of each sum, as `compile_polars.partial_sums` names it.
    """

    def __init__(self, metrics: Sequence[Metric], bits: Mapping[str, int], nullable: frozenset[str]) -> None:
        self.columns = tuple(sorted(bits))
        self.slots: list[str] = []
        self.counts: set[str] = set()
        self._bits, self._nullable = bits, nullable
        self._code: list[tuple[int, int, int, int]] = []
        self._values: dict[tuple[object, ...], tuple[int, int, bool]] = {}
        self._masks: dict[frozenset[str], int] = {}
        self._sums: dict[tuple[int, int], str] = {}
        for metric in metrics:
            self._metric(metric)
        self.code: Int64s = np.array(self._code, dtype=np.int64).reshape(-1, 4)

    @property
    def registers(self) -> int:
        """Number of value registers."""
        return len(self._values)

    @property
    def masks(self) -> int:
        """Number of mask registers."""
        return len(self._masks)

    def _metric(self, metric: Metric) -> None:
        match metric.averaging:
            case Total(term, _, _):
                self._sum(f"{metric.name}:sum", term)
                self._emit_slot(kernel.COUNT, f"{metric.name}:rows", 0, self._mask(term))
                self.counts.add(f"{metric.name}:rows")
            case Quotient(numerator, denominator, _, _):
                self._sum(f"{metric.name}:sum", numerator)
                self._sum(f"{metric.name}:weight", denominator)
            case _:
                pass

    def _sum(self, slot: str, term: Term) -> None:
        register, _, is_wide = self._value(term)
        self._emit_slot(kernel.SUM_WIDE if is_wide else kernel.SUM, slot, register, self._mask(term))

    def _emit_slot(self, operation: int, slot: str, register: int, mask: int) -> None:
        self._code.append((operation, len(self.slots), register, mask))
        self.slots.append(slot)

    # -- null masks: a term is null where any of the columns that it reads, other than filled ones, is ------------

    def _mask(self, term: Term) -> int:
        return self._mask_of(_null_columns(term) & self._nullable)

    def _mask_of(self, names: frozenset[str]) -> int:
        if not names:
            return kernel.NEVER
        if names not in self._masks:
            first, *rest = sorted(names)
            if rest:
                left, right = self._mask_of(frozenset(rest)), self._mask_of(frozenset((first,)))
                self._masks[names] = len(self._masks)
                self._code.append((kernel.EITHER, self._masks[names], left, right))
            else:
                self._masks[names] = len(self._masks)
                self._code.append((kernel.MASK, self._masks[names], self.columns.index(first), 0))
        return self._masks[names]

    # -- values: (register, bits of the magnitude, whether it has an upper limb), each computed once -------------------

    def _value(self, term: Term) -> tuple[int, int, bool]:
        match term:
            case Column() | Filled() | Constant():
                return self._leaf(term)
            case Binary(operator, left, right):
                return self._binary(operator, self._value(left), self._value(right))
            case Where(subject, comparison, then):
                tested, chosen = self._widened(self._value(subject)), self._widened(self._value(then))
                return self._emit(_WHERE[comparison], tested[0], chosen[0], chosen[1], is_wide=True)
            case Given(_, then):
                return self._value(then)
            case Rounded(numerator, denominator):
                upper, lower = self._widened(self._value(numerator)), self._value(denominator)
                return self._emit(kernel.DIVIDE, upper[0], lower[0], upper[1] + 1, is_wide=True)
            case _:
                message = f"expected a term, found {type(term).__name__}"
                raise TypeError(message)

    def _leaf(self, term: Column | Filled | Constant) -> tuple[int, int, bool]:
        if isinstance(term, Constant):
            return self._emit(kernel.CONSTANT, term.value, 0, term.value.bit_length(), is_wide=False)
        place, bits = self.columns.index(term.name), self._bits[term.name]
        if isinstance(term, Column):
            return self._emit(kernel.LOAD, place, 0, bits, is_wide=False)
        return self._emit(kernel.FILL, place, term.value, max(bits, term.value.bit_length()), is_wide=False)

    def _binary(
        self, operator: str, left: tuple[int, int, bool], right: tuple[int, int, bool]
    ) -> tuple[int, int, bool]:
        bits = left[1] + right[1] if operator == "*" else max(left[1], right[1]) + 1
        narrow = not left[2] and not right[2]
        if narrow and bits <= NARROW_BITS:
            return self._emit(_NARROW[operator], left[0], right[0], bits, is_wide=False)
        if narrow and operator == "*":
            return self._emit(kernel.MULTIPLY_TO_WIDE, left[0], right[0], bits, is_wide=True)
        return self._emit(_WIDE[operator], self._widened(left)[0], self._widened(right)[0], bits, is_wide=True)

    def _widened(self, value: tuple[int, int, bool]) -> tuple[int, int, bool]:
        return value if value[2] else self._emit(kernel.WIDEN, value[0], 0, value[1], is_wide=True)

    def _emit(self, operation: int, left: int, right: int, bits: int, *, is_wide: bool) -> tuple[int, int, bool]:
        key = (operation, left, right)
        if key not in self._values:
            self._values[key] = (len(self._values), bits, is_wide)
            self._code.append((operation, self._values[key][0], left, right))
        return self._values[key]


def _null_columns(term: Term) -> frozenset[str]:
    match term:
        case Filled() | Constant():
            return frozenset()
        case Column(name):
            return frozenset((name,))
        case Binary(_, left, right) | Rounded(left, right):
            return _null_columns(left) | _null_columns(right)
        case Where(subject, _, then) | Given(subject, then):
            return _null_columns(subject) | _null_columns(then)
        case _:
            return columns_of(term)


def terms_of(metric: Metric) -> tuple[Term, ...]:
    """The terms that a metric sums; none for quantiles and concentrations."""
    match metric.averaging:
        case Total(term, _, _):
            return (term,)
        case Quotient(numerator, denominator, _, _):
            return (numerator, denominator)
        case _:
            return ()


def can_fuse(metric: Metric, schema: Mapping[str, pl.DataType]) -> bool:
    """Whether the accumulator can say a metric over columns of these types: 64-bit integers, divided by columns."""
    terms = terms_of(metric)
    columns = {name for term in terms for name in columns_of(term)}
    fits = all(schema[name].is_integer() and schema[name] != pl.Int128() for name in columns)
    return bool(terms) and fits and all(_divides_by_columns(term) for term in terms)


def _divides_by_columns(term: Term) -> bool:
    match term:
        case Rounded(numerator, denominator):
            return isinstance(denominator, Column) and _divides_by_columns(numerator)
        case Binary(_, left, right) | Where(left, _, right) | Given(left, right):
            return _divides_by_columns(left) and _divides_by_columns(right)
        case _:
            return True


@lru_cache(maxsize=256)
def _program(metrics: tuple[Metric, ...], bits: tuple[tuple[str, int], ...], nullable: frozenset[str]) -> Program:
    return Program(metrics, dict(bits), nullable)


def fused_sums(rows: pl.DataFrame, metrics: Sequence[Metric], groups: Int64s, count: int) -> pl.DataFrame | None:
    """Exact sums by group, named as `compile_polars.partial_sums` names them.

    Args:
        rows: a measured frame with every column that the metrics read.
        metrics: those that `can_fuse`; quantiles and concentrations have nothing to sum.
        groups: (rows,) group of each row.
        count: number of groups.

    Returns:
        One row per group, `Int128` sums and `Int64` counts; `None` where a value is the one that stands for null.
    """
    summed = tuple(metric for metric in metrics if terms_of(metric))
    names = sorted({name for metric in summed for term in terms_of(metric) for name in columns_of(term)})
    columns = np.empty((len(names), rows.height), dtype=np.int64)
    bits, nullable = [], set()
    for place, name in enumerate(names):
        column = rows.get_column(name)
        lowest, highest = column.min(), column.max()
        sizes = [int(value).bit_length() for value in (lowest, highest) if isinstance(value, int)]
        bits.append((name, max(sizes, default=0)))
        if column.null_count():
            nullable.add(name)
            column = column.fill_null(NULL)
        columns[place] = column.to_numpy()
    if any(size > NARROW_BITS for _, size in bits):
        return None
    program = _program(summed, tuple(bits), frozenset(nullable))
    sums = np.zeros((count, len(program.slots), 2), dtype=np.int64)
    kernel.run(program.code, columns, groups, sums, program.registers, program.masks)
    return _frame(program, sums)


def _frame(program: Program, sums: Int64s) -> pl.DataFrame:
    wide = pl.Int128()
    limbs: dict[str, Int64s] = {}
    joined: list[pl.Expr] = []
    for slot, name in enumerate(program.slots):
        lower, upper = (np.ascontiguousarray(sums[:, slot, limb]) for limb in (0, 1))
        if name in program.counts:
            limbs[name] = lower
            joined.append(pl.col(name))
            continue
        limbs[name], limbs[f"{name}^"] = lower.view(np.uint64), upper
        high = pl.col(f"{name}^").cast(wide) * pl.lit(_LIMB, dtype=wide)
        joined.append(pl.col(name).cast(wide) + high)
    return pl.DataFrame(limbs).select(joined)
