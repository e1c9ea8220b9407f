"""What a query finds, and in which order."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User

from registry.models import Cell, Layer, Project, Synonym
from registry.selectors.query import to_sql
from registry.selectors.query.parsing import QueryError, parse_list_query
from registry.services.record import save_record
from registry.services.value import report_value, retire_value
from tests import factories
from tests.factories import report

ANYBODY = AnonymousUser()


def found(user: User | AnonymousUser = ANYBODY, **parameters: str) -> list[str]:
    """Labels of the cells that answer a query; a double underscore stands for itself."""
    wanted = parse_list_query({name: [text] for name, text in parameters.items()})
    return sorted(to_sql.filter_cells(wanted, user).values_list("label", flat=True))


def cycled(project: Project, label: str, *tests: tuple[str, str], layers: list[Layer] | None = None) -> Cell:
    """A cell with one measurement for each (stack pressure, retention) as written."""
    cell = factories.make_cell(project, layers, label=label)
    for pressure, retention in tests:
        report(factories.make_measurement(cell, stack_pressure=pressure), "capacity_retention_percent", retention)
    return cell


def layer(project: Project, role: str, position: int, **material: Any) -> Layer:
    return Layer(position=position, role=role, material=factories.make_material(project, **material))


def test_conditions_hold_together_on_one_measurement(public_project: Project) -> None:
    """90 % at 20 MPa and 60 % at 2 MPa is no answer to ‘80 % below 10 MPa’."""
    cycled(public_project, "two tests", ("20 MPa", "90 %"), ("2 MPa", "60 %"))
    cycled(public_project, "one good test", ("5 MPa", "85 %"))
    assert found(capacity_retention_percent__gte="80", stack_pressure_mpa__lte="10") == ["one good test"]
    assert found(capacity_retention_percent__gte="80") == ["one good test", "two tests"]
    assert found(stack_pressure_mpa__lte="10") == ["one good test", "two tests"]


def test_two_quantities_hold_together_on_one_measurement(public_project: Project) -> None:
    cell = cycled(public_project, "split", ("5 MPa", "90 %"))
    report(factories.make_measurement(cell, stack_pressure="5 MPa"), "cycle_count", "1000")
    assert found(capacity_retention_percent__gte="80", cycle_count__gte="500") == []
    report(cell.measurements.first(), "cycle_count", "600")
    assert found(capacity_retention_percent__gte="80", cycle_count__gte="500") == ["split"]


def test_both_bounds_of_one_quantity_hold_on_one_value(public_project: Project) -> None:
    cycled(public_project, "far apart", ("5 MPa", "50 %"), ("5 MPa", "95 %"))
    assert found(capacity_retention_percent__gte="70", capacity_retention_percent__lte="90") == []


@pytest.mark.parametrize(
    ("written", "parameters", "answers"),
    [
        ("> 80 %", {"capacity_retention_percent__gte": "80"}, True),
        ("> 80 %", {"capacity_retention_percent__lte": "90"}, False),
        ("< 80 %", {"capacity_retention_percent__lte": "80"}, True),
        ("< 90 %", {"capacity_retention_percent__gte": "80"}, False),
        ("~80 %", {"capacity_retention_percent__gte": "80"}, True),
        ("~80 %", {"capacity_retention_percent": "80"}, True),
        ("> 80 %", {"capacity_retention_percent": "80"}, False),
    ],
)
def test_more_than_is_no_answer_to_at_most(
    public_project: Project, written: str, parameters: dict[str, str], answers: bool
) -> None:
    cycled(public_project, "cell", ("5 MPa", written))
    assert found(**parameters) == (["cell"] if answers else [])


@pytest.mark.parametrize(
    ("written", "parameter", "answers"),
    [
        ("> 5 MPa", "stack_pressure_mpa__lte", False),
        ("At least 5 MPa", "stack_pressure_mpa__lt", False),
        ("≥ 10 MPa", "stack_pressure_mpa__gte", True),
        ("< 20 MPa", "stack_pressure_mpa__gte", False),
        ("≤ 10 MPa", "stack_pressure_mpa__lte", True),
        ("less than 10 MPa", "stack_pressure_mpa", False),
        ("~10 MPa", "stack_pressure_mpa", True),
    ],
)
def test_a_pressure_above_is_no_answer_to_at_most(
    public_project: Project, written: str, parameter: str, answers: bool
) -> None:
    cycled(public_project, "cell", (written, "85 %"))
    assert found(**{parameter: "10"}) == (["cell"] if answers else [])


def test_a_layer_thinner_than_is_no_answer_to_at_least(public_project: Project) -> None:
    thin = layer(public_project, "separator", 1)
    thin.thickness = "< 50 µm"
    factories.make_cell(public_project, [thin], label="thin", fabrication_pressure="> 300 MPa")
    assert found(**{"separator.thickness_um__gte": "20"}) == []
    assert found(**{"separator.thickness_um__lte": "50"}) == ["thin"]
    assert found(fabrication_pressure_mpa__lte="400") == []
    assert found(fabrication_pressure_mpa__gte="300") == ["thin"]


def test_a_bound_may_be_written_with_its_unit(public_project: Project) -> None:
    cycled(public_project, "cell", ("10 MPa", "85 %"))
    assert found(stack_pressure_mpa__lte="0.01 GPa") == ["cell"]
    assert found(stack_pressure_mpa="100 bar") == ["cell"]
    assert found(stack_pressure_mpa__lt="100 bar") == []


def test_a_superseded_and_a_retired_value_answer_nothing(public_project: Project) -> None:
    cell = cycled(public_project, "cell", ("5 MPa", "95 %"))
    value = report(cell.measurements.get(), "capacity_retention_percent", "70 %")
    assert found(capacity_retention_percent__gte="80") == []
    retire_value(value, by=None)
    assert found(capacity_retention_percent__exists="true") == []
    assert found(capacity_retention_percent__exists="false") == ["cell"]


def test_a_missing_number_answers_no_bound(public_project: Project) -> None:
    cell = factories.make_cell(public_project, label="coin")
    measurement = factories.make_measurement(cell, stack_pressure="Coin cell")
    report(measurement, "capacity_retention_percent", "not reported")
    assert found(stack_pressure_mpa__gte="0") == []
    assert found(stack_pressure_mpa__exists="false") == ["coin"]
    assert found(capacity_retention_percent__exists="true") == []


def test_a_value_of_the_whole_cell_answers_beside_any_condition(public_project: Project) -> None:
    cell = cycled(public_project, "cell", ("5 MPa", "85 %"))
    report_value(cell=cell, quantity="cell_mass_mg", written="332.2 mg", by=None)
    assert found(cell_mass_mg__lte="400", stack_pressure_mpa__lte="10") == ["cell"]


def test_value_origin_narrows(public_project: Project) -> None:
    cycled(public_project, "cell", ("5 MPa", "85 %"))
    assert found(capacity_retention_percent__gte="80", value_origin="reported") == ["cell"]
    assert found(capacity_retention_percent__gte="80", value_origin="computed") == []
    assert (found(value_origin="reported"), found(value_origin="computed")) == (["cell"], [])


def test_a_part_is_found_by_every_name_of_its_material(public_project: Project) -> None:
    argyrodite = factories.make_material(public_project, "Li6PS5Cl", kind="solid_electrolyte")
    save_record(Synonym(material=argyrodite, name="LPSCl"), by=None)
    small = layer(public_project, "separator", 1, name="S-LPSCl", kind="solid_electrolyte", variant_of=argyrodite)
    factories.make_cell(public_project, [small], label="cell")
    for name in ("Li6PS5Cl", "lpscl", "S-LPSCl"):
        assert found(electrolyte=name) == ["cell"]
    assert found(electrolyte="L-LPSCl") == found(anode="LPSCl") == []


def test_a_variants_name_does_not_find_what_it_is_a_variant_of(public_project: Project) -> None:
    parent = factories.make_material(public_project, "Li6PS5Cl", kind="solid_electrolyte")
    factories.make_material(public_project, "S-LPSCl", kind="solid_electrolyte", variant_of=parent)
    factories.make_cell(public_project, [Layer(position=1, role="separator", material=parent)], label="cell")
    assert found(electrolyte="S-LPSCl") == []


def test_a_cathode_is_found_by_its_active_material_not_by_its_additive(public_project: Project) -> None:
    active = factories.make_material(public_project, "NCM90")
    carbon = factories.make_material(public_project, "VGCF", kind="conductive_additive")
    composite = factories.make_formulation(public_project, (active, "active", ""), (carbon, "conductive", "2 wt%"))
    factories.make_cell(public_project, [Layer(position=1, role="cathode", formulation=composite)], label="cell")
    assert found(cathode="NCM90") == ["cell"]
    assert found(cathode="VGCF") == []
    assert found(material="VGCF") == ["cell"]


def test_lithium_is_not_lithium_indium(public_project: Project) -> None:
    factories.make_cell(public_project, [layer(public_project, "anode", 1, name="Li-In")], label="alloy")
    factories.make_cell(public_project, [layer(public_project, "anode", 1, name="Li")], label="metal")
    assert found(anode="Li") == ["metal"]


def test_a_bound_on_one_layer_names_its_role(public_project: Project) -> None:
    thick = layer(public_project, "separator", 1)
    thick.thickness = "50 µm"
    factories.make_cell(public_project, [thick], label="cell")
    assert found(**{"separator.thickness_um__lte": "60"}) == ["cell"]
    assert found(**{"cathode.thickness_um__lte": "60"}) == []
    assert found(thickness_um="50") == ["cell"]


@pytest.mark.parametrize("word", ["KEY", "ncm90", "glue", "vgcf", "C-0"])
def test_the_search_box_finds_a_word_anywhere(public_project: Project, word: str) -> None:
    active = factories.make_material(public_project, "NCM90")
    carbon = factories.make_material(public_project, "VGCF", kind="conductive_additive")
    composite = factories.make_formulation(public_project, (active, "active", ""), (carbon, "conductive", "2 wt%"))
    publication = factories.make_publication(public_project, key="key2025")
    cathode = Layer(position=1, role="cathode", formulation=composite)
    factories.make_cell(public_project, [cathode], label="cell", publication=publication, notes="with glue")
    assert found(q=word) == ["cell"]
    assert found(q=f"{word} nowhere") == []


def test_a_query_finds_nothing_the_user_may_not_see(project: Project, viewer: User, outsider: User) -> None:
    cycled(project, "secret", ("5 MPa", "95 %"), layers=[layer(project, "anode", 1, name="Li")])
    asked = {"capacity_retention_percent__gte": "80", "anode": "Li"}
    assert found(viewer, **asked) == ["secret"]
    assert found(outsider, **asked) == found(ANYBODY, **asked) == []


def test_a_private_synonym_finds_nothing_for_an_outsider(
    project: Project, public_project: Project, outsider: User, viewer: User
) -> None:
    shared = factories.make_material(public_project, "Li6PS5Cl", kind="solid_electrolyte")
    private = factories.make_material(project, "Codename", kind="solid_electrolyte", variant_of=shared)
    factories.make_cell(project, [Layer(position=1, role="separator", material=private)], label="secret")
    assert found(viewer, electrolyte="Codename") == ["secret"]
    assert found(outsider, electrolyte="Codename") == []


def test_matches_are_the_measurements_the_whole_query_holds_on(public_project: Project) -> None:
    cell = cycled(public_project, "cell", ("20 MPa", "90 %"), ("5 MPa", "85 %"))
    wanted = parse_list_query({"capacity_retention_percent__gte": ["80"], "stack_pressure_mpa__lte": ["10"]})
    assert [
        matching_measurement.stack_pressure
        for matching_measurement in to_sql.matching_measurements(wanted, [cell.pk], ANYBODY)
    ] == ["5 MPa"]


def test_cells_are_ordered_by_a_quantity_those_without_it_last(public_project: Project) -> None:
    cycled(public_project, "low", ("5 MPa", "60 %"))
    cycled(public_project, "none")
    cycled(public_project, "high", ("5 MPa", "95 %"), ("5 MPa", "10 %"))
    everything = parse_list_query({})
    cells = to_sql.filter_cells(everything, ANYBODY)
    descending = to_sql.order_cells(cells, everything, ["-capacity_retention_percent"])
    assert [cell.label for cell in descending] == ["high", "low", "none"]
    ascending = to_sql.order_cells(cells, everything, ["capacity_retention_percent"])
    assert [cell.label for cell in ascending] == ["high", "low", "none"]


def test_the_order_of_a_narrowed_query_counts_matching_measurements_only(public_project: Project) -> None:
    cycled(public_project, "a", ("5 MPa", "60 %"), ("50 MPa", "99 %"))
    cycled(public_project, "b", ("5 MPa", "70 %"))
    narrowed = parse_list_query({"stack_pressure_mpa__lte": ["10"]})
    cells = to_sql.order_cells(to_sql.filter_cells(narrowed, ANYBODY), narrowed, ["-capacity_retention_percent"])
    assert [cell.label for cell in cells] == ["b", "a"]


def test_an_unknown_order_names_the_nearest(public_project: Project) -> None:
    everything = parse_list_query({})
    with pytest.raises(QueryError, match="Did you mean ‘capacity_retention_percent’"):
        to_sql.order_cells(to_sql.filter_cells(everything, ANYBODY), everything, ["capacity_retention"])


def test_all_that_is_asked_of_layers_holds_on_one_layer(public_project: Project) -> None:
    """Loadings of 11.2 and 14.3 are no answer to ‘from 12 to 13’."""
    cathode = layer(public_project, "cathode", 1, name="NCM90")
    anode = layer(public_project, "anode", 2, name="Li-In")
    cathode.mass_loading, anode.mass_loading = "11.2 mg/cm²", "14.3 mg/cm²"
    factories.make_cell(public_project, [cathode, anode], label="pouch")
    assert found(mass_loading_mg_cm2__gte="12", mass_loading_mg_cm2__lte="13") == []
    assert found(mass_loading_mg_cm2__gte="12") == ["pouch"]
    assert found(material="Li-In", mass_loading_mg_cm2__lte="12") == []
    assert found(material="Li-In", mass_loading_mg_cm2__gte="14") == ["pouch"]
    assert found(cathode="NCM90", **{"cathode.mass_loading_mg_cm2__gte": "12"}) == []
    assert found(cathode="NCM90", **{"anode.mass_loading_mg_cm2__gte": "12"}) == ["pouch"]


@pytest.mark.parametrize(
    ("written", "parameters", "is_met"),
    [
        (">80 %", {"capacity_retention_percent__gt": "80"}, True),
        (">80 %", {"capacity_retention_percent__gte": "80"}, True),
        ("80 %", {"capacity_retention_percent__gt": "80"}, False),
        ("<80 %", {"capacity_retention_percent__lt": "80"}, True),
        (">80 %", {"capacity_retention_percent__gt": "81"}, False),
    ],
)
def test_more_than_a_number_is_above_it(
    public_project: Project, written: str, parameters: dict[str, str], is_met: bool
) -> None:
    cycled(public_project, "one", ("5 MPa", written))
    assert found(**parameters) == (["one"] if is_met else [])


def test_a_condition_written_as_more_than_a_number_is_above_it(public_project: Project) -> None:
    cycled(public_project, "pressed", ("> 10 MPa", "90 %"))
    assert found(stack_pressure_mpa__gt="10") == ["pressed"]
    assert found(stack_pressure_mpa__lte="10") == []


@pytest.mark.parametrize(
    "asked",
    [
        {"label": "ZELLE ä"},
        {"label": "lle a\u0308"},
        {"cathode": "mu\u0308ller-NCM"},
        {"material": "MÜLLER-NCM\u200b"},
        {"material": "ΩNCM"},
        {"material": "δ-ncm"},
        {"anode": "LÄGE 2"},
        {"electrolyte": "SÄURE"},
        {"configuration": "müller-ncm/sÄure"},
        {"q": "zelle Ä müller ωncm"},
        {"doi": "https://doi.org/10.1038/S41563–024–02066–9."},
    ],
)
def test_names_are_found_in_any_spelling(public_project: Project, asked: dict[str, str]) -> None:
    paper = factories.make_publication(public_project, doi="10.1038/s41563-024-02066-9")
    cathode = layer(public_project, "cathode", 1, name="Müller-NCM", formula="Δ-NCM")
    save_record(Synonym(material=cathode.material, name="ωNCM"), by=None)
    acid = factories.make_material(public_project, "Säure", kind="solid_electrolyte")
    mix = factories.make_formulation(public_project, (acid, "electrolyte", "100 %"), name="säure")
    anode = layer(public_project, "anode", 3, name="Li")
    anode.as_written = "Läge 2"
    layers = [cathode, Layer(position=2, role="separator", formulation=mix), anode]
    factories.make_cell(public_project, layers, label="Zelle Ä", publication=paper)
    factories.make_cell(public_project, label="another")
    assert found(**asked) == ["Zelle Ä"]


@pytest.mark.parametrize("value", ["a\0", "\ud800", "a\x1bb", "a\nb", "\u200b"])
def test_a_value_that_is_no_text_is_refused_by_its_parameter(value: str) -> None:
    for name in ("q", "label", "anode", "doi", "measurement", "stack_pressure_mpa__gte"):
        with pytest.raises(QueryError) as error:
            parse_list_query({name: [value]})
        assert error.value.parameter == name
