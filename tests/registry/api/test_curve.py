"""The API of curves of every kind, through the sandbox and the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from registry.models import AnalysisRun, Project
from tests.drawings import draw_every_kind, drawing_plugin


@pytest.fixture
def runs(project: Project, tmp_path: Path) -> Iterator[list[AnalysisRun]]:
    with drawing_plugin():
        runs = draw_every_kind(project, times=2)
        assert [run.status for run in runs] == ["done", "done"], runs[0].messages
        yield runs


def curve_url(run: AnalysisRun, name: str) -> str:
    return f"/api/curves/{run.curves.get(name=name).pk}/"


def test_a_line_has_quantities_error_bars_and_a_second_axis(api: APIClient, runs: list[AnalysisRun]) -> None:
    shown = api.get(curve_url(runs[0], "capacity")).json()
    discharge, efficiency = shown["data"]["series"]
    assert (shown["kind"], shown["x_quantity"], shown["y_quantity"]) == ("line", "cycle_number", "capacity_mah")
    assert {"quantity": "capacity_mah", "unit": "mAh"}.items() <= shown["data"]["y"].items()
    assert (discharge["quantity"], discharge["y_lower"]) == ("discharge_capacity_mah", [19.0, 17.0])
    assert (efficiency["on_second_axis"], efficiency["y"]) == (True, [99.0, None])
    assert shown["data"]["y2"]["unit"] == "%"


def test_a_heat_map_has_its_grid_as_rows(api: APIClient, runs: list[AnalysisRun]) -> None:
    data = api.get(curve_url(runs[0], "relaxation")).json()["data"]
    assert data["z_values"] == [[1, 2, 3, 4], [2, None, 4, 5], [3, 4, 5, 6]]
    assert data["z"]["quantity"] == "resistance_ohm"


def test_a_picture_has_pixels_and_mask_as_rows(api: APIClient, runs: list[AnalysisRun]) -> None:
    data = api.get(curve_url(runs[0], "pores")).json()["data"]
    assert (data["picture"][0][0], data["picture"][2][3]) == (0, 255)
    assert data["mask"] == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
    assert (data["areas"], data["pixel_size_um"]) == (["pore"], 0.25)


def test_lists_filter_by_kind_and_quantity_and_leave_out_grids(api: APIClient, runs: list[AnalysisRun]) -> None:
    maps = api.get("/api/curves/?kind=heat-map").json()
    assert maps["count"] == 2
    assert maps["results"][0]["data"]["z_values"] is None
    assert api.get("/api/curves/?y_quantity=capacity_mah&x_quantity=cycle_number").json()["count"] == 2
    assert api.get("/api/curves/?kind=pie").status_code == 400


def test_an_axis_is_given_in_another_unit(api: APIClient, runs: list[AnalysisRun]) -> None:
    url = curve_url(runs[0], "capacity")
    data = api.get(f"{url}?y_unit=Ah").json()["data"]
    assert (data["y"]["unit"], data["series"][0]["y"]) == ("Ah", [0.02, 0.018])
    refused = api.get(f"{url}?y_unit=V")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["y_unit"])


def test_curves_of_the_same_quantities_are_overlaid(api: APIClient, runs: list[AnalysisRun]) -> None:
    keys = [run.curves.get(name="capacity").pk for run in runs]
    shown = api.get("/api/curves/overlay/", {"curve": keys, "y_unit": "Ah"}).json()
    assert shown["curves"] == keys
    assert [series["y"][0] for series in shown["data"]["series"]] == [0.02, 0.02]


def test_other_curves_are_not_overlaid(api: APIClient, runs: list[AnalysisRun]) -> None:
    keys = [curve.pk for curve in runs[0].curves.all()]
    for wrong in (keys, [keys[0], 999_999], ["x"], []):
        refused = api.get("/api/curves/overlay/", {"curve": wrong})
        assert (refused.status_code, list(refused.json()["fields"])) == (400, ["curve"])


def test_an_outsider_sees_no_curve(client: APIClient, outsider: object, runs: list[AnalysisRun]) -> None:
    client.force_login(outsider)  # type: ignore[arg-type]
    assert client.get(curve_url(runs[0], "capacity")).status_code in (401, 404)
