"""Text shared by all table formats."""

from dataclasses import replace

import pytest

from registry.contract.table_text import (
    Number,
    footnote_letters,
    footnote_marks,
    guarded,
    header_text,
    lay_out,
    number_of,
    one_line,
    reference_line,
    reference_text,
    superscript,
    thin_space,
)
from registry.hookspecs import Heading, PrintedTable, Reference, TableCell
from registry.testing.example_table import example_table


def test_letters_run_from_a_to_z_without_q_and_then_double() -> None:
    assert [footnote_letters(note) for note in (1, 2, 16, 17, 25, 26, 27, 50, 51)] == [
        *("a", "b", "p", "r", "z"),
        *("aa", "ab", "az", "ba"),
    ]


def test_letters_never_repeat() -> None:
    assert len({footnote_letters(note) for note in range(1, 1001)}) == 1000


def test_every_letter_has_a_superscript() -> None:
    assert superscript("aa,z") == "ᵃᵃ,ᶻ"
    assert not superscript("abcdefghijklmnoprstuvwxyz").isascii()


def test_marks_list_all_notes_of_a_cell() -> None:
    assert footnote_marks(TableCell("1", notes=(1, 3))) == "a,c"
    assert footnote_marks(Heading("x", "X")) == ""


def test_a_thin_space_separates_a_mark_from_an_exponent() -> None:
    assert thin_space("9.71×10⁻³") == "\N{THIN SPACE}"
    assert thin_space("168.5") == ""


def test_text_is_on_one_line_without_control_characters() -> None:
    assert one_line(" a\r\nb\tc \x1b[31md\x00 ") == "a b c \ufffd[31md\ufffd"


def test_a_header_includes_its_unit() -> None:
    assert header_text(Heading("thickness_um", "Thickness", "µm")) == "Thickness / µm"
    assert header_text(Heading("cycle_count", "Cycles")) == "Cycles"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (TableCell("7.87×10³", "7.87e3"), Number("", ("7.87e3",))),
        (TableCell("-5", "-5"), Number("", ("-5",))),
        (TableCell("3×3.2", "3x3.2"), Number("", ("3", "3.2"))),
        (TableCell("> 80", "80", qualifier=">"), Number(">", ("80",))),
        (TableCell("~80", "80", qualifier="~"), Number("~", ("80",))),
        (TableCell("Coin cell"), None),
        (TableCell("=1+1", "=1+1"), None),
        (TableCell("٣", "٣"), None),
        (Heading("x", "5"), None),
    ],
)
def test_distinguishes_numbers_from_text(cell: TableCell | Heading, expected: Number | None) -> None:
    assert number_of(cell) == expected


def test_a_doi_is_printed_once() -> None:
    bare = Reference(1, "Wu. Nature (2025).", doi="10.1/x")
    for text in ("Wu. Nature (2025). doi:10.1/x", "Wu. Nature (2025). https://doi.org/10.1/x.", "Wu. Nature (2025)."):
        reference = Reference(1, text, doi="10.1/x")
        assert reference_text(reference) == bare.text
        assert reference_line(reference) == "Wu. Nature (2025). doi:10.1/x"


def test_a_transposed_table_has_its_headings_down_the_side() -> None:
    transposed_table = replace(example_table(), transposed=True)
    layout = lay_out(transposed_table)
    assert [line[0] for line in (layout.head, *layout.body)] == list(transposed_table.headings)
    assert layout.numeric == (False, *(True for _ in transposed_table.rows))


def test_refuses_a_table_without_columns() -> None:
    with pytest.raises(ValueError, match=r"\bbare\b.* columns"):
        lay_out(PrintedTable("bare", "Bare", "", (), ()))


def test_refuses_a_row_of_wrong_length() -> None:
    table = example_table()
    broken = PrintedTable("short", "Short", "", table.headings, (table.rows[0][:2],))
    with pytest.raises(ValueError, match=r"row 1: 2 .* 5 "):
        lay_out(broken)


def test_refuses_a_note_without_a_footnote() -> None:
    table = example_table()
    broken = PrintedTable("noteless", "Noteless", "", table.headings, table.rows)
    with pytest.raises(ValueError, match=r"row 1, column Electronic conductivity σ: note 1 .* 0 "):
        lay_out(broken)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\uff1d"])
def test_guards_every_start_of_a_formula(start: str) -> None:
    assert guarded(f"{start}1+1").startswith("'")
