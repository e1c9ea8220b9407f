"""LaTeX tables: compiled with pdflatex if installed; the structure is always checked."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from plugins.table_formats.latex import escaped, register_table_formats, render, unit, with_subscripts
from registry.hookspecs import Heading, PrintedTable, TableCell
from tests.latex_reader import read_latex


def table_rows(text: str) -> list[list[str]]:
    """Return the cells between the rules, headers included."""
    inside = text.partition(r"\toprule")[2].partition(r"\bottomrule")[0]
    inside = re.sub(r"\\endfirsthead.*?\\endhead\n", "", inside, flags=re.DOTALL)
    lines = [line.removesuffix(r" \\") for line in inside.splitlines() if line.endswith(r" \\")]
    return [re.split(r"(?<!\\) & ", line) for line in lines]


def assert_well_formed(text: str) -> None:
    """Braces balance, environments nest, every row has as many cells as there are columns, and all is ASCII."""
    bare = re.sub(r"\\[{}\\]", "", text)
    depth = 0
    for char in bare:
        depth += {"{": 1, "}": -1}.get(char, 0)
        assert depth >= 0
    assert depth == 0
    stack: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if kind == "begin":
            stack.append(name)
        else:
            assert stack.pop() == name
    assert stack == []
    columns = re.search(r"\\begin\{(?:tabular|longtable)\}\{((?:[lr]|>\{[^{}]*\}p\{[0-9]+pt\})+)\}", text)
    assert columns is not None
    widths = {len(row) for row in table_rows(text) if not row[0].startswith(r"\multicolumn")}
    assert widths == {len(re.findall(r"[lr]|p(?=\{)", re.sub(r">\{[^{}]*\}", "", columns[1]).replace("pt", "")))}
    assert text.isascii()


def has_pdflatex() -> bool:
    finder = shutil.which("kpsewhich")
    if finder is None or shutil.which("pdflatex") is None:
        return False
    return bool(subprocess.run([finder, "siunitx.sty"], check=False, capture_output=True).stdout)


def assert_sets(text: str, folder: Path) -> None:
    """Run pdflatex if it and siunitx are there; the structure must be right in any case."""
    assert_well_formed(text)
    if has_pdflatex():
        (folder / "table.tex").write_text(text, encoding="ascii")
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "table.tex"]
        run = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, errors="replace")
        assert run.returncode == 0, run.stdout[-2000:]
        assert "Missing character" not in run.stdout
        assert (folder / "table.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("name", ["table", "transposed_table", "empty_table", "noted_table"])
def test_the_document_compiles(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    assert_sets(render(request.getfixturevalue(name)).decode("ascii"), tmp_path)


def test_the_document_compiles_with_every_character_of_a_lab(tmp_path: Path) -> None:
    text = (
        "αβγδεζηθικλμνξπρστυφχψω ΓΔΘΛΞΠΣΥΦΨΩ ∆ µm Ω \u2126 Å \u212b 25 °C ± × ÷ · − – — … ‘a’ “b” "
        "≤≥≠≈∼≪≫∝→←⇌∞√∂∑∫∥⊥′ "
        "m⁻² Li₆PS₅Cl xₙ⁽ⁿ⁾ éèêñöåçčăāżąőğ ÉÖŁøØßæœþðđı ﬁ 100‰ "
        "\u00a0\u202f\u2009 \\ { } # $ % & ~ _ ^ | < > \" ` ' -- ,, ''"
        " [1] *x* 電池 ế ©®™§•"
    )
    rows = ((TableCell(text),), (TableCell("[3pt] not an argument"),), (TableCell("*"),))
    table = PrintedTable("glyphs", text, text, (Heading("label", text, "mΩ cm²"),), rows, (text,))
    assert_sets(render(table).decode("ascii"), tmp_path)


def test_the_document_compiles_with_every_unit(tmp_path: Path) -> None:
    labels: tuple[str, ...] = (
        "S cm⁻¹",
        "mS cm⁻¹",
        "Ω",
        "mAh g⁻¹",
        "mAh cm⁻²",
        "%",
        "% per cycle",
        "V",
        "Wh kg⁻¹",
        "Wh L⁻¹",
        "MPa",
        "°C",
    )
    labels += ("C", "mA cm⁻²", "mg cm⁻²", "cm²", "µm", "g cm⁻³", "h", "Ω·cm²", "kJ mol⁻¹", "m⁵", "W/(m K)", "Ω s⁻⁰·⁵")
    headings = tuple(Heading(f"q{index}", "Q", label, numeric=True) for index, label in enumerate(labels))
    row = tuple(TableCell("1", "1", 1.0) for _ in labels)
    assert_sets(render(PrintedTable("units", "Units", "", headings, (row,))).decode("ascii"), tmp_path)


def test_numbers_keep_their_digits(table: PrintedTable) -> None:
    rows = table_rows(render(table).decode())
    assert rows[1][1:] == [r"\num{7.87e3}", r"\num{9.71e-3}\,\textsuperscript{a}", r"\numproduct{3 x 3}", r"\num{10}"]
    assert rows[2][1:3] == [r"\num{-5}", r"\num{6.890}"]
    assert rows[3][1] == r"\num{> 80}\textsuperscript{a,b}"


def test_a_missing_value_prints_its_reason_in_italics(table: PrintedTable) -> None:
    assert table_rows(render(table).decode())[2][4] == r"\textit{Coin cell}"


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("mS cm⁻¹", r"\unit{\milli\siemens\per\centi\metre}"),
        ("cm²", r"\unit{\centi\metre\squared}"),
        ("mAh g⁻¹", r"\unit{\milli\amperehour\per\gram}"),
        ("mA cm⁻²", r"\unit{\milli\ampere\per\centi\metre\squared}"),
        ("Ω·cm²", r"\unit{\ohm\centi\metre\squared}"),
        ("\u2126", r"\unit{\ohm}"),
        ("µm", r"\unit{\micro\metre}"),
        ("m", r"\unit{\metre}"),
        ("min", r"\unit{\minute}"),
        ("°C", r"\unit{\degreeCelsius}"),
        ("% per cycle", r"\% per cycle"),
        ("J mol⁻¹ K⁻¹", r"\unit{\joule\per\mole\per\kelvin}"),
        ("W/(m K)", r"\unit{\watt\per\metre\per\kelvin}"),
        ("g/cm³", r"\unit{\gram\per\centi\metre\cubed}"),
        ("Ω s⁻⁰·⁵", r"\unit{\ohm\per\second\tothe{0.5}}"),
        ("Ω/s⁰·⁵", r"\unit{\ohm\per\second\tothe{0.5}}"),
        ("furlong/h", r"(furlong/h)"),
        ("wt%", r"wt\%"),
        ("furlong⁻²", r"furlong\ensuremath{^{-2}}"),
    ],
)
def test_units_become_siunitx_where_it_has_them(label: str, expected: str) -> None:
    assert unit(label) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#$%&_", r"\#\$\%\&\_"),
        ("\\{}~^", r"\textbackslash{}\{\}\textasciitilde{}\textasciicircum{}"),
        ("Li₆PS₅Cl", r"Li\ensuremath{_{6}}PS\ensuremath{_{5}}Cl"),
        ("cm⁻²", r"cm\ensuremath{^{-2}}"),
        ("é", r"\'{e}"),
        ("e\u0301", r"\'{e}"),
        ("a--b", "a-{}-b"),
        ("Li-PEVA", "Li-PEVA"),
        ("[1]", "{[}1{]}"),
        ("電", r"\texttt{U+96FB}"),
        ("ﬁ", "fi"),
        (r"\input{/etc/passwd}", r"\textbackslash{}input\{/etc/passwd\}"),
    ],
)
def test_text_is_text_to_tex(text: str, expected: str) -> None:
    assert escaped(text) == expected


def test_lists_footnotes_and_references_below(table: PrintedTable) -> None:
    text = render(table).decode()
    assert r"\textsuperscript{b}~=Deduced" in text
    assert r"\bibitem[1]{odd-cells-1} Zhang, W. et al." in text
    assert text.count("doi:10.1000/xyz") == 1
    assert r"\caption{Odd \& ends. -1 \% of {*}all{*} cells.}\label{tab:odd-cells}" in text


def test_transposes(transposed_table: PrintedTable) -> None:
    rows = table_rows(render(transposed_table).decode())
    assert rows[0][1:] == [r"\num{2}", r"\num{5}"]
    assert rows[1] == [r"Ionic conductivity / \unit{\milli\siemens\per\centi\metre}", r"\num{0.366}", r"\num{0.370}"]


def test_an_empty_table_states_that_it_has_no_rows(empty_table: PrintedTable) -> None:
    assert r"\multicolumn{5}{l}{No measurement matches" in render(empty_table).decode()


def test_a_table_longer_than_a_page_may_break(noted_table: PrintedTable) -> None:
    text = render(noted_table).decode()
    assert r"\begin{longtable}{lr}" in text
    assert r"\textsuperscript{ae}~Remark 30." in text
    assert "thebibliography" not in text


def wide_table(text_columns: int, number_columns: int, words: str, rows: int = 3) -> PrintedTable:
    headings = [Heading(f"t{index}", f"Cathode composite {index}", "", numeric=False) for index in range(text_columns)]
    headings += [
        Heading(f"n{index}", "Volumetric energy density of the cell", "Wh L⁻¹", numeric=True)
        for index in range(number_columns)
    ]
    number = TableCell("1.234×10⁻³", "1.234e-3", 1.234e-3)
    row = (*(TableCell(words),) * text_columns, *(number,) * number_columns)
    return PrintedTable("wide", "Wide", "", tuple(headings), (row,) * rows)


@pytest.mark.parametrize(
    ("texts", "numbers", "words", "size"),
    [
        (1, 3, "NCM90", ""),
        (1, 8, "S-LPSCl", r"\small"),
        (1, 11, "LPSCl", r"\scriptsize"),
        (5, 8, "NCM90 " * 12, r"\scriptsize"),
    ],
)
def test_a_wide_table_fits_the_page(tmp_path: Path, texts: int, numbers: int, words: str, size: str) -> None:
    for rows in (3, 40):
        text = render(wide_table(texts, numbers, words, rows)).decode()
        assert re.findall(r"\\(?:small|footnotesize|scriptsize)(?=\\setlength)", text) == ([size] if size else [])
        assert ("raggedright\\arraybackslash" in text) == (texts == 5)
        assert_sets(text, tmp_path)
        log = tmp_path / "table.log"
        assert not log.exists() or "Overfull" not in log.read_text(errors="replace")


def transposed(columns: int, rows: int) -> PrintedTable:
    """A transposed table of this many columns of numbers."""
    headings = tuple(Heading(f"n{index}", f"Quantity {index}", "MPa", numeric=True) for index in range(rows))
    cells = (
        tuple(TableCell(text := str(1000 * column + row), text, float(text)) for row in range(rows))
        for column in range(columns)
    )
    return PrintedTable("wide", "Wide", "", headings, tuple(cells), transposed=True)


@pytest.mark.parametrize(("columns", "rows"), [(66, 5), (66, 40), (200, 3)])
def test_a_table_too_wide_for_a_page_is_printed_in_parts(tmp_path: Path, columns: int, rows: int) -> None:
    table = transposed(columns, rows)
    text = render(table).decode()
    parts = re.findall(r"\\begin\{longtable\}\{(l?r+)\}", text)
    assert len(parts) > 1
    assert sum(len(part) - 1 for part in parts) == columns
    assert all(f"part {number} of {len(parts)}" in text for number in range(2, len(parts) + 1))
    assert text.count(r"\addtocounter{table}{-1}") == len(parts) - 1
    assert text.count(r"\caption") == text.count(r"\label") == 1
    expected = [[cell.text for cell in column] for _, column in table.grid()]
    assert [row[1:] for row in read_latex(text)] == expected[1:]
    assert_sets(text, tmp_path)
    log = tmp_path / "table.log"
    assert not log.exists() or "Overfull" not in log.read_text(errors="replace")


def test_the_pages_of_a_long_table_repeat_its_head(noted_table: PrintedTable) -> None:
    text = render(noted_table).decode()
    first, _, rest = text.partition("\\endfirsthead\n")
    continued, _, _ = rest.partition("\\endhead\n")
    assert first.count(r"\caption") == 1
    assert r"\caption" not in continued
    assert "continued" in continued
    assert continued.partition(r"\toprule")[2] == first.partition(r"\toprule")[2]


def test_rows_of_several_lines_make_a_table_long() -> None:
    text = render(wide_table(5, 8, "NCM90 " * 12, rows=6)).decode()
    assert r"\begin{longtable}" in text


def test_output_is_reproducible(table: PrintedTable) -> None:
    assert render(table) == render(table)


def test_registers_as_latex() -> None:
    (form,) = register_table_formats()
    assert (form.name, form.extension) == ("latex", "tex")


@pytest.mark.parametrize(
    ("text", "set_as"),
    [
        ("σ_e", r"\ensuremath{\sigma_{\mathrm{e}}}"),
        ("σ_ion computed", r"\ensuremath{\sigma_{\mathrm{ion}}} computed"),
        ("snake_case_name", r"snake\_case\_name"),
    ],
)
def test_the_index_of_a_symbol_is_lowered(text: str, set_as: str) -> None:
    assert with_subscripts(text) == set_as
