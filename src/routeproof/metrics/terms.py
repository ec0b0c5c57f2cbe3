"""The term language: what one measured row contributes to a metric, in exact integers.

A term is a small tree over integer columns of a measured frame. It is null on a row as soon as one of its columns is,
and a null row contributes nothing. `compile_polars` turns the tree into expressions in 128-bit integers.
"""

from __future__ import annotations

from dataclasses import dataclass


class Term:
    """A node of the tree; combine terms and integers with `+ - *`."""

    def __add__(self, other: Term | int) -> Term:
        return Binary("+", self, as_term(other))

    def __sub__(self, other: Term | int) -> Term:
        return Binary("-", self, as_term(other))

    def __mul__(self, other: Term | int) -> Term:
        return Binary("*", self, as_term(other))

    def __rsub__(self, other: int) -> Term:
        return Binary("-", as_term(other), self)

    def __rmul__(self, other: int) -> Term:
        return Binary("*", as_term(other), self)

    def __neg__(self) -> Term:
        return Binary("-", Constant(0), self)


@dataclass(frozen=True, slots=True)
class Column(Term):
    """A column of the measured frame."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant(Term):
    """An integer."""

    value: int


@dataclass(frozen=True, slots=True)
class Binary(Term):
    """Sum, difference or product of two terms; null if either is."""

    operator: str
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Filled(Term):
    """A column with its nulls replaced by an integer; the only term that a null column does not make null."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class Where(Term):
    """`then` on rows where `subject` compares with 0 as said, else 0; null where either is null."""

    subject: Term
    comparison: str
    then: Term


@dataclass(frozen=True, slots=True)
class Given(Term):
    """`then` on rows where `subject` is not null, else null: the weight of a mean over `subject`."""

    subject: Term
    then: Term


@dataclass(frozen=True, slots=True)
class Rounded(Term):
    """Quotient of two terms rounded half-even to an integer; the denominator is positive wherever it is not null."""

    numerator: Term
    denominator: Term


def as_term(value: Term | int) -> Term:
    """The term, or the constant term of an integer."""
    return value if isinstance(value, Term) else Constant(value)


def columns_of(term: Term) -> frozenset[str]:
    """Names of the columns that a term reads."""
    match term:
        case Column(name) | Filled(name, _):
            return frozenset((name,))
        case Constant():
            return frozenset()
        case Binary(_, left, right):
            return columns_of(left) | columns_of(right)
        case Where(subject, _, then) | Given(subject, then):
            return columns_of(subject) | columns_of(then)
        case Rounded(numerator, denominator):
            return columns_of(numerator) | columns_of(denominator)
        case _:
            message = f"expected a term, found {type(term).__name__}"
            raise TypeError(message)
