import io
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from plugins.readers.picture import read
from registry.hookspecs import Image, UnreadableFile
from registry.sandbox.thumbnail import png
from tests.plugins.readers.samples import GREY, SEM, tiff


def image_of(directory: Path, content: bytes) -> Image:
    (directory / "data").write_bytes(content)
    (dataset,) = read(directory / "data")
    assert dataset.image is not None
    assert dataset.columns == {}
    return dataset.image


def saved(pixels: np.ndarray, form: str, mode: str | None = None) -> bytes:
    import PIL.Image

    content = io.BytesIO()
    PIL.Image.fromarray(pixels, mode).save(content, form)
    return content.getvalue()


def test_a_png_of_8_bits_is_kept(tmp_path: Path) -> None:
    image = image_of(tmp_path, png(GREY))
    assert image.pixels.dtype == np.uint8
    assert (image.pixels == GREY).all()
    assert image.pixel_size_um is None


def test_16_bits_are_kept_in_png_and_tiff(tmp_path: Path) -> None:
    levels = GREY.astype(np.uint16) * 257
    for content in (saved(levels, "PNG"), saved(levels, "TIFF"), tiff(levels)):
        image = image_of(tmp_path, content)
        assert image.pixels.dtype == np.uint16
        assert (image.pixels == levels).all()


def test_a_tiff_of_a_microscope_has_a_pixel_size_and_a_time(tmp_path: Path) -> None:
    assert image_of(tmp_path, SEM).pixel_size_um == pytest.approx((0.05, 0.05))
    (dataset,) = read(tmp_path / "data")
    assert dataset.start_time is not None
    assert dataset.start_time.isoformat() == "2024-03-05T09:30:00"


@pytest.mark.parametrize(
    ("per_unit", "unit", "description", "size"),
    [
        (72.0, 2, "", None),
        (300.0, 2, "", None),
        (9600.0, 2, "", None),
        (118.11, 3, "", None),
        (1.0, 1, "", None),
        (0.0, 2, "", None),
        (508_000.0, 2, "", 0.05),
        (20.0, 1, "ImageJ=1.53t\nunit=micron\n", 0.05),
        (2.0, 1, "ImageJ=1.53t\nunit=mm\n", 500.0),
        (2.0, 1, "ImageJ=1.53t\nunit=pixel\n", None),
        (20.0, 1, "unit=micron\n", None),
    ],
)
def test_only_a_physical_resolution_is_a_pixel_size(
    tmp_path: Path, per_unit: float, unit: int, description: str, size: float | None
) -> None:
    image = image_of(tmp_path, tiff(GREY, per_unit=per_unit, unit=unit, description=description))
    assert image.pixel_size_um == (None if size is None else pytest.approx((size, size)))
    (dataset,) = read(tmp_path / "data")
    assert len(dataset.messages) == (1 if size is None else 0)


def test_equal_channels_are_grey_levels_and_colours_are_said(tmp_path: Path) -> None:
    equal = np.repeat(GREY[..., None], 3, axis=2)
    assert (image_of(tmp_path, saved(equal, "PNG")).pixels == GREY).all()
    coloured = equal.copy()
    coloured[..., 0] = 0
    (tmp_path / "data").write_bytes(saved(coloured, "PNG"))
    (dataset,) = read(tmp_path / "data")
    assert len(dataset.messages) == 2
    assert dataset.image
    assert dataset.image.colours is not None
    assert (dataset.image.colours == coloured).all()


def test_reads_a_jpeg(tmp_path: Path) -> None:
    assert image_of(tmp_path, saved(GREY, "JPEG")).pixels.shape == (6, 8)


def test_a_photograph_has_its_time_and_is_turned_as_the_camera_was_held(tmp_path: Path) -> None:
    import PIL.Image

    photograph = PIL.Image.new("RGB", (8, 4), (120, 60, 30))
    exif = photograph.getexif()
    exif[274] = 6
    exif[306] = "2026:12:01 08:00:00"
    exif.get_ifd(34665)[36867] = "2026:11:28 21:40:05"
    photograph.save(tmp_path / "IMG_2231.jpg", exif=exif)
    (dataset,) = read(tmp_path / "IMG_2231.jpg")
    assert dataset.start_time == datetime(2026, 11, 28, 21, 40, 5)
    assert dataset.image
    assert dataset.image.pixels.shape == (8, 4)
    assert dataset.image.colours is not None
    assert dataset.image.colours.shape == (8, 4, 3)


def test_each_page_is_a_picture(tmp_path: Path) -> None:
    import PIL.Image

    first, second = PIL.Image.fromarray(GREY), PIL.Image.fromarray(255 - GREY)
    first.save(tmp_path / "data", "TIFF", save_all=True, append_images=[second])
    datasets = read(tmp_path / "data")
    assert [dataset.label for dataset in datasets] == ["page 1", "page 2"]
    assert [int(dataset.image.pixels[0, 0]) for dataset in datasets if dataset.image] == [0, 255]


def test_a_truncated_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(png(np.zeros((50, 50), dtype=np.uint8))[:60])
    with pytest.raises(UnreadableFile):
        read(tmp_path / "data")


def test_too_many_pixels_are_refused(tmp_path: Path) -> None:
    header = bytearray(png(GREY))
    header[16:24] = (60_000).to_bytes(4, "big") * 2
    (tmp_path / "data").write_bytes(bytes(header))
    with pytest.raises(UnreadableFile):
        read(tmp_path / "data")
