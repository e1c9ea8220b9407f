"""Values derived from layers before their cell is saved: masses, capacities, densities and the N:P ratio."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from analyses.cell.design import (
    active_mass_mg,
    electrode_capacity_mah,
    layer_density_g_cm3,
    np_ratio,
    porosity_percent,
    relative_density_percent,
)
from analyses.cell.energy_density import layer_mass_mg
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.weighed_layer import MASS, read_weighed_layer
from registry.contract.builtin_vocabulary import CURRENT_COLLECTOR
from registry.contract.layer import Layer as LayerFacts
from registry.contract.layer import get_layers, get_only_layer
from registry.contract.outcome import Refused
from registry.models import Layer
from registry.selectors.analysis_inputs.facts import layer_facts

FULL_PERCENT = 100.0
LOADING, THICKNESS = "mass_loading_mg_cm2", "thickness_um"
ACTIVE, CAPACITY, DENSITY = "active_fraction_percent", "theoretical_capacity_mah_g", "density_g_cm3"


@dataclass(frozen=True)
class DesignNumber:
    """A number that follows from the layers, of one of them or of all."""

    name: str
    estimate: Estimate
    unit: str
    position: int = 0
    """Of its layer, from 1; 0 for the cell."""
    note: str = ""
    warning: str = ""
    """Error of the entry, if the number is impossible."""


def list_design_numbers(layers: Sequence[Layer]) -> list[DesignNumber]:
    """Return the numbers for which everything was entered; the layers need not be saved."""
    facts = layer_facts(layers)
    with_facts = get_layers(facts.get)
    described = [layer for layer in with_facts if layer.role != CURRENT_COLLECTOR]
    numbers = [number for layer in described for number in _of_layer(layer)]
    ratio = _try(partial(_np_ratio, with_facts))
    return numbers + ([DesignNumber("N:P ratio", ratio, "", note="theoretical")] if ratio else [])


def _try(compute: Callable[[], Estimate]) -> Estimate | None:
    try:
        return compute()
    except (Refused, InsufficientData):
        return None


def _of_layer(layer: LayerFacts) -> Iterator[DesignNumber]:
    require = partial(_require, layer)

    def mass() -> Estimate:
        return layer_mass_mg(read_weighed_layer(layer))

    too_dense = _too_dense(layer)
    computations: tuple[tuple[str, str, Callable[[], Estimate], str], ...] = (
        ("areal mass", "mg cm⁻²", lambda: require(LOADING), "") if layer.quantity(MASS) else ("mass", "mg", mass, ""),
        ("active mass", "mg", lambda: active_mass_mg(mass(), require(ACTIVE)), layer.active_material),
        ("areal capacity", "mAh cm⁻²", lambda: _areal_capacity(layer), f"theoretical, {_capacity(layer)}"),
        ("density", "g cm⁻³", lambda: layer_density_g_cm3(require(LOADING), require(THICKNESS)), ""),
        ("porosity", "%", lambda: _porosity(layer), f"pore-free {_number(layer, DENSITY)} g cm⁻³"),
    )
    for name, unit, compute, note in computations:
        estimate = _try(compute)
        if estimate is not None:
            yield DesignNumber(name, estimate, unit, layer.position, note, too_dense if name == "density" else "")


def _require(layer: LayerFacts, slug: str) -> Estimate:
    return layer.require(slug, slug)


def _areal_capacity(layer: LayerFacts) -> Estimate:
    return electrode_capacity_mah(
        active_mass_mg(_require(layer, LOADING), _require(layer, ACTIVE)), _require(layer, CAPACITY)
    )


def _porosity(layer: LayerFacts) -> Estimate:
    slugs = (LOADING, THICKNESS, DENSITY)
    return porosity_percent(relative_density_percent(*(_require(layer, slug) for slug in slugs)))


def _too_dense(layer: LayerFacts) -> str:
    """What to check if a layer is denser than its solid without pores; empty if it is not, or that is not known."""
    slugs = (LOADING, THICKNESS, DENSITY)
    relative = _try(lambda: relative_density_percent(*(_require(layer, slug) for slug in slugs)))
    if relative is None or relative.magnitude <= FULL_PERCENT:
        return ""
    return f"denser than the pore-free material ({_number(layer, DENSITY)} g cm⁻³): check mass, diameter and thickness"


def _np_ratio(layers: Sequence[LayerFacts]) -> Estimate:
    electrodes = (get_only_layer(layers, role) for role in ("anode", "cathode"))
    slugs = (LOADING, ACTIVE, CAPACITY)
    negative, positive = ([_require(layer, slug) for slug in slugs] for layer in electrodes)
    return np_ratio((negative[0], negative[1], negative[2]), (positive[0], positive[1], positive[2]))


def _number(layer: LayerFacts, slug: str) -> str:
    number = layer.quantity(slug)
    return f"{number.magnitude:.4g}" if number else ""


def _capacity(layer: LayerFacts) -> str:
    return f"{_number(layer, CAPACITY)} mAh g⁻¹"
