"""A comparison table as the page shows it."""

from dataclasses import replace

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from registry.contract.table_text import footnote_letters
from registry.hookspecs import Column, Heading, PrintedTable, Table, TableCell
from registry.models import AnalysisRun, Project, Value
from registry.selectors.comparison.tables import format_table
from registry.web.presentation.comparison_table import build_page_table
from tests import factories

RESISTANCE = Heading("resistance_ohm", "R_ion <x>", "Ω", numeric=True)


def table(*cells: TableCell) -> PrintedTable:
    return PrintedTable("t", "T", "", (RESISTANCE,), tuple((cell,) for cell in cells), ("one", "two"))


def test_numbers_are_split_at_the_decimal_point_and_share_the_widest_width(db: None) -> None:
    printed = table(TableCell("9.71×10⁻⁶", "9.71e-6", 9.71e-6), TableCell("1000", "1000", 1000.0))
    first, second = (row[0] for row in build_page_table(printed, AnonymousUser()).rows)
    assert (first.integer_part, first.fraction_part) == ("9", ".71×10⁻⁶")
    assert (second.integer_part, second.fraction_part) == ("1000", "")
    assert first.integer_width == second.integer_width == 4


def test_an_uncertainty_stands_after_the_decimal_point(db: None) -> None:
    printed = table(TableCell("180(12)", "180", 180.0, 12.0), TableCell("9.7(2)×10⁻⁶", "9.7e-6", 9.7e-6, 2e-7))
    rows = build_page_table(printed, AnonymousUser()).rows
    assert [(row[0].integer_part, row[0].fraction_part) for row in rows] == [("180", "(12)"), ("9", ".7(2)×10⁻⁶")]


def test_only_the_place_that_disagrees_is_marked(public_project: Project) -> None:
    measurement = factories.make_measurement(factories.make_cell(public_project), technique="eis")
    run = AnalysisRun.objects.create(
        cell=measurement.cell, measurement=measurement, analysis="peaks", plugin="peaks", version="1",
        status="done", inputs_hash="0", started_at=timezone.now(), finished_at=timezone.now(),
    )  # fmt: skip
    for number, written in ((1, "1.0 Ω"), (2, "2.0 Ω")):
        factories.report(measurement, "resistance_ohm", written, f"peak:{number}")
        Value.objects.create(
            cell=measurement.cell, measurement=measurement, run=run, origin="computed", quantity="resistance_ohm",
            at_kind="peak", at_number=number, magnitude=1, lower=1, upper=1,
        )  # fmt: skip
    columns = tuple(Column(key="resistance_ohm", at=at) for at in ("peak:1", "peak:2", ""))
    printed = format_table(Table(slug="t", title="T", columns=columns), AnonymousUser())
    assert [heading.at for heading in printed.headings] == ["peak:1", "peak:2", ""]
    (row,) = build_page_table(printed, AnonymousUser()).rows
    assert [page_cell.disagrees for page_cell in row] == [False, True, True]


def test_texts_and_products_are_not_split(db: None) -> None:
    printed = table(TableCell("Coin cell", missing=True), TableCell("3×3", "3x3", 9.0))
    assert not any(row[0].aligned for row in build_page_table(printed, AnonymousUser()).rows)


def test_marks_are_letters_and_states_are_classes(db: None) -> None:
    printed = table(TableCell("5", "5", 5.0, notes=(1, 2), stale=True, inferred=True))
    many = replace(table(TableCell("5", "5", 5.0, notes=tuple(range(1, 31)))), footnotes=("note",) * 30)
    page_cell = build_page_table(printed, AnonymousUser()).rows[0][0]
    assert [mark.letter for mark in page_cell.marks] == ["a", "b"]
    marks = [mark.letter for mark in build_page_table(many, AnonymousUser()).rows[0][0].marks]
    assert marks == [footnote_letters(number) for number in range(1, 31)]
    assert page_cell.classes == "stale inferred"


def test_an_index_is_a_subscript_and_the_rest_is_escaped(db: None) -> None:
    assert build_page_table(table(), AnonymousUser()).headers[0].title == "R<sub>ion</sub> &lt;x&gt;"


def test_numbers_of_a_transposed_table_share_a_decimal_point_down_the_page(db: None) -> None:
    headings = (Heading("label", "Cell"), RESISTANCE, Heading("number", "Number"))
    row = (TableCell("Pouch"), TableCell("8.3", "8.3", 8.3), TableCell("This work"))
    upright = PrintedTable("t", "T", "", headings, (row,), (), transposed=True)
    others = (Heading("label", "Cell"), RESISTANCE, Heading("thickness_um", "Thickness", "µm", numeric=True))
    longer = PrintedTable("t", "T", "", others, ((*row[:2], TableCell("168.5", "168.5", 168.5)),), (), transposed=True)
    assert build_page_table(upright, AnonymousUser()).rows[0][1].integer_width == 1
    assert build_page_table(longer, AnonymousUser()).rows[0][1].integer_width == 3


def test_the_name_column_is_known_and_short_texts_do_not_wrap(db: None) -> None:
    headings = (Heading("number", "Number"), Heading("configuration", "Cell"))
    page = build_page_table(
        PrintedTable("t", "T", "", headings, ((TableCell("This work"), TableCell("A/B")),), ()), AnonymousUser()
    )
    assert page.name_column == 1
    assert [page_cell.classes for page_cell in page.rows[0]] == ["short", ""]
    assert build_page_table(table(), AnonymousUser()).name_column == 0
