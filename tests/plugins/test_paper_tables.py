"""The declared tables include all matching cells of any user."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser, User

from plugins.paper_tables import register_tables
from registry.hookspecs import PrintedTable
from registry.models import Layer, Project
from registry.selectors.comparison.tables import check_table, format_table, get_table
from registry.selectors.query.errors import QueryError
from tests import factories

TABLES = {table.slug: table for table in register_tables()}


def printed(slug: str, user: User | AnonymousUser) -> PrintedTable:
    """The table with the own cells of the project ‘lab’."""
    return format_table(get_table(slug, user), user, {"this_work": ["lab"]})


@pytest.mark.parametrize("slug", list(TABLES))
def test_every_key_filter_and_unit_is_known(slug: str) -> None:
    check_table(TABLES[slug])


@pytest.mark.django_db
@pytest.mark.parametrize("slug", list(TABLES))
def test_prints_an_empty_registry(slug: str) -> None:
    assert format_table(get_table(slug, AnonymousUser()), AnonymousUser()).rows == ()


def test_another_labs_cells_stand_in_the_low_pressure_table_after_the_literature(project: Project, owner: User) -> None:
    for origin, retention in (("own", "95 %"), ("literature", "70 %")):
        publication = factories.make_publication(project) if origin == "literature" else None
        cell = factories.make_cell(project, origin=origin, publication=publication)
        measurement = factories.make_measurement(cell)
        factories.report(measurement, "cycle_count", "500")
        factories.report(measurement, "capacity_retention_percent", retention)
    rows = printed("low-pressure-cells", owner).rows
    assert [(row[0].text, row[5].text) for row in rows] == [("1", "70"), ("This work", "95")]


@pytest.mark.parametrize(("this_work", "rows"), [("other", 0), ("lab", 2), ("{first}", 1), ("{first}, {second}", 2)])
def test_own_cells_of_other_work_stay_out(project: Project, owner: User, this_work: str, rows: int) -> None:
    refcodes = []
    factories.make_project(slug="other", name="Other", visibility="public")
    for _ in range(2):
        measurement = factories.make_measurement(factories.make_cell(project))
        factories.report(measurement, "cycle_count", "500")
        factories.report(measurement, "capacity_retention_percent", "80%")
        refcodes.append(measurement.cell.refcode)
    short = f"c-{int(refcodes[0][2:])}"
    names = this_work.format(first=short, second=refcodes[1])
    table = format_table(get_table("low-pressure-cells", owner), owner, {"this_work": [names]})
    assert len(table.rows) == rows
    assert not format_table(get_table("low-pressure-cells", owner), owner).rows


def test_a_row_without_retention_is_not_in_the_low_pressure_table(project: Project, owner: User) -> None:
    factories.report(factories.make_measurement(factories.make_cell(project)), "cycle_count", "500")
    assert printed("low-pressure-cells", owner).rows == ()


def test_a_private_cell_is_in_no_outsiders_table(project: Project, outsider: User) -> None:
    measurement = factories.make_measurement(factories.make_cell(project))
    factories.report(measurement, "cycle_count", "500")
    factories.report(measurement, "capacity_retention_percent", "95 %")
    table = get_table("low-pressure-cells", outsider)
    assert format_table(table, outsider, {"this_work": [""]}).rows == ()
    with pytest.raises(QueryError):
        printed("low-pressure-cells", outsider)


def test_conductivities_at_one_pressure_share_a_row_and_pressures_rise(project: Project, owner: User) -> None:
    cell = factories.make_pellet(project)
    for pressure in ("10 MPa", "2 MPa"):
        spectrum = factories.make_measurement(cell, technique="eis", stack_pressure_mpa=pressure)
        steps = factories.make_measurement(cell, technique="chronoamperometry", stack_pressure_mpa=pressure)
        factories.report(spectrum, "ionic_conductivity_s_cm", "3.7e-4 S/cm")
        factories.report(steps, "electronic_conductivity_s_cm", "7.4 mS/cm")
    rows = printed("conductivity-pressure", owner).rows
    assert [[cell.text for cell in row[1:]] for row in rows] == [["2", "0.37", "7.4"], ["10", "0.37", "7.4"]]


@pytest.mark.parametrize(
    ("filters", "pressures"),
    [
        ({"ionic_conductivity_s_cm__gte": ["0.0003"]}, ["10", "20"]),
        ({"ionic_conductivity_s_cm__gte": ["0.0003"], "electronic_conductivity_s_cm__lte": ["0.007"]}, ["20"]),
        ({"electronic_conductivity_s_cm__exists": ["false"]}, []),
        ({"value_origin": ["reported"]}, ["2", "10", "20"]),
        ({"value_origin": ["computed"]}, []),
    ],
)
def test_a_row_of_several_measurements_answers_with_any_of_them(
    project: Project, owner: User, filters: dict[str, list[str]], pressures: list[str]
) -> None:
    cell = factories.make_pellet(project)
    for pressure, ionic, electronic in (("2 MPa", "0.2", "6.5"), ("10 MPa", "0.3", "7.4"), ("20 MPa", "0.4", "6.9")):
        spectrum = factories.make_measurement(cell, technique="eis", stack_pressure_mpa=pressure)
        steps = factories.make_measurement(cell, technique="chronoamperometry", stack_pressure_mpa=pressure)
        factories.report(spectrum, "ionic_conductivity_s_cm", f"{ionic} mS/cm")
        factories.report(steps, "electronic_conductivity_s_cm", f"{electronic} mS/cm")
    rows = format_table(get_table("conductivity-pressure", owner), owner, {"this_work": ["lab"]} | filters).rows
    assert [row[1].text for row in rows] == pressures
    assert all(not cell.missing for row in rows for cell in row)


def test_a_composite_without_the_additive_is_not_in_the_additives_table(project: Project, owner: User) -> None:
    measurement = factories.make_measurement(factories.make_pellet(project), technique="chronoamperometry")
    factories.report(measurement, "resistance_ohm", "10 Ω")
    factories.report(measurement, "electronic_conductivity_s_cm", "7.4 mS/cm")
    assert printed("electronic-conductivity-vgcf", owner).rows == ()


def test_the_energy_table_says_of_which_of_several_layers_a_number_is(project: Project, owner: User) -> None:
    layers = [Layer(position=index, role="cathode", material=factories.make_material(project)) for index in (1, 2)]
    layers[0].mass_loading, layers[1].mass_loading = "11.2 mg/cm²", "5.0 mg/cm²"
    measurement = factories.make_measurement(factories.make_cell(project, layers))
    factories.report(measurement, "gravimetric_energy_density_wh_kg", "200 Wh/kg")
    table = printed("pouch-energy-density", owner)
    (loading,) = next(column for heading, column in table.grid() if heading.title == "Cathode: mass loading")
    assert loading.text == "11.2"
    (footnote,) = (table.footnotes[note - 1] for note in loading.notes)
    assert re.search(r" 2 layers .*\bcathode\b", footnote)


def test_the_energy_table_prints_a_dash_for_a_layer_a_cell_lacks(project: Project, owner: User) -> None:
    cathode = Layer(position=1, role="cathode", material=factories.make_material(project), area="1 cm²")
    measurement = factories.make_measurement(factories.make_cell(project, [cathode]))
    factories.report(measurement, "gravimetric_energy_density_wh_kg", "200 Wh/kg")
    table = printed("pouch-energy-density", owner)
    cells = {heading.title: column[0].text for heading, column in table.grid()}
    assert table.transposed
    assert (cells["Anode: materials"], cells["Positive electrode area"]) == ("–", "1")
