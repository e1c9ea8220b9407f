"""Small images as PNG data URIs, for use within SVG."""

import base64
import struct
import zlib
from collections.abc import Sequence

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, PALETTE = 0, 3

Colour = tuple[int, int, int, int]
"""Red, green, blue and opacity, 0 to 255."""


def png_uri(pixels: np.ndarray, palette: Sequence[Colour] = ()) -> str:
    """An image of 8-bit pixels, the top row first: grey levels, or numbers of the colours of a palette."""
    rows, columns = pixels.shape
    header = struct.pack(">IIBBBBB", columns, rows, 8, PALETTE if palette else GREY, 0, 0, 0)
    # Every row begins with the number of its filter, 0 for none.
    lines = np.hstack([np.zeros((rows, 1), np.uint8), pixels.astype(np.uint8)])
    chunks = [_chunk(b"IHDR", header)]
    if palette:
        chunks.append(_chunk(b"PLTE", bytes(level for colour in palette for level in colour[:3])))
        chunks.append(_chunk(b"tRNS", bytes(colour[3] for colour in palette)))
    chunks += [_chunk(b"IDAT", zlib.compress(lines.tobytes(), 6)), _chunk(b"IEND", b"")]
    return "data:image/png;base64," + base64.b64encode(SIGNATURE + b"".join(chunks)).decode()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
