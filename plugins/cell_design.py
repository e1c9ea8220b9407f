"""Numbers of the design of a cell: masses, theoretical capacity, density and porosity of its layers, N:P ratio."""

from collections.abc import Callable, Iterator, Sequence
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
from analyses.consistency.conflicts import find_conflicts
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.recorded_numbers import conflict_messages, layer_numbers
from registry.contract.analysis_support.cell.weighed_layer import read_weighed_layer
from registry.contract.builtin_vocabulary import BUILTIN_TECHNIQUE_SLUGS, CURRENT_COLLECTOR
from registry.hookspecs import (
    Analysis,
    Inputs,
    Layer,
    Message,
    NotComputed,
    Outcome,
    Quantity,
    Refused,
    Result,
    hookimpl,
)

CONTRACT_VERSION = 2

LABELS = {
    "mass_loading_mg_cm2": "areal mass loading",
    "area_cm2": "area",
    "thickness_um": "thickness",
    "active_fraction_percent": "mass fraction of active material",
    "theoretical_capacity_mah_g": "theoretical capacity of the active material",
    "density_g_cm3": "theoretical density",
}
ELECTRODES = ("cathode", "anode")
N_TO_P = "np_ratio"


def run(inputs: Inputs) -> Outcome:
    """Return what the recorded numbers of each layer lead to, and a warning where they contradict each other."""
    layers = inputs.layers
    if not layers:
        raise Refused("missing-layers", "no layers: enter the layers of the cell")
    values: list[Result] = []
    missing: dict[str, NotComputed] = {}
    messages: list[Message] = []
    for layer in _described(layers):
        for quantity, compute in _computations(layer):
            _note(quantity, compute, {"layer": layer.position}, values, missing)
        numbers = layer_numbers(layer)
        messages += conflict_messages(find_conflicts(numbers, with_recorded=True), numbers)
    if any(layer.role in ELECTRODES for layer in layers):
        _note(N_TO_P, partial(_np_ratio, inputs), {}, values, missing)
    if not values:
        raise _nothing_computed(layers, missing)
    computed = {result.quantity for result in values}
    lacking = tuple(reason for quantity, reason in missing.items() if quantity not in computed)
    return Outcome(values=tuple(values), messages=tuple(messages), not_computed=lacking)


def _described(layers: Sequence[Layer]) -> Sequence[Layer]:
    """Return the layers without current collectors whose mass loading is not entered, as most are; all if only such."""
    described = [
        layer
        for layer in layers
        if layer.role != CURRENT_COLLECTOR or layer.optional("mass_loading_mg_cm2", LABELS["mass_loading_mg_cm2"])
    ]
    return described or layers


def _note(
    quantity: str,
    compute: Callable[[], Estimate],
    at: dict[str, int],
    values: list[Result],
    missing: dict[str, NotComputed],
) -> None:
    """Add a value, or keep the first reason why there is none."""
    try:
        values.append(Result(quantity, compute(), at=at))
    except (Refused, InsufficientData) as reason:
        missing.setdefault(quantity, NotComputed.because(quantity, reason))


def _nothing_computed(layers: Sequence[Layer], missing: dict[str, NotComputed]) -> Refused:
    reasons = {reason.code: reason for reason in missing.values()}
    texts = "; ".join(reason.text for reason in reasons.values())
    if any(layer.is_positive_electrode for layer in layers):
        return Refused(
            "missing-design-numbers",
            "no number of a layer can be computed: {missing}",
            missing=texts,
            codes=list(reasons),
        )
    return Refused(
        "no-positive-electrode",
        "no positive electrode to design, and no number of another layer can be computed: {missing}",
        missing=texts,
        codes=list(reasons),
    )


def _computations(layer: Layer) -> Iterator[tuple[str, Callable[[], Estimate]]]:
    """Yield the quantities of a layer, and the function that computes each."""
    if layer.role in ELECTRODES:
        yield "electrode_mass_mg", partial(_mass, layer)
        yield "active_mass_mg", partial(_active_mass, layer)
        yield "electrode_capacity_mah", partial(_capacity, layer)
    yield "layer_density_g_cm3", partial(_density, layer)
    yield "relative_density_percent", partial(_relative_density, layer)
    yield "porosity_percent", partial(_porosity, layer)


def _require(layer: Layer, slug: str) -> Estimate:
    return layer.require(slug, LABELS[slug])


def _mass(layer: Layer) -> Estimate:
    return layer_mass_mg(read_weighed_layer(layer))


def _active_mass(layer: Layer) -> Estimate:
    return active_mass_mg(_mass(layer), _require(layer, "active_fraction_percent"))


def _capacity(layer: Layer) -> Estimate:
    return electrode_capacity_mah(_active_mass(layer), _require(layer, "theoretical_capacity_mah_g"))


def _density(layer: Layer) -> Estimate:
    return layer_density_g_cm3(_require(layer, "mass_loading_mg_cm2"), _require(layer, "thickness_um"))


def _relative_density(layer: Layer) -> Estimate:
    slugs = ("mass_loading_mg_cm2", "thickness_um", "density_g_cm3")
    return relative_density_percent(*(_require(layer, slug) for slug in slugs))


def _porosity(layer: Layer) -> Estimate:
    return porosity_percent(_relative_density(layer))


def _np_ratio(inputs: Inputs) -> Estimate:
    slugs = ("mass_loading_mg_cm2", "active_fraction_percent", "theoretical_capacity_mah_g")
    anode, cathode = inputs.only_layer("anode"), inputs.only_layer("cathode")
    negative, positive = ([_require(layer, slug) for slug in slugs] for layer in (anode, cathode))
    return np_ratio((negative[0], negative[1], negative[2]), (positive[0], positive[1], positive[2]))


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the quantities of the design."""
    return (
        _mass_quantity("electrode_mass_mg", "Electrode mass", "Areal mass loading times area."),
        _mass_quantity("active_mass_mg", "Active mass", "Mass of active material in an electrode."),
        Quantity(
            slug="electrode_capacity_mah",
            name="Theoretical electrode capacity",
            unit="mA*h",
            unit_label="mAh",
            symbol="",
            description="Active mass times theoretical capacity.",
            per_cell=True,
            minimum=0,
        ),
        Quantity(
            slug=N_TO_P,
            name="N:P ratio",
            unit="dimensionless",
            unit_label="",
            symbol="",
            description="Theoretical areal capacity of the negative electrode divided by that of the positive "
            "electrode.",
            per_cell=True,
            minimum=0,
        ),
        Quantity(
            slug="layer_density_g_cm3",
            name="Layer density",
            unit="g/cm**3",
            unit_label="g cm⁻³",
            symbol="",
            description="Areal mass loading divided by the thickness of a layer, pores included.",
            per_cell=True,
            minimum=0,
        ),
        Quantity(
            slug="relative_density_percent",
            name="Relative density",
            unit="percent",
            unit_label="%",
            symbol="",
            description="Density of a layer divided by that of its pore-free solid.",
            per_cell=True,
            minimum=0,
        ),
    )


def _mass_quantity(slug: str, name: str, description: str) -> Quantity:
    return Quantity(
        slug=slug,
        name=name,
        unit="mg",
        unit_label="mg",
        symbol="",
        description=description,
        per_cell=True,
        minimum=0,
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the design on every cell."""
    return (
        Analysis(
            name="cell-design",
            version="1.0.2",
            title="Cell design",
            description=(
                "Electrode and active mass, theoretical capacity, density, relative density and porosity of each "
                "layer, and the N:P ratio."
            ),
            techniques=BUILTIN_TECHNIQUE_SLUGS,
            min_measurements=0,
            scope="cell",
            outputs=(
                "electrode_mass_mg",
                "active_mass_mg",
                "electrode_capacity_mah",
                "layer_density_g_cm3",
                "relative_density_percent",
                "porosity_percent",
                N_TO_P,
            ),
            run=run,
            not_applicable=("no-positive-electrode",),
            requirements=(
                "of a layer: areal mass loading, and area or thickness",
                "for capacities: mass fraction of active material and its theoretical capacity",
                "for relative density and porosity: the theoretical density of the material, or of each ingredient "
                "and its mass fraction",
            ),
        ),
    )
