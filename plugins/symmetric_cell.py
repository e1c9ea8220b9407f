"""Overpotential, polarisation growth, short circuits and critical current density of a symmetric cell."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Remark
from analyses.symmetric_cells.critical_current import critical_current_a, protocol_of
from analyses.symmetric_cells.overpotential import HalfCycles, usual_current_a
from analyses.symmetric_cells.polarisation import Polarisation, polarisation
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis_support.cell.electrode_area import electrode_area
from registry.contract.analysis_support.symmetric_cells.current_ramp import (
    PROTOCOL,
    RAMP_OUTPUTS,
    protocol_message,
    ramp_quantities,
    ramp_results,
)
from registry.contract.analysis_support.symmetric_cells.symmetric_curves import TOTAL_CHARGE, ZOOM, symmetric_curves
from registry.contract.analysis_support.symmetric_cells.symmetric_events import (
    EVENT_OUTPUTS,
    charge_passed_mah,
    event_messages,
    event_quantities,
    event_results,
)
from registry.contract.analysis_support.symmetric_cells.symmetric_test import SymmetricTest, read_symmetric_test
from registry.hookspecs import (
    Analysis,
    Inputs,
    Message,
    NotComputed,
    Outcome,
    Parameter,
    Quantity,
    Result,
    hookimpl,
)

CONTRACT_VERSION = 2

Array = NDArray[np.float64]
Part = tuple[tuple[Result, ...], tuple[Message, ...]]

CRITICAL = "critical_current_density_ma_cm2"
WITHOUT_SHORT = "current_density_without_short_ma_cm2"
CHARGE = "charge_passed_mah_cm2"
MILLI = 1000.0


def run(inputs: Inputs) -> Outcome:
    """Return overpotential and its growth, the short circuits, time and charge up to the first one and in all."""
    share = float(inputs.parameter("last_part_percent")) / 100
    test = read_symmetric_test(inputs, share)
    area = test.area_of_density(electrode_area(inputs))
    overpotential, overpotential_messages = _overpotential(test.sound_halves, area)
    charge, charge_messages = _charge(test, area)
    critical, critical_messages, lacking = _critical(test, area)
    definition = Message(
        "overpotential-definition",
        "{current_a_size} half-cycles; overpotential: mean voltage in the direction of the current over the "
        "last {share:g} % of each.",
        current_a_size=test.halves.current_a.size,
        share=100 * share,
    )
    return Outcome(
        values=(*overpotential, *event_results(test), *charge, *critical),
        curves=symmetric_curves(test, str(inputs.parameter(ZOOM.name)), None if isinstance(area, Remark) else area),
        messages=(
            definition,
            *test.messages,
            *overpotential_messages,
            *event_messages(test),
            *charge_messages,
            *critical_messages,
        ),
        not_computed=lacking,
    )


def _density(halves: HalfCycles, area: Estimate | Remark) -> str:
    """Return the current of half-cycles as text, in each direction if they differ by design, per area where known."""
    if halves.direction_ratio == 1.0:
        sizes = [float(np.median(halves.current_a))]
    else:
        sizes = [float(np.median(halves.current_a[halves.runs.sign == sign])) for sign in (1, -1)]
    scale, unit = (MILLI, "mA") if isinstance(area, Remark) else (MILLI / area.magnitude, "mA cm⁻²")
    return " and ".join(f"{size * scale:.4g}" for size in sizes) + f" {unit}"


def _overpotential(sound: HalfCycles, area: Estimate | Remark) -> Part:
    if not sound.current_a.size:
        return (), (
            Message(
                "short-circuit-in-first-half-cycle",
                "No overpotential: no complete half-cycle before a short circuit or contact loss.",
                "warning",
            ),
        )
    at_level = sound.at(usual_current_a(sound))
    same = at_level.at_usual_temperature()
    count, degc = same.current_a.size, float(np.mean(same.temperature_degc))
    at = f"at {_density(same, area)}, {count} half-cycles"
    if count < at_level.current_a.size:
        at += f" at {degc:.3g} °C"
    over_time = polarisation(same)
    values = [Result("overpotential_v", over_time.overpotential_v, f"mean {at}")]
    messages = [
        Message(
            "polarisation",
            "At {density}: first half-cycle {overpotential_v:.4g} V (end {end_v:.4g} V, peak {peak_v:.4g} V), last "
            "{last_overpotential_v:.4g} V (end {last_end_v:.4g} V, peak {last_peak_v:.4g} V).",
            density=_density(same, area),
            overpotential_v=same.overpotential_v[0],
            end_v=same.end_v[0],
            peak_v=same.peak_v[0],
            last_overpotential_v=same.overpotential_v[-1],
            last_end_v=same.end_v[-1],
            last_peak_v=same.peak_v[-1],
        ),
        *_drift_messages(over_time, count),
    ]
    if over_time.growth_v_h is not None:
        growth = propagate(lambda volt: MILLI * volt, volt=over_time.growth_v_h)
        values.append(Result("polarisation_growth_mv_h", growth, f"median slope between all pairs of cycles, {at}"))
    return tuple(values), tuple(messages)


def _drift_messages(over_time: Polarisation, count: int) -> tuple[Message, ...]:
    """Return what the intervals of overpotential and growth assume, where it is not independent scatter."""
    if over_time.growth_v_h is None:
        return (
            Message(
                "too-few-half-cycles",
                "No polarisation growth: only {count} half-cycles at the same current.",
                count=count,
            ),
        )
    if over_time.drifts:
        return (
            Message(
                "drifting-overpotential",
                "The overpotential drifts rather than scattering from cycle to cycle: the intervals of overpotential "
                "and growth assume a random walk.",
                "warning",
            ),
        )
    if not over_time.is_tested:
        return (
            Message(
                "drift-not-tested",
                "{pairs} pairs of half-cycles are too few to show whether the overpotential drifts: the intervals of "
                "overpotential and growth allow for a random walk and are wide.",
                pairs=over_time.pairs,
            ),
        )
    return (
        Message(
            "drift-not-seen",
            "No drift of the overpotential is detected in {pairs} pairs of half-cycles, but a weak drift would not be "
            "detectable: the intervals of overpotential and growth allow for the largest random walk compatible with "
            "the data.",
            pairs=over_time.pairs,
        ),
    )


def _charge(test: SymmetricTest, area: Estimate | Remark) -> Part:
    """Return the charge up to the first short circuit, or to the end of the data, and in all."""
    shorts = test.events.short_circuits
    until = "up to the first short circuit" if shorts else "up to the end of the data, without a short circuit"
    passed = charge_passed_mah(test, shorts[0] if shorts else None)
    total = charge_passed_mah(test, None)
    if isinstance(area, Remark):
        return (), (
            Message(
                "missing-area",
                "No charge per area ({passed:.4g} mAh {until}, {total:.4g} mAh in total): {reason}.",
                "warning",
                passed=passed.magnitude,
                until=until,
                total=total.magnitude,
                reason=area,
            ),
        )
    per_area = [propagate(lambda mah, cm2: mah / cm2, mah=charge, cm2=area) for charge in (passed, total)]
    words = (f"sum of both directions, {until}", "sum of both directions, up to the end of the data")
    slugs = (CHARGE, TOTAL_CHARGE)
    return tuple(Result(slug, charge, note) for slug, charge, note in zip(slugs, per_area, words, strict=True)), ()


def _critical(
    test: SymmetricTest, area: Estimate | Remark
) -> tuple[tuple[Result, ...], tuple[Message, ...], tuple[NotComputed, ...]]:
    lasting_loss = next((loss for loss in test.events.contact_losses if loss.end_row is None), None)
    short_row = test.events.first_short_row
    halves = test.halves if short_row is not None or lasting_loss is None else test.halves.before(lasting_loss.row)
    critical = critical_current_a(halves, short_row) if halves.current_a.size else None
    if critical is None:
        return (), (), (NotComputed(CRITICAL, "contact-loss", "contact was lost in the first half-cycle"),)
    if isinstance(critical, Remark) and critical.code == "no-short-circuit" and not isinstance(area, Remark):
        highest = MILLI * float(critical.parameters["highest_a"]) / area.magnitude
        reason = NotComputed(
            CRITICAL,
            "above-highest-current",
            "> {bound_ma_cm2:.4g} mA cm⁻²: no short circuit up to the highest current density",
            bound_ma_cm2=highest,
            qualifier=">",
        )
        passed = propagate(
            lambda ampere, cm2: MILLI * ampere / cm2,
            ampere=Estimate.exact(float(critical.parameters["highest_a"])),
            cm2=area,
        )
        ramp = ramp_results(protocol_of(halves, short_row), float(critical.parameters["highest_a"]), area)
        without = Result(WITHOUT_SHORT, passed, "a lower bound of the critical current density")
        return (without, *ramp), (), (reason,)
    if isinstance(critical, Remark):
        return (), (), (NotComputed.because(CRITICAL, critical),)
    if isinstance(area, Remark):
        return (), (), (NotComputed.because(CRITICAL, area),)
    current, protocol = critical
    density = propagate(lambda ampere, cm2: MILLI * ampere / cm2, ampere=current, cm2=area)
    message = protocol_message(protocol, area.magnitude)
    note = "highest current density without a short circuit; upper bound: the current density at which it occurred"
    passed = propagate(lambda ampere, cm2: MILLI * ampere / cm2, ampere=Estimate.exact(current.magnitude), cm2=area)
    ramp = ramp_results(protocol, current.magnitude, area)
    return (Result(CRITICAL, density, note), Result(WITHOUT_SHORT, passed, "of the same test"), *ramp), (message,), ()


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
            description="Increase of the overpotential per hour.",
        ),
        *event_quantities(),
        Quantity(
            slug=CHARGE,
            name="Charge passed",
            unit="mA*h/cm**2",
            unit_label="mAh cm⁻²",
            symbol="",
            description="Sum of both current directions, up to the first short circuit or the end of the data.",
            minimum=0,
            describes_test=True,
        ),
        Quantity(
            slug=TOTAL_CHARGE,
            name="Total charge passed",
            unit="mA*h/cm**2",
            unit_label="mAh cm⁻²",
            symbol="",
            description="Sum of both current directions, up to the end of the data.",
            minimum=0,
            describes_test=True,
        ),
        Quantity(
            slug=CRITICAL,
            name="Critical current density",
            unit="mA/cm**2",
            unit_label="mA cm⁻²",
            symbol="CCD",
            description=(
                "Highest current density without a short circuit in a current ramp (stepwise increasing current)."
            ),
            minimum=0,
            protocol=PROTOCOL,
        ),
        Quantity(
            slug=WITHOUT_SHORT,
            name="Current density without a short circuit",
            unit="mA/cm**2",
            unit_label="mA cm⁻²",
            symbol="",
            description="Highest current density applied without a short circuit in a test with stepwise increasing "
            "current.",
            minimum=0,
            protocol=PROTOCOL,
        ),
        *ramp_quantities(),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the analysis of symmetric cells."""
    return (
        Analysis(
            name="symmetric-cell",
            version="2.7.0",
            title="Symmetric cell",
            description="Overpotential and its growth, short circuits, charge passed and critical current density.",
            techniques=("symmetric_cycling",),
            outputs=(
                "overpotential_v",
                "polarisation_growth_mv_h",
                *EVENT_OUTPUTS,
                CHARGE,
                TOTAL_CHARGE,
                CRITICAL,
                WITHOUT_SHORT,
                *RAMP_OUTPUTS,
            ),
            run=run,
            not_applicable=("no-current",),
            parameters=(
                Parameter(
                    name="last_part_percent",
                    type=float,
                    default=20.0,
                    help="Share of each half-cycle, at its end, over which the voltage is averaged.",
                    unit="%",
                    minimum=1.0,
                    maximum=100.0,
                    title="Averaged last part",
                ),
                ZOOM,
            ),
            requirements=(
                "rows with the test time, the voltage and the current",
                "the step index and the temperature of the rows, where present, are used",
                "for charge and current per area: the electrode area or the die diameter of the set-up",
            ),
        ),
    )
