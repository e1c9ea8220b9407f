"""An image with areas marked in colour, and a scale bar."""

import math
from typing import Any

import numpy as np
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registry.contract.curve_encoding import grid_from_json
from registry.web.plots.frame import WIDTH, DrawnPlot, LegendEntry, wrap_svg
from registry.web.plots.png import Colour, png_uri

MARGIN = 4.0
MAX_HEIGHT = 420.0
MOST_PIXELS = 640
SCALE_HEIGHT = 30
OPACITY = 120
AREA_COLOURS = ((31, 95, 139), (196, 88, 27), (44, 122, 75), (138, 79, 163), (154, 116, 0), (89, 101, 112))
"""As `area-0` to `area-5` in cellar.css."""


def draw_picture(name: str, title: str, data: dict[str, Any]) -> DrawnPlot:
    """Draw an image with its mask."""
    picture, mask = grid_from_json(data["picture"]), grid_from_json(data["mask"])
    rows, columns = picture.shape
    scale = min((WIDTH - 2 * MARGIN) / columns, MAX_HEIGHT / rows)
    width, height = columns * scale, rows * scale
    parts = [_image(_thin(picture), width, height), _image(_thin(mask), width, height, _palette())]
    pixel_um = data.get("pixel_size_um")
    if pixel_um:
        parts.append(_draw_scale_bar(pixel_um / scale, width, height))
    legend = tuple(LegendEntry(area, index, False, True) for index, area in enumerate(data["areas"]))
    shares = ", ".join(f"{area} {_share(mask, number)}" for number, area in enumerate(data["areas"], start=1))
    description = f"Image of {columns} × {rows} pixels" + (f"; marked areas: {shares}" if shares else "")
    total = int(height + 2 * MARGIN + (SCALE_HEIGHT if pixel_um else 0))
    svg = wrap_svg(name, title, description, parts, total)
    return DrawnPlot(title, svg, legend, f"Share of the image area: {shares}." if shares else "")


def _share(mask: np.ndarray, number: int) -> str:
    return f"{100 * np.count_nonzero(mask == number) / mask.size:.3g} %"


def _thin(pixels: np.ndarray) -> np.ndarray:
    """Every n-th pixel, so that no side is longer than a screen shows."""
    step = math.ceil(max(pixels.shape) / MOST_PIXELS)
    return pixels[::step, ::step]


def _palette() -> tuple[Colour, ...]:
    return ((0, 0, 0, 0), *((red, green, blue, OPACITY) for red, green, blue in AREA_COLOURS))


def _image(pixels: np.ndarray, width: float, height: float, palette: tuple[Colour, ...] = ()) -> SafeString:
    return format_html(
        '<image x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="none" href="{}"/>',
        *(MARGIN, MARGIN, f"{width:.1f}", f"{height:.1f}", png_uri(pixels, palette)),
    )


def _draw_scale_bar(um_per_unit: float, width: float, height: float) -> SafeString:
    """A bar of a round length, about a quarter of the image, below it."""
    # A little more than a quarter, so that a round number is not missed by round-off.
    longest_um = 1.001 * um_per_unit * width / 4
    power = 10.0 ** math.floor(math.log10(longest_um))
    length_um = max(step * power for step in (1, 2, 5) if step * power <= longest_um)
    y = height + MARGIN + 12
    return format_html(
        '<path class="scale" d="M{} {}h{}"/><text class="number" x="{}" y="{}">{}</text>',
        *(MARGIN, y, f"{length_um / um_per_unit:.1f}"),
        *(MARGIN + length_um / um_per_unit + 8, y + 4, f"{length_um:.10g} µm"),
    )
