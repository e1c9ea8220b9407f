"""Pictures are stored next to columns, shown by their thumbnails, and read by analyses."""

import io
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from rest_framework.test import APIClient

from analyses.uncertainty import Estimate
from registry import plugin_loading
from registry.hookspecs import Analysis, Inputs, Outcome, Result
from registry.models import Dataset, Measurement, Project
from registry.sandbox.columns import load_data
from registry.sandbox.executor import execute
from registry.sandbox.thumbnail import SIGNATURE
from registry.selectors.analysis_inputs.targets import get_target
from registry.services.files.dataset import add_file
from registry.services.files.reparse import reparse_file
from registry.services.files.staging import clean_files
from tests import factories

RASTERS = Path(__file__).parents[3] / "data" / "rasters"
PIXELS = np.arange(24, dtype=np.uint16).reshape(4, 6) * 1000


@pytest.fixture(autouse=True)
def _rasters(settings: LazySettings) -> Iterator[None]:
    settings.REGISTRY_PLUGINS_DIR = str(RASTERS)
    plugin_loading.load()
    yield
    settings.REGISTRY_PLUGINS_DIR = ""
    plugin_loading.load()


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project), technique="sem")


def raster(sides: str = "0.5 0.25") -> bytes:
    content = io.BytesIO()
    np.save(content, PIXELS)
    return f"RASTER {sides}\n".encode() + content.getvalue()


def add(measurement: Measurement, content: bytes) -> Dataset:
    (dataset,) = add_file(measurement=measurement, file=io.BytesIO(content), filename="pores.raster", by=None)
    return dataset


def test_a_picture_is_stored_with_its_size(measurement: Measurement, settings: LazySettings) -> None:
    dataset = add(measurement, raster())
    assert (dataset.status, dataset.columns, dataset.rows) == ("parsed", [], 0)
    assert (dataset.image_width, dataset.image_height, dataset.grey_levels) == (6, 4, "uint16")
    assert (dataset.pixel_width_um, dataset.pixel_height_um) == (0.5, 0.25)
    root = Path(settings.MEDIA_ROOT)
    assert (np.load(root / dataset.image_path) == PIXELS).all()
    assert (root / dataset.thumbnail_path).read_bytes().startswith(SIGNATURE)


def test_an_unknown_pixel_size_is_said(measurement: Measurement, client: Client, owner: User) -> None:
    dataset = add(measurement, raster(""))
    assert dataset.pixel_width_um is None
    client.force_login(owner)
    assert '<span class="missing">pixel size' in client.get(measurement.cell.get_absolute_url()).content.decode()


def test_an_analysis_reads_the_picture_and_the_pixel_size(measurement: Measurement) -> None:
    add(measurement, raster())
    target = get_target(measurement=measurement)

    def area(inputs: Inputs) -> Outcome:
        assert inputs.dataset is not None
        assert inputs.dataset.pixel_size_um == (0.5, 0.25)
        assert inputs.dataset.names == ()
        assert not inputs.dataset.image.flags.writeable
        return Outcome((Result("porosity_percent", Estimate.exact(float(inputs.dataset.image.mean()) / 1000)),))

    analysis = Analysis(
        name="area",
        version="1",
        title="Area",
        description="",
        techniques=("sem",),
        outputs=("porosity_percent",),
        run=area,
    )
    result = execute(analysis, Inputs(target.facts, lambda: load_data(target.datasets[""])))
    assert result.status == "done", result.text
    assert result.values["porosity_percent"].magnitude == 11.5
    assert {"dataset.sha256", "dataset.pixel_width_um", "dataset.pixel_height_um"} <= set(result.reads)


def test_a_picture_is_refused_by_a_measurement_without_pictures(measurement: Measurement) -> None:
    other = factories.make_measurement(measurement.cell, technique="cycling")
    with pytest.raises(ValidationError):
        add(other, raster())


def test_cleaning_keeps_pictures_and_removes_those_without_a_record(
    measurement: Measurement, settings: LazySettings
) -> None:
    dataset = add(measurement, raster())
    root = Path(settings.MEDIA_ROOT)
    for name in ("ff" * 32 + ".npy", "ff" * 32 + ".png"):
        (root / "parsed" / "ff").mkdir(exist_ok=True)
        (root / "parsed" / "ff" / name).write_bytes(b"no row names me")
    for path in root.rglob("*"):
        os.utime(path, (time.time() - 86_400,) * 2)
    assert clean_files().files == 2
    assert (root / dataset.image_path).exists()
    assert (root / dataset.thumbnail_path).exists()


def test_reading_a_picture_again_gives_the_same_data(measurement: Measurement) -> None:
    assert reparse_file(add(measurement, raster()), by=None).change == "same data"


def test_the_thumbnail_is_visible_to_those_who_see_the_cell(
    measurement: Measurement, client: Client, owner: User, outsider: User
) -> None:
    dataset = add(measurement, raster())
    url = f"/datasets/{dataset.pk}/thumbnail.png"
    assert client.get(url).status_code == 404
    client.force_login(outsider)
    assert client.get(url).status_code == 404
    client.force_login(owner)
    response = client.get(url)
    assert b"".join(response.streaming_content).startswith(SIGNATURE)  # type: ignore[attr-defined]
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert url in client.get(measurement.cell.get_absolute_url()).content.decode()


def test_the_api_gives_size_thumbnail_and_levels(measurement: Measurement, owner: User, outsider: User) -> None:
    dataset = add(measurement, raster())
    api = APIClient()
    api.force_authenticate(owner)
    image = api.get(f"/api/datasets/{dataset.pk}/").json()["image"]
    assert (image["width"], image["height"], image["grey_levels"]) == (6, 4, "uint16")
    assert (image["pixel_width_um"], image["pixel_height_um"]) == (0.5, 0.25)
    assert b"".join(api.get(image["thumbnail"]).streaming_content).startswith(SIGNATURE)  # type: ignore[attr-defined]
    levels = b"".join(api.get(f"/api/datasets/{dataset.pk}/image/").streaming_content)  # type: ignore[attr-defined]
    assert (np.load(io.BytesIO(levels)) == PIXELS).all()
    assert api.get(f"/api/datasets/{dataset.pk}/columns/").status_code == 400
    api.force_authenticate(outsider)
    assert api.get(image["thumbnail"]).status_code == 404
