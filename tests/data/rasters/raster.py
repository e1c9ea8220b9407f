"""A reader of pictures for tests: the word RASTER, the size of a pixel, and a NumPy file."""

import io
from pathlib import Path

import numpy as np

from registry.hookspecs import Image, ParsedDataset, Reader, UnreadableFile, hookimpl

START = b"RASTER "


def recognises(head: bytes, name: str) -> bool:
    return head.startswith(START)


def read(path: Path) -> tuple[ParsedDataset, ...]:
    first, _, content = path.read_bytes().partition(b"\n")
    try:
        pixels = np.load(io.BytesIO(content), allow_pickle=False)
        sides = [float(side) for side in first.removeprefix(START).split()]
    except ValueError as error:
        raise UnreadableFile("damaged-raster", "the file is damaged: {reason}", reason=str(error)) from error
    size = (sides[0], sides[1]) if sides else None
    return (ParsedDataset("", header={"instrument": "Raster"}, image=Image(pixels=pixels, pixel_size_um=size)),)


@hookimpl
def register_readers() -> list[Reader]:
    return [Reader(name="raster", version="1", title="Raster", recognises=recognises, read=read)]
