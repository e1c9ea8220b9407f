"""Thumbnails of images: small PNG files, grey or in colour, written without an image library."""

import math
import struct
import zlib

import numpy as np

LONGEST_SIDE = 480
"""Pixels of the longer side at most."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, COLOUR, NO_FILTER = 0, 2, b"\x00"


def thumbnail(pixels: np.ndarray, colours: np.ndarray | None = None) -> bytes:
    """Return a PNG of an image of shape (rows, columns), with means of square blocks of its pixels.

    Colours, of shape (rows, columns, 3) and 8 bits, are shown in place of grey levels. Grey levels of 8 bits are kept;
    others are stretched from the lowest to the highest.
    """
    block = math.ceil(max(pixels.shape) / LONGEST_SIDE)
    if colours is not None:
        channels = [_grey(_reduced(colours[..., channel], block), keep=True) for channel in range(3)]
        return png(np.stack(channels, axis=-1))
    return png(_grey(_reduced(pixels, block), keep=pixels.dtype == np.uint8))


def _reduced(pixels: np.ndarray, block: int) -> np.ndarray:
    """Return the means of blocks of this many pixels a side; a side shorter than a block is one pixel."""
    height, width = (max(side // block, 1) for side in pixels.shape)
    rows, columns = (min(block, side) for side in pixels.shape)
    blocks = pixels[: height * rows, : width * columns].reshape(height, rows, width, columns)
    return np.asarray(blocks.mean(axis=(1, 3), dtype=np.float64))


def _grey(pixels: np.ndarray, *, keep: bool) -> np.ndarray:
    """Return grey levels from 0 to 255."""
    if keep:
        return np.rint(pixels).astype(np.uint8)
    lowest, highest = pixels.min(), pixels.max()
    return np.rint((pixels - lowest) * (255 / (highest - lowest) if highest > lowest else 0)).astype(np.uint8)


def png(levels: np.ndarray) -> bytes:
    """Return the PNG of grey levels, or of red, green and blue along a last axis, of 8 bits."""
    height, width = levels.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 8, GREY if levels.ndim == 2 else COLOUR, 0, 0, 0)
    lines = b"".join(NO_FILTER + line.tobytes() for line in np.ascontiguousarray(levels))
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
