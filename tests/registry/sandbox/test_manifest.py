"""Pictures that a reading process writes down are checked before they are stored."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from registry.hookspecs import Image, ParsedDataset
from registry.sandbox.file_reader_child import _write, check_datasets, image_name, thumbnail_name
from registry.sandbox.manifest import InvalidManifest, check_image

PIXELS = np.arange(6, dtype=np.uint16).reshape(2, 3)


def written(directory: Path, image: Image) -> dict[str, object]:
    return json.loads(json.dumps(_write(directory, 0, ParsedDataset("sem", image=image))))


@pytest.mark.parametrize("dtype", ["uint8", "uint16", ">u2", "float32", "bool"])
def test_bit_depth_and_levels_are_kept(tmp_path: Path, dtype: str) -> None:
    pixels = PIXELS.astype(dtype)
    image = check_image(written(tmp_path, Image(pixels=pixels, pixel_size_um=(0.5, 0.25))), 0, tmp_path)
    assert (image.width, image.height, image.grey_levels) == (3, 2, pixels.dtype.newbyteorder("=").name)
    assert image.pixel_size_um == (0.5, 0.25)
    assert np.array_equal(np.load(tmp_path / image_name(0)), pixels)


def test_an_unknown_pixel_size_stays_unknown(tmp_path: Path) -> None:
    assert check_image(written(tmp_path, Image(pixels=PIXELS)), 0, tmp_path).pixel_size_um is None


@pytest.mark.parametrize(
    "image",
    [
        Image(pixels=np.zeros((2, 2, 3))),
        Image(pixels=np.zeros((0, 2))),
        Image(pixels=np.array([[1.0, np.nan]])),
        Image(pixels=np.array([["a"]])),
        Image(pixels=PIXELS, pixel_size_um=(0.0, 1.0)),
        Image(pixels=PIXELS, pixel_size_um=(1.0, float("inf"))),
        Image(pixels=PIXELS, pixel_size_um=(1.0,)),  # type: ignore[arg-type]
    ],
)
def test_a_picture_that_violates_the_contract_is_refused(image: Image) -> None:
    with pytest.raises(ValueError, match="returned"):
        check_datasets([ParsedDataset("sem", image=image)])


def test_a_dataset_has_columns_or_a_picture() -> None:
    with pytest.raises(TypeError):
        check_datasets([ParsedDataset("sem", {"voltage_volt": np.ones(2)}, image=Image(pixels=PIXELS))])
    with pytest.raises(ValueError, match="image"):
        check_datasets([ParsedDataset("sem")])


def _truncated(directory: Path) -> None:
    path = directory / image_name(0)
    path.write_bytes(path.read_bytes()[:-1])


def _linked(directory: Path) -> None:
    (directory / image_name(0)).unlink()
    (directory / image_name(0)).symlink_to("/etc/passwd")


def _of_objects(directory: Path) -> None:
    np.save(directory / image_name(0), np.array([[None]]), allow_pickle=True)


def _volume(directory: Path) -> None:
    np.save(directory / image_name(0), np.zeros((2, 2, 2)))


def _page(directory: Path) -> None:
    (directory / thumbnail_name(0)).write_bytes(b"<html>")


@pytest.mark.parametrize("forge", [_truncated, _linked, _of_objects, _volume, _page])
def test_a_forged_picture_is_refused(tmp_path: Path, forge: Callable[[Path], None]) -> None:
    entry = written(tmp_path, Image(pixels=PIXELS))
    forge(tmp_path)
    with pytest.raises(InvalidManifest):
        check_image(entry, 0, tmp_path)


@pytest.mark.parametrize("size", [[1.0], [0.0, 1.0], [1, 1], "1", [1.0, float("nan")]])
def test_a_forged_pixel_size_is_refused(tmp_path: Path, size: object) -> None:
    with pytest.raises(InvalidManifest):
        check_image(written(tmp_path, Image(pixels=PIXELS)) | {"pixel_size_um": size}, 0, tmp_path)
