"""A printed table set for a page."""

from django.contrib.auth.models import AnonymousUser

from registry.hookspecs import Heading, Printed, PrintedTable
from registry.web.presentation.comparison_table import letter, page_table

RESISTANCE = Heading("resistance_ohm", "R_ion <x>", "Ω", numeric=True)


def table(*cells: Printed) -> PrintedTable:
    return PrintedTable("t", "T", "", (RESISTANCE,), tuple((cell,) for cell in cells), ("one", "two"))


def test_numbers_are_cut_at_the_decimal_point_and_given_the_room_of_the_widest(db: None) -> None:
    printed = table(Printed("9.71×10⁻⁶", "9.71e-6", 9.71e-6), Printed("1000", "1000", 1000.0))
    first, second = (line[0] for line in page_table(printed, AnonymousUser()).lines)
    assert (first.whole, first.rest) == ("9", ".71×10⁻⁶")
    assert (second.whole, second.rest) == ("1000", "")
    assert first.whole_ch == second.whole_ch == 4


def test_words_and_products_are_left_whole(db: None) -> None:
    printed = table(Printed("Coin cell", missing=True), Printed("3×3", "3x3", 9.0))
    assert not any(line[0].aligned for line in page_table(printed, AnonymousUser()).lines)


def test_marks_are_letters_and_states_are_classes(db: None) -> None:
    printed = table(Printed("5", "5", 5.0, notes=(1, 2), stale=True, inferred=True))
    entry = page_table(printed, AnonymousUser()).lines[0][0]
    assert [mark.letter for mark in entry.marks] == ["a", "b"]
    assert entry.classes == "stale inferred"


def test_letters_go_on_after_z() -> None:
    assert (letter(1), letter(26), letter(27), letter(52)) == ("a", "z", "aa", "az")


def test_an_index_is_set_low_and_the_rest_escaped(db: None) -> None:
    assert page_table(table(), AnonymousUser()).heads[0].title == "R<sub>ion</sub> &lt;x&gt;"


def test_numbers_of_a_transposed_table_share_a_decimal_point_down_the_page(db: None) -> None:
    headings = (Heading("label", "Cell"), RESISTANCE, Heading("number", "Number"))
    row = (Printed("Pouch"), Printed("8.3", "8.3", 8.3), Printed("This work"))
    upright = PrintedTable("t", "T", "", headings, (row,), (), transposed=True)
    others = (Heading("label", "Cell"), RESISTANCE, Heading("thickness_um", "Thickness", "µm", numeric=True))
    longer = PrintedTable("t", "T", "", others, ((*row[:2], Printed("168.5", "168.5", 168.5)),), (), transposed=True)
    assert page_table(upright, AnonymousUser()).lines[0][1].whole_ch == 1
    assert page_table(longer, AnonymousUser()).lines[0][1].whole_ch == 3


def test_the_column_that_names_a_row_is_found_and_short_words_are_not_broken(db: None) -> None:
    headings = (Heading("number", "Number"), Heading("configuration", "Cell"))
    found = page_table(
        PrintedTable("t", "T", "", headings, ((Printed("This work"), Printed("A/B")),), ()), AnonymousUser()
    )
    assert found.name_column == 1
    assert [entry.classes for entry in found.lines[0]] == ["short", ""]
    assert page_table(table(), AnonymousUser()).name_column == 0
