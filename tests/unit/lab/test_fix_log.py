"""The FIX logs hold to the protocol, read here by a small parser of the tests' own."""

from collections import Counter, defaultdict

import pytest

from routeproof.lab.simulate import LabDay

Message = dict[int, str]


def parse(line: str) -> Message:
    """Tag to value; a tag that repeats keeps its last value (none does, beside the fee group)."""
    message = line.split(" : ", 1)[1]
    return {int(tag): value for tag, value in (field.split("=", 1) for field in message.rstrip("\x01").split("\x01"))}


@pytest.fixture(scope="module")
def logs(honest_day: LabDay) -> list[list[str]]:
    """Both providers' logs of one day."""
    return [files.log for files in honest_day.providers]


def test_body_length_and_checksum_are_right(logs: list[list[str]]) -> None:
    """BodyLength counts the bytes from tag 35 to the separator before tag 10; CheckSum is the byte sum modulo 256."""
    for line in [line for log in logs for line in log]:
        message = line.split(" : ", 1)[1]
        start = message.index("\x0135=") + 1
        end = message.rindex("10=")
        fields = parse(line)
        assert int(fields[9]) == len(message[start:end].encode())
        assert int(fields[10]) == sum(message[:end].encode()) % 256
        assert len(fields[10]) == 3


def test_sequence_numbers_count_from_one_per_session_and_resends_repeat_one(logs: list[list[str]]) -> None:
    """Sequence numbers count from one per session and resends repeat one."""
    for log in logs:
        seen: dict[tuple[str, str], int] = defaultdict(int)
        for fields in map(parse, log):
            session = (fields[49], fields[56])
            if fields.get(43) == "Y":
                assert int(fields[34]) <= seen[session]
                assert fields[122] < fields[52]
            else:
                seen[session] += 1
                assert int(fields[34]) == seen[session]


def test_sending_times_never_go_back_within_a_session(logs: list[list[str]]) -> None:
    """Sending times never go back within a session."""
    for log in logs:
        last: dict[tuple[str, str], str] = defaultdict(str)
        for fields in map(parse, log):
            session = (fields[49], fields[56])
            assert fields[52] >= last[session]
            last[session] = fields[52]


def test_every_order_is_answered_and_ends(logs: list[list[str]]) -> None:
    """The provider accepts or refuses each new order; filled, cancelled, expired or refused is how each ends."""
    for log in logs:
        messages = [fields for fields in map(parse, log) if fields.get(43) != "Y"]
        orders = {m[11] for m in messages if m[35] == "D" and m[49] == "FIRM"}
        replaced = {m[41]: m[11] for m in messages if m[35] == "8" and m[150] == "5" and m[56] == "FIRM"}
        reports = [m for m in messages if m[35] == "8" and m[56] == "FIRM"]
        answered = {m[11] for m in reports if m[150] in "08"}
        ended = {m.get(41, m[11]) for m in reports if m[39] in "248C" and m[150] not in "GH"}
        assert answered == orders
        assert {order for order in orders if order not in ended and replaced.get(order) not in ended} <= {
            m[11] for m in messages if m[35] == "D" and m[59] == "1"
        }


def test_nothing_fills_after_its_order_ended(logs: list[list[str]]) -> None:
    """An honest provider reports all fills before it says that the order is cancelled or expired."""
    for log in logs:
        ended: set[str] = set()
        for m in map(parse, log):
            if m[35] == "8" and m[56] == "FIRM" and m.get(43) != "Y":
                assert not (m[150] == "F" and m[37] in ended)
                if m[150] in "4C8":
                    ended.add(m[37])


def test_child_orders_name_their_parent(logs: list[list[str]]) -> None:
    """ClOrdID of a child is C, its number, a hyphen and the parent's ClOrdID, which exists."""
    for log in logs:
        messages = list(map(parse, log))
        parents = {m[11] for m in messages if m[49] == "FIRM" and m[35] in "DG"}
        children = [m for m in messages if m[35] in "DG" and m[49] != "FIRM"]
        assert children
        assert all(m[11].split("-", 1)[1] in parents and m[526] in parents for m in children)


def test_a_fill_is_seen_on_both_sessions_under_one_match_id(logs: list[list[str]]) -> None:
    """A fill is seen on both sessions under one match id."""
    for log in logs:
        fills = [m for m in map(parse, log) if m.get(150) == "F" and m.get(43) != "Y"]
        sightings = Counter(m[880] for m in fills)
        assert set(sightings.values()) == {2}
        by_id = defaultdict(set)
        for m in fills:
            by_id[m[880]].add((m[31], m[32], m[60], m[30]))
        assert all(len(said) == 1 for said in by_id.values())


def test_cum_and_leaves_add_up_to_the_order(logs: list[list[str]]) -> None:
    """Cum and leaves add up to the order."""
    for log in logs:
        for m in map(parse, log):
            if m.get(150) == "F":
                assert float(m[14]) + float(m[151]) == pytest.approx(float(m[38]))
