"""Rows of the cell list."""

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from registry.models import AnalysisRun, Cell, Project, Value
from registry.selectors.query.parsing import parse_list_query
from registry.web.cell_page.results import list_results
from tests import factories


def test_several_measurements_give_a_range_and_their_number(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    for written in ("90.9%", "80%"):
        factories.report(factories.make_measurement(cell), "capacity_retention_percent", written)
    (result,) = list_results([cell], parse_list_query({}), AnonymousUser())
    assert [(metric.text, metric.count) for metric in result.metrics] == [("80 to 90.9 %", 2)]


def report_peaks(project: Project, *spectra: tuple[str, ...]) -> Cell:
    """A cell with the resistances of the peaks of each spectrum."""
    cell = factories.make_cell(project)
    for times in spectra:
        measurement = factories.make_measurement(cell, technique="eis")
        for number, written in enumerate(times, start=1):
            factories.report(measurement, "resistance_ohm", written, f"peak:{number}")
    return cell


def test_values_at_different_places_are_never_one_range(public_project: Project) -> None:
    cell = report_peaks(public_project, ("1 Ω", "10 Ω"), ("2 Ω", "30 Ω"), ("3 Ω", "20 Ω"))
    (result,) = list_results([cell], parse_list_query({}), AnonymousUser())
    assert [(metric.name, metric.text, metric.count) for metric in result.metrics] == [
        ("Resistance, peak 1", "1 to 3 Ω", 3),
        ("Resistance, peak 2", "10 to 30 Ω", 3),
    ]


def test_two_places_of_a_measurement_are_not_two_measurements(public_project: Project) -> None:
    cell = report_peaks(public_project, ("1 Ω", "10 Ω"))
    (result,) = list_results([cell], parse_list_query({"technique": ["eis"]}), AnonymousUser())
    (match,) = result.matches
    assert [(metric.name, metric.text, metric.count) for metric in match.values] == [
        ("Resistance, peak 1", "1 Ω", 1),
        ("Resistance, peak 2", "10 Ω", 1),
    ]


def test_only_the_place_of_the_query_is_shown(public_project: Project) -> None:
    cell = report_peaks(public_project, ("1 Ω", "10 Ω"), ("2 Ω", "30 Ω"))
    query = parse_list_query({"resistance_ohm__gte": ["1"], "at": ["peak:2"]})
    (result,) = list_results([cell], query, AnonymousUser())
    assert [[metric.text for metric in match.values] for match in result.matches] == [["10 Ω"], ["30 Ω"]]


def test_values_of_several_series_are_a_range_and_no_measurements(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    for number, energy in enumerate((0.4, 0.3)):
        run = AnalysisRun.objects.create(
            cell=cell, analysis="activation-energy", plugin="p", version="1", series=str(number), is_latest=True,
            status="done", inputs_hash="0", started_at=timezone.now(), finished_at=timezone.now(),
        )  # fmt: skip
        Value.objects.create(
            cell=cell, run=run, origin="computed", quantity="activation_energy_ev",
            magnitude=energy, lower=energy, upper=energy,
        )  # fmt: skip
    (result,) = list_results([cell], parse_list_query({}), AnonymousUser())
    assert [(metric.text, metric.count) for metric in result.metrics] == [("0.3 to 0.4 eV", 0)]


def test_the_first_places_are_shown_and_the_others_counted(public_project: Project) -> None:
    cell = report_peaks(public_project, tuple(f"{10**number} Ω" for number in range(5)))
    (result,) = list_results([cell], parse_list_query({}), AnonymousUser())
    assert [metric.text for metric in result.metrics] == ["1 Ω", "10 Ω", "100 Ω"]
    assert [metric.further_places for metric in result.metrics] == [0, 0, 2]


def test_only_values_within_the_bounds_are_shown(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    for written in ("90.9%", "60%"):
        factories.report(factories.make_measurement(cell), "capacity_retention_percent", written)
    (result,) = list_results([cell], parse_list_query({"capacity_retention_percent__gte": ["80"]}), AnonymousUser())
    assert [[metric.text for metric in match.values] for match in result.matches] == [["90.9 %"]]


def test_a_query_by_conditions_shows_the_key_metrics_of_the_matching_measurement(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    for pressure, written in (("2 MPa", "60%"), ("20 MPa", "90%")):
        measurement = factories.make_measurement(cell, stack_pressure_mpa=pressure)
        factories.report(measurement, "capacity_retention_percent", written)
    (result,) = list_results([cell], parse_list_query({"stack_pressure_mpa__lte": ["10"]}), AnonymousUser())
    assert [(match.conditions, match.values[0].text) for match in result.matches] == [("2 MPa", "60 %")]


def test_shows_the_origin_of_a_value_and_other_origins(cell: Cell) -> None:
    (result,) = list_results([cell], parse_list_query({"electronic_conductivity_s_cm__gte": ["1e-6"]}), AnonymousUser())
    assert [(metric.text, metric.origins) for metric in result.matches[0].values] == [
        ("6.89×10⁻⁵ S cm⁻¹", "reported; also computed")
    ]
