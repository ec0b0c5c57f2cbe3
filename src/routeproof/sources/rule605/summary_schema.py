"""Constraints of summary reports: what the SEC's CSVW metadata asks of each column, told in own words.

Source: `oes-metadata.json` of the Order Execution Summary specification. Two of its rules are read together with the
specification's text: a combination that was received and not executed states its keys and its two average sizes only
(a row that lacks one of these is none), and columns for which the metadata lists words for a missing value may be
empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

NUMBER = re.compile(r"[+-]?(\d+(\.\d{0,6})?([eE][+-]?\d+)?)?")
NO_VALUE = ("", "nan", "NaN", "inf", "+inf", "-inf")
PATTERN, CODE, MONTH, REQUIRED = "wrong_pattern", "unknown_code", "wrong_month", "missing_value"
NUMERIC, LEAST, MOST = "not_a_number", "below_minimum", "above_maximum"
_KEYS = 6
_ALWAYS = 8


@dataclass(frozen=True, slots=True)
class Rule:
    """What one column may hold.

    Attributes:
        name: official name.
        pattern: whole texts that are allowed, for keys.
        words: what the pattern means.
        code: of a text that the pattern does not allow.
        least: smallest number; most: largest.
        below: a number must be less than this.
        may_be_missing: there are words for a missing value.
    """

    name: str
    pattern: re.Pattern[str] | None = None
    words: str = "a number of at most six decimals"
    code: str = NUMERIC
    least: Decimal | None = None
    most: Decimal | None = None
    below: Decimal | None = None
    may_be_missing: bool = False

    def problem(self, text: str) -> tuple[str, str] | None:
        """Code and sentence of the first thing that is wrong with a text that is there; nothing if it is right."""
        pattern = self.pattern or NUMBER
        none = self.code, f"expected {self.words} in {self.name}, found {text!r}"
        if not pattern.fullmatch(text):
            return none
        if self.pattern is not None and self.least is None:
            return None
        try:
            return self._beyond(Decimal(text), text)
        except InvalidOperation:  # a sign alone, or an exponent beyond all bounds: the pattern lets both pass
            return none

    def _beyond(self, value: Decimal, text: str) -> tuple[str, str] | None:
        if self.least is not None and value < self.least:
            return LEAST, f"expected {self.least} or more in {self.name}, found {text}"
        if self.most is not None and value > self.most:
            return MOST, f"expected {self.most} or less in {self.name}, found {text}"
        if self.below is not None and value >= self.below:
            return MOST, f"expected less than {self.below} in {self.name}, found {text}"
        return None


def _rule(name: str, pattern: str, words: str, code: str, least: int | None = None, below: int | None = None) -> Rule:
    return Rule(
        name,
        re.compile(pattern),
        words,
        code,
        least=None if least is None else Decimal(least),
        below=None if below is None else Decimal(below),
    )


ZERO, ONE, TWO = Decimal(0), Decimal(1), Decimal(2)
SIZES = (0, 250, 1000, 5000, 10000, 20000, 50000, 199999, 200000)

RULES = (
    _rule("DsgntParticipant", "[A-Z]+", "capital letters", PATTERN),
    _rule("RprtEntityCd", "[A-Z]+", "capital letters", PATTERN),
    _rule("RptDate", r"20[2-9]\d(0[1-9]|1[012])", "a month as YYYYMM, 2020 to 2099", MONTH, 202501, 209913),
    _rule("Sp500", "Y|N", "Y or N", CODE),
    _rule("OrderSize", "|".join(map(str, SIZES)), f"one of {', '.join(map(str, SIZES))}", CODE),
    _rule("OrderType", "M|ML", "M or ML", CODE),
    Rule("AvgOrderQty", least=ZERO),
    Rule("AvgOrderSize", least=ZERO),
    Rule("ExctdOrderMidPtAvg"),
    Rule("PctExctdAtQuotOrBetter", least=ZERO, most=ONE),
    Rule("PctExctdPI", least=ZERO, most=ONE),
    Rule("WghtdAvgPctPI", most=TWO),
    Rule("AvgEffctvSprdPct", least=-TWO),
    Rule("AvgPctQuotSprd", least=ZERO),
    Rule("AvgEFQPct", may_be_missing=True),
    Rule("AvgRealSprdPct15sec", may_be_missing=True),
    Rule("AvgRealSprdPct1min"),
    Rule("WghtdAvgExctnTime", least=ZERO),
)
"""By column, in the order of the specification."""

KEY = tuple(rule.name for rule in RULES[:_KEYS])
STATED_ALWAYS = tuple(rule.name for rule in RULES[:_ALWAYS])
STATED_IF_EXECUTED = tuple(rule.name for rule in RULES[_ALWAYS:])
