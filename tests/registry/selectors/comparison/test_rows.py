"""Values in the rows of a table: cell-level values, several analyses, reasons for missing values, pivots."""

import io
import re
from dataclasses import replace

import pytest
from django.contrib.auth.models import AnonymousUser

from registry.hookspecs import Column, Table, TableCell
from registry.models import AnalysisRun, Cell, Layer, Measurement, Project, Value
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.comparison.tables import format_table
from registry.services.files.dataset import add_file
from registry.services.runs.analysis import run_jobs
from tests import factories
from tests.spectra import columns_of, make_spectrum


def make_table(*keys: str, **fields: object) -> Table:
    return Table(slug="t", title="T", columns=tuple(Column(key=key, origin="computed") for key in keys), **fields)  # type: ignore[arg-type]


def format_rows(table: Table) -> tuple[list[tuple[TableCell, ...]], tuple[str, ...]]:
    table_output = format_table(table, AnonymousUser())
    return list(table_output.rows), table_output.footnotes


@pytest.fixture
def cell(public_project: Project) -> Cell:
    """A pellet with reported conductivities at three temperatures."""
    cell = factories.make_pellet(public_project)
    for text, sigma in (("0 °C", "0.1"), ("25 °C", "0.4"), ("60 °C", "1.5")):
        spectrum = factories.make_measurement(cell, technique="eis", temperature_degc=text)
        factories.report(spectrum, "ionic_conductivity_s_cm", f"{sigma} mS/cm")
    return cell


def run_all() -> None:
    run_jobs(list_due_jobs(Measurement.objects.all()), by=None)


def test_a_cell_level_value_is_in_every_row_of_the_cell(cell: Cell) -> None:
    run_all()
    rows, _ = format_rows(make_table("activation_energy_ev"))
    assert len({row[0].number for row in rows}) == 1
    assert rows[0][0].number == pytest.approx(0.35, abs=0.03)


def test_a_value_of_an_older_version_has_a_footnote(cell: Cell) -> None:
    run_all()
    AnalysisRun.objects.filter(analysis="activation-energy").update(version="0.9.0")
    _, notes = format_rows(make_table("activation_energy_ev", filters={"temperature_degc": "25"}))
    (note,) = [note for note in notes if "version" in note]
    assert re.search(r"\b0\.9\.0 of activation-energy;", note)


@pytest.mark.parametrize(("scatter", "text"), [(0.0023, "0.3500(23)"), (0.14, "0.35(14)"), (0.0, "0.35")])
def test_a_computed_number_has_its_uncertainty(cell: Cell, scatter: float, text: str) -> None:
    run_all()
    computed = Value.objects.filter(quantity="activation_energy_ev")
    computed.update(magnitude=0.35, lower=0.35, upper=0.35, standard_uncertainty=scatter)
    rows, _ = format_rows(make_table("activation_energy_ev"))
    assert rows[0][0].text == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("(180.2 ± 1.5) mAh/g", "180.2(15)"),
        ("150.00(25) mAh/g", "150.00(25)"),
        ("(150 ± 0.25) mAh/g", "150.00(25)"),
        ("~176 mAh/g", "~176"),
        ("(1.76 ± 0.02)×10^2 Ah/kg", "176(2)"),
        ("176 mAh/g", "176"),
        (">176 mAh/g", ">176"),
    ],
)
def test_a_reported_number_has_its_uncertainty(public_project: Project, written: str, text: str) -> None:
    measurement = factories.make_measurement(factories.make_cell(public_project))
    factories.report(measurement, "specific_capacity_mah_g", written)
    columns = (Column(key="specific_capacity_mah_g"),)
    ((cell,),), _ = format_rows(Table(slug="t", title="T", columns=columns))
    assert cell.text == text


def test_a_number_that_was_not_computed_has_its_reason(public_project: Project) -> None:
    cell = factories.make_pellet(public_project, thickness="")
    spectrum = factories.make_measurement(cell, technique="eis")
    columns = columns_of(make_spectrum(relative_noise=0.003))
    rows = ["frequency_hertz,real_impedance_ohm,imaginary_impedance_ohm"]
    rows += [",".join(map(repr, map(float, row))) for row in zip(*columns.values(), strict=True)]
    file = io.BytesIO("\n".join(rows).encode())
    add_file(measurement=spectrum, file=file, filename="z.csv", by=None)
    run_all()
    ((resistance, sigma),), notes = format_rows(make_table("resistance_ohm", "ionic_conductivity_s_cm"))
    assert resistance.number
    assert (sigma.missing, sigma.origin) == (True, "computed")
    assert re.search(r"\bthickness: .* layer 1 ", notes[sigma.notes[0] - 1])


def test_the_upstream_of_two_analyses_with_the_same_quantity_is_printed(public_project: Project) -> None:
    """The cycling summary computes 2.00 mAh from the data, which takes precedence over the reported 3.00 mAh."""
    layers = [
        Layer(position=1, role="cathode", material=factories.make_material(public_project), area="1 cm² (exact)"),
        Layer(position=2, role="anode", material=factories.make_material(public_project), area="1 cm² (exact)"),
    ]
    for layer in layers:
        layer.mass_loading = "10 mg/cm²"
    cycling = factories.make_measurement(factories.make_cell(public_project, layers))
    factories.report(cycling, "discharge_capacity_mah", "3.00 mAh")
    factories.report(cycling, "mean_discharge_voltage_v", "3.60 V")
    run_all()
    ((before,),), _ = format_rows(make_table("areal_capacity_mah_cm2"))
    file = io.BytesIO(b"cycle,discharge capacity / mAh\n" + b"".join(b"%d,2.00\n" % cycle for cycle in range(1, 9)))
    add_file(measurement=cycling, file=file, filename="cycles.csv", by=None)
    run_all()
    ((after,),), _ = format_rows(make_table("areal_capacity_mah_cm2"))
    assert (before.number, after.number) == (3.0, 2.0)


PIVOT = Table(
    slug="p",
    title="P",
    columns=(
        Column(key="temperature_degc"),
        Column(key="ionic_conductivity_s_cm"),
        Column(key="electronic_conductivity_s_cm"),
    ),
    row="stack_pressure_mpa",
)


def texts(table: Table) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in row) for row in format_rows(table)[0]]


def test_a_pivot_combines_only_measurements_whose_conditions_do_not_differ(public_project: Project) -> None:
    cell = factories.make_pellet(public_project)
    for technique, temperature, slug, number in (
        ("eis", "25 °C", "ionic_conductivity_s_cm", "1.00"),
        ("eis", "60 °C", "ionic_conductivity_s_cm", "5.00"),
        ("chronoamperometry", "60 °C", "electronic_conductivity_s_cm", "9.99"),
    ):
        measurement = factories.make_measurement(
            cell, technique=technique, stack_pressure_mpa="10 MPa", temperature_degc=temperature
        )
        factories.report(measurement, slug, f"{number} S/cm")
    assert texts(PIVOT) == [("25", "1.00", "–"), ("60", "5.00", "9.99")]


def test_a_pivot_prints_two_values_of_a_quantity_in_separate_rows(public_project: Project) -> None:
    cell = factories.make_pellet(public_project)
    for number in ("1.00", "2.00"):
        measurement = factories.make_measurement(
            cell, technique="eis", stack_pressure_mpa="10 MPa", temperature_degc="25 °C"
        )
        factories.report(measurement, "ionic_conductivity_s_cm", f"{number} S/cm")
    assert texts(PIVOT) == [("25", "1.00", "–"), ("25", "2.00", "–")]


@pytest.fixture
def pressed(public_project: Project) -> Cell:
    """A pellet whose exponent is 0.1 at 25 °C and 0.3 at 60 °C."""
    cell = factories.make_pellet(public_project)
    factories.make_pressure_series(cell, 0.1)
    factories.make_pressure_series(cell, 0.3, "60 °C")
    return cell


def test_the_value_of_a_series_is_in_the_rows_under_its_conditions(pressed: Cell) -> None:
    run_all()
    rows, _ = format_rows(make_table("conductivity_pressure_exponent", "temperature_degc"))
    by_number = {row[1].number: round(row[0].number, 3) for row in rows if row[0].number is not None}
    assert by_number == {25: 0.1, 60: 0.3}


def test_of_several_series_that_fit_a_row_none_is_chosen(pressed: Cell) -> None:
    factories.make_measurement(pressed, technique="photograph")
    run_all()
    rows, notes = format_rows(make_table("conductivity_pressure_exponent", filters={"technique": "photograph"}))
    assert [row[0].number for row in rows] == [None]
    assert any("2 series" in note for note in notes)


def report_all(cell: Cell, *measured: tuple[str, dict[str, str], str, str]) -> None:
    """Measurements with technique, conditions, quantity and number."""
    for technique, conditions, slug, number in measured:
        factories.report(factories.make_measurement(cell, technique=technique, **conditions), slug, number)


RETENTION = "capacity_retention_percent"
BY_PRESSURE = Table(
    slug="by-pressure",
    title="By pressure",
    columns=(
        Column(key="stack_pressure_mpa"),
        Column(key="c_rate"),
        Column(key="ionic_conductivity_s_cm"),
        Column(key=RETENTION),
    ),
    row="stack_pressure_mpa",
)


def test_a_pivot_by_one_condition_combines_techniques(public_project: Project) -> None:
    """The spectrum states no C-rate, so its conductivity stands next to the retention at each."""
    report_all(
        factories.make_pellet(public_project),
        ("eis", {"stack_pressure_mpa": "10 MPa"}, "ionic_conductivity_s_cm", "1.00 S/cm"),
        ("cycling", {"stack_pressure_mpa": "10 MPa", "c_rate": "0.1C"}, RETENTION, "90 %"),
        ("cycling", {"stack_pressure_mpa": "10 MPa", "c_rate": "1C"}, RETENTION, "80 %"),
        ("eis", {"stack_pressure_mpa": "50 MPa"}, "ionic_conductivity_s_cm", "2.00 S/cm"),
        ("eis", {"temperature_degc": "25 °C"}, "ionic_conductivity_s_cm", "3.00 S/cm"),
    )
    assert texts(BY_PRESSURE) == [
        ("10", "0.1", "1.00", "90"),
        ("10", "1", "1.00", "80"),
        ("50", "–", "2.00", "–"),
    ]


def test_a_pivot_by_temperature_has_a_row_for_each_pressure(public_project: Project) -> None:
    report_all(
        factories.make_pellet(public_project),
        ("eis", {"temperature_degc": "25 °C", "stack_pressure_mpa": "10 MPa"}, "ionic_conductivity_s_cm", "1.00 S/cm"),
        ("eis", {"temperature_degc": "60 °C", "stack_pressure_mpa": "10 MPa"}, "ionic_conductivity_s_cm", "4.00 S/cm"),
        ("cycling", {"temperature_degc": "60 °C", "stack_pressure_mpa": "50 MPa"}, RETENTION, "90 %"),
    )
    assert texts(replace(BY_PRESSURE, row="temperature_degc")) == [
        ("10", "–", "1.00", "–"),
        ("10", "–", "4.00", "–"),
        ("50", "–", "–", "90"),
    ]


def test_a_condition_that_only_one_of_the_combined_measurements_states_has_a_note(public_project: Project) -> None:
    report_all(
        factories.make_pellet(public_project),
        ("eis", {"stack_pressure_mpa": "10 MPa"}, "ionic_conductivity_s_cm", "1.00 S/cm"),
        ("cycling", {"stack_pressure_mpa": "10 MPa", "c_rate": "0.1C"}, RETENTION, "90 %"),
    )
    ((pressure, rate, *_),), _ = format_rows(BY_PRESSURE)
    assert (len(pressure.notes), len(rate.notes)) == (0, 1)


def test_measurements_of_different_cells_are_never_combined(public_project: Project) -> None:
    for number in ("1.00", "2.00"):
        report_all(
            factories.make_pellet(public_project),
            ("eis", {"stack_pressure_mpa": "10 MPa"}, "ionic_conductivity_s_cm", f"{number} S/cm"),
        )
    assert [row[2] for row in texts(BY_PRESSURE)] == ["1.00", "2.00"]
