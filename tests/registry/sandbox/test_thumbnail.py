import struct
import zlib

import numpy as np
import pytest

from registry.sandbox.thumbnail import LONGEST_SIDE, SIGNATURE, thumbnail


def decoded(png: bytes) -> np.ndarray:
    """Return the grey levels of a PNG without filters."""
    assert png.startswith(SIGNATURE)
    width, height = struct.unpack(">II", png[16:24])
    length = struct.unpack(">I", png[33:37])[0]
    lines = np.frombuffer(zlib.decompress(png[41 : 41 + length]), dtype=np.uint8).reshape(height, width + 1)
    assert not lines[:, 0].any()
    return lines[:, 1:]


def test_small_pictures_of_8_bits_are_kept() -> None:
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert (decoded(thumbnail(pixels)) == pixels).all()


def test_other_levels_are_stretched() -> None:
    pixels = np.array([[1000, 2000], [3000, 3000]], dtype=np.uint16)
    assert decoded(thumbnail(pixels)).tolist() == [
        [0, 128],
        [255, 255],
    ]
    assert decoded(thumbnail(np.full((2, 2), 7.5))).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("shape", [(1000, 3000), (3000, 1000), (1, 5000), (5000, 1), (481, 481)])
def test_large_pictures_are_reduced(shape: tuple[int, int]) -> None:
    small = decoded(thumbnail(np.full(shape, 100, dtype=np.uint8)))
    assert max(small.shape) <= LONGEST_SIDE
    assert (small == 100).all()


def test_colours_are_kept() -> None:
    colours = np.zeros((1000, 500, 3), dtype=np.uint8)
    colours[..., 0] = 120
    png = thumbnail(colours[..., 0], colours)
    width, height, _, kind = struct.unpack(">IIBB", png[16:26])
    length = struct.unpack(">I", png[33:37])[0]
    lines = np.frombuffer(zlib.decompress(png[41 : 41 + length]), dtype=np.uint8).reshape(height, 3 * width + 1)
    assert (width, height, kind) == (166, 333, 2)
    assert lines[0, 1:7].tolist() == [120, 0, 0, 120, 0, 0]
