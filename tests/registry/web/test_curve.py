"""The page of a curve, and every kind on the pages of a run and of a cell."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from registry import plugin_loading
from registry.models import AnalysisRun, Cell, Curve, Measurement, Project
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.services.runs.analysis import run_jobs
from registry.web.plots.plot import describe_first_cycle
from tests import factories
from tests.drawings import draw_every_kind, drawing_plugin


@pytest.fixture
def runs(public_project: Project, tmp_path: Path) -> Iterator[list[AnalysisRun]]:
    with drawing_plugin():
        yield draw_every_kind(public_project, times=2)


def test_every_kind_is_drawn_on_the_pages_of_run_and_cell(client: Client, runs: list[AnalysisRun]) -> None:
    for url, plots in ((f"/runs/{runs[0].pk}/", 3), (runs[0].cell.get_absolute_url(), 6)):
        page = client.get(url).content.decode()
        assert page.count('<svg class="plot"') == plots
        assert page.count("<desc ") == plots


def test_a_curve_is_shown_in_another_unit(client: Client, runs: list[AnalysisRun]) -> None:
    url = f"/curves/{runs[0].curves.get(name='capacity').pk}/"
    assert client.get(url).context["analysis_title"] == plugin_loading.current().analyses[runs[0].analysis].title
    assert "Capacity / Ah" in client.get(url, {"y_unit": "Ah"}).content.decode()
    refused = client.get(url, {"y_unit": "V"})
    assert refused.status_code == 400
    assert "aria-invalid" in refused.content.decode()


@pytest.mark.parametrize("name", ["relaxation", "pores"])
def test_every_kind_has_a_page(client: Client, runs: list[AnalysisRun], name: str) -> None:
    response = client.get(f"/curves/{runs[0].curves.get(name=name).pk}/")
    assert response.status_code == 200
    assert "<image " in response.content.decode()


def test_curves_of_the_same_quantities_are_offered_and_overlaid(client: Client, runs: list[AnalysisRun]) -> None:
    first, second = (run.curves.get(name="capacity") for run in runs)
    page = client.get(f"/curves/{first.pk}/")
    assert [curve.pk for curve, _ in page.context["candidates"]] == [second.pk]
    overlaid = client.get(f"/curves/{first.pk}/", {"with": second.pk})
    assert [entry.name.partition(":")[0] for entry in overlaid.context["plot"].legend] == [
        run.of.refcode for run in runs
    ]


def test_a_private_curve_has_no_page(client: Client, runs: list[AnalysisRun]) -> None:
    project = runs[0].cell.project
    project.visibility = "private"
    project.save()
    assert client.get(f"/curves/{runs[0].curves.earliest('pk').pk}/").status_code == 404


def test_the_same_curve_of_other_cells_is_overlaid(client: Client, runs: list[AnalysisRun]) -> None:
    """Of a cell in a group with this one by a click, of any other by its refcode."""
    curve = runs[0].curves.get(name="capacity")
    (other,) = draw_every_kind(runs[0].cell.project, times=1)
    same = other.curves.get(name="capacity")
    url, refcode = f"/curves/{curve.pk}/", other.cell.refcode
    assert client.get(url).context["of_other_cells"] == []
    typed = client.get(url, {"cells": refcode.lower()})
    drawn = [entry.name.partition(":")[0] for entry in typed.context["plot"].legend]
    assert drawn == [runs[0].cell.label, other.cell.label]
    factories.make_group(other.cell.project, runs[0].cell, other.cell)
    assert client.get(url).context["of_other_cells"] == [(same, False)]
    assert client.get(url, {"with": same.pk}).context["of_other_cells"] == [(same, True)]
    assert "C-99999" in client.get(url, {"cells": "C-99999"}).context["error"]


def test_a_figure_follows_the_parameters_of_its_page(client: Client, runs: list[AnalysisRun]) -> None:
    url = f"/curves/{runs[0].curves.get(name='capacity').pk}/"
    figure = client.get(f"{url}figure.json", {"y_unit": "Ah"}).json()
    assert figure["layout"]["yaxis"]["title"]["text"] == "Capacity / Ah"
    assert "Capacity / Ah" in client.get(f"{url}figure.svg", {"y_unit": "Ah"}).content.decode()
    page = client.get(url, {"y_unit": "Ah"}).content.decode()
    assert f'data-figure="{url}figure.json?y_unit=Ah"' in page
    head = client.get(f"{url}data.csv").content.decode().splitlines()[0]
    assert head.startswith("Series,")


def test_a_picture_has_no_figure(client: Client, runs: list[AnalysisRun]) -> None:
    url = f"/curves/{runs[0].curves.get(name='pores').pk}/"
    assert client.get(f"{url}figure.json").status_code == 404
    assert client.get(f"{url}figure.svg").status_code == 404
    assert client.get(f"{url}data.csv").status_code == 404
    assert client.get(f"/curves/{runs[0].curves.get(name='relaxation').pk}/data.csv").status_code == 200


def test_a_private_curve_has_no_figure_for_others(client: Client, runs: list[AnalysisRun]) -> None:
    project = runs[0].cell.project
    project.visibility = "private"
    project.save()
    for ending in ("json", "svg"):
        assert client.get(f"/curves/{runs[0].curves.get(name='capacity').pk}/figure.{ending}").status_code == 404


def test_cycles_are_drawn_along_the_charge_that_passed(cell: Cell, client: Client) -> None:
    measurement = cell.measurements.get(technique="cycling")
    run_jobs(list_due_jobs(Measurement.objects.filter(pk=measurement.pk), names=["cycling-summary"]), by=None)
    curve = Curve.objects.get(run__measurement=measurement, name="retention")
    address = f"/curves/{curve.pk}/figure.json"
    figure = client.get(f"{address}?x=capacity_throughput_mah").json()
    assert figure["choices"] == {"x": "capacity_throughput_mah"}
    assert figure["layout"]["xaxis"]["title"]["text"].endswith("/ mAh")
    # 2.009 mAh charged and 1.999 mAh discharged in cycle 1.
    assert figure["data"][0]["x"][0] == pytest.approx(4.008)
    assert client.get(address).json()["choices"] == {"x": "cycle_number"}
    rows = client.get(f"/curves/{curve.pk}/data.csv?x=capacity_throughput_mah").content.decode().splitlines()
    assert float(rows[1].split(",")[1]) == pytest.approx(4.008)


def test_an_axis_that_the_test_lacks_is_refused(cell: Cell, client: Client) -> None:
    # The per-cycle table has no durations.
    curve = Curve.objects.get(run__cell=cell, name="retention")
    response = client.get(f"/curves/{curve.pk}/?x=time_h")
    assert response.status_code == 400
    assert response.context["axis_choice"] is None
    assert "‘time_h’" in response.context["error"]


def test_the_address_of_the_page_says_along_which_axis(cell: Cell, client: Client) -> None:
    measurement = cell.measurements.get(technique="cycling")
    run_jobs(list_due_jobs(Measurement.objects.filter(pk=measurement.pk), names=["cycling-summary"]), by=None)
    curve = Curve.objects.get(run__measurement=measurement, name="retention")
    for address in (cell.get_absolute_url(), f"/runs/{curve.run_id}/"):
        page = client.get(f"{address}?plot=plot-curves-{curve.pk}&x=capacity_throughput_mah").content.decode()
        assert f'data-figure="/curves/{curve.pk}/figure.json?x=capacity_throughput_mah"' in page
        assert '<option value="capacity_throughput_mah" selected>' in page
        assert '<option value="time_h"' not in page


def test_a_plot_says_which_cycles_it_leaves_out(cell: Cell, client: Client) -> None:
    curve = Curve.objects.get(run__cell=cell, run__analysis="capacity-retention", name="capacity")
    assert describe_first_cycle(curve) == ""
    for series in curve.data["series"]:
        series["x"] = [x + 2 for x in series["x"]]
    curve.save()
    assert "cycle 3" in client.get(f"/curves/{curve.pk}/figure.json").json()["remark"]
    assert describe_first_cycle(Curve.objects.get(pk=curve.pk)) in client.get(cell.get_absolute_url()).content.decode()
    curve.run.messages = [{"code": "cycle-groups", "text": "formation, cycling", "level": "info"}]
    assert describe_first_cycle(curve).endswith("formation, cycling")
