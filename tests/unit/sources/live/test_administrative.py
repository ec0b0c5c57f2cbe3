"""What an engine would die of is found before it is given to it, and nothing else is held back."""

import pytest

from routeproof.sources.live.administrative import DataFields, fault_of

LOGON = "35=A|34=1|52=20260105-14:30:00.123|98=0|108=30|"


def raw(fields: str) -> bytes:
    """Fields with `|` behind each."""
    return b"8=FIX.4.4\x019=0\x01" + fields.replace("|", "\x01").encode("latin-1") + b"10=000\x01"


@pytest.mark.parametrize("more", ["", "141=Y|", "141=N|789=7|", "43=Y|", "384=1|372=8|385=S|", "58=|", "95=3|96=a|b|"])
def test_a_good_logon_has_no_fault(more: str) -> None:
    """Whatever else is in it."""
    assert fault_of("A", raw(LOGON + more)) == ""


@pytest.mark.parametrize("beat", ["", "abc", "1.5", " ", "+1", "-1", " 30", "2147483648", "9" * 5000])
def test_a_heartbeat_interval_is_a_whole_number(beat: str) -> None:
    """QuickFIX ends the process at anything else, also where the tag has a zero before it or comes twice."""
    for fields in (LOGON.replace("108=30", f"108={beat}"), LOGON + f"108={beat}|", LOGON + f"0108={beat}|"):
        assert fault_of("A", raw(fields)).startswith("expected a whole number from 0 to 2147483647 as HeartBtInt (108)")


@pytest.mark.parametrize("field", ["98=9|", "141=maybe|", "141=|", "789=x|", "34=two|", "52=yesterday|", "43=?|"])
def test_a_logon_with_a_field_that_is_never_answered_is_told(field: str) -> None:
    """The engine would neither answer nor end."""
    tag = field.partition("=")[0]
    rest = "".join(each + "|" for each in LOGON.split("|")[:-1] if not each.startswith(tag + "="))
    assert f"({tag})" in fault_of("A", raw(rest + field))


@pytest.mark.parametrize("tag", ["34", "52", "98", "108"])
def test_a_logon_has_what_it_needs(tag: str) -> None:
    """A missing field is named."""
    rest = "".join(each + "|" for each in LOGON.split("|")[:-1] if not each.startswith(tag + "="))
    assert fault_of("A", raw(rest)).endswith(f"({tag}), found none")


def test_numbers_that_no_sequence_has_are_refused() -> None:
    """Above 2147483647 the engine counts on into nowhere; other strange values it rejects itself."""
    assert fault_of("4", raw("35=4|34=2|36=2147483648|")) == "NewSeqNo (36) is above 2147483647"
    assert fault_of("0", raw("35=0|34=99999999999999999999|")) == "MsgSeqNum (34) is above 2147483647"
    assert fault_of("4", raw("35=4|34=2|36=2147483647|")) == ""
    assert fault_of("4", raw("35=4|34=2|36=abc|")) == ""
    assert fault_of("2", raw("35=2|34=2|7=x|16=-1|")) == ""


@pytest.mark.parametrize(
    "fields",
    ["95=2|96=ab|", "95=4|96=a|b=|58=x|", "58=x|", "93=3|89=a|b|", "95=1|96=x|95=5|96=ab|cd|", "95=2|58=late|96=ab|"],
)
def test_a_data_field_as_long_as_said_is_fine(fields: str) -> None:
    """Also with separators in it, twice, and for the signature, whose length is no tag before it."""
    assert DataFields({89, 96}).fault_in(raw("35=8|" + fields)) == ""


@pytest.mark.parametrize(
    ("fields", "tag"),
    [
        ("95=-5|96=ab|", 96),
        ("95=2000000000|96=ab|", 96),
        ("95=3|96=ab|", 96),
        ("95=1|96=ab|", 96),
        ("95=|96=ab|", 96),
        ("96=ab|", 96),
        ("95=9|096=ab|", 96),
        ("93=9|89=ab|", 89),
    ],
)
def test_a_data_field_of_another_length_is_told(fields: str, tag: int) -> None:
    """Too long it ends the process, too short the message is never taken."""
    assert DataFields({89, 96}).fault_in(raw("35=8|" + fields)) == f"the length of its field {tag} is wrong"


def test_without_data_fields_there_is_nothing_to_judge() -> None:
    """A session without a dictionary has none."""
    assert DataFields(()).fault_in(raw("35=8|95=-5|96=ab|")) == ""


@pytest.mark.parametrize("part", ["nonsense|", "abc=1|", "=1|", "|", "99999999999=1|", "5|96=ab|"])
def test_a_part_that_is_no_field_is_told(part: str) -> None:
    """The engine ignores such a message, whatever is behind it; a tag of its own, or below zero, it rejects."""
    for tags in (set[int](), {96}):
        assert DataFields(tags).fault_in(raw("35=8|95=2|" + part)).endswith(("is no field", "field 96 is wrong"))
        assert DataFields(tags).fault_in(raw("35=8|5001=|-1=x|")) == ""
    assert DataFields({96}).fault_in(raw("35=8|95=2|96=ab|" + part)) != ""
