"""The layer stack of a cell as a drawing, with known thicknesses to scale."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from registry.models import Layer
from registry.numbers.compound import mass_of
from registry.web.presentation.text import format_written

WIDTH = 280
BAR_LEFT, BAR_RIGHT, TEXT_LEFT = 36, 94, 118
LINE_HEIGHT, LABEL_GAP = 16, 12
MIN_HEIGHT, UNKNOWN_HEIGHT = 12.0, 34.0
"""Heights of a layer too thin to draw to scale, and of a layer without a thickness."""
CHARACTERS_PER_LINE = 24


@dataclass(frozen=True)
class DrawnLayer:
    """One layer with its position in the drawing."""

    layer: Layer
    top: float
    height: float
    to_scale: bool
    lines: tuple[str, ...]
    text_top: float

    @property
    def has_thickness(self) -> bool:
        return drawn_thickness_um(self.layer) is not None

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


@dataclass(frozen=True)
class StackDrawing:
    """The stack as SVG, with a caption on its scale."""

    svg: SafeString
    caption: str


def drawn_thickness_um(layer: Layer) -> float | None:
    """The thickness to draw to scale; None if there is none or only a bound."""
    estimate = layer.estimate("thickness_um")
    return estimate.magnitude if estimate else None


def draw_stack(layers: Sequence[Layer]) -> StackDrawing | None:
    """Draw the layers in the order of their numbers, from the top; None if there are none."""
    if not layers:
        return None
    drawn_layers, per_um = _place_layers(layers)
    height = (
        max(
            drawn_layers[-1].top + drawn_layers[-1].height,
            drawn_layers[-1].text_top + len(drawn_layers[-1].lines) * LINE_HEIGHT,
        )
        + 14
    )
    svg = format_html(
        '<svg class="stack" viewBox="0 0 {} {}" role="img" aria-label="Layer stack" '
        'xmlns="http://www.w3.org/2000/svg">{}{}{}</svg>',
        WIDTH,
        math.ceil(height),
        _draw_hatching(),
        mark_safe("".join(_draw_layer(drawn) for drawn in drawn_layers)),
        _draw_scale_bar(drawn_layers, per_um),
    )
    return StackDrawing(svg, _format_caption(drawn_layers))


def _place_layers(layers: Sequence[Layer]) -> tuple[list[DrawnLayer], float]:
    """Position the layers and their labels, the stack as tall as the labels next to it."""
    labels = [_format_label(layer) for layer in layers]
    thicknesses = [drawn_thickness_um(layer) for layer in layers]
    known = sum(thickness or 0.0 for thickness in thicknesses)
    available = max(240.0, sum(len(label) * LINE_HEIGHT + LABEL_GAP for label in labels))
    unknown = UNKNOWN_HEIGHT * thicknesses.count(None)
    per_um = max(available - unknown, 120.0) / known if known else 0.0
    drawn_layers: list[DrawnLayer] = []
    top, text_top = 8.0, 4.0
    for layer, label, thickness in zip(layers, labels, thicknesses, strict=True):
        drawn = thickness * per_um if thickness is not None else UNKNOWN_HEIGHT
        to_scale = thickness is not None and drawn >= MIN_HEIGHT
        height = max(drawn, MIN_HEIGHT)
        lines = label if to_scale or thickness is None else (*label, "(not to scale)")
        text_top = max(text_top, top + height / 2 - len(lines) * LINE_HEIGHT / 2)
        drawn_layers.append(DrawnLayer(layer, top, height, to_scale, lines, text_top))
        top += height
        text_top += len(lines) * LINE_HEIGHT + LABEL_GAP
    return drawn_layers, per_um


def _format_label(layer: Layer) -> tuple[str, ...]:
    thickness = layer.thickness or "no thickness entered"
    mass = mass_of(layer.mass_loading, layer.area) or layer.mass_loading
    numbers = " · ".join(_keep_together(format_written(text)) for text in (mass, layer.area, thickness) if text)
    name = layer.label if layer.label == layer.name else f"{layer.label} ({layer.name})"
    return (
        f"{layer.position}. {layer.role_name}",
        *textwrap.wrap(name, CHARACTERS_PER_LINE, max_lines=3, placeholder=" …"),
        *(line.replace("\u00a0", " ") for line in textwrap.wrap(numbers, CHARACTERS_PER_LINE)),
    )


def _keep_together(text: str) -> str:
    """A number that stays on the line of its unit."""
    fits = len(text) <= CHARACTERS_PER_LINE and any(character.isdigit() for character in text)
    return text.replace(" ", "\u00a0") if fits else text


def _draw_hatching() -> SafeString:
    return mark_safe(
        '<defs><pattern id="no-thickness" width="8" height="8" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path class="hatch" d="M0 0v8"/></pattern></defs>'
    )


def _draw_layer(drawn: DrawnLayer) -> SafeString:
    width = BAR_RIGHT - BAR_LEFT
    box = (BAR_LEFT, f"{drawn.top:.1f}", width, f"{drawn.height:.1f}")
    parts = [format_html('<rect class="layer role-{}" x="{}" y="{}" width="{}" height="{}"/>', drawn.layer.role, *box)]
    if not drawn.has_thickness:
        parts.append(format_html('<rect fill="url(#no-thickness)" x="{}" y="{}" width="{}" height="{}"/>', *box))
    elif not drawn.to_scale:
        parts.append(format_html('<path class="break" d="{}"/>', _format_zigzag(drawn.middle)))
    text_middle = drawn.text_top + len(drawn.lines) * LINE_HEIGHT / 2
    parts.append(
        format_html(
            '<path class="leader" d="M{} {}L{} {}H{}"/>',
            BAR_RIGHT,
            f"{drawn.middle:.1f}",
            BAR_RIGHT + 14,
            f"{text_middle:.1f}",
            TEXT_LEFT - 6,
        )
    )
    parts.append(
        format_html_join(
            "",
            '<text class="{}" x="{}" y="{}">{}</text>',
            (
                (
                    "head" if number == 0 else "line",
                    TEXT_LEFT,
                    f"{drawn.text_top + (number + 0.75) * LINE_HEIGHT:.1f}",
                    line,
                )
                for number, line in enumerate(drawn.lines)
            ),
        )
    )
    return mark_safe("".join(parts))


def _format_zigzag(middle: float) -> str:
    """A zigzag break mark across the layer."""
    step = (BAR_RIGHT - BAR_LEFT) / 12
    points = [f"{BAR_LEFT + n * step:.1f} {middle + (2.5 if n % 2 else -2.5):.1f}" for n in range(13)]
    return "M" + "L".join(points)


def _draw_scale_bar(drawn_layers: Sequence[DrawnLayer], per_um: float) -> SafeString:
    """A scale bar of round length next to the thickest layer drawn to scale, if any."""
    thickest = max((drawn for drawn in drawn_layers if drawn.to_scale), key=lambda drawn: drawn.height, default=None)
    if thickest is None:
        return mark_safe("")
    max_length_um = min(70.0, thickest.height) / per_um
    power = 10.0 ** math.floor(math.log10(max_length_um))
    length_um = max(factor * power for factor in (1, 2, 5) if factor * power <= max_length_um)
    bottom = thickest.top + thickest.height
    top = bottom - length_um * per_um
    label = f"{length_um / 1000:g} mm" if length_um >= 1000 else f"{length_um:g} µm"
    return format_html(
        '<path class="scale" d="M20 {}h8m-4 0V{}m-4 0h8"/>'
        '<text class="line" transform="translate(14 {}) rotate(-90)">{}</text>',
        f"{bottom:.1f}",
        f"{top:.1f}",
        f"{bottom:.1f}",
        label,
    )


def _format_caption(drawn_layers: Sequence[DrawnLayer]) -> str:
    if not any(drawn.has_thickness for drawn in drawn_layers):
        return "Not to scale: no thickness entered, or only a bound."
    sentences = ["Thickness to scale, width not to scale."]
    if any(drawn.has_thickness and not drawn.to_scale for drawn in drawn_layers):
        sentences.append("Zigzag: too thin to draw to scale.")
    if not all(drawn.has_thickness for drawn in drawn_layers):
        sentences.append("Hatched: no thickness entered, or only a bound; not to scale.")
    return " ".join(sentences)
