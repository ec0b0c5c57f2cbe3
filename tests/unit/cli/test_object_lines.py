"""Objects as lines that people read."""

from routeproof.cli.object_lines import object_lines

SHA256 = "0123456789ab" + "0" * 52
HEAD = {"id": "R1", "state": "restored", "version": 3, "version_hash": SHA256, "ledger_index": 7}


def _lines(**members: object) -> list[str]:
    return list(object_lines({**HEAD, **members}))


def test_a_hash_that_nobody_compares_by_eye_is_short() -> None:
    """The version to sign and the pack's hash are whole; hashes of documents show their beginning."""
    lines = _lines(pack_sha256=SHA256, files={"letter.pdf": SHA256})
    assert lines[1:] == [
        f"  version hash {SHA256}",
        f"  pack sha256: {SHA256}",
        "  files:",
        "    letter.pdf: 0123456789ab…",
    ]


def test_what_is_empty_is_left_out_at_every_depth() -> None:
    """No `None`, no empty text, in an object within an item either."""
    (_, _, _, item) = _lines(clause=[{"id": "C1", "text": "", "consequence": {"credit_usd": None, "percent": "5"}}])
    assert item == "    - id C1; consequence percent 5"


def test_texts_of_several_lines_stand_under_their_item() -> None:
    """Line breaks of a letter stay, each line below the one that names it."""
    assert _lines(letters=[{"id": "L1", "text": "To P\n\nWe found."}])[2:] == [
        "  letters:",
        "    - id L1",
        "      text: To P",
        "",
        "        We found.",
    ]


def test_an_override_stands_in_the_first_line() -> None:
    """Whoever reads the state reads how it came about."""
    assert _lines(override=True)[0].startswith("R1: restored BY OVERRIDE ")
    assert _lines(override=False)[0].startswith("R1: restored ")


def test_times_are_written_for_people() -> None:
    """1 783 346 400 s after 1970 is 14:00 UTC of 6 July 2026; who did something is no time."""
    lines = _lines(clocks={"close_by": "1783346400000000000"}, opened_by="ann", notes=[{"at": 5, "noted_at": 10**18}])
    assert lines[2:] == [
        "  clocks:",
        "    close by: 2026-07-06 14:00:00 UTC",
        "  opened by: ann",
        "  notes:",
        "    - at 5; noted at 2001-09-09 01:46:40 UTC",
    ]
