"""Measurements by technique."""

from django.contrib.auth.models import AnonymousUser
from django.test import Client

from registry.models import Project
from registry.web.cell_page.cell_sections import get_cell_sections
from registry.web.cell_page.technique_section import list_technique_sections
from tests import factories


def test_several_measurements_of_a_technique_are_one_table(public_project: Project, client: Client) -> None:
    cell = factories.make_cell(public_project)
    for pressure, sigma in (("10 MPa", "1.5 mS/cm"), ("2 MPa", "1.0 mS/cm")):
        measurement = factories.make_measurement(
            cell, technique="eis", stack_pressure_mpa=pressure, temperature_degc="25 °C"
        )
        factories.report(measurement, "ionic_conductivity_s_cm", sigma)
    factories.make_measurement(cell, technique="cycling")
    spectra, cycling = list_technique_sections(cell, get_cell_sections(cell, AnonymousUser()).measurements)
    assert (spectra.slug, cycling.slug, cycling.table) == ("eis", "cycling", None)
    table = spectra.table
    assert table is not None
    assert (table.condition_names, table.shared) == (
        ("Stack pressure /\N{NO-BREAK SPACE}MPa",),
        (("Temperature", "25 °C"),),
    )
    assert [[text for text, _ in conditions] for _, conditions, _ in table.rows] == [["2"], ["10"]]
    assert [row.reported_text for _, _, (row,) in table.rows if row] == ["1.0", "1.5"]
    assert table.headings == ("Ionic conductivity /\N{NO-BREAK SPACE}mS\N{NO-BREAK SPACE}cm⁻¹",)
    page = client.get(cell.get_absolute_url()).content.decode()
    assert page.count('<details class="fold measured"') == 2
