from pathlib import Path

import numpy as np
import pytest

from analyses.simulate.files.tiff import tiff
from plugins.readers import picture
from tests.analyses.simulate.files import fingerprints

NAME = "images/electrode.tiff"
PIXELS = np.arange(12, dtype=np.uint8).reshape(3, 4)
CONTENT = tiff(PIXELS, 0.05)


def test_the_file_has_the_tags_of_a_real_one() -> None:
    assert fingerprints.tiff(CONTENT) == fingerprints.stored(NAME)


@pytest.mark.parametrize("path", fingerprints.real_files(NAME))
def test_the_stored_fingerprint_is_that_of_the_real_file(path: Path) -> None:
    assert fingerprints.tiff(path.read_bytes()) == fingerprints.stored(NAME)


def test_the_reader_finds_the_picture_and_the_size_of_a_pixel_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    (dataset,) = picture.read(path)
    assert dataset.image is not None
    assert (dataset.image.pixels == PIXELS).all()
    assert dataset.image.pixel_size_um == pytest.approx((0.05, 0.05))
    assert "simulated" in dataset.header["description"]
