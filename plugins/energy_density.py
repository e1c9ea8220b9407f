"""Energy density of a cell from its layers, its discharge capacity and its mean discharge voltage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from analyses.cell.active_mass import areal_capacity_mah_cm2, specific_capacity_mah_g
from analyses.cell.energy_density import layer_mass_mg
from analyses.coded_text import Listed
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.cell_stack import (
    CATHODE,
    ELECTRODES,
    CellStack,
    StackLayer,
    layer_name,
    read_stack,
)
from registry.contract.analysis_support.cell.energy_levels import (
    LEVELS,
    EnergyLevels,
    all_of,
    level_quantities,
    level_slugs,
)
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


def run(inputs: Inputs) -> Outcome:
    """Return Wh/kg and Wh/L by what counts of the cell, and of a reported capacity that per gram and per area."""
    _check_positive_electrode(inputs.layers)
    stack = read_stack(inputs)
    cycle = _read_cycle(inputs, stack)
    results, not_computed = EnergyLevels(inputs, stack, cycle.capacity, cycle.voltage).results()
    specific, specific_messages = ((), ()) if cycle.is_computed else _capacities(stack, cycle.capacity)
    weighed = tuple(item for item in stack.layers if item.part)
    return Outcome(
        values=(*results, *specific),
        curves=(_mass_curve(weighed),),
        messages=(cycle.source, *stack.messages, *_mass_messages(weighed), *specific_messages),
        not_computed=not_computed,
    )


@dataclass(frozen=True)
class Cycle:
    """Capacity and mean voltage of the cycle whose energy counts, and where they come from."""

    capacity: Estimate
    voltage: Estimate
    is_computed: bool
    source: Message


def _check_positive_electrode(layers: Sequence[Layer]) -> None:
    """Refuse a cell of which every cathode is a metal, as of a symmetric cell; a cell without a cathode lacks it."""
    cathodes = [layer for layer in layers if layer.role == CATHODE]
    if cathodes and not any(layer.is_positive_electrode for layer in cathodes):
        raise Refused(
            "no-positive-electrode",
            "only for cells with a positive electrode: each layer with the role cathode is a metal ({layers})",
            layers=Listed(layer.name for layer in cathodes),
        )


def _read_cycle(inputs: Inputs, stack: CellStack) -> Cycle:
    """Return the cycle; refuse by naming everything that is missing if it is not known or an electrode has no mass."""
    lacking: list[Refused] = []
    cycle = _cycle(inputs, lacking)
    without_mass = [refusal for item in stack.layers for refusal in item.lacking]
    if cycle is None or any(item.lacking for item in stack.with_roles(*ELECTRODES)):
        raise all_of([*lacking, *without_mass])
    return cycle


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
                "discharge capacity and mean discharge voltage must both be computed or both be reported: only "
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


def _capacities(stack: CellStack, capacity: Estimate) -> tuple[tuple[Result, ...], tuple[Message, ...]]:
    """Return a reported capacity per area and per gram; for a computed one the cycling summary does."""
    units = stack.repeat_units or 1
    cathodes = [(item.layer, item.part) for item in stack.with_roles(CATHODE) if item.part]
    if not cathodes:
        return (), (
            Message("missing-cathode", "No specific or areal capacity: the cell has no layer with the role cathode."),
        )
    areal = areal_capacity_mah_cm2(capacity, [part.area_cm2 for _, part in cathodes], units)
    results = (Result("areal_capacity_mah_cm2", areal, "per area of the cathode"),)
    active = []
    for layer, part in cathodes:
        fraction = layer.quantity("active_fraction_percent")
        if fraction is None:
            return results, (
                Message(
                    "missing-active-fraction",
                    "No specific capacity: enter the mass fraction of active material of {layer}.",
                    layer=_named_without(layer, "active_fraction_percent"),
                ),
            )
        active.append(replace(part, active_fraction_percent=fraction))
    try:
        specific = specific_capacity_mah_g(capacity, active, units)
    except InsufficientData as error:
        return results, (
            Message("specific-capacity-not-computed", "No specific capacity: {error}.", "warning", error=error),
        )
    return (Result("specific_capacity_mah_g", specific, "per gram of active material in the cathode"), *results), ()


def _named_without(layer: Layer, slug: str) -> str:
    """Return the name of a layer that lacks a number, and the bound if one is recorded."""
    bound = layer.bound(slug)
    return layer_name(layer) + (f" (only a bound, {bound}, is recorded)" if bound else "")


def _mass_messages(layers: Sequence[StackLayer]) -> tuple[Message, ...]:
    """Return the mass of each layer and its share of the layers entered."""
    masses = [_mass_mg(item) for item in layers]
    messages = [
        Message(
            "layer-mass",
            "Layer {layer} ({role}, {name}): {layer_mg:.1f} mg, {share_percent:.1f} % of {cell_mg:.1f} mg.",
            layer=item.layer.position,
            role=item.layer.role,
            name=item.layer.name,
            layer_mg=mass,
            share_percent=100 * mass / sum(masses),
            cell_mg=sum(masses),
        )
        for item, mass in zip(layers, masses, strict=True)
    ]
    return (
        *messages,
        Message("mass-of-entered-layers", "Mass of the entered layers only: no packaging or tabs."),
    )


def _mass_mg(item: StackLayer) -> float:
    """Return the mass of all such layers in the cell."""
    assert item.part
    return layer_mass_mg(item.part).magnitude


def _mass_curve(layers: Sequence[StackLayer]) -> Curve:
    series = tuple(
        Series(
            f"{item.layer.position} {item.layer.name}",
            (float(item.layer.position),),
            (_mass_mg(item),),
            line=False,
            bars=True,
        )
        for item in layers
    )
    x, y = Axis(quantity="layer_position"), Axis(quantity="layer_mass_mg")
    return Curve("mass-breakdown", "Mass of each layer", x, y, series)


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the energy densities by what counts of the cell, and the axes of the plot of masses."""
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
            description="Areal mass loading times area, summed over all such layers of the cell.",
            minimum=0,
        ),
        *level_quantities(),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer energy density on cycling measurements."""
    return (
        Analysis(
            name="energy-density",
            version="2.0.1",
            title="Energy density",
            description="Discharge capacity times mean discharge voltage, per mass and per volume of all layers "
            "entered, of the electrodes, and with separator, collectors and packaging.",
            techniques=("cycling",),
            outputs=(
                "gravimetric_energy_density_wh_kg",
                "volumetric_energy_density_wh_l",
                "specific_capacity_mah_g",
                "areal_capacity_mah_cm2",
                "cell_mass_mg",
                *(slug for level in LEVELS for slug in level_slugs(level)),
            ),
            run=run,
            not_applicable=("no-positive-electrode",),
            depends_on=(CAPACITY, VOLTAGE),
            requirements=(
                "discharge capacity and mean discharge voltage of one cycle, computed from data or reported",
                "a complete cell: a cathode and an anode, or an electrode and a current collector, with a separator "
                "between them",
                "area of every layer and its mass loading; or else its thickness with its apparent density, or with "
                "the density of the material of a metal or a current collector",
                "for a stack of repeat units: their number, and whether its current collectors are coated on one or "
                "both sides",
                "for Wh/L: the thickness of every layer",
                "for the packaged cell: packaging mass and tab mass; for Wh/L footprint and packaging thickness",
                "for the specific capacity: the mass fraction of active material in the cathode",
            ),
        ),
    )
