"""A drawing as a file of its own, with its legend and colours: for print, where no script has drawn the figure."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.http import HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from registry.web.plots.frame import HEIGHT, WIDTH, DrawnPlot, LegendEntry, get_text_width

COLOURS = ("#0068a8", "#c8500a", "#00835f", "#b0568c", "#8f6400", "#2a88c2")
"""Of the series, as --p1 to --p6 in tokens.css on a light page."""
DASHES = ("", "8 4", "2 3", "8 3 2 3", "14 4", "14 3 2 3")
SWATCH, SWATCH_GAP, ENTRY_GAP, LINE = 36.0, 6.0, 14.0, 18.0
LEFT = 8.0

STYLE = "".join(
    [
        "text{font-family:system-ui,'Segoe UI',Roboto,'Noto Sans',sans-serif;fill:#000}",
        ".frame{fill:none;stroke:#4c5653}.tick{stroke:#4c5653}.number{font-size:12px}.axis{font-size:13px}",
        ".name{font-size:11px}.line,.error,.dots,.bars{fill:none}.line{stroke-width:1.6;stroke-linejoin:round}",
        ".dots{stroke-width:5;stroke-linecap:round}.key{stroke-width:7;stroke-linecap:round}",
        ".band{stroke:none;fill-opacity:.18}image{image-rendering:pixelated}",
        *(f".series-{n}{{stroke:{colour}}}.band.series-{n}{{fill:{colour}}}" for n, colour in enumerate(COLOURS, 1)),
        *(f".line.pattern-{n}{{stroke-dasharray:{dash}}}" for n, dash in enumerate(DASHES) if dash),
    ]
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


class _Position(NamedTuple):
    """Where an entry of the legend begins."""

    entry: LegendEntry
    x: float
    y: float


def drawing_response(plot: DrawnPlot) -> HttpResponse:
    """The drawing as an SVG file, which loads nothing and has no style but its own."""
    response = HttpResponse(draw_standalone(plot), content_type="image/svg+xml; charset=utf-8")
    response.headers["Content-Security-Policy"] = f"default-src 'none'; img-src data:; style-src 'sha256-{_HASH}'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def draw_standalone(plot: DrawnPlot) -> SafeString:
    """The drawing with its legend below it."""
    positions = list(_lay_out(plot.legend)) if len(plot.legend) > 1 else []
    height = positions[-1].y + LINE if positions else HEIGHT
    head, _, rest = plot.svg.partition(">")
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}"'
    return format_html(
        "{}><style>{}</style>{}{}</svg>",
        mark_safe(head.replace(size, f'viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}"')),
        mark_safe(STYLE),
        mark_safe(rest.removesuffix("</svg>")),
        _draw_legend(positions),
    )


def _lay_out(legend: Sequence[LegendEntry]) -> Iterator[_Position]:
    """The entries in lines below the drawing."""
    x, y = LEFT, HEIGHT + LINE / 2
    for entry in legend:
        width = SWATCH + SWATCH_GAP + get_text_width(entry.name)
        if x > LEFT and x + width > WIDTH:
            x, y = LEFT, y + LINE
        yield _Position(entry, x, y)
        x += width + ENTRY_GAP


def _draw_legend(positions: Sequence[_Position]) -> SafeString:
    return format_html_join(
        "",
        '<path class="{} {}" d="{}"/><text class="name" x="{}" y="{}">{}</text>',
        (
            (
                "line" if entry.line else "key",
                entry.classes,
                f"M{x:.1f} {y:.1f}h{SWATCH:.0f}" if entry.line else f"M{x + SWATCH / 2:.1f} {y:.1f}h0",
                *(f"{x + SWATCH + SWATCH_GAP:.1f}", f"{y + 4:.1f}", entry.name),
            )
            for entry, x, y in positions
        ),
    )
