"""PNG data URIs."""

import base64
import struct
import zlib

import numpy as np

from registry.web.plots.png import png_uri


def chunks(uri: str) -> dict[bytes, bytes]:
    """The content of each chunk, its checksum verified."""
    data = base64.b64decode(uri.partition(",")[2])[8:]
    chunk_data = {}
    while data:
        (size,) = struct.unpack(">I", data[:4])
        kind, content, checksum = data[4:8], data[8 : 8 + size], data[8 + size : 12 + size]
        assert struct.unpack(">I", checksum) == (zlib.crc32(kind + content),)
        chunk_data[kind], data = content, data[12 + size :]
    return chunk_data


def test_grey_pixels_are_kept() -> None:
    chunk_data = chunks(png_uri(np.array([[0, 1, 2], [253, 254, 255]], np.uint8)))
    assert struct.unpack(">IIBBBBB", chunk_data[b"IHDR"]) == (3, 2, 8, 0, 0, 0, 0)
    assert zlib.decompress(chunk_data[b"IDAT"]) == bytes([0, 0, 1, 2, 0, 253, 254, 255])


def test_a_palette_has_colours_and_opacities() -> None:
    chunk_data = chunks(png_uri(np.array([[0, 1]], np.uint8), [(0, 0, 0, 0), (1, 2, 3, 255)]))
    assert (chunk_data[b"PLTE"], chunk_data[b"tRNS"]) == (bytes([0, 0, 0, 1, 2, 3]), bytes([0, 255]))
