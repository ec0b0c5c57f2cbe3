"""Terms compiled to one program of the fused accumulator; the same sums as `compile_polars`, bit for bit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.metrics import fused_kernel as kernel
from routeproof.metrics.metric import Metric, Quotient, Total
from routeproof.metrics.terms import Binary, Column, Constant, Filled, Given, Rounded, Term, Where, columns_of
from routeproof.tables.measured.coded_rows import nulls_as_word
from routeproof.vocab.absent import NULL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.metrics.fused_kernel import Int64s

NARROW_BITS = 63
BITS_STEP = 8
_LIMB = 1 << 64

_NARROW = {"+": kernel.ADD, "-": kernel.SUBTRACT, "*": kernel.MULTIPLY}
_WIDE = {"+": kernel.ADD_WIDE, "-": kernel.SUBTRACT_WIDE, "*": kernel.MULTIPLY_WIDE}
_WHERE = {">": kernel.WHERE_ABOVE, "<": kernel.WHERE_BELOW, "=": kernel.WHERE_ZERO}


class Program:
    """Instructions for a set of metrics over columns of known size.

    Attributes:
        columns: names in the order of the kernel's column array.
        slots: place of each sum by its name in `compile_polars.partial_sums`; equal sums share a place.
        counts: names of the sums that are counts.
    """

    def __init__(
        self, metrics: Sequence[Metric], columns: Sequence[str], bits: Mapping[str, int], nullable: frozenset[str]
    ) -> None:
        self.columns = tuple(columns)
        self.slots: dict[str, int] = {}
        self.counts: set[str] = set()
        self._bits, self._nullable = bits, nullable
        self._code: list[tuple[int, int, int, int]] = []
        self._values: dict[tuple[object, ...], tuple[int, int, bool]] = {}
        self._masks: dict[frozenset[str], int] = {}
        self._places: dict[tuple[int, int, int], int] = {}
        for metric in metrics:
            self._metric(metric)
        self.code: Int64s = np.array(self._code, dtype=np.int64).reshape(-1, 4)

    @property
    def sums(self) -> int:
        """Number of different sums."""
        return len(self._places)

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
        key = (operation, register, mask)
        if key not in self._places:
            self._places[key] = len(self._places)
            self._code.append((operation, self._places[key], register, mask))
        self.slots[slot] = self._places[key]

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
def _program(
    metrics: tuple[Metric, ...], columns: tuple[str, ...], bits: tuple[tuple[str, int], ...], nullable: frozenset[str]
) -> Program:
    return Program(metrics, columns, dict(bits), nullable)


@dataclass(frozen=True, slots=True)
class FusedSums:
    """Exact sums by group.

    Attributes:
        program: what made them.
        sums: (groups, sums of the program, 2) lower and upper limb.
    """

    program: Program
    sums: Int64s

    def frame(self) -> pl.DataFrame:
        """One row per group, `Int128` sums and `Int64` counts, named as `compile_polars.partial_sums` names them."""
        program, wide = self.program, pl.Int128()
        limbs: dict[str, Int64s] = {}
        for place in sorted(set(program.slots.values())):
            lower, upper = (np.ascontiguousarray(self.sums[:, place, limb]) for limb in (0, 1))
            limbs |= {f"{place}": lower, f"{place}_": lower.view(np.uint64), f"{place}^": upper}
        whole = [
            (pl.col(f"{place}_").cast(wide) + pl.col(f"{place}^").cast(wide) * pl.lit(_LIMB, dtype=wide)).alias(
                f"{place}="
            )
            for place in sorted({place for name, place in program.slots.items() if name not in program.counts})
        ]
        joined = pl.DataFrame(limbs).with_columns(whole)
        return joined.select(
            pl.col(f"{place}" if name in program.counts else f"{place}=").alias(name)
            for name, place in program.slots.items()
        )


def sums_of(metrics: Sequence[Metric], names: Sequence[str], numbers: Int64s, groups: Int64s, count: int) -> FusedSums:
    """Exact sums by group.

    Args:
        metrics: those that `can_fuse`; quantiles and concentrations have nothing to sum.
        names: columns, with every one that the metrics read.
        numbers: (names, rows), `NULL` = null.
        groups: (rows,) group of each row.
        count: number of groups.
    """
    summed = tuple(metric for metric in metrics if terms_of(metric))
    read = sorted({name for metric in summed for term in terms_of(metric) for name in columns_of(term)})
    extents = {name: kernel.extent(numbers[names.index(name)]) for name in read}
    bits = tuple((name, _rounded_bits(lowest, highest)) for name, (lowest, highest, _) in extents.items())
    nullable = frozenset(name for name, (_, _, nulls) in extents.items() if nulls)
    program = _program(summed, tuple(names), bits, nullable)
    sums = np.zeros((count, program.sums, 2), dtype=np.int64)
    kernel.run(program.code, numbers, groups, sums, program.registers, program.masks)
    return FusedSums(program, sums)


def added(parts: Sequence[FusedSums], groups: Int64s, count: int) -> FusedSums:
    """Sums of one program put together.

    Args:
        parts: sums that the same program made.
        groups: (groups of all parts,) to which group of the result each adds.
        count: groups of the result.
    """
    total = np.zeros((count, parts[0].program.sums, 2), dtype=np.int64)
    kernel.add(np.concatenate([part.sums for part in parts]), groups, total)
    return FusedSums(parts[0].program, total)


def _rounded_bits(lowest: int, highest: int) -> int:
    """Bits of the larger magnitude, in few steps, so that one program serves many pieces."""
    bits = max(int(lowest).bit_length(), int(highest).bit_length())
    return min(-(-bits // BITS_STEP) * BITS_STEP, NARROW_BITS)


def fused_sums(rows: pl.DataFrame, metrics: Sequence[Metric], groups: Int64s, count: int) -> pl.DataFrame | None:
    """The sums of a measured frame with every column that the metrics read; see `FusedSums.frame`.

    Returns:
        One row per group; `None` where a value is the one that stands for null.
    """
    names = sorted({name for metric in metrics for term in terms_of(metric) for name in columns_of(term)})
    numbers = np.empty((len(names), rows.height), dtype=np.int64)
    for place, name in enumerate(names):
        column = rows.get_column(name)
        if column.min() == NULL:
            return None
        numbers[place] = nulls_as_word(column)
    return sums_of(metrics, names, numbers, groups, count).frame()
