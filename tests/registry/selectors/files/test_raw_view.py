"""Plots of what a file says."""

import io

import numpy as np
import pytest
from django.test import Client

from registry.models import Dataset, Project
from registry.selectors.files.raw_view import RAW_VIEWS, build_raw_view, list_raw_views
from registry.services.files.dataset import add_file
from tests import factories
from tests.plugins.readers.samples import PEIS

SPECTRUM = "frequency (Hz),Z' (ohm),Z'' (ohm)\n" + "".join(
    f"{10.0**power:g},{100 + power},{-10 - power}\n" for power in range(6)
)


def read(project: Project, content: bytes, filename: str, technique: str) -> Dataset:
    measurement = factories.make_measurement(factories.make_cell(project), technique=technique)
    add_file(measurement=measurement, file=io.BytesIO(content), filename=filename, by=None)
    dataset = measurement.datasets.first()
    assert dataset is not None
    return dataset


def test_a_spectrum_is_drawn_as_nyquist_and_bode(public_project: Project, client: Client) -> None:
    dataset = read(public_project, SPECTRUM.encode(), "s.csv", "eis")
    views = {view.name: build_raw_view(dataset, view) for view in list_raw_views(dataset)}
    assert set(views) == {"nyquist", "bode"}
    assert views["nyquist"]["series"][0]["y"] == [10.0, 11.0, 12.0, 13.0, 14.0, 15.0]
    assert views["bode"]["series"][0]["y"][0] == pytest.approx(abs(complex(100, -10)))
    assert views["bode"]["series"][1]["y"][0] == pytest.approx(-np.degrees(np.angle(complex(100, -10))))
    page = client.get(dataset.measurement.cell.get_absolute_url()).content.decode()
    assert f'data-figure="/datasets/{dataset.pk}/figures/nyquist.json"' in page
    figure = client.get(f"/datasets/{dataset.pk}/figures/nyquist.json").json()
    assert figure["data"][0]["x"] == [100.0, 101.0, 102.0, 103.0, 104.0, 105.0]
    assert f'src="/datasets/{dataset.pk}/figures/nyquist.svg"' in page
    assert client.get(f"/datasets/{dataset.pk}/figures/nyquist.svg").headers["Content-Type"].startswith("image/svg+xml")
    rows = client.get(f"/datasets/{dataset.pk}/figures/nyquist.csv").content.decode().splitlines()
    assert rows[:2] == ["Series,Z′ / Ω,−Z″ / Ω", "As measured,100,10"]


def test_a_private_file_has_no_figure_for_others(project: Project, client: Client) -> None:
    dataset = read(project, PEIS, "run.mpt", "eis")
    assert client.get(f"/datasets/{dataset.pk}/figures/nyquist.json").status_code == 404
    assert client.get(f"/datasets/{dataset.pk}/figures/nyquist.csv").status_code == 404
    assert client.get(f"/datasets/{dataset.pk}/figures/nyquist.svg").status_code == 404


def test_a_view_that_the_columns_do_not_allow_is_not_found(public_project: Project, client: Client) -> None:
    dataset = read(public_project, SPECTRUM.encode(), "s.csv", "eis")
    assert client.get(f"/datasets/{dataset.pk}/figures/time.json").status_code == 404
    assert client.get(f"/datasets/{dataset.pk}/figures/nothing.json").status_code == 404


@pytest.mark.parametrize(
    ("columns", "views"),
    [
        (["test_time_second", "voltage_volt", "current_ampere"], ["time"]),
        (["test_time_second", "stack_pressure_megapascal"], ["pressure"]),
        (["two_theta_degree", "intensity_count"], ["pattern"]),
        (["cycle_count", "cycle_discharging_capacity_ah"], ["cycles"]),
        (["voltage_volt"], []),
    ],
)
def test_views_follow_from_the_columns(columns: list[str], views: list[str]) -> None:
    assert [view.name for view in RAW_VIEWS if view.applies(columns)] == views
    numbers = {name: np.array([1.0, 2.0, 3.0]) for name in columns}
    for view in RAW_VIEWS:
        if view.name in views:
            data = view.build(numbers)
            assert len(data["series"][0]["x"]) == 3


def test_long_tests_are_in_hours_and_small_currents_have_a_prefix() -> None:
    view = next(view for view in RAW_VIEWS if view.name == "time")
    columns = {
        "test_time_second": np.array([0.0, 36_000.0]),
        "voltage_volt": np.array([3.0, 3.1]),
        "current_ampere": np.array([2e-4, -2e-4]),
    }
    data = view.build(columns)
    assert (data["x"]["unit"], data["y2"]["unit"]) == ("h", "µA")
    assert data["series"][0]["x"] == [0.0, 10.0]
    assert data["series"][1]["y"] == pytest.approx([200.0, -200.0])
