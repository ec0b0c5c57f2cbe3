"""Which texts an element may hold; each row was read off the written types, and holds in the official schema too."""

import pytest

from routeproof.tables.rule606.values import checked, fixed, integer

ROWS = """
version            | 1.2 1.3                      | 1.4 1.20 (empty) (blank)1.3
year               | 2000 2099 +2020 02020 (blank)2026 | 1999 2100 2020.0 (empty) x
quarter            | 1 4 01                       | 0 5 -1 Q3 (empty)
month              | 1 12 +7 07                   | 0 13 1.0 (empty)
percent | (empty) (blank) 5.00 .00 0.00 100.00 100.000 005.00 33.333 | 5 5.0 100.01 -0.00 +5.00 1e2 5,00 101.00
cents_per_hundred  | (empty) 1.0000 -1.0000 .0000 -.50000 | 1.000 1 +1.0000 - 1,000.0000
usd                | (empty) 1 -1 +1 1. .5 -0.005 | . - 1e5 1,000 $5 NaN
shares             | (empty) 0 -0 1.5 +1 1.       | -1 -0.5 1,000 x
whole              | (empty) 0 12 007             | +1 1.0 -1 x
mic                | (empty) (blank) XNYS X1S2    | xnys XNY XNYSE (blank)XNYS
mpid               | (empty) ABCD AB12E           | ABC ABCDEF abcd ABCD(blank)
yes_no             | Y N                          | y (empty) Y(blank)
services           | PRV EV/SRV                   | prv (empty) SRV
order_id           | a (blank)                    | (empty)
text               | (empty) anything             |
day | 2024-02-29 2026-12-31 (blank)2026-01-01 | 2026-02-29 2026-2-01 2026-13-01 0000-01-01 2026-01-01Z (empty)
clock              | 00:00:00 23:59:59 24:00:00   | 24:00:01 23:60:00 23:59:60 7:00:00 07:00:00Z (empty)
instant | 2026-10-01T14:05:59Z         | 2026-10-01T14:05:59 2026-10-01 2026-02-30T00:00:00Z 2026-10-01T14:05:59.0Z
"""


def _cases() -> list[tuple[str, str, bool]]:
    cases = []
    for line in ROWS.strip().splitlines():
        kind, good, bad = (part.strip() for part in line.split("|"))
        for texts, is_good in ((good, True), (bad, False)):
            cases += [(kind, text.replace("(empty)", "").replace("(blank)", " "), is_good) for text in texts.split()]
    return cases


@pytest.mark.parametrize(("kind", "text", "is_good"), _cases())
def test_a_text_is_one_of_its_kind_or_not(kind: str, text: str, is_good: bool) -> None:  # noqa: FBT001  # a case
    """Good texts have no code; bad ones have one, and words for what was expected."""
    code, expected = checked(kind, text)  # type: ignore[arg-type]
    assert (code == "", expected == "") == (is_good, is_good)


@pytest.mark.parametrize(("name", "is_good"), [("x" * 80, True), ("x" * 81, False), ("a \n " * 40, True), (" ", False)])
def test_names_are_counted_without_their_white_space(name: str, is_good: bool) -> None:  # noqa: FBT001  # a case
    """Up to eighty characters once runs of blanks are one; a customer's name may be empty."""
    assert (checked("name", name)[0] == "") is is_good
    assert (checked("name_or_empty", name)[0] == "") is (is_good or name == " ")


def test_foreign_digits_and_blanks_are_none() -> None:
    """XML's white space is four characters, and a digit is one of ten."""
    assert checked("year", "\u0662\u0660\u0662\u0660")[0] == "not_a_number"
    assert checked("percent", "\u00a05.00")[0] == "not_a_percentage"


def test_numbers_are_exact_or_none() -> None:
    """At 1e-9; empty, words and more than nine decimals are null."""
    texts = ["1.5", " -0.0021 ", "", "x", "0.1234567890", "0.1234567891", "9" * 30, None]
    assert [fixed(text) for text in texts] == [1_500_000_000, -2_100_000, None, None, 123_456_789, None, None, None]
    assert [integer(text) for text in ("+07", "7.0", "", "9" * 100)] == [7, None, None, None]
