"""Overpotential, polarisation growth, short circuit and critical current density of a symmetric cell."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyses.cell.geometry import disc_area
from analyses.cycling.half_cycles import SECONDS_PER_HOUR, runs_of
from analyses.symmetric_cells.critical_current import critical_current_a, current_levels_a
from analyses.symmetric_cells.overpotential import (
    HalfCycles,
    mean_overpotential_v,
    polarisation_growth_v_h,
    symmetric_half_cycles,
    usual_current_a,
)
from analyses.symmetric_cells.short_circuit import ShortCircuit, find_short_circuit
from analyses.uncertainty import Estimate, propagate
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    InputDataset,
    Inputs,
    Listed,
    Message,
    Outcome,
    Parameter,
    Quantity,
    Refused,
    Remark,
    Result,
    Series,
    hookimpl,
)

CONTRACT_VERSION = 2

Array = NDArray[np.float64]
Given = tuple[tuple[Result, ...], tuple[Message, ...]]

ROWS = ("test_time_second", "voltage_volt", "current_ampere")
ELECTRODES = ("cathode", "anode")
MILLI = 1000.0
MOST_POINTS = 4000


def run(inputs: Inputs) -> Outcome:
    """Return overpotential and its growth, and time and charge up to a short circuit."""
    dataset = inputs.dataset
    if dataset is None:
        raise Refused("missing-data", "no data: upload the file of a symmetric-cell test")
    rows = _rows(dataset)
    share = float(inputs.parameter("last_part_percent")) / 100
    halves = symmetric_half_cycles(*rows, last_share=share)
    short = find_short_circuit(*rows, halves.runs)
    area = _area(inputs)
    overpotential, overpotential_messages = _overpotential(halves.before(short.row if short else None), area)
    endurance, endurance_messages = _endurance(rows, halves, short, area)
    critical, critical_messages = _critical(halves, short, area)
    definition = Message(
        "overpotential-definition",
        "{current_a_size} half-cycles; overpotential: mean voltage in the direction of the current over the "
        "last {share:g} % of each.",
        current_a_size=halves.current_a.size,
        share=100 * share,
    )
    return Outcome(
        values=(*overpotential, *endurance, *critical),
        curves=_curves(rows, halves, short),
        messages=(definition, *overpotential_messages, *endurance_messages, *critical_messages),
    )


def _rows(dataset: InputDataset) -> tuple[Array, Array, Array]:
    time, voltage, current = (np.asarray(dataset.column(name), dtype=float) for name in ROWS)
    return time, voltage, current


def _area(inputs: Inputs) -> Estimate | Remark:
    """Return the electrode area, or what is missing for it; nothing is assumed."""
    layers = [layer for layer in inputs.layers if layer.role in ELECTRODES]
    for layer in layers:
        if bound := layer.bound("area_cm2"):
            return Remark(
                "only-a-bound",
                "the area of layer {layer} ({role}, {name}) is only a bound, {bound}: enter it",
                layer=layer.position,
                role=layer.role,
                name=layer.name,
                bound=bound,
                quantity="area_cm2",
            )
    areas = [area for layer in layers if (area := layer.quantity("area_cm2")) is not None]
    if len({area.magnitude for area in areas}) > 1:
        return Remark(
            "electrode-areas-differ",
            "the electrodes differ in area ({areas_cm2:g} cm²), so the current density is ambiguous",
            areas_cm2=Listed(area.magnitude for area in areas),
        )
    if areas:
        return areas[0]
    if bound := inputs.bound("setup.die_diameter_mm"):
        return Remark(
            "only-a-bound",
            "the die diameter of the set-up is only a bound, {bound}: enter it, or the area of the electrodes",
            bound=bound,
            quantity="die_diameter_mm",
        )
    diameter = inputs.setup("die_diameter_mm")
    if diameter is None:
        electrodes = [f"layer {layer.position} ({layer.role}, {layer.name})" for layer in layers]
        return Remark(
            "missing-area",
            "enter the area of {electrodes} or the die diameter of the set-up",
            electrodes=Listed(electrodes or ["the electrodes"]),
            quantities=["area_cm2", "die_diameter_mm"],
        )
    return disc_area(diameter)


def _density(current_a: float, area: Estimate | Remark) -> str:
    """Return a current as text, per area where that is known."""
    if isinstance(area, Remark):
        return f"{current_a * MILLI:.4g} mA"
    return f"{current_a * MILLI / area.magnitude:.4g} mA cm⁻²"


def _overpotential(before_short: HalfCycles, area: Estimate | Remark) -> Given:
    if not before_short.current_a.size:
        return (), (
            Message(
                "short-circuit-in-first-half-cycle",
                "No overpotential: short circuit in the first half-cycle.",
                "warning",
            ),
        )
    level = usual_current_a(before_short)
    same = before_short.at(level)
    count = same.current_a.size
    at = f"at {_density(level, area)}, {count} half-cycles"
    values = [Result("overpotential_v", mean_overpotential_v(same), f"mean {at}")]
    messages = [
        Message(
            "polarisation",
            "At {density}: first half-cycle {overpotential_v:.4g} V (end {end_v:.4g} V, peak {peak_v:.4g} V), last "
            "{last_overpotential_v:.4g} V (end {last_end_v:.4g} V, peak {last_peak_v:.4g} V).",
            density=_density(level, area),
            overpotential_v=same.overpotential_v[0],
            end_v=same.end_v[0],
            peak_v=same.peak_v[0],
            last_overpotential_v=same.overpotential_v[-1],
            last_end_v=same.end_v[-1],
            last_peak_v=same.peak_v[-1],
        )
    ]
    growth = polarisation_growth_v_h(same)
    if growth is None:
        messages.append(
            Message(
                "too-few-half-cycles",
                "No polarisation growth: only {count} half-cycles at the same current.",
                count=count,
            )
        )
    else:
        words = f"median slope between all pairs of cycles, {at}"
        values.append(Result("polarisation_growth_mv_h", propagate(lambda volt: MILLI * volt, volt=growth), words))
    return tuple(values), tuple(messages)


def _endurance(
    rows: tuple[Array, Array, Array], halves: HalfCycles, short: ShortCircuit | None, area: Estimate | Remark
) -> Given:
    """Return hours and charge up to the short circuit, or to the end of the data."""
    time = rows[0]
    begun = float(time[halves.runs.first_row[0]])
    end = time.size if short is None else short.row
    until_row = max(end, 2)
    passed = float(runs_of(rows[0][:until_row], rows[1][:until_row], rows[2][:until_row]).charge_ah.sum()) * MILLI
    until = "up to the end of the data, without a short circuit" if short is None else "up to the short circuit"
    hours = (float(time[end - 1]) - begun) / SECONDS_PER_HOUR
    values = [Result("cycled_time_h", Estimate.exact(hours), f"since the first current, including rests, {until}")]
    messages = []
    if short is None:
        messages.append(Message("no-short-circuit", "No short circuit in {hours:.4g} h.", hours=hours))
    else:
        moment, earliest, latest = (
            (second - begun) / SECONDS_PER_HOUR for second in (short.time_s, short.earliest_s, short.latest_s)
        )
        when = Estimate(moment, max(earliest, 0.0), latest)
        values.append(Result("hours_to_short_circuit_h", when, "since the first current, including rests"))
        messages.append(
            Message(
                "short-circuit",
                "Short circuit after {when:.4g} h (row {row}): |V|/|I| falls from {resistance_before_ohm:.4g} to "
                "{resistance_after_ohm:.4g} Ω and stays low.",
                "warning",
                when=when.magnitude,
                row=short.row + 1,
                resistance_before_ohm=short.resistance_before_ohm,
                resistance_after_ohm=short.resistance_after_ohm,
            )
        )
    if isinstance(area, Remark):
        messages.append(
            Message(
                "missing-area",
                "No charge per area ({passed:.4g} mAh {until}): {reason}.",
                "warning",
                passed=passed,
                until=until,
                reason=area,
            )
        )
    else:
        per_area = propagate(lambda mah, cm2: mah / cm2, mah=Estimate.exact(passed), cm2=area)
        values.append(Result("charge_passed_mah_cm2", per_area, f"both directions added, {until}"))
    return tuple(values), tuple(messages)


def _critical(halves: HalfCycles, short: ShortCircuit | None, area: Estimate | Remark) -> Given:
    critical = critical_current_a(halves, short.row if short else None)
    if isinstance(critical, Remark):
        return (), (Message("no-critical-current", "No critical current density: {reason}.", reason=critical),)
    if isinstance(area, Remark):
        return (), (Message("missing-area", "No critical current density: {reason}.", "warning", reason=area),)
    density = propagate(lambda ampere, cm2: MILLI * ampere / cm2, ampere=critical, cm2=area)
    levels = ", ".join(f"{MILLI * level / area.magnitude:.3g}" for level in current_levels_a(halves))
    note = "highest current density without a short circuit; upper bound: the one with it"
    levels_message = Message("current-steps", "Current stepped through {levels} mA cm⁻².", levels=levels)
    return (Result("critical_current_density_ma_cm2", density, note),), (levels_message,)


def _curves(rows: tuple[Array, Array, Array], halves: HalfCycles, short: ShortCircuit | None) -> tuple[Curve, ...]:
    time, voltage, _ = rows
    begun = float(time[halves.runs.first_row[0]])
    kept = np.unique(np.linspace(0, time.size - 1, min(time.size, MOST_POINTS)).round().astype(np.intp))
    whole = [_series("Voltage", (time[kept] - begun) / SECONDS_PER_HOUR, voltage[kept])]
    if short is not None:
        moment = np.array([(short.time_s - begun) / SECONDS_PER_HOUR])
        whole.append(_series("Short circuit", moment, voltage[[short.row]], line=False))
    along = Axis(quantity="time_h")
    resistance = (_series("Resistance", halves.middle_h, halves.overpotential_v / halves.current_a, line=False),)
    parts = (
        _series("Mean of the last part", halves.middle_h, halves.overpotential_v, line=False),
        _series("End", halves.middle_h, halves.end_v, line=False),
        _series("Peak", halves.middle_h, halves.peak_v, line=False),
    )
    return (
        Curve("voltage", "Voltage against time", along, Axis(quantity="voltage_v"), tuple(whole)),
        Curve("overpotential", "Overpotential of each half-cycle", along, Axis(quantity="overpotential_v"), parts),
        Curve("resistance", "Overpotential over current", along, Axis(quantity="resistance_ohm"), resistance),
    )


def _series(name: str, x: Array, y: Array, *, line: bool = True) -> Series:
    return Series(name, tuple(x.tolist()), tuple(y.tolist()), line=line, markers=not line)


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the quantities of symmetric cells."""
    return (
        Quantity(
            slug="polarisation_growth_mv_h",
            name="Polarisation growth",
            unit="mV/h",
            unit_label="mV h⁻¹",
            symbol="",
            description="Rise of the overpotential per hour.",
        ),
        Quantity(
            slug="hours_to_short_circuit_h",
            name="Time to short circuit",
            unit="h",
            unit_label="h",
            symbol="t_short",
            minimum=0,
        ),
        Quantity(
            slug="cycled_time_h",
            name="Time cycled",
            unit="h",
            unit_label="h",
            symbol="",
            description="Up to a short circuit or the end of the data.",
            minimum=0,
        ),
        Quantity(
            slug="charge_passed_mah_cm2",
            name="Charge passed",
            unit="mA*h/cm**2",
            unit_label="mAh cm⁻²",
            symbol="",
            description="Both directions added.",
            minimum=0,
        ),
        Quantity(
            slug="critical_current_density_ma_cm2",
            name="Critical current density",
            unit="mA/cm**2",
            unit_label="mA cm⁻²",
            symbol="CCD",
            description="Highest current density without a short circuit in a test with rising current.",
            minimum=0,
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the analysis of symmetric cells."""
    return (
        Analysis(
            name="symmetric-cell",
            version="1.1.0",
            title="Symmetric cell",
            description="Overpotential and its growth, short circuit, charge passed and critical current density.",
            techniques=("symmetric_cycling",),
            outputs=("overpotential_v", *(quantity.slug for quantity in register_quantities())),
            run=run,
            parameters=(
                Parameter(
                    name="last_part_percent",
                    type=float,
                    default=20.0,
                    help="Last part of each half-cycle whose voltage is averaged.",
                    unit="%",
                    minimum=1.0,
                    maximum=100.0,
                    title="Averaged last part",
                ),
            ),
            requirements=(
                "rows with the test time, the voltage and the current",
                "for charge and current per area: the electrode area or the die diameter of the set-up",
            ),
        ),
    )
