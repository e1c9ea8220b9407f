"""Pictures with a mask as SVG."""

from xml.etree import ElementTree

import numpy as np
import pytest

from registry.contract.curve_encoding import plot_to_json
from registry.hookspecs import MaskedPicture
from registry.web.plots.frame import WIDTH
from registry.web.plots.picture import MARGIN, MOST_PIXELS, _thin, draw_picture

SVG = "{http://www.w3.org/2000/svg}"
MASK = np.array([[0, 1, 1, 0], [0, 0, 2, 0]])


def picture(pixel_size_um: float | None = 0.5) -> str:
    plot = MaskedPicture(
        name="pores",
        title="Pores",
        picture=np.arange(8).reshape(2, 4),
        mask=MASK,
        areas=("pore", "crack"),
        pixel_size_um=pixel_size_um,
    )
    return draw_picture("c", "Pores", plot_to_json(plot)).svg


def test_names_the_share_of_each_area() -> None:
    description = ElementTree.fromstring(picture()).findtext(f"{SVG}desc", "")
    assert "pore 25 %" in description
    assert "crack 12.5 %" in description


def test_the_scale_bar_has_a_round_length_and_its_size_in_pixels() -> None:
    root = ElementTree.fromstring(picture(0.5))
    (bar,) = (path for path in root.iter(f"{SVG}path") if path.get("class") == "scale")
    length = float(bar.get("d", "").partition("h")[2])
    # A quarter of 4 pixels of 0.5 µm is 0.5 µm.
    assert root.findtext(f"{SVG}text") == "0.5 µm"
    assert length == pytest.approx((WIDTH - 2 * MARGIN) / 4, abs=0.1)


def test_without_a_pixel_size_there_is_no_scale_bar() -> None:
    assert 'class="scale"' not in picture(None)


def test_a_large_picture_is_thinned() -> None:
    assert max(_thin(np.zeros((100, 2000))).shape) <= MOST_PIXELS
