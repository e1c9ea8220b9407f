"""Values and messages about the processes of spectra, the peaks of distributions of relaxation times."""

import math
from collections.abc import Sequence

import numpy as np

from analyses.coded_text import Remark
from analyses.impedance.relaxation_times.drt_peaks import Peak
from analyses.impedance.relaxation_times.process_assignment import assign_process
from analyses.uncertainty import Estimate
from registry.contract.analysis import Parameter
from registry.contract.analysis_support.cell.electrode_area import electrode_area
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message

ESTIMATED = ("relaxation_time_s", "process_resistance_ohm", "process_capacitance_f", "interface_capacitance_f")
"""Quantities of a process that have an uncertainty of the fit."""
SPECIFIC_CAPACITANCE = "specific_capacitance_uf_cm2"
SPECIFIC_CAPACITANCE_PARAMETER = Parameter(
    name=SPECIFIC_CAPACITANCE,
    type=float,
    default=0.0,
    help="Capacitance per area of contact, to convert interface capacitances to contact areas; 0 if unknown.",
    unit="µF/cm²",
    minimum=0.0,
    maximum=1e6,
    title="Capacitance per area of contact",
)


def process_estimates(peak: Peak, degrees: int) -> dict[str, Estimate]:
    """Return relaxation time, resistance, capacitance and interface capacitance of a process by the slug of their
    quantity, each with the uncertainty of the fit; without those whose interval spans a decade."""
    time, resistance = peak.time_gradient, np.array([1.0, 0.0, 0.0, 0.0])
    numbers = {
        "relaxation_time_s": (peak.time_constant_s, time),
        "process_resistance_ohm": (peak.resistance_ohm, resistance),
        "process_capacitance_f": (peak.capacitance_f, time - resistance),
        "interface_capacitance_f": (peak.interface_capacitance_f, peak.interface_gradient),
    }
    estimates = {}
    for slug, (magnitude, gradient) in numbers.items():
        spread = math.sqrt(max(float(gradient @ peak.covariance @ gradient), 0.0))
        estimate = Estimate.measured(magnitude, magnitude * spread, degrees).attributed("fit")
        if not estimate.spans_a_decade:
            estimates[slug] = estimate
    return estimates


def assignment_messages(inputs: Inputs, peaks: Sequence[Peak]) -> list[Message]:
    """Return what each process may be by its capacitance per area of the electrodes, or what is missing for it."""
    if not peaks:
        return []
    area = electrode_area(inputs)
    if isinstance(area, Remark):
        return [
            Message(
                "no-assignment",
                "The processes are not assigned by their capacitance per area: {reason}.",
                reason=area,
            )
        ]
    messages = []
    for number, peak in enumerate(peaks, start=1):
        per_area = peak.capacitance_f / area.magnitude
        messages.append(
            Message(
                "tentative-assignment",
                "Process {number} ({capacitance_f_cm2:.2g} F/cm²) may be: {assignment}. Tentative, based on the "
                "capacitance alone.",
                number=number,
                capacitance_f_cm2=per_area,
                assignment=assign_process(per_area),
            )
        )
    return messages
