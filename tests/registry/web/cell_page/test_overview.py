"""Headline numbers and main plots."""

import functools

from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils.safestring import mark_safe

from registry.models import AnalysisRun, Cell, Project, Value
from registry.web.cell_page.cell_sections import CellSections, get_cell_sections
from registry.web.cell_page.measurement_section import MeasurementSection
from registry.web.cell_page.overview import list_headlines, take_main_plots
from registry.web.plots.frame import DrawnPlot
from tests import factories


def test_a_computed_number_stands_before_the_reported_one(cell: Cell, client: Client) -> None:
    headlines = {headline.name: headline for headline in list_headlines(get_cell_sections(cell, AnonymousUser()))}
    conductivity = headlines["Electronic conductivity"]
    assert conductivity.text == "6.586×10⁻⁵ [6.552×10⁻⁵, 6.620×10⁻⁵]"
    assert (conductivity.unit, conductivity.disagrees) == ("S cm⁻¹", True)
    assert conductivity.run is not None
    assert "6.89×10⁻⁵" in conductivity.note
    assert '<dl class="strip">' in client.get(cell.get_absolute_url()).content.decode()


def test_several_measurements_give_a_range(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    for retention in ("80 %", "90.9 %"):
        factories.report(factories.make_measurement(cell), "capacity_retention_percent", retention)
    (headline,) = list_headlines(get_cell_sections(cell, AnonymousUser()))
    assert (headline.text, headline.unit, headline.run) == ("80 to 90.9", "%", None)


def _headline(cell: Cell, slug: str, *tests: tuple[str, dict[str, str]]) -> tuple[str, str, str]:
    """Text, unit and conditions of the only headline of a cell with these reported values under these conditions."""
    for written, conditions in tests:
        factories.report(factories.make_measurement(cell, **conditions), slug, written)
    (headline,) = list_headlines(get_cell_sections(cell, AnonymousUser()))
    return headline.text, headline.unit, headline.note.partition("; ")[0].removeprefix("at ")


def test_a_headline_never_mixes_conditions_that_are_no_series(public_project: Project) -> None:
    make = functools.partial(factories.make_cell, public_project)
    rates = [("80 %", {"c_rate": "1C"}), ("90.9 %", {"c_rate": "2C"})]
    assert _headline(make(), "capacity_retention_percent", *rates) == ("80", "%", "1C")
    warm = [(f"{sigma} S/cm", {"temperature_degc": f"{at} °C"}) for sigma, at in ((1, -20), (4, 60), (2, 25), (3, 40))]
    assert _headline(make(), "ionic_conductivity_s_cm", *warm) == ("2", "S cm⁻¹", "25 °C")
    pressed = [(f"{sigma} mS/cm", {"stack_pressure_mpa": f"{at} MPa"}) for sigma, at in ((7, 2), (8, 5), (9, 25))]
    assert _headline(make(), "ionic_conductivity_s_cm", *pressed) == (
        "7 to 9",
        "mS cm⁻¹",
        "2 MPa to 25 MPa",
    )


def test_a_computed_headline_without_conditions_names_its_measurement(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    first, second = (factories.make_measurement(cell, technique=technique) for technique in ("eis", "cycling"))
    factories.report(second, "specific_capacity_mah_g", "150 mAh/g")
    run = factories.make_run(first, analysis="ionic-conductivity")
    Value.objects.create(
        cell=cell,
        measurement=first,
        run=run,
        origin="computed",
        quantity="resistance_ohm",
        magnitude=2.0,
        lower=2.0,
        upper=2.0,
    )
    notes = {item.name: item.note for item in list_headlines(get_cell_sections(cell, AnonymousUser()))}
    assert notes == {"Resistance": first.refcode, "Specific capacity": "reported"}


def test_equal_values_are_no_range(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    assert _headline(cell, "cycle_count", ("3", {}), ("3", {}))[0] == "3"


def test_the_retention_says_over_how_many_cycles_it_is(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    measurement = factories.make_measurement(cell)
    factories.report(measurement, "capacity_retention_percent", "80 %")
    factories.report(measurement, "cycle_count", "500")
    (headline,) = list_headlines(get_cell_sections(cell, AnonymousUser()))
    assert (headline.name, headline.note) == ("Capacity retention", "over 500 cycles; reported")
    factories.report(factories.make_measurement(cell), "cycle_count", "600")
    assert len(list_headlines(get_cell_sections(cell, AnonymousUser()))) == 2


def test_no_plot_stands_twice(cell: Cell) -> None:
    sections = get_cell_sections(cell, AnonymousUser())
    drawn = [plot for section in sections.measurements for _, plot in section.plots]
    main = take_main_plots(sections, list_headlines(sections))
    left = [plot for section in sections.measurements for _, plot in section.plots]
    assert main
    refcodes = set(cell.measurements.values_list("refcode", flat=True))
    assert {plot.measurement.partition(",")[0] for plot in main} <= refcodes
    assert len(main) + len(left) == len(drawn)


def make_section(temperature: str, project: Project, *titles: str) -> MeasurementSection:
    measurement = factories.make_measurement(
        factories.make_cell(project), technique="eis", temperature_degc=temperature
    )
    plots = [
        (AnalysisRun(pk=measurement.pk * 10 + number, analysis=f"a-{measurement.pk}-{number}"), make_plot(title))
        for number, title in enumerate(titles)
    ]
    return MeasurementSection(measurement, [], [], [], [], [], [], plots=plots)


def make_plot(title: str) -> DrawnPlot:
    return DrawnPlot(title, svg=mark_safe("<svg/>"), is_spectrum=title == "Nyquist plot")


def test_a_cell_with_spectra_shows_that_nearest_to_room_temperature(public_project: Project) -> None:
    sections = [
        make_section(temperature, public_project, "Nyquist plot", *titles)
        for temperature, titles in (("-20 °C", ["DRT", "DRT"]), ("30 °C", ["Arrhenius", "Other"]), ("60 °C", []))
    ]
    whole = CellSections(sections, MeasurementSection(None, [], [], [], [], [], []), [], [])
    main = take_main_plots(whole, [])
    assert [plot.title for plot in main] == ["DRT", "Arrhenius", "Nyquist plot"]
    assert "30 °C" in main[-1].measurement
    assert [plot.title for _, plot in sections[1].plots] == ["Other"]
