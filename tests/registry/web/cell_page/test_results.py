"""Rows of the cell list."""

from django.contrib.auth.models import AnonymousUser

from registry.models import Cell, Project
from registry.selectors.query.parsing import parse_list_query
from registry.web.cell_page.results import list_results
from tests import factories


def test_several_measurements_give_a_range_and_their_number(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    for written in ("90.9%", "80%"):
        factories.report(factories.make_measurement(cell), "capacity_retention_percent", written)
    (result,) = list_results([cell], parse_list_query({}), AnonymousUser())
    assert [(metric.text, metric.count) for metric in result.metrics] == [("80% to 90.9%", 2)]


def test_only_values_within_the_bounds_are_shown(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    for written in ("90.9%", "60%"):
        factories.report(factories.make_measurement(cell), "capacity_retention_percent", written)
    (result,) = list_results([cell], parse_list_query({"capacity_retention_percent__gte": ["80"]}), AnonymousUser())
    assert [[metric.text for metric in match.values] for match in result.matches] == [["90.9%"]]


def test_a_query_by_conditions_shows_the_key_metrics_of_the_matching_measurement(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    for pressure, written in (("2 MPa", "60%"), ("20 MPa", "90%")):
        measurement = factories.make_measurement(cell, stack_pressure_mpa=pressure)
        factories.report(measurement, "capacity_retention_percent", written)
    (result,) = list_results([cell], parse_list_query({"stack_pressure_mpa__lte": ["10"]}), AnonymousUser())
    assert [(match.conditions, match.values[0].text) for match in result.matches] == [("2 MPa", "60%")]


def test_shows_the_origin_of_a_value_and_other_origins(cell: Cell) -> None:
    (result,) = list_results([cell], parse_list_query({"electronic_conductivity_s_cm__gte": ["1e-6"]}), AnonymousUser())
    assert [(metric.text, metric.origins) for metric in result.matches[0].values] == [
        ("6.89×10⁻⁵ S/cm", "reported; also computed")
    ]
