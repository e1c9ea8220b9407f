"""Energy density of a cell from its layers, its discharge capacity and its mean discharge voltage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from analyses.cell.energy_density import (
    CellLayer,
    areal_capacity_mah_cm2,
    cell_mass_mg,
    gravimetric_energy_density_wh_kg,
    layer_mass_mg,
    specific_capacity_mah_g,
    volumetric_energy_density_wh_l,
)
from analyses.coded_text import Listed
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    Inputs,
    Layer,
    Message,
    Outcome,
    Quantity,
    Refused,
    Result,
    Series,
    hookimpl,
)

CONTRACT_VERSION = 2

CAPACITY, VOLTAGE = "discharge_capacity_mah", "mean_discharge_voltage_v"
PAIR = {CAPACITY: "discharge capacity", VOLTAGE: "mean discharge voltage"}
NOT_COUNTED = "sample"
"""The role of a pellet or powder, which is no part of a stack; layers of every other role have a mass."""


def run(inputs: Inputs) -> Outcome:
    """Return Wh/kg, Wh/L where thicknesses are known, and of a reported capacity that per gram and per area."""
    layers = tuple(layer for layer in inputs.layers if layer.role != NOT_COUNTED)
    for role in ("cathode", "anode"):
        if not any(layer.role == role for layer in layers):
            raise Refused("missing-layer-role", "no cell mass: the cell has no layer with the role {role}", role=role)
    cycle, stack = _read(inputs, layers)
    mass = cell_mass_mg(stack)
    density = gravimetric_energy_density_wh_kg(cycle.capacity, cycle.voltage, stack)
    specific, specific_messages = ((), ()) if cycle.is_computed else _capacities(layers, stack, cycle.capacity)
    volumetric, volumetric_messages = _volumetric(layers, stack, cycle.capacity, cycle.voltage)
    return Outcome(
        values=(
            Result("gravimetric_energy_density_wh_kg", density),
            *volumetric,
            *specific,
            Result("cell_mass_mg", mass, "layers only; no packaging or terminals"),
        ),
        curves=(_mass_curve(layers, stack),),
        messages=(cycle.source, *_mass_messages(layers, stack, mass), *specific_messages, *volumetric_messages),
    )


@dataclass(frozen=True)
class Cycle:
    """Capacity and mean voltage of the cycle whose energy counts, and where they come from."""

    capacity: Estimate
    voltage: Estimate
    is_computed: bool
    source: Message


def _read(inputs: Inputs, layers: Sequence[Layer]) -> tuple[Cycle, tuple[CellLayer, ...]]:
    """Return cycle and stack, or refuse by naming everything that is missing."""
    lacking: list[Refused] = []
    cycle = _cycle(inputs, lacking)
    stack = []
    for layer in layers:
        loading = _or_note(partial(_positive, layer, "mass_loading_mg_cm2", "areal mass loading"), lacking)
        area = _or_note(partial(_positive, layer, "area_cm2", "area"), lacking)
        if loading is not None and area is not None:
            stack.append(CellLayer(loading, area, layer.quantity("thickness_um")))
    if cycle is None or lacking:
        raise _all_of(lacking)
    return cycle, tuple(stack)


def _all_of(lacking: Sequence[Refused]) -> Refused:
    """Return the one refusal, or one that names every missing number."""
    if len(lacking) == 1:
        return lacking[0]
    return Refused(
        "several-missing-inputs",
        "{count} inputs are missing: {missing}",
        count=len(lacking),
        missing=Listed(lacking, between="; "),
    )


def _cycle(inputs: Inputs, lacking: list[Refused]) -> Cycle | None:
    """Return capacity and voltage of one cycle of the data, or else both as reported; never one of each."""
    capacity, voltage = inputs.computed(CAPACITY), inputs.computed(VOLTAGE)
    if capacity is not None and voltage is not None and capacity.lower > 0 and voltage.lower > 0:
        source = Message(
            "capacity-and-voltage-computed",
            "From the data: {capacity_mah:.5g} mAh at a mean voltage of {voltage_v:.4g} V.",
            capacity_mah=capacity.magnitude,
            voltage_v=voltage.magnitude,
        )
        return Cycle(capacity, voltage, is_computed=True, source=source)
    of_data = [words for slug, words in PAIR.items() if inputs.computed(slug) is not None]
    missing: list[Refused] = []
    capacity = _or_note(lambda: _reported(inputs, CAPACITY, PAIR[CAPACITY]), missing)
    voltage = _or_note(lambda: _reported(inputs, VOLTAGE, PAIR[VOLTAGE]), missing)
    if capacity is None or voltage is None:
        if len(of_data) == 1:
            mixed = Refused(
                "computed-and-reported-mixed",
                "discharge capacity and mean discharge voltage must both be computed or both reported: only "
                "{computed} is computed",
                computed=of_data[0],
            )
            missing.insert(0, mixed)
        lacking += missing
        return None
    source = Message(
        "capacity-and-voltage-reported",
        "As reported: {capacity_mah:.5g} mAh at a mean voltage of {voltage_v:.4g} V.",
        capacity_mah=capacity.magnitude,
        voltage_v=voltage.magnitude,
    )
    return Cycle(capacity, voltage, is_computed=False, source=source)


def _or_note(read: Callable[[], Estimate], lacking: list[Refused]) -> Estimate | None:
    try:
        return read()
    except Refused as refusal:
        lacking.append(refusal)
        return None


def _reported(inputs: Inputs, slug: str, words: str) -> Estimate:
    number = inputs.optional(f"reported.{slug}", words)
    if number is None:
        raise Refused(
            "missing-value",
            "no {words}: upload cycling data or enter one",
            words=words,
            quantity=slug,
        )
    if number.lower <= 0:
        raise Refused(
            "zero-within-rounding",
            "the reported {words} ({number:g}) is not above zero within rounding: correct it",
            words=words,
            number=number.magnitude,
            quantity=slug,
        )
    return number


def _positive(layer: Layer, slug: str, words: str) -> Estimate:
    number = layer.require(slug, words)
    if number.lower <= 0:
        raise Refused(
            "zero-within-rounding",
            "the {words} of {layer} ({number:g}) is not above zero within rounding: correct it",
            words=words,
            layer=_named(layer),
            number=number.magnitude,
            quantity=slug,
        )
    return number


def _named(layer: Layer) -> str:
    return f"layer {layer.position} ({layer.role}, {layer.name})"


def _named_without(layer: Layer, slug: str) -> str:
    """Return the name of a layer that lacks a number, and the bound if one is recorded."""
    bound = layer.bound(slug)
    return _named(layer) + (f" (only a bound, {bound}, is recorded)" if bound else "")


def _capacities(
    layers: Sequence[Layer], stack: Sequence[CellLayer], capacity: Estimate
) -> tuple[tuple[Result, ...], tuple[Message, ...]]:
    """Return a reported capacity per area and per gram; for a computed one the cycling summary does."""
    parts = [(layer, part) for layer, part in zip(layers, stack, strict=True) if layer.role == "cathode"]
    areal = areal_capacity_mah_cm2(capacity, [part.area_cm2 for _, part in parts])
    results = (Result("areal_capacity_mah_cm2", areal, "per area of the cathode"),)
    cathodes = []
    for layer, part in parts:
        fraction = layer.quantity("active_fraction_percent")
        if fraction is None:
            return results, (
                Message(
                    "missing-active-fraction",
                    "No specific capacity: enter the mass fraction of active material of {layer}.",
                    layer=_named_without(layer, "active_fraction_percent"),
                ),
            )
        cathodes.append(replace(part, active_fraction_percent=fraction))
    try:
        specific = specific_capacity_mah_g(capacity, cathodes)
    except InsufficientData as error:
        return results, (
            Message("specific-capacity-not-computed", "No specific capacity: {error}.", "warning", error=error),
        )
    return (Result("specific_capacity_mah_g", specific, "per gram of active material in the cathode"), *results), ()


def _volumetric(
    layers: Sequence[Layer], stack: Sequence[CellLayer], capacity: Estimate, voltage: Estimate
) -> tuple[tuple[Result, ...], tuple[Message, ...]]:
    lacking = [
        _named_without(layer, "thickness_um")
        for layer, part in zip(layers, stack, strict=True)
        if part.thickness_um is None
    ]
    if lacking:
        return (), (
            Message(
                "missing-thickness",
                "No volumetric energy density: enter the thickness of {layers}.",
                layers=Listed(lacking),
            ),
        )
    try:
        density = volumetric_energy_density_wh_l(capacity, voltage, stack)
    except InsufficientData as error:
        return (), (
            Message(
                "volumetric-energy-density-not-computed",
                "No volumetric energy density: {error}.",
                "warning",
                error=error,
            ),
        )
    note = "volume: sum of area times thickness of the layers; no packaging"
    return (Result("volumetric_energy_density_wh_l", density, note),), ()


def _mass_messages(layers: Sequence[Layer], stack: Sequence[CellLayer], mass: Estimate) -> tuple[Message, ...]:
    messages = []
    for layer, part in zip(layers, stack, strict=True):
        own = layer_mass_mg(part).magnitude
        share = 100 * own / mass.magnitude
        messages.append(
            Message(
                "layer-mass",
                "Layer {layer} ({role}, {name}): {layer_mg:.1f} mg, {share_percent:.1f} % of {cell_mg:.1f} mg.",
                layer=layer.position,
                role=layer.role,
                name=layer.name,
                layer_mg=own,
                share_percent=share,
                cell_mg=mass.magnitude,
            )
        )
    messages.append(Message("mass-of-entered-layers", "Mass of the layers entered only: no packaging, no terminals."))
    return tuple(messages)


def _mass_curve(layers: Sequence[Layer], stack: Sequence[CellLayer]) -> Curve:
    series = tuple(
        Series(
            f"{layer.position} {layer.name}",
            (float(layer.position),),
            (layer_mass_mg(part).magnitude,),
            line=False,
            bars=True,
        )
        for layer, part in zip(layers, stack, strict=True)
    )
    x, y = Axis(quantity="layer_position"), Axis(quantity="layer_mass_mg")
    return Curve("mass-breakdown", "Mass of each layer", x, y, series)


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the axes of the plot of masses."""
    from_top = "Position in the stack, counted from 1."
    return (
        Quantity(
            slug="layer_position",
            name="Layer",
            unit="dimensionless",
            unit_label="",
            symbol="",
            description=from_top,
            is_count=True,
            minimum=1,
        ),
        Quantity(
            slug="layer_mass_mg",
            name="Layer mass",
            unit="mg",
            unit_label="mg",
            symbol="",
            description="Areal mass loading times area.",
            minimum=0,
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer energy density on cycling measurements."""
    return (
        Analysis(
            name="energy-density",
            version="1.1.0",
            title="Energy density",
            description="Discharge capacity times mean discharge voltage, per mass and per volume of the layers.",
            techniques=("cycling",),
            outputs=(
                "gravimetric_energy_density_wh_kg",
                "volumetric_energy_density_wh_l",
                "specific_capacity_mah_g",
                "areal_capacity_mah_cm2",
                "cell_mass_mg",
            ),
            run=run,
            depends_on=(CAPACITY, VOLTAGE),
            requirements=(
                "discharge capacity and mean discharge voltage of one cycle, computed from data or reported",
                "mass loading and area of every layer, including a cathode and an anode",
                "for Wh/L: the thickness of every layer",
                "for the specific capacity: the mass fraction of active material in the cathode",
            ),
        ),
    )
