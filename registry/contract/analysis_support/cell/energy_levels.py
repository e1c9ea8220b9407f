"""Energy density by what counts of a cell: the electrodes, also the separator, also the collectors, also the packaging.

Each level has quantities of its own, so that a ranking or a table never compares numbers of different levels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from analyses.cell.energy_density import (
    CellLayer,
    cell_mass_mg,
    gravimetric_energy_density_wh_kg,
    packaged_energy_density_wh_l,
    volumetric_energy_density_wh_l,
)
from analyses.coded_text import Listed
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.cell_stack import COLLECTOR, ELECTRODES, SEPARATOR, CellStack, StackLayer
from registry.contract.inputs import Inputs
from registry.contract.outcome import NotComputed, Refused, Result
from registry.contract.quantity import Quantity

LEVELS = {
    "electrodes": "electrodes",
    "electrodes_separator": "electrodes and separator",
    "stack": "electrodes, separator and current collectors",
    "packaged": "electrodes, separator, current collectors, packaging and tabs",
}
"""Components included at each level, from the fewest to all."""
WITHOUT_TABS = ("coin", "die")
"""Formats of cells that have no tabs."""


@dataclass(frozen=True)
class EnergyLevels:
    """Energy densities of a cell: of all layers entered, and of each level."""

    inputs: Inputs
    stack: CellStack
    capacity: Estimate
    voltage: Estimate

    def results(self) -> tuple[tuple[Result, ...], tuple[NotComputed, ...]]:
        """Return all that can be computed, and why the others cannot."""
        results, lacking = [], []
        for slug, note, compute in self._computations():
            try:
                results.append(Result(slug, compute(), note))
            except (Refused, InsufficientData) as refusal:
                lacking.append(NotComputed.because(slug, refusal))
        return tuple(results), tuple(lacking)

    def _computations(self) -> list[tuple[str, str, Callable[[], Estimate]]]:
        """Return each quantity with its note and the function that computes it or refuses."""
        layers, entered = self.stack.layers, self._entered_words()
        sizes = "; volume: sum of area times thickness of the layers"
        computations: list[tuple[str, str, Callable[[], Estimate]]] = [
            ("gravimetric_energy_density_wh_kg", entered, partial(self._gravimetric, lambda: layers)),
            ("volumetric_energy_density_wh_l", entered + sizes, partial(self._volumetric, lambda: layers)),
            ("cell_mass_mg", entered, lambda: cell_mass_mg(parts_of(layers))),
        ]
        for level, words in LEVELS.items():
            per_kg, per_l = level_slugs(level)
            layers_of = partial(level_layers, self.stack, level)
            if level == "packaged":
                outer = f"{words}; volume: footprint times the thickness of stack and packaging"
                computations += [(per_kg, words, self._packaged_per_kg), (per_l, outer, self._packaged_per_l)]
                continue
            computations += [
                (per_kg, words, partial(self._gravimetric, layers_of)),
                (per_l, words + sizes, partial(self._volumetric, layers_of)),
            ]
        return computations

    def _entered_words(self) -> str:
        """Return which layers were entered: `all layers entered (cathode, separator); no packaging or tabs`."""
        roles = dict.fromkeys(item.layer.role.replace("_", " ") for item in self.stack.layers)
        units = self.stack.repeat_units
        of_units = f", {units} repeat units" if units and units > 1 else ""
        return f"all layers entered ({', '.join(roles)}){of_units}; no packaging or tabs"

    def _gravimetric(self, layers_of: Callable[[], Sequence[StackLayer]], others: Sequence[Estimate] = ()) -> Estimate:
        return gravimetric_energy_density_wh_kg(self.capacity, self.voltage, parts_of(layers_of()), others)

    def _volumetric(self, layers_of: Callable[[], Sequence[StackLayer]]) -> Estimate:
        return volumetric_energy_density_wh_l(self.capacity, self.voltage, parts_of(layers_of(), with_thickness=True))

    def _packaged_per_kg(self) -> Estimate:
        others = [self._of_cell("packaging_mass_mg", "packaging mass")]
        if (tabs := self.inputs.optional("cell.tab_mass_mg", "tab mass")) is not None:
            others.append(tabs)
        elif self.inputs.fact("cell.format") not in WITHOUT_TABS:
            raise _missing_of_cell("tab_mass_mg", "tab mass")
        return self._gravimetric(partial(level_layers, self.stack, "packaged"), others)

    def _packaged_per_l(self) -> Estimate:
        parts = parts_of(level_layers(self.stack, "packaged"), with_thickness=True)
        footprint = self._of_cell("footprint_cm2", "footprint")
        packaging = self._of_cell("packaging_thickness_um", "packaging thickness")
        return packaged_energy_density_wh_l(self.capacity, self.voltage, parts, footprint, packaging)

    def _of_cell(self, slug: str, words: str) -> Estimate:
        number = self.inputs.optional(f"cell.{slug}", words)
        if number is None:
            raise _missing_of_cell(slug, words)
        return number


def _missing_of_cell(slug: str, words: str) -> Refused:
    return Refused(
        "missing-packaging",
        "no {words}: enter it for the cell",
        words=words,
        quantity=slug,
    )


def level_slugs(level: str) -> tuple[str, str]:
    """Return the quantities of a level, per mass and per volume."""
    return f"gravimetric_energy_density_{level}_wh_kg", f"volumetric_energy_density_{level}_wh_l"


def level_layers(stack: CellStack, level: str) -> tuple[StackLayer, ...]:
    """Return the layers that count at a level; refuse if what it names was not entered."""
    if level == "electrodes":
        return stack.with_roles(*ELECTRODES)
    if not stack.with_roles(SEPARATOR):
        raise Refused(
            "missing-separator", "no layer with the role {role}: add the separator to the cell", role=SEPARATOR
        )
    if level == "electrodes_separator":
        return stack.without_role(COLLECTOR)
    for side in _sides(stack):
        electrodes = [item for item in side if item.layer.role in ELECTRODES]
        if electrodes and not any(item.layer.role == COLLECTOR for item in side):
            raise Refused(
                "missing-current-collector",
                "no current collector entered for {layer}: add it to the cell",
                layer=electrodes[0].name,
                role=COLLECTOR,
            )
    return stack.layers


def _sides(stack: CellStack) -> list[list[StackLayer]]:
    """Return the layers between separators, and before the first and after the last."""
    sides: list[list[StackLayer]] = [[]]
    for item in stack.layers:
        if item.layer.role == SEPARATOR:
            sides.append([])
        else:
            sides[-1].append(item)
    return sides


def parts_of(layers: Sequence[StackLayer], *, with_thickness: bool = False) -> tuple[CellLayer, ...]:
    """Return the numbers of the layers; refuse by naming everything that is missing."""
    lacking = [refusal for item in layers for refusal in item.lacking]
    if lacking:
        raise all_of(lacking)
    parts = tuple(item.part for item in layers if item.part is not None)
    without = [_without_thickness(item) for item in layers if item.part and item.part.thickness_um is None]
    if with_thickness and without:
        raise Refused(
            "missing-thickness",
            "no thickness: enter that of {layers}",
            layers=Listed(without),
            quantity="thickness_um",
        )
    return parts


def _without_thickness(item: StackLayer) -> str:
    """Return the name of a layer without a thickness, with the bound if only that is recorded."""
    bound = item.layer.bound("thickness_um")
    return item.name + (f" (only a bound, {bound}, is recorded)" if bound else "")


def all_of(lacking: Sequence[Refused]) -> Refused:
    """Return the only refusal, or one that names every missing number."""
    if len(lacking) == 1:
        return lacking[0]
    return Refused(
        "several-missing-inputs",
        "{count} inputs are missing: {missing}",
        count=len(lacking),
        missing=Listed(lacking, between="; "),
    )


def level_quantities() -> tuple[Quantity, ...]:
    """Return the quantities of all levels."""
    quantities = []
    for level, words in LEVELS.items():
        per_kg, per_l = level_slugs(level)
        name = level.replace("electrodes_separator", "electrodes and separator")
        quantities += [
            Quantity(
                slug=per_kg,
                name=f"Gravimetric energy density, {name}",
                unit="W*h/kg",
                unit_label="Wh kg⁻¹",
                symbol="",
                description=f"Discharge energy per mass of {words}.",
                minimum=0,
            ),
            Quantity(
                slug=per_l,
                name=f"Volumetric energy density, {name}",
                unit="W*h/L",
                unit_label="Wh L⁻¹",
                symbol="",
                description=f"Discharge energy per volume of {words}.",
                minimum=0,
            ),
        ]
    return tuple(quantities)
