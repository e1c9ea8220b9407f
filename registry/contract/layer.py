"""A layer of a cell as an analysis reads it. Every read is recorded."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analyses.uncertainty import Estimate
from registry.contract.input_dataset import Fact
from registry.contract.outcome import Refused

LEAST, MOST, ABOUT = ".least", ".most", ".about"
"""Ends of the paths of facts about a number: the ends of a bound, and whether it is only approximate."""
METAL = "metal_or_alloy"
MISSING_NUMBERS: Mapping[str, str] = {
    "mass_loading_mg_cm2": "missing-mass-loading",
    "area_cm2": "missing-area",
    "thickness_um": "missing-thickness",
    "active_fraction_percent": "missing-active-fraction",
    "density_g_cm3": "missing-density",
    "apparent_density_g_cm3": "missing-apparent-density",
    "theoretical_capacity_mah_g": "missing-theoretical-capacity",
}
"""The code of the refusal if a layer lacks a number."""


@dataclass(frozen=True)
class Layer:
    """One layer of the cell, numbered from 1 in stacking order."""

    position: int
    """Counted from 1."""
    _get: Callable[[str], Fact]

    @property
    def role(self) -> str:
        """Slug of its role in the cell, such as `cathode`."""
        return str(self._get("role"))

    @property
    def name(self) -> str:
        """Name of the material, as in the configuration of the cell."""
        return str(self._get("name"))

    @property
    def material_kind(self) -> str:
        """Kind of its material, such as `metal_or_alloy`; empty for a formulation."""
        return str(self._get("material_kind") or "")

    @property
    def is_positive_electrode(self) -> bool:
        """Whether it is a cathode other than a metal; the cathode of a Li/Li cell is none."""
        return self.role == "cathode" and self.material_kind != METAL

    @property
    def coated_sides(self) -> int | None:
        """Of a current collector, 1 or 2 coated sides; None if not entered."""
        sides = self._get("coated_sides")
        return sides if isinstance(sides, int) else None

    @property
    def active_material(self) -> str:
        """Name and formula of its only active material; empty if it has none or several."""
        name = self._get("active_material")
        return name if isinstance(name, str) else ""

    def quantity(self, slug: str) -> Estimate | None:
        """Return `mass_loading_mg_cm2`, `mass_mg` (only of a layer that was weighed), `area_cm2`, `thickness_um`,
        `apparent_density_g_cm3` (of the layer, pores included), `active_fraction_percent`, or `density_g_cm3` or
        `theoretical_capacity_mah_g` of its material; None if it was not entered or is only a bound."""
        number = self._get(slug)
        return number if isinstance(number, Estimate) else None

    def bound(self, slug: str) -> str:
        """Return a number that is only a bound, as written: `<600 µm`; empty if it is a number or was not entered."""
        return bound_text(self._get(slug))

    def interval(self, slug: str) -> tuple[float, float] | None:
        """Return the interval that the number lies in, open on one side for a bound; None if it was not entered or is
        only approximate."""
        return interval_of(slug, self._get)

    def optional(self, slug: str, label: str) -> Estimate | None:
        """Return the number, or None if it was not entered, to use another one instead; refuse if only a bound is
        recorded, which nothing may replace."""
        if bound := self.bound(slug):
            raise Refused(
                "only-a-bound",
                "no {label}: only a bound, {bound}, is recorded for layer {layer} ({role}, {name}); enter the number",
                label=label,
                bound=bound,
                layer=self.position,
                role=self.role,
                name=self.name,
                quantity=slug,
            )
        return self.quantity(slug)

    def require(self, slug: str, label: str) -> Estimate:
        """Return the number, or refuse as `missing-thickness`: 'no thickness: enter it for layer 2 (sample, LPSCl)'."""
        number = self.optional(slug, label)
        if number is None:
            raise Refused(
                MISSING_NUMBERS.get(slug, "missing-number"),
                "no {label}: enter it for layer {layer} ({role}, {name})",
                label=label,
                layer=self.position,
                role=self.role,
                name=self.name,
                quantity=slug,
            )
        return number


def bound_text(fact: Fact) -> str:
    """A number that is only a bound is a fact in the words it was written in."""
    return fact if isinstance(fact, str) else ""


def interval_of(path: str, fact: Callable[[str], Fact]) -> tuple[float, float] | None:
    """Return the interval of the number at a path: of a bound that of its ends, of an approximate number none."""
    number = fact(path)
    if isinstance(number, Estimate):
        return None if fact(f"{path}{ABOUT}") else number.interval()
    if not isinstance(number, str):
        return None
    lower, upper = fact(f"{path}{LEAST}"), fact(f"{path}{MOST}")
    ends = (
        lower if isinstance(lower, int | float) else -math.inf,
        upper if isinstance(upper, int | float) else math.inf,
    )
    return None if math.isinf(ends[0]) and math.isinf(ends[1]) else ends


def get_layers(fact: Callable[[str], Fact]) -> tuple[Layer, ...]:
    """Return the layers of a cell in stacking order, from its facts."""
    count = fact("layers.count")
    return tuple(_layer(fact, position) for position in range(1, int(count) + 1)) if isinstance(count, int) else ()


def _layer(fact: Callable[[str], Fact], position: int) -> Layer:
    return Layer(position, lambda slug: fact(f"layers.{position}.{slug}"))


def get_only_layer(layers: Sequence[Layer], role: str) -> Layer:
    """Return the only layer with this role; refuse if there are none or several."""
    with_role = [layer for layer in layers if layer.role == role]
    if len(with_role) != 1:
        words = role.replace("_", " ")
        raise Refused(
            "missing-layer-role",
            "needs exactly one layer with the role {words}: the cell has {layers}",
            words=words,
            layers=len(with_role),
        )
    return with_role[0]
