"""Headline numbers and main plots."""

from django.contrib.auth.models import AnonymousUser
from django.test import Client

from registry.models import Cell, Project
from registry.web.cell_page.measurement_section import get_cell_sections
from registry.web.cell_page.overview import list_headlines, take_main_plots
from tests import factories


def test_a_computed_number_stands_before_the_reported_one(cell: Cell, client: Client) -> None:
    headlines = {headline.name: headline for headline in list_headlines(get_cell_sections(cell, AnonymousUser()))}
    conductivity = headlines["Electronic conductivity"]
    assert conductivity.text.startswith("6.586(")
    assert (conductivity.unit, conductivity.disagrees) == ("S cm⁻¹", True)
    assert conductivity.run is not None
    assert "6.89×10⁻⁵ S/cm" in conductivity.note
    assert '<dl class="strip">' in client.get(cell.get_absolute_url()).content.decode()


def test_several_measurements_give_a_range(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    for retention in ("80 %", "90.9 %"):
        factories.report(factories.make_measurement(cell), "capacity_retention_percent", retention)
    (headline,) = list_headlines(get_cell_sections(cell, AnonymousUser()))
    assert (headline.text, headline.unit, headline.run) == ("80 % to 90.9 %", "", None)


def test_no_plot_stands_twice(cell: Cell) -> None:
    sections = get_cell_sections(cell, AnonymousUser())
    drawn = [plot for section in sections.measurements for _, plot in section.plots]
    main = take_main_plots(sections, list_headlines(sections))
    left = [plot for section in sections.measurements for _, plot in section.plots]
    assert main
    assert len(main) + len(left) == len(drawn)
