"""Checks of what a reading process writes down: its entries, and the image and thumbnail of a dataset."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from registry.sandbox.file_reader_child import image_name, thumbnail_name
from registry.sandbox.thumbnail import SIGNATURE
from registry.text.cleaning import replace_unstorable

LARGEST_THUMBNAIL = 1024**2
NUMPY_FORMAT = (1, 0)


class InvalidManifest(ValueError):  # noqa: N818 - clear without the suffix
    """The manifest of the reading process is invalid."""


@dataclass(frozen=True, kw_only=True)
class ParsedImage:
    """An image in a file: its size, and its thumbnail."""

    width: int
    """In pixels."""
    height: int
    """In pixels."""
    grey_levels: str
    """Type of the numbers as NumPy names it: `uint8`."""
    pixel_size_um: tuple[float, float] | None
    """Width and height of a pixel; None if the file does not state it."""
    thumbnail: Path


def check_image(entry: Any, number: int, directory: Path) -> ParsedImage:
    """The image of a dataset, checked against its file without loading its pixels."""
    path, thumbnail = directory / image_name(number), directory / thumbnail_name(number)
    shape, dtype = _header(path)
    if len(shape) != 2 or not min(shape) or dtype.kind not in "fiub" or entry["columns"] or entry["rows"]:
        raise InvalidManifest("the image of a dataset is not a 2-D array of numbers, or has columns")
    _check_thumbnail(thumbnail)
    size = _pixel_size(entry["pixel_size_um"])
    height, width = shape
    return ParsedImage(width=width, height=height, grey_levels=dtype.name, pixel_size_um=size, thumbnail=thumbnail)


def _header(path: Path) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type of the numbers of a NumPy file, which must have exactly the length they require."""
    if not is_regular_file(path):
        raise InvalidManifest("the image of a dataset is missing")
    try:
        with path.open("rb") as opened:
            if np.lib.format.read_magic(opened) != NUMPY_FORMAT:
                raise ValueError("another version of the format")
            shape, _, dtype = np.lib.format.read_array_header_1_0(opened)
            start = opened.tell()
    except (ValueError, OSError) as error:
        raise InvalidManifest("the image of a dataset cannot be read") from error
    if dtype.hasobject or path.stat().st_size != start + math.prod(shape) * dtype.itemsize:
        raise InvalidManifest("the image of a dataset is not as long as it says")
    return shape, dtype


def _check_thumbnail(path: Path) -> None:
    if not is_regular_file(path) or path.stat().st_size > LARGEST_THUMBNAIL:
        raise InvalidManifest("the thumbnail of an image is missing or too large")
    with path.open("rb") as opened:
        if opened.read(len(SIGNATURE)) != SIGNATURE:
            raise InvalidManifest("the thumbnail of an image is not a PNG file")


def _pixel_size(size: Any) -> tuple[float, float] | None:
    if size is None:
        return None
    is_pair = isinstance(size, list) and len(size) == 2 and all(isinstance(side, float) for side in size)
    if not is_pair or not all(0 < side < math.inf for side in size):
        raise InvalidManifest("the pixel size of an image is not a width and a height")
    return size[0], size[1]


def is_regular_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def expect_keys(entry: Any, keys: set[str], name: str) -> None:
    if not isinstance(entry, dict) or set(entry) != keys:
        raise InvalidManifest(f"{name} does not have exactly the entries {', '.join(sorted(keys))}")


def clean_text(text: Any, longest: int) -> str:
    """Text that every database stores: no NUL, no surrogates, of bounded length."""
    if not isinstance(text, str):
        raise InvalidManifest("an entry that must be text is not")
    return replace_unstorable(text[:longest].replace("\0", ""))[:longest]
