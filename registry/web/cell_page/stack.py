"""The layers of a cell as a drawing, thickness to scale where it is known."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from registry.models import Layer
from registry.web.presentation.text import typeset

WIDTH = 410
BAR_LEFT, BAR_RIGHT, TEXT_LEFT = 44, 150, 178
LINE, GAP = 16, 12
LEAST, UNKNOWN = 12.0, 34.0
"""Heights of a layer too thin to draw to scale, and of one whose thickness nobody stated."""
LETTERS_A_LINE = 31


@dataclass(frozen=True)
class Slab:
    """One layer as drawn."""

    layer: Layer
    top: float
    height: float
    to_scale: bool
    lines: tuple[str, ...]
    text_top: float

    @property
    def stated(self) -> bool:
        return self.layer.thickness_um is not None

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


@dataclass(frozen=True)
class Drawing:
    """The stack as SVG, and what a reader must know of its scale."""

    svg: SafeString
    caption: str


def drawing_of(layers: Sequence[Layer]) -> Drawing | None:
    """Draw the stack, top layer first as it is numbered; None if there are no layers."""
    if not layers:
        return None
    slabs, per_um = _slabs(layers)
    height = max(slabs[-1].top + slabs[-1].height, slabs[-1].text_top + len(slabs[-1].lines) * LINE) + 14
    svg = format_html(
        '<svg class="stack" viewBox="0 0 {} {}" role="img" aria-label="Layer stack drawn to scale" '
        'xmlns="http://www.w3.org/2000/svg">{}{}{}</svg>',
        WIDTH,
        math.ceil(height),
        _hatching(),
        mark_safe("".join(_slab_svg(slab) for slab in slabs)),
        _scale_bar(slabs, per_um),
    )
    return Drawing(svg, _caption(slabs))


def _slabs(layers: Sequence[Layer]) -> tuple[list[Slab], float]:
    """Place the layers and their labels; the stack is as tall as its labels, so that they stand beside it."""
    labels = [_label(layer) for layer in layers]
    known = sum(layer.thickness_um or 0.0 for layer in layers)
    room = max(160.0, sum(len(label) * LINE + GAP for label in labels))
    unknown = UNKNOWN * sum(layer.thickness_um is None for layer in layers)
    per_um = max(room - unknown, 120.0) / known if known else 0.0
    slabs: list[Slab] = []
    top, text_top = 8.0, 4.0
    for layer, label in zip(layers, labels, strict=True):
        drawn = layer.thickness_um * per_um if layer.thickness_um is not None else UNKNOWN
        to_scale = layer.thickness_um is not None and drawn >= LEAST
        height = max(drawn, LEAST)
        lines = label if to_scale or layer.thickness_um is None else (*label, "(drawn thicker than to scale)")
        text_top = max(text_top, top + height / 2 - len(lines) * LINE / 2)
        slabs.append(Slab(layer, top, height, to_scale, lines, text_top))
        top += height
        text_top += len(lines) * LINE + GAP
    return slabs, per_um


def _label(layer: Layer) -> tuple[str, ...]:
    thickness = layer.thickness or "thickness not stated"
    numbers = " · ".join(typeset(text) for text in (layer.mass_loading, layer.area, thickness) if text)
    name = layer.label if layer.label == layer.name else f"{layer.label} ({layer.name})"
    return (
        f"{layer.position}. {layer.get_role_display()}",
        *textwrap.wrap(name, LETTERS_A_LINE, max_lines=3, placeholder=" …"),
        *textwrap.wrap(numbers, LETTERS_A_LINE),
    )


def _hatching() -> SafeString:
    return mark_safe(
        '<defs><pattern id="not-stated" width="8" height="8" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path class="hatch" d="M0 0v8"/></pattern></defs>'
    )


def _slab_svg(slab: Slab) -> SafeString:
    width = BAR_RIGHT - BAR_LEFT
    box = (BAR_LEFT, f"{slab.top:.1f}", width, f"{slab.height:.1f}")
    parts = [format_html('<rect class="slab role-{}" x="{}" y="{}" width="{}" height="{}"/>', slab.layer.role, *box)]
    if not slab.stated:
        parts.append(format_html('<rect fill="url(#not-stated)" x="{}" y="{}" width="{}" height="{}"/>', *box))
    elif not slab.to_scale:
        parts.append(format_html('<path class="break" d="{}"/>', _zigzag(slab.middle)))
    text_middle = slab.text_top + len(slab.lines) * LINE / 2
    parts.append(
        format_html(
            '<path class="leader" d="M{} {}L{} {}H{}"/>',
            BAR_RIGHT,
            f"{slab.middle:.1f}",
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
                ("head" if number == 0 else "line", TEXT_LEFT, f"{slab.text_top + (number + 0.75) * LINE:.1f}", line)
                for number, line in enumerate(slab.lines)
            ),
        )
    )
    return mark_safe("".join(parts))


def _zigzag(middle: float) -> str:
    """A break mark across the whole width."""
    step = (BAR_RIGHT - BAR_LEFT) / 12
    points = [f"{BAR_LEFT + n * step:.1f} {middle + (2.5 if n % 2 else -2.5):.1f}" for n in range(13)]
    return "M" + "L".join(points)


def _scale_bar(slabs: Sequence[Slab], per_um: float) -> SafeString:
    """A bar of a round length beside the thickest layer drawn to scale, if any is."""
    thickest = max((slab for slab in slabs if slab.to_scale), key=lambda slab: slab.height, default=None)
    if thickest is None:
        return mark_safe("")
    wanted = min(70.0, thickest.height) / per_um
    power = 10.0 ** math.floor(math.log10(wanted))
    length_um = max(factor * power for factor in (1, 2, 5) if factor * power <= wanted)
    bottom = thickest.top + thickest.height
    top = bottom - length_um * per_um
    label = f"{length_um / 1000:g} mm" if length_um >= 1000 else f"{length_um:g} µm"
    return format_html(
        '<path class="scale" d="M24 {}h8m-4 0V{}m-4 0h8"/>'
        '<text class="line" transform="translate(18 {}) rotate(-90)">{}</text>',
        f"{bottom:.1f}",
        f"{top:.1f}",
        f"{bottom:.1f}",
        label,
    )


def _caption(slabs: Sequence[Slab]) -> str:
    if not any(slab.stated for slab in slabs):
        return "No thickness was stated, so the heights mean nothing. Widths are not to scale."
    sentences = ["Thickness to scale; widths are not."]
    if any(slab.stated and not slab.to_scale for slab in slabs):
        sentences.append("A layer with a zigzag is too thin to draw to scale: it is drawn at the least height.")
    if not all(slab.stated for slab in slabs):
        sentences.append("A hatched layer has no stated thickness: its height means nothing.")
    return " ".join(sentences)
