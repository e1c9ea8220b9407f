"""Reported and computed numbers of a measurement, compared with each other, the recorded facts and physical limits."""

from collections.abc import Iterator, Sequence

import numpy as np

from analyses.consistency.conflicts import Conflict, Number, compared_numbers, find_conflicts
from analyses.consistency.limits import (
    HIGHEST_ELECTRONIC_S_CM,
    highest_ionic_conductivity_s_cm,
)
from analyses.consistency.relations import WORDS
from analyses.cycling.rows.half_cycles import rest_threshold_a
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.electrode_area import electrode_area
from registry.contract.analysis_support.cell.recorded_numbers import (
    conflict_messages,
    layer_numbers,
    mass_of_layers,
    number_of,
    solid_share,
    theoretical_areal_capacity,
    times,
)
from registry.contract.builtin_vocabulary import BUILTIN_TECHNIQUE_SLUGS
from registry.hookspecs import Analysis, Inputs, Layer, Message, Outcome, Quantity, hookimpl

CONTRACT_VERSION = 2

COMPUTED = (
    "areal_capacity_mah_cm2",
    "capacity_retention_percent",
    "coulombic_efficiency_percent",
    "discharge_capacity_mah",
    "discharge_energy_mwh",
    "electronic_conductivity_s_cm",
    "energy_efficiency_percent",
    "first_cycle_efficiency_percent",
    "gravimetric_energy_density_wh_kg",
    "ionic_conductivity_s_cm",
    "mean_charge_voltage_v",
    "mean_discharge_voltage_v",
    "overpotential_v",
    "specific_capacity_mah_g",
)
OF_CURRENT = ("areal_capacity_mah_cm2", "discharge_capacity_mah", "discharge_energy_mwh", "specific_capacity_mah_g")
"""Computed quantities in proportion to the current of the data."""
ONLY_REPORTED = (
    "active_mass_mg",
    "areal_charge_capacity_mah_cm2",
    "cell_mass_mg",
    "charge_capacity_mah",
    "charge_energy_mwh",
    "current_a",
    "electrode_capacity_mah",
    "electrode_mass_mg",
    "layer_density_g_cm3",
    "nominal_areal_capacity_mah_cm2",
    "nominal_capacity_mah",
    "nominal_specific_capacity_mah_g",
    "np_ratio",
    "porosity_percent",
    "relative_density_percent",
    "resistance_ohm",
    "retention_end_cycle",
    "retention_reference_cycle",
    "specific_charge_capacity_mah_g",
)
REPORTED = frozenset(COMPUTED + ONLY_REPORTED)
AT_CYCLES = ("discharge_capacity_mah", "specific_capacity_mah_g", "areal_capacity_mah_cm2")
CONDITIONS = {
    "c_rate": "c_rate",
    "current_density_ma_cm2": "current_density_ma_cm2",
    "one_c_ma_g": "nominal_specific_capacity_mah_g",
    "voltage_lower_v": "voltage_lower_v",
    "voltage_upper_v": "voltage_upper_v",
}
"""Name of each condition in the tables of relations; the current of 1C is the nominal capacity over one hour."""
OF_CELL = (None, "cell")
"""Scales of a voltage window that a voltage of the cell is compared with."""
SET_POINT_SHARE = 0.05
"""Share by which the current of a cycler may differ from its set point, or the recorded one is rounded."""
SYMMETRIC = "symmetric_cycling"
Numbers = dict[str, Number]


def run(inputs: Inputs) -> Outcome:
    """Return a warning for each smallest set of numbers that contradict each other or a limit."""
    layer = main_layer(inputs.layers)
    facts = _recorded(inputs, layer)
    of_layers = _reported_of_layers(inputs)
    reported = _reported(inputs, layer)
    if layer is not None:
        reported |= of_layers.pop(layer.position, {})
    records: list[Numbers] = [facts | reported]
    records += [
        layer_numbers(other) | of_layers[other.position] for other in inputs.layers if other.position in of_layers
    ]
    computed = [facts | {name: number} for name, number in _computed(inputs)]
    messages: list[Message] = []
    for record in records:
        messages += conflict_messages(find_conflicts(record), record)
    messages += _conflicts_of_computed(computed)
    unique = list({message.text: message for message in messages}.values())
    compared = sum(len(compared_numbers(record)) for record in (*records, *computed))
    return Outcome(messages=(*unique, _summary(compared, len(unique))))


def _conflicts_of_computed(records: Sequence[Numbers]) -> Iterator[Message]:
    """Yield the conflicts of computed numbers; of several that are outside the same limit, the simplest."""
    simplest: dict[str, tuple[Conflict, Numbers]] = {}
    for record in records:
        for conflict in find_conflicts(record):
            key = conflict.limit.name if conflict.limit else " ".join(conflict.names)
            if key not in simplest or len(conflict.names) < len(simplest[key][0].names):
                simplest[key] = conflict, record
    for conflict, record in simplest.values():
        yield from conflict_messages([conflict], record)


def _summary(compared: int, conflicts: int) -> Message:
    if not compared:
        return Message(
            "nothing-to-compare",
            "Nothing to compare: every relation and limit needs further numbers of the measurement, cell or set-up.",
        )
    return Message(
        "numbers-compared",
        "Numbers compared with each other, the recorded facts and physical limits: {count}; conflicts: {conflicts}.",
        count=compared,
        conflicts=conflicts,
    )


def main_layer(layers: Sequence[Layer]) -> Layer | None:
    """Return the layer that mass, area and thickness are those of: the only sample, else the only cathode."""
    for role in ("sample", "cathode"):
        of_role = [layer for layer in layers if layer.role == role]
        if len(of_role) == 1:
            return of_role[0]
    return None


def _recorded(inputs: Inputs, layer: Layer | None) -> Numbers:
    """Return conditions, set-up and layers, and the highest conductivities that are known."""
    numbers: Numbers = layer_numbers(layer) if layer is not None else {}
    if inputs.technique == SYMMETRIC and isinstance(area := electrode_area(inputs), Estimate):
        numbers["area_cm2"] = Number(
            area.magnitude, *area.interval(), f"recorded {WORDS['area_cm2']}", is_recorded=True
        )
    repeats = inputs.fact("cell.repeat_units")
    units = repeats if isinstance(repeats, int) else 1
    has_units = units > 1
    if has_units and "area_cm2" in numbers:
        numbers["area_cm2"] = times(numbers["area_cm2"], units, "repeat units")
    of_cell = inputs.fact("measurement.potential_scale") in OF_CELL
    for slug, name in CONDITIONS.items():
        interval = inputs.interval(f"measurement.{slug}")
        if of_cell or not slug.startswith("voltage"):
            _add(numbers, name, _positive(number_of(interval, inputs.condition(slug), f"recorded {WORDS[name]}")))
    diameter = number_of(
        inputs.interval("setup.die_diameter_mm"), inputs.setup("die_diameter_mm"), WORDS["die_diameter_mm"]
    )
    if not has_units:
        _add(numbers, "die_diameter_mm", diameter)
    if layer is not None and layer.role == "sample":
        numbers["filled_share"] = Number(1.0, 1.0, 1.0, "", is_recorded=True)
        if (
            diameter is not None
            and "area_cm2" in numbers
            and inputs.fact("cell.format") not in ("die", "blocking_pellet")
        ):
            del numbers["filled_share"]
    anodes = [other for other in inputs.layers if other.role == "anode"]
    if len(anodes) == 1 and layer is not None and layer.role == "cathode":
        label = WORDS["negative_areal_capacity_mah_cm2"]
        _add(numbers, "negative_areal_capacity_mah_cm2", theoretical_areal_capacity(anodes[0], label))
    if not has_units:
        _add(numbers, "layers_mass_mg", mass_of_layers(inputs.layers))
    return numbers | _highest_conductivities(inputs)


def _highest_conductivities(inputs: Inputs) -> Numbers:
    interval = inputs.interval("measurement.temperature_degc")
    hottest = interval[1] if interval and np.isfinite(interval[1]) else None
    at = f"at {hottest:.4g} °C" if hottest is not None else "up to 100 °C"
    ionic = highest_ionic_conductivity_s_cm(hottest)
    silver = HIGHEST_ELECTRONIC_S_CM
    return {
        "highest_ionic_conductivity_s_cm": Number(
            ionic,
            ionic,
            ionic,
            f"highest known conductivity of a solid lithium or sodium conductor {at}",
            is_recorded=True,
        ),
        "highest_electronic_conductivity_s_cm": Number(
            silver, silver, silver, "electronic conductivity of silver", is_recorded=True
        ),
    }


def _add(numbers: Numbers, name: str, number: Number | None) -> None:
    if number is not None:
        numbers[name] = number


def _positive(number: Number | None) -> Number | None:
    """Return a number whose sign is a direction, such as a current density, without it."""
    if number is None or number.upper > 0:
        return number
    return Number(-number.magnitude, -number.upper, -number.lower, number.label)


def _reported(inputs: Inputs, layer: Layer | None) -> Numbers:
    """Return what was reported without a place, and the capacities of the cycles that a retention compares."""
    numbers: Numbers = {}
    for slug in (key for key in inputs.reported_keys if key in REPORTED):
        number = _read_reported(inputs, slug, slug)
        name = _resistance_name(inputs, layer) if slug == "resistance_ohm" else slug
        if number is not None and name:
            _add_measured(numbers, name, number)
    return numbers | _capacities_at_cycles(inputs)


def _read_reported(inputs: Inputs, key: str, slug: str) -> Number | None:
    words = WORDS.get(slug, "porosity" if slug == "porosity_percent" else "resistance")
    return _positive(number_of(inputs.interval(f"reported.{key}"), inputs.reported(key), f"reported {words}"))


def _add_measured(numbers: Numbers, name: str, number: Number) -> None:
    if name == "porosity_percent":
        numbers["solid_share_percent"] = solid_share(number)
    else:
        numbers[name] = number


def _resistance_name(inputs: Inputs, layer: Layer | None) -> str:
    """Return whether a resistance is ionic or electronic; empty if it is not that of a pellet, or not known."""
    if layer is None or layer.role != "sample":
        return ""
    if inputs.technique == "eis":
        return "ionic_resistance_ohm"
    blocks = inputs.fact("setup.blocks")
    if blocks in ("ions", "electrons"):
        return "electronic_resistance_ohm" if blocks == "ions" else "ionic_resistance_ohm"
    has_ionic = "ionic_conductivity_s_cm" in inputs.reported_keys
    has_electronic = "electronic_conductivity_s_cm" in inputs.reported_keys
    if has_ionic == has_electronic:
        return ""
    return "ionic_resistance_ohm" if has_ionic else "electronic_resistance_ohm"


def _reported_of_layers(inputs: Inputs) -> dict[int, Numbers]:
    """Return what was reported at a layer, by its position."""
    by_layer: dict[int, Numbers] = {}
    for key in inputs.reported_keys:
        slug, _, written = key.partition("@")
        kind, _, position = written.partition(":")
        if kind == "layer" and slug in ONLY_REPORTED and slug != "resistance_ohm":
            number = _read_reported(inputs, key, slug)
            if number is not None:
                _add_measured(by_layer.setdefault(int(position), {}), slug, number)
    return by_layer


def _capacities_at_cycles(inputs: Inputs) -> Numbers:
    """Return the capacities at the reference and end cycle that a retention compares, where both are reported."""
    for slug in AT_CYCLES:
        prefix = f"{slug}@cycle:"
        cycles = sorted(int(key.removeprefix(prefix)) for key in inputs.reported_keys if key.startswith(prefix))
        if len(cycles) < 2:
            continue
        reference = _cycle_of(inputs, "retention_reference_cycle", cycles[0])
        end = _cycle_of(inputs, "retention_end_cycle", _cycle_of(inputs, "cycle_count", cycles[-1]))
        first, last = (_read_reported(inputs, f"{prefix}{cycle}", slug) for cycle in (reference, end))
        if first is not None and last is not None and reference != end:
            return {"reference_capacity": first, "end_capacity": last}
    return {}


def _cycle_of(inputs: Inputs, slug: str, otherwise: int) -> int:
    reported = inputs.reported(slug)
    return round(reported.magnitude) if reported is not None else otherwise


def _computed(inputs: Inputs) -> Iterator[tuple[str, Number]]:
    """Yield each computed number, and the current of the data; they share inputs, so each is compared by itself."""
    for slug in COMPUTED:
        estimate = inputs.computed(slug)
        interval = inputs.interval(f"computed.{slug}")
        label = f"{WORDS[slug]}"
        number = number_of(interval, estimate, label, is_of_data=slug in OF_CURRENT)
        if number is not None and estimate is not None:
            yield slug, number
    current = _current_of_data(inputs)
    if current is not None:
        yield "current_a", current


def _current_of_data(inputs: Inputs) -> Number | None:
    """Return the range of the currents of a test, without rests, widened by the error of a set point."""
    if inputs.technique not in ("cycling", SYMMETRIC) or inputs.fact("dataset.sha256") is None:
        return None
    dataset = inputs.dataset
    if dataset is None or "current_ampere" not in dataset.names:
        return None
    current = np.abs(dataset.column("current_ampere"))
    current = current[np.isfinite(current)]
    flowing = current[current > rest_threshold_a(current)] if current.size else current
    if not flowing.size:
        return None
    low, middle, high = np.percentile(flowing, (1.0, 50.0, 99.0))
    ends = (float(low) * (1 - SET_POINT_SHARE), float(high) * (1 + SET_POINT_SHARE))
    return Number(float(middle), *ends, "current of the data", is_of_data=True)


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the capacities that a C-rate refers to."""
    which = "Capacity discharged in one hour at 1C"
    return (
        Quantity(
            slug="nominal_capacity_mah",
            name="Nominal capacity",
            unit="mA*h",
            unit_label="mAh",
            symbol="",
            description=f"{which}.",
            minimum=0,
        ),
        Quantity(
            slug="nominal_specific_capacity_mah_g",
            name="Nominal specific capacity",
            unit="mA*h/g",
            unit_label="mAh g⁻¹",
            symbol="",
            description=f"{which}, per gram of active material.",
            minimum=0,
        ),
        Quantity(
            slug="nominal_areal_capacity_mah_cm2",
            name="Nominal areal capacity",
            unit="mA*h/cm**2",
            unit_label="mAh cm⁻²",
            symbol="",
            description=f"{which}, per area of the cathode.",
            minimum=0,
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the comparison on every measurement."""
    return (
        Analysis(
            name="consistency",
            version="1.1.0",
            title="Consistency of numbers",
            description=(
                "Compares reported and computed numbers with each other, with recorded facts and with physical "
                "limits, within their intervals."
            ),
            techniques=BUILTIN_TECHNIQUE_SLUGS,
            run=run,
            depends_on=COMPUTED,
            requirements=(
                "numbers connected by a relation or a limit, as far as known: capacity, current, mass, area, "
                "thickness, density, resistance, voltage limits",
            ),
        ),
    )
