"""Differential capacity dQ/dV and differential voltage dV/dQ of cycling tests, and the peaks of dQ/dV."""

from collections.abc import Sequence

from analyses.cycling.voltage.voltage_curve import cycle_indices
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cycling.differential_curves import (
    curve_quantities,
    differential_curves,
    tracking_curves,
    voltage_curves,
)
from registry.contract.analysis_support.cycling.differential_peak_values import (
    OUTPUTS,
    DirectionPeaks,
    peak_messages,
    peak_quantities,
    peak_results,
    read_peaks,
)
from registry.contract.analysis_support.cycling.differential_test import (
    MV_PER_V,
    PARAMETERS,
    SMOOTHING,
    DifferentialTest,
    read_differential_test,
)
from registry.contract.analysis_support.cycling.recorded_scale import MASS, read_scale
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

PEAK_DEFINITION = Message(
    "peak-definition",
    "Peaks are numbered by increasing voltage. Area and width are measured above the higher of the two adjacent "
    "valleys. The uncertainty includes voltage noise, smoothing and row spacing. Peak positions include the "
    "polarisation at this current.",
)


def run(inputs: Inputs) -> Outcome:
    """Return the peaks of dQ/dV of the reference cycle, their drift, and curves of chosen cycles."""
    test = read_differential_test(inputs)
    mass = read_scale(inputs, MASS)
    mass_g = mass.size.magnitude if mass.size else None
    smallest = float(inputs.parameter("smallest_peak_percent")) / 100
    peaks, narrow = _peaks(test, smallest)
    chosen = cycle_indices(test.summary, str(inputs.parameter("chosen_cycles")))
    chosen = tuple(dict.fromkeys((test.reference_index, *chosen)))
    share = float(inputs.parameter("charge_smoothing_percent")) / 100
    results = [item for each in peaks for item in peak_results(test, each, mass)]
    smoothing = Result(SMOOTHING.name, Estimate.exact(MV_PER_V * test.width_v), "full width at half maximum")
    return Outcome(
        values=(smoothing, *(item for item in results if isinstance(item, Result))),
        curves=(
            *differential_curves(test, chosen, peaks, mass_g),
            *voltage_curves(test, chosen, share, mass_g),
            *tracking_curves(peaks),
        ),
        messages=(
            *test.messages,
            Message(
                "differential-voltage-smoothing",
                "dV/dQ is smoothed to a full width at half maximum of {percent:.3g} % of the capacity, or of two rows "
                "if that is more.",
                percent=100 * share,
            ),
            PEAK_DEFINITION,
            *narrow,
            *(message for each in peaks for message in peak_messages(test, each)),
        ),
        not_computed=tuple(item for item in results if isinstance(item, NotComputed)),
    )


def _peaks(test: DifferentialTest, smallest_share: float) -> tuple[list[DirectionPeaks], list[Message]]:
    """Return the peaks of charge and discharge, and why one of them has none; refuse if neither has."""
    peaks, refusals = [], []
    for part in test.directions:
        if part.reference is None:
            continue
        try:
            peaks.append(read_peaks(test, part, smallest_share))
        except InsufficientData as refusal:
            refusals.append(refusal)
    if refusals and not peaks:
        raise refusals[0]
    return peaks, [Message.of(refusal) for refusal in refusals]


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add differential capacity and voltage, and values of peaks."""
    width = Quantity(
        slug=SMOOTHING.name,
        name="Smoothing width",
        unit="mV",
        unit_label="mV",
        description="Full width at half maximum of a charge step at a single voltage after smoothing dQ/dV.",
        minimum=0,
        describes_test=True,
    )
    return (*curve_quantities(), *peak_quantities(), width)


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer differential capacity on cycling measurements."""
    return (
        Analysis(
            name="differential-capacity",
            version="1.2.0",
            title="Differential capacity",
            description="dQ/dV and dV/dQ of selected cycles; position, area, width and drift of the peaks of dQ/dV.",
            techniques=("cycling",),
            outputs=(*OUTPUTS, SMOOTHING.name),
            run=run,
            not_applicable=("no-current",),
            parameters=(
                *PARAMETERS,
                Parameter(
                    name="smallest_peak_percent",
                    type=float,
                    default=5.0,
                    help="Minimum height of a peak above its higher valley, relative to the maximum of dQ/dV.",
                    unit="%",
                    minimum=0.1,
                    maximum=90.0,
                    title="Smallest peak",
                ),
                Parameter(
                    name="chosen_cycles",
                    type=str,
                    default="1,2,10,last",
                    help="Cycles whose dQ/dV and dV/dQ are plotted, separated by commas.",
                    title="Plotted cycles",
                ),
                Parameter(
                    name="charge_smoothing_percent",
                    type=float,
                    default=2.0,
                    help="Full width at half maximum to which dV/dQ is smoothed, as a share of the capacity; at least "
                    "two rows.",
                    unit="%",
                    minimum=0.1,
                    maximum=25.0,
                    title="Smoothing of the differential voltage",
                ),
            ),
            requirements=(
                "rows with the test time, the voltage and the current; at least 20 rows in a half-cycle",
                "for areas per gram: area, mass loading and active fraction of the cathode",
            ),
        ),
    )
