"""Widths of columns whose rows are laid out as lines on a phone."""

from registry.web.presentation.line_widths import line_widths, longest_word


def test_the_longest_word_counts_and_words_break_at_spaces_and_hyphens() -> None:
    assert longest_word("Capacity retention / %") == len("retention")
    assert longest_word("S-LPSCl") == len("LPSCl")
    assert longest_word("") == 0


def test_widths_are_custom_properties_of_the_columns() -> None:
    assert line_widths([5, 10.0]) == "--c1:3.3;--c2:6.3"
