"""The protocol of a test of rising current as numbers next to its critical current density."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from analyses.coded_text import Listed, Remark
from analyses.symmetric_cells.critical_current import Protocol, fingerprint
from analyses.uncertainty import Estimate, propagate
from registry.contract.outcome import Message, Result
from registry.contract.quantity import Quantity

HALF_CYCLE, CAPACITY = "ramp_half_cycle_h", "ramp_areal_capacity_mah_cm2"
INCREMENT, CYCLES = "ramp_increment_ma_cm2", "ramp_cycles_per_step"
BEFORE, RETURNS = "cycles_before_ramp", "ramp_return_cycles"
PROTOCOL = (HALF_CYCLE, CAPACITY, INCREMENT, CYCLES, BEFORE, RETURNS)
"""The quantities that agree if two critical current densities are comparable."""
AT_LIMIT = "areal_capacity_at_limit_mah_cm2"
RAMP_OUTPUTS = (*PROTOCOL, AT_LIMIT)
MILLI = 1000.0


def ramp_results(protocol: Protocol | Remark, borne_a: float, area_cm2: Estimate) -> tuple[Result, ...]:
    """Return what the highest current without a short circuit depends on; none without a protocol."""
    if isinstance(protocol, Remark):
        return ()
    of_test = fingerprint(protocol, borne_a)
    charge = _per_area(of_test.charge_ah, area_cm2)
    return (
        Result(CAPACITY, charge, "the same at each current")
        if of_test.holds_charge
        else Result(HALF_CYCLE, of_test.half_cycle_h, "the same at each current"),
        Result(INCREMENT, _per_area(Estimate.exact(of_test.increment_a), area_cm2), "median"),
        Result(CYCLES, Estimate.exact(of_test.cycles_per_step)),
        Result(BEFORE, Estimate.exact(of_test.cycles_before), "at the first current"),
        Result(RETURNS, Estimate.exact(of_test.return_cycles)),
        Result(AT_LIMIT, charge, "a half-cycle at the highest current without a short circuit"),
    )


def _per_area(number: Estimate, area_cm2: Estimate) -> Estimate:
    return propagate(lambda number, cm2: MILLI * number / cm2, number=number, cm2=area_cm2)


def protocol_message(protocol: Protocol, area_cm2: float) -> Message:
    """Return how the critical current density was measured: it depends on the steps, their time and their charge."""
    rising = protocol.rising
    density = [MILLI * step.current_a / area_cm2 for step in rising]
    charge = [MILLI * step.charge_ah / area_cm2 for step in rising]
    steps = np.diff(density)
    parameters: dict[str, Any] = {
        "levels": Listed(density),
        "smallest_step_ma_cm2": float(steps.min()),
        "largest_step_ma_cm2": float(steps.max()),
        "cycles": float(np.median([step.half_cycles for step in rising])) / 2,
        "half_cycle_h": float(np.median([step.half_cycle_h for step in rising])),
        "lowest_charge_mah_cm2": min(charge),
        "highest_charge_mah_cm2": max(charge),
        "returns": len(protocol.returns),
    }
    if protocol.returns:
        return Message(
            "critical-current-protocol",
            "Protocol: current densities {levels:.3g} mA cm⁻² (increments {smallest_step_ma_cm2:.3g} to "
            "{largest_step_ma_cm2:.3g}); cycles per step: {cycles:g}; per half-cycle {half_cycle_h:.3g} h and "
            "{lowest_charge_mah_cm2:.3g} to {highest_charge_mah_cm2:.3g} mAh cm⁻²; returns to {return_ma_cm2:.3g} mA "
            "cm⁻²: {returns}.",
            return_ma_cm2=MILLI * protocol.returns[0].current_a / area_cm2,
            **parameters,
        )
    return Message(
        "critical-current-protocol",
        "Protocol: current densities {levels:.3g} mA cm⁻² (increments {smallest_step_ma_cm2:.3g} to "
        "{largest_step_ma_cm2:.3g}); cycles per step: {cycles:g}; per half-cycle {half_cycle_h:.3g} h and "
        "{lowest_charge_mah_cm2:.3g} to {highest_charge_mah_cm2:.3g} mAh cm⁻²; no returns to a low current.",
        **parameters,
    )


def ramp_quantities() -> Sequence[Quantity]:
    """Return the quantities of a protocol."""
    return (
        Quantity(
            slug=HALF_CYCLE,
            name="Half-cycle time of the ramp",
            unit="h",
            unit_label="h",
            description="Duration of a half-cycle in a current ramp, if it is the same at each current.",
            minimum=0,
        ),
        Quantity(
            slug=CAPACITY,
            name="Areal capacity of the ramp",
            unit="mA*h/cm**2",
            unit_label="mAh cm⁻²",
            description="Charge per area of a half-cycle in a current ramp, if it is the same at each current.",
            minimum=0,
        ),
        Quantity(
            slug=AT_LIMIT,
            name="Areal capacity at the highest current",
            unit="mA*h/cm**2",
            unit_label="mAh cm⁻²",
            description="Charge per area of a half-cycle at the highest current density without a short circuit.",
            minimum=0,
        ),
        Quantity(
            slug=INCREMENT,
            name="Increment of the ramp",
            unit="mA/cm**2",
            unit_label="mA cm⁻²",
            description="Typical increment from one current density to the next in a current ramp.",
            minimum=0,
        ),
        Quantity(
            slug=CYCLES,
            name="Cycles per step of the ramp",
            unit="dimensionless",
            description="Typical number of cycles at one current.",
            minimum=0,
        ),
        Quantity(
            slug=BEFORE,
            name="Cycles before the ramp",
            unit="dimensionless",
            description="Cycles at the first current of a current ramp in addition to those of a step.",
            minimum=0,
        ),
        Quantity(
            slug=RETURNS,
            name="Cycles at each return of the ramp",
            unit="dimensionless",
            description="Cycles at a low current between the steps; zero if there are none.",
            minimum=0,
        ),
    )
