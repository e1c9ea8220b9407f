"""One quantity with its reported and computed value."""

import pytest

from registry import plugin_loading
from registry.models import Cell, Value
from registry.services.runs.analysis import run_analysis
from registry.web.cell_page.quantity_row import list_quantity_rows


def test_a_quantity_computed_twice_names_the_analyses(cell: Cell) -> None:
    value = Value.objects.get(cell=cell, origin="computed", quantity="electronic_conductivity_s_cm", is_latest=True)
    assert value.run is not None
    (row,) = list_quantity_rows([value], {})
    assert row.computed_by == ""
    run = run_analysis(
        measurement=value.measurement, analysis=plugin_loading.current().analyses[value.run.analysis], by=None
    )
    run.analysis = "gone-away"
    other = Value.objects.get(run=run)
    other.run = run
    (row,) = list_quantity_rows([value, other], {})
    assert row.computed_by == "Electronic conductivity; gone-away"
    other.note = "at another cycle"
    assert [row.computed_by for row in list_quantity_rows([value, other], {})] == [
        "Electronic conductivity",
        "gone-away",
    ]


@pytest.mark.parametrize(
    ("written", "heading", "text"),
    [
        ("0.366 mS cm^-1", "Ionic conductivity /\N{NO-BREAK SPACE}mS\N{NO-BREAK SPACE}cm⁻¹", "0.366"),
        ("3.66e-4 S/cm", "Ionic conductivity /\N{NO-BREAK SPACE}S\N{NO-BREAK SPACE}cm⁻¹", "3.66×10⁻⁴"),
    ],
)
def test_a_reported_value_alone_has_its_own_unit_in_the_heading(written: str, heading: str, text: str) -> None:
    value = Value(origin="reported", quantity="ionic_conductivity_s_cm", written=written)
    (row,) = list_quantity_rows([value], {})
    assert (row.heading, row.reported_text) == (heading, text)


@pytest.mark.parametrize(("others", "lacks"), [((), True), (("ramp_half_cycle_h",), False)])
def test_a_reported_critical_current_density_without_protocol_is_marked(others: tuple[str, ...], lacks: bool) -> None:
    slugs = ("critical_current_density_ma_cm2", *others)
    values = [Value(origin="reported", quantity=slug, written="1", magnitude=1.0) for slug in slugs]
    assert list_quantity_rows(values, {})[0].lacks_protocol is lacks
