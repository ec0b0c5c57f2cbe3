"""Tables that end in a sentence."""

from routeproof.cli.printing import WIDTH, sentence_lines


def test_a_long_sentence_goes_over_several_lines_of_a_table_that_fits() -> None:
    """No line is wider than people's screens, and every word is there."""
    rows = [
        {"id": "C-1", "rules": ["slow_fill"] * 4, "title": "a fill that came late " * 12},
        {"id": "C-22", "title": "b"},
    ]
    lines = list(sentence_lines(("id", "rules", "title"), rows))
    assert max(map(len, lines)) <= WIDTH
    assert " ".join(lines).split().count("late") == 12
    assert lines[0].split() == ["id", "rules", "title"]


def test_a_sentence_keeps_some_room_beside_wide_columns() -> None:
    """A name of 118 characters leaves none of 120: the sentence has 30 all the same, and so has the name."""
    lines = list(sentence_lines(("id", "title"), [{"id": "x" * 118, "title": "word " * 12}]))
    assert max(map(len, lines)) == 30 + 2 + len("word word word word word word")
