"""TIFF of a microscope: grey levels, compressed, with a description and the size of a pixel."""

import io

import numpy as np
from numpy.typing import NDArray

DESCRIPTION, SOFTWARE, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 270, 305, 282, 283, 296
SAMPLES_PER_PIXEL = 277
"""Tags."""
CENTIMETRE = 3
UM_PER_CM = 10_000.0


def tiff(pixels: NDArray[np.uint8], pixel_um: float) -> bytes:
    """Return the file of an image of shape (rows, columns); ‘simulated’ is in its description."""
    import PIL.Image
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    tags = ImageFileDirectory_v2()
    tags[DESCRIPTION] = '{"comment": "simulated, not measured"}'
    tags[SOFTWARE] = "analyses.simulate"
    tags[X_RESOLUTION] = tags[Y_RESOLUTION] = UM_PER_CM / pixel_um
    tags[RESOLUTION_UNIT] = CENTIMETRE
    tags[SAMPLES_PER_PIXEL] = 1
    buffer = io.BytesIO()
    PIL.Image.fromarray(pixels).save(buffer, format="TIFF", compression="tiff_deflate", tiffinfo=tags)
    return buffer.getvalue()
