"""Markdown tables."""

import pytest

from plugins.table_formats.markdown import escaped, register_table_formats, render
from registry.hookspecs import PrintedTable


def pipe_rows(text: str) -> list[list[str]]:
    """Return the cells of the pipe table; `\\|` is not a border (GitHub Flavored Markdown 0.29, section 4.10)."""
    lines = [line.replace(r"\|", "\0") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip().replace("\0", "|") for cell in line.strip("|").split("|")] for line in lines]


def test_prints_every_number_as_written(table: PrintedTable) -> None:
    head, rule, *rows = pipe_rows(render(table).decode())
    assert head == [
        "Sample",
        "Resistance / Ω",
        "Electronic conductivity σ / mS cm⁻¹",
        "Area / cm²",
        "Stack pressure / MPa",
    ]
    assert [cell.endswith(":") for cell in rule] == [False, True, True, True, True]
    assert rows[0] == ['=cmd("calc")', "7.87×10³", "9.71×10⁻³\N{THIN SPACE}ᵃ", "3×3", "10"]
    assert rows[2][1:] == ["> 80ᵃ,ᵇ", "168.5", "3×3", "2"]
    assert [row[1] for row in rows] == ["7.87×10³", "-5", "> 80ᵃ,ᵇ", "1.00×10¹"]


def test_a_missing_value_prints_its_reason_in_italics(table: PrintedTable) -> None:
    assert pipe_rows(render(table).decode())[3][4] == "*Coin cell*"


def test_columns_line_up_in_a_terminal(table: PrintedTable) -> None:
    lines = [line for line in render(table).decode().splitlines() if line.startswith("| ")]
    assert len({len(line) for line in lines}) == 1


def test_labels_cannot_open_tags_or_columns(table: PrintedTable) -> None:
    text = render(table).decode()
    assert {len(row) for row in pipe_rows(text)} == {5}
    assert "<script" not in text
    assert "<b>" not in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a|b", r"a\|b"),
        ("a\\|b", r"a\\\|b"),
        ("one\ntwo", "one two"),
        ("<5 MPa & <i>", "<5 MPa & &lt;i>"),
        ("&lt;", "&amp;lt;"),
        ("[x](javascript:y)", r"\[x\](javascript:y)"),
        ("[1]", "[1]"),
        ("in_word _edge_", r"in_word \_edge\_"),
        ("~5", "~5"),
        ("~~5~~", r"\~\~5\~\~"),
        ("NCM@Li-PEVA/LPSCl/Li", "NCM@Li-PEVA/LPSCl/Li"),
    ],
)
def test_escapes_only_what_would_be_read_as_markup(text: str, expected: str) -> None:
    assert escaped(text) == expected


def test_lists_footnotes_and_references_below(table: PrintedTable) -> None:
    text = render(table).decode()
    assert "\nᵃ Computed 6.59×10⁻³ mS cm⁻¹, 4.6 % less.  \nᵇ =Deduced" in text
    assert "\n[1] Zhang, W. et al. Revitalizing interphase – 100 % & more." in text
    assert text.count("doi:10.1000/xyz_1") == 1


def test_has_title_and_caption(table: PrintedTable) -> None:
    assert render(table).decode().startswith("**Odd & ends**\n\n\\-1 % of \\*all\\* cells\n\n| Sample")


def test_transposes(transposed_table: PrintedTable) -> None:
    rows = pipe_rows(render(transposed_table).decode())
    assert rows[0] == ["Stack pressure / MPa", "2", "5"]
    assert rows[2:] == [
        ["Ionic conductivity / mS cm⁻¹", "0.366", "0.370"],
        ["Electronic conductivity / mS cm⁻¹", "7.18", "7.41ᵃ"],
    ]


def test_an_empty_table_states_that_it_has_no_rows(empty_table: PrintedTable) -> None:
    text = render(empty_table).decode()
    assert len(pipe_rows(text)) == 2
    assert "No measurement matches" in text


def test_footnotes_go_on_after_z_and_references_may_be_none(noted_table: PrintedTable) -> None:
    text = render(noted_table).decode()
    assert "|   30ᵃᵉ |" in text
    assert "\nᵃᵉ Remark 30." in text
    assert "[1]" not in text


def test_output_is_reproducible(table: PrintedTable) -> None:
    assert render(table) == render(table)


def test_registers_as_md() -> None:
    (form,) = register_table_formats()
    assert (form.name, form.extension) == ("md", "md")
