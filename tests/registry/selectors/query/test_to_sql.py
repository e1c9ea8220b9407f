"""Filtering and ordering of cells and measurements by queries."""

import math
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User

from registry.models import Cell, Layer, Measurement, Project, Synonym
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.query import to_sql
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import parse_list_query
from registry.services.record import save_record
from registry.services.runs.analysis import run_jobs
from registry.services.value import report_value, retire_value
from tests import factories
from tests.factories import report

ANYBODY = AnonymousUser()


def matching_labels(user: User | AnonymousUser = ANYBODY, **parameters: str) -> list[str]:
    """Labels of the cells that match a query, one value per parameter."""
    query = parse_list_query({name: [text] for name, text in parameters.items()})
    return sorted(to_sql.filter_cells(query, user).values_list("label", flat=True))


def make_cycled_cell(project: Project, label: str, *tests: tuple[str, str], layers: list[Layer] | None = None) -> Cell:
    """A cell with one measurement for each (stack pressure, retention) as written."""
    cell = factories.make_cell(project, layers, label=label)
    for pressure, retention in tests:
        report(factories.make_measurement(cell, stack_pressure_mpa=pressure), "capacity_retention_percent", retention)
    return cell


def make_layer(project: Project, role: str, position: int, **material: Any) -> Layer:
    return Layer(position=position, role=role, material=factories.make_material(project, **material))


def test_all_conditions_apply_to_the_same_measurement(public_project: Project) -> None:
    """90 % at 20 MPa and 60 % at 2 MPa do not match ‘80 % below 10 MPa’."""
    make_cycled_cell(public_project, "two tests", ("20 MPa", "90 %"), ("2 MPa", "60 %"))
    make_cycled_cell(public_project, "one good test", ("5 MPa", "85 %"))
    assert matching_labels(capacity_retention_percent__gte="80", stack_pressure_mpa__lte="10") == ["one good test"]
    assert matching_labels(capacity_retention_percent__gte="80") == ["one good test", "two tests"]
    assert matching_labels(stack_pressure_mpa__lte="10") == ["one good test", "two tests"]


def test_conditions_on_two_quantities_apply_to_the_same_measurement(public_project: Project) -> None:
    cell = make_cycled_cell(public_project, "split", ("5 MPa", "90 %"))
    report(factories.make_measurement(cell, stack_pressure_mpa="5 MPa"), "cycle_count", "1000")
    assert matching_labels(capacity_retention_percent__gte="80", cycle_count__gte="500") == []
    report(cell.measurements.first(), "cycle_count", "600")
    assert matching_labels(capacity_retention_percent__gte="80", cycle_count__gte="500") == ["split"]


def test_both_bounds_on_a_quantity_apply_to_the_same_value(public_project: Project) -> None:
    make_cycled_cell(public_project, "split", ("5 MPa", "50 %"), ("5 MPa", "95 %"))
    assert matching_labels(capacity_retention_percent__gte="70", capacity_retention_percent__lte="90") == []


@pytest.mark.parametrize(
    ("written", "parameters", "matches"),
    [
        ("> 80 %", {"capacity_retention_percent__gte": "80"}, True),
        ("> 80 %", {"capacity_retention_percent__lte": "90"}, False),
        ("< 80 %", {"capacity_retention_percent__lte": "80"}, True),
        ("< 90 %", {"capacity_retention_percent__gte": "80"}, False),
        ("~80 %", {"capacity_retention_percent__gte": "80"}, False),
        ("~80 %", {"capacity_retention_percent__possibly_gte": "90"}, True),
        ("~80 %", {"capacity_retention_percent": "80"}, True),
        ("> 80 %", {"capacity_retention_percent": "80"}, False),
    ],
)
def test_a_lower_limit_does_not_match_an_upper_bound(
    public_project: Project, written: str, parameters: dict[str, str], matches: bool
) -> None:
    make_cycled_cell(public_project, "cell", ("5 MPa", written))
    assert matching_labels(**parameters) == (["cell"] if matches else [])


@pytest.mark.parametrize(
    ("written", "parameter", "matches"),
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
def test_qualifiers_of_conditions_are_respected(
    public_project: Project, written: str, parameter: str, matches: bool
) -> None:
    make_cycled_cell(public_project, "cell", (written, "85 %"))
    assert matching_labels(**{parameter: "10"}) == (["cell"] if matches else [])


def test_qualifiers_of_layers_and_cells_are_respected(public_project: Project) -> None:
    thin = make_layer(public_project, "separator", 1)
    thin.thickness = "< 50 µm"
    factories.make_cell(public_project, [thin], label="thin", fabrication_pressure="> 300 MPa")
    assert matching_labels(**{"separator.thickness_um__gte": "20"}) == []
    assert matching_labels(**{"separator.thickness_um__lte": "50"}) == ["thin"]
    assert matching_labels(fabrication_pressure_mpa__lte="400") == []
    assert matching_labels(fabrication_pressure_mpa__gte="300") == ["thin"]


def test_a_bound_may_be_written_with_its_unit(public_project: Project) -> None:
    make_cycled_cell(public_project, "cell", ("10 MPa", "85 %"))
    assert matching_labels(stack_pressure_mpa__lte="0.01 GPa") == ["cell"]
    assert matching_labels(stack_pressure_mpa="100 bar") == ["cell"]
    assert matching_labels(stack_pressure_mpa__lt="100 bar") == []


def test_superseded_and_retired_values_do_not_match(public_project: Project) -> None:
    cell = make_cycled_cell(public_project, "cell", ("5 MPa", "95 %"))
    value = report(cell.measurements.get(), "capacity_retention_percent", "70 %")
    assert matching_labels(capacity_retention_percent__gte="80") == []
    retire_value(value, by=None)
    assert matching_labels(capacity_retention_percent__exists="true") == []
    assert matching_labels(capacity_retention_percent__exists="false") == ["cell"]


def test_a_missing_number_matches_no_bound(public_project: Project) -> None:
    cell = factories.make_cell(public_project, label="coin")
    measurement = factories.make_measurement(cell, stack_pressure_mpa="Coin cell")
    report(measurement, "capacity_retention_percent", "not reported")
    assert matching_labels(stack_pressure_mpa__gte="0") == []
    assert matching_labels(stack_pressure_mpa__exists="false") == ["coin"]
    assert matching_labels(capacity_retention_percent__exists="true") == []


def test_cell_level_values_combine_with_any_condition(public_project: Project) -> None:
    cell = make_cycled_cell(public_project, "cell", ("5 MPa", "85 %"))
    report_value(cell=cell, quantity="cell_mass_mg", written="332.2 mg", by=None)
    assert matching_labels(cell_mass_mg__lte="400", stack_pressure_mpa__lte="10") == ["cell"]


def test_value_origin_filters_values(public_project: Project) -> None:
    make_cycled_cell(public_project, "cell", ("5 MPa", "85 %"))
    assert matching_labels(capacity_retention_percent__gte="80", value_origin="reported") == ["cell"]
    assert matching_labels(capacity_retention_percent__gte="80", value_origin="computed") == []
    assert (matching_labels(value_origin="reported"), matching_labels(value_origin="computed")) == (["cell"], [])


def test_a_part_matches_every_name_of_its_material(public_project: Project) -> None:
    argyrodite = factories.make_material(public_project, "Li6PS5Cl", kind="solid_electrolyte")
    save_record(Synonym(material=argyrodite, name="LPSCl"), by=None)
    small = make_layer(public_project, "separator", 1, name="S-LPSCl", kind="solid_electrolyte", variant_of=argyrodite)
    factories.make_cell(public_project, [small], label="cell")
    for name in ("Li6PS5Cl", "lpscl", "S-LPSCl"):
        assert matching_labels(electrolyte=name) == ["cell"]
    assert matching_labels(electrolyte="L-LPSCl") == matching_labels(anode="LPSCl") == []


def test_the_name_of_a_variant_does_not_match_its_parent(public_project: Project) -> None:
    parent = factories.make_material(public_project, "Li6PS5Cl", kind="solid_electrolyte")
    factories.make_material(public_project, "S-LPSCl", kind="solid_electrolyte", variant_of=parent)
    factories.make_cell(public_project, [Layer(position=1, role="separator", material=parent)], label="cell")
    assert matching_labels(electrolyte="S-LPSCl") == []


def test_a_cathode_matches_its_active_material_not_its_additive(public_project: Project) -> None:
    active = factories.make_material(public_project, "NCM90")
    carbon = factories.make_material(public_project, "VGCF", kind="conductive_additive")
    composite = factories.make_formulation(public_project, (active, "active", ""), (carbon, "conductive", "2 wt%"))
    factories.make_cell(public_project, [Layer(position=1, role="cathode", formulation=composite)], label="cell")
    assert matching_labels(cathode="NCM90") == ["cell"]
    assert matching_labels(cathode="VGCF") == []
    assert matching_labels(material="VGCF") == ["cell"]


def test_lithium_is_not_lithium_indium(public_project: Project) -> None:
    factories.make_cell(public_project, [make_layer(public_project, "anode", 1, name="Li-In")], label="alloy")
    factories.make_cell(public_project, [make_layer(public_project, "anode", 1, name="Li")], label="metal")
    assert matching_labels(anode="Li") == ["metal"]


def test_a_bound_on_one_layer_names_its_role(public_project: Project) -> None:
    thick = make_layer(public_project, "separator", 1)
    thick.thickness = "50 µm"
    factories.make_cell(public_project, [thick], label="cell")
    assert matching_labels(**{"separator.thickness_um__lte": "60"}) == ["cell"]
    assert matching_labels(**{"cathode.thickness_um__lte": "60"}) == []
    assert matching_labels(thickness_um="50") == ["cell"]


@pytest.mark.parametrize("word", ["KEY", "ncm90", "glue", "vgcf", "C-0"])
def test_the_search_matches_a_word_in_any_name(public_project: Project, word: str) -> None:
    active = factories.make_material(public_project, "NCM90")
    carbon = factories.make_material(public_project, "VGCF", kind="conductive_additive")
    composite = factories.make_formulation(public_project, (active, "active", ""), (carbon, "conductive", "2 wt%"))
    publication = factories.make_publication(public_project, key="key2025")
    cathode = Layer(position=1, role="cathode", formulation=composite)
    factories.make_cell(public_project, [cathode], label="cell", publication=publication, notes="with glue")
    assert matching_labels(q=word) == ["cell"]
    assert matching_labels(q=f"{word} nowhere") == []


def test_a_query_matches_only_visible_cells(project: Project, viewer: User, outsider: User) -> None:
    make_cycled_cell(project, "secret", ("5 MPa", "95 %"), layers=[make_layer(project, "anode", 1, name="Li")])
    parameters = {"capacity_retention_percent__gte": "80", "anode": "Li"}
    assert matching_labels(viewer, **parameters) == ["secret"]
    assert matching_labels(outsider, **parameters) == matching_labels(ANYBODY, **parameters) == []


def test_a_private_material_does_not_match_for_an_outsider(
    project: Project, public_project: Project, outsider: User, viewer: User
) -> None:
    shared = factories.make_material(public_project, "Li6PS5Cl", kind="solid_electrolyte")
    private = factories.make_material(project, "Codename", kind="solid_electrolyte", variant_of=shared)
    factories.make_cell(project, [Layer(position=1, role="separator", material=private)], label="secret")
    assert matching_labels(viewer, electrolyte="Codename") == ["secret"]
    assert matching_labels(outsider, electrolyte="Codename") == []


def test_matching_measurements_meet_the_whole_query(public_project: Project) -> None:
    cell = make_cycled_cell(public_project, "cell", ("20 MPa", "90 %"), ("5 MPa", "85 %"))
    query = parse_list_query({"capacity_retention_percent__gte": ["80"], "stack_pressure_mpa__lte": ["10"]})
    measurements = to_sql.matching_measurements(query, [cell.pk], ANYBODY)
    assert [factories.written(measurement)["stack_pressure_mpa"] for measurement in measurements] == ["5 MPa"]


def test_ordering_by_a_quantity_puts_cells_without_it_last(public_project: Project) -> None:
    make_cycled_cell(public_project, "low", ("5 MPa", "60 %"))
    make_cycled_cell(public_project, "none")
    make_cycled_cell(public_project, "high", ("5 MPa", "95 %"), ("5 MPa", "10 %"))
    everything = parse_list_query({})
    cells = to_sql.filter_cells(everything, ANYBODY)
    descending = to_sql.order_cells(cells, everything, ["-capacity_retention_percent"])
    assert [cell.label for cell in descending] == ["high", "low", "none"]
    ascending = to_sql.order_cells(cells, everything, ["capacity_retention_percent"])
    assert [cell.label for cell in ascending] == ["high", "low", "none"]


def test_ordering_uses_only_matching_measurements(public_project: Project) -> None:
    make_cycled_cell(public_project, "a", ("5 MPa", "60 %"), ("50 MPa", "99 %"))
    make_cycled_cell(public_project, "b", ("5 MPa", "70 %"))
    low_pressure = parse_list_query({"stack_pressure_mpa__lte": ["10"]})
    cells = to_sql.order_cells(
        to_sql.filter_cells(low_pressure, ANYBODY), low_pressure, ["-capacity_retention_percent"]
    )
    assert [cell.label for cell in cells] == ["b", "a"]


def test_an_unknown_ordering_suggests_the_closest(public_project: Project) -> None:
    everything = parse_list_query({})
    with pytest.raises(QueryError, match="‘capacity_retention_percent’"):
        to_sql.order_cells(to_sql.filter_cells(everything, ANYBODY), everything, ["capacity_retention"])


def test_all_layer_conditions_apply_to_the_same_layer(public_project: Project) -> None:
    """Loadings of 11.2 and 14.3 do not match ‘from 12 to 13’."""
    cathode = make_layer(public_project, "cathode", 1, name="NCM90")
    anode = make_layer(public_project, "anode", 2, name="Li-In")
    cathode.mass_loading, anode.mass_loading = "11.2 mg/cm²", "14.3 mg/cm²"
    factories.make_cell(public_project, [cathode, anode], label="pouch")
    assert matching_labels(mass_loading_mg_cm2__gte="12", mass_loading_mg_cm2__lte="13") == []
    assert matching_labels(mass_loading_mg_cm2__gte="12") == ["pouch"]
    assert matching_labels(material="Li-In", mass_loading_mg_cm2__lte="12") == []
    assert matching_labels(material="Li-In", mass_loading_mg_cm2__gte="14") == ["pouch"]
    assert matching_labels(cathode="NCM90", **{"cathode.mass_loading_mg_cm2__gte": "12"}) == []
    assert matching_labels(cathode="NCM90", **{"anode.mass_loading_mg_cm2__gte": "12"}) == ["pouch"]


@pytest.mark.parametrize(
    ("written", "parameters", "matches"),
    [
        (">80 %", {"capacity_retention_percent__gt": "80"}, True),
        (">80 %", {"capacity_retention_percent__gte": "80"}, True),
        ("80 %", {"capacity_retention_percent__gt": "80"}, False),
        ("≥80 %", {"capacity_retention_percent__gt": "80"}, False),
        ("≥80 %", {"capacity_retention_percent__gte": "80"}, True),
        ("≤80 %", {"capacity_retention_percent__lt": "80"}, False),
        ("<80 %", {"capacity_retention_percent__lt": "80"}, True),
        (">80 %", {"capacity_retention_percent__gt": "81"}, False),
    ],
)
def test_a_strict_bound_matches_the_qualifier_at_the_bound(
    public_project: Project, written: str, parameters: dict[str, str], matches: bool
) -> None:
    make_cycled_cell(public_project, "cell", ("5 MPa", written))
    assert matching_labels(**parameters) == (["cell"] if matches else [])


@pytest.mark.parametrize("operator", ["gte", "gt", "lte", "lt"])
@pytest.mark.parametrize("number", ["79.7", "80", "80.2", "0"])
def test_a_certain_match_holds_of_every_true_value_and_a_possible_one_of_some(
    public_project: Project, operator: str, number: str
) -> None:
    intervals = {
        "80.0 %": (79.95, 80.05, False, False),
        ">80 %": (80.0, math.inf, True, True),
        "≥80 %": (80.0, math.inf, False, True),
        "<80 %": (0.0, 80.0, False, True),
        "≤80 %": (0.0, 80.0, False, False),
        "~80 %": (-math.inf, math.inf, True, True),
    }
    for written in intervals:
        make_cycled_cell(public_project, written, (f"{written[:-1]}MPa", written))
        intervals[written] = (*intervals[written][:2], written.startswith(">"), written.startswith("<"))
    asked = float(number)
    certain, possible = set(), set()
    for written, (low, high, open_low, open_high) in intervals.items():
        near, far = (low, high) if operator[0] == "g" else (-high, -low)
        near_open, far_open = (open_low, open_high) if operator[0] == "g" else (open_high, open_low)
        limit = asked if operator[0] == "g" else -asked
        strict = operator[1] == "t" and len(operator) == 2
        stated = 80.0 if operator[0] == "g" else -80.0
        if written == "80.0 %":
            near, near_open = stated, False
        if near > limit or (near == limit and (not strict or near_open)):
            certain.add(written)
        if far > limit or (far == limit and not strict and not far_open):
            possible.add(written)
    for slug in ("capacity_retention_percent", "stack_pressure_mpa"):
        assert set(matching_labels(**{f"{slug}__{operator}": number})) == certain
        assert set(matching_labels(**{f"{slug}__possibly_{operator}": number})) == possible


def test_a_strict_bound_matches_the_qualifier_of_a_condition(public_project: Project) -> None:
    make_cycled_cell(public_project, "pressed", ("> 10 MPa", "90 %"))
    assert matching_labels(stack_pressure_mpa__gt="10") == ["pressed"]
    assert matching_labels(stack_pressure_mpa__lte="10") == []


@pytest.mark.parametrize(
    "parameters",
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
def test_names_match_in_any_spelling(public_project: Project, parameters: dict[str, str]) -> None:
    paper = factories.make_publication(public_project, doi="10.1038/s41563-024-02066-9")
    cathode = make_layer(public_project, "cathode", 1, name="Müller-NCM", formula="Δ-NCM")
    save_record(Synonym(material=cathode.material, name="ωNCM"), by=None)
    acid = factories.make_material(public_project, "Säure", kind="solid_electrolyte")
    mix = factories.make_formulation(public_project, (acid, "electrolyte", "100 %"), name="säure")
    anode = make_layer(public_project, "anode", 3, name="Li")
    anode.as_written = "Läge 2"
    layers = [cathode, Layer(position=2, role="separator", formulation=mix), anode]
    factories.make_cell(public_project, layers, label="Zelle Ä", publication=paper)
    factories.make_cell(public_project, label="another")
    assert matching_labels(**parameters) == ["Zelle Ä"]


@pytest.mark.parametrize("value", ["a\0", "\ud800", "a\x1bb", "a\nb", "\u200b"])
def test_invalid_text_is_refused_with_its_parameter(value: str) -> None:
    for name in ("q", "label", "anode", "doi", "measurement", "stack_pressure_mpa__gte"):
        with pytest.raises(QueryError) as error:
            parse_list_query({name: [value]})
        assert error.value.parameter == name


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ({"conductivity_pressure_exponent__gte": "0.2"}, True),
        ({"conductivity_pressure_exponent__gte": "0.2", "temperature_degc__gte": "50"}, True),
        ({"conductivity_pressure_exponent__gte": "0.2", "temperature_degc__lte": "30"}, False),
        ({"conductivity_pressure_exponent__lte": "0.2", "temperature_degc": "25"}, True),
        ({"conductivity_pressure_exponent__lte": "0.2", "temperature_degc": "60"}, False),
        ({"conductivity_pressure_exponent__gte": "0.2", "stack_pressure_mpa__lte": "1"}, True),
        ({"conductivity_pressure_exponent__gte": "0.2", "c_rate__exists": "false"}, True),
    ],
)
def test_the_value_of_a_series_answers_for_its_fixed_conditions_only(
    public_project: Project, query: dict[str, str], matches: bool
) -> None:
    """The exponent is 0.1 at 25 °C and 0.3 at 60 °C."""
    cell = factories.make_pellet(public_project)
    factories.make_pressure_series(cell, 0.1)
    factories.make_pressure_series(cell, 0.3, "60 °C")
    run_jobs(list_due_jobs(Measurement.objects.all(), names=["pressure-dependence"]), by=None)
    assert bool(matching_labels(**query)) is matches
