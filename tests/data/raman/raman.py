"""A technique with its own condition, quantities and column, as an outside package adds them: Raman spectroscopy."""

import numpy as np

from analyses.uncertainty import Estimate
from registry.hookspecs import (
    Analysis,
    Axis,
    Column,
    Condition,
    Curve,
    Inputs,
    Outcome,
    Quantity,
    Refused,
    Result,
    Series,
    Table,
    Technique,
    hookimpl,
)

CONTRACT_VERSION = 2
SHIFT, COUNTS = "raman_shift_per_centimetre", "intensity_count"
POSITION, SLOPE, POWER = "raman_peak_position_per_cm", "raman_power_shift_per_cm_mw", "laser_power_mw"


def highest_peak(inputs: Inputs) -> Outcome:
    """Return the Raman shift at which the intensity is highest."""
    dataset = inputs.dataset
    if dataset is None:
        raise Refused("missing-spectrum", "no spectrum: upload a file with Raman shift and intensity")
    shift, counts = dataset.column(SHIFT), dataset.column(COUNTS)
    if not counts.size or not (np.isfinite(shift).all() and np.isfinite(counts).all()):
        raise Refused("value-not-finite", "the spectrum has no rows, or one that is not finite: correct the file")
    if not np.abs(shift).max() < 1e6:
        raise Refused("value-too-large", "a Raman shift of the file is too large: correct the file")
    position = Estimate.measured(float(shift[np.argmax(counts)]), 0.5)
    return Outcome((Result(POSITION, position, at={"peak": 1}),))


def power_shift(inputs: Inputs) -> Outcome:
    """Return the slope of the first peak against the laser power, from the ends of the series."""
    members = [(item.at, item.computed_at(POSITION)) for item in inputs.series]
    return _slope([(power, next(iter(positions.values()))) for power, positions in members if positions])


def power_shift_of_cell(inputs: Inputs) -> Outcome:
    """Return the same of all spectra of a cell."""
    members = [(item.condition(POWER), item.computed_at(POSITION)) for item in inputs.measurements("raman")]
    known = [(power, positions) for power, positions in members if power is not None and positions]
    return _slope([(power, next(iter(positions.values()))) for power, positions in known])


def _slope(points: list[tuple[Estimate, Estimate]]) -> Outcome:
    points.sort(key=lambda point: point[0].magnitude)
    if len(points) < 2 or points[0][0].magnitude == points[-1][0].magnitude:
        raise Refused(
            "too-few-positions",
            "the Raman peak position at two laser powers is required: fit the spectra, and enter the laser power",
            quantities=f"{POSITION}, {POWER}",
        )
    (low, first), (high, last) = points[0], points[-1]
    slope = (last.magnitude - first.magnitude) / (high.magnitude - low.magnitude)
    if not abs(slope) < 1e30:
        raise Refused("value-too-large", "the Raman peak positions and laser powers give no slope: correct them")
    x = np.array([power.magnitude for power, _ in points])
    y = np.array([position.magnitude for _, position in points])
    curve = Curve("slope", "Position", Axis(quantity=POWER), Axis(quantity=POSITION), (Series("measured", x, y),))
    return Outcome((Result(SLOPE, Estimate.exact(slope)),), (curve,))


@hookimpl
def register_techniques() -> list[Technique]:
    return [
        Technique(
            slug="raman",
            name="Raman spectroscopy",
            short_name="Raman",
            columns=((SHIFT, COUNTS),),
            has_picture=True,
        )
    ]


@hookimpl
def register_conditions() -> list[Condition]:
    power = Quantity(slug=POWER, name="Laser power", unit="mW", unit_label="mW", minimum=0)
    return [Condition(quantity=power, example="1.5 mW")]


@hookimpl
def register_quantities() -> list[Quantity]:
    return [
        Quantity(slug=POSITION, name="Raman peak position", unit="1/cm", unit_label="cm⁻¹"),
        Quantity(
            slug=SLOPE, name="Raman shift with laser power", unit="1/(cm*mW)", unit_label="cm⁻¹ mW⁻¹", per_cell=True
        ),
    ]


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(
            name="raman-peak",
            version="1",
            title="Raman peak",
            description="Position of the highest peak.",
            techniques=("raman",),
            outputs=(POSITION,),
            run=highest_peak,
        ),
        Analysis(
            name="raman-power-shift",
            version="1",
            title="Raman shift with laser power",
            description="Slope of the position of the highest peak.",
            techniques=("raman",),
            outputs=(SLOPE,),
            run=power_shift,
            depends_on=(POSITION,),
            scope="series",
            over=POWER,
            min_measurements=2,
        ),
        Analysis(
            name="raman-power-shift-cell",
            version="1",
            title="Raman shift with laser power, all spectra",
            description="Slope of the position of the highest peak in all spectra of the cell.",
            techniques=("raman",),
            outputs=(SLOPE,),
            run=power_shift_of_cell,
            depends_on=(POSITION,),
            scope="cell",
            min_measurements=2,
        ),
    ]


@hookimpl
def register_tables() -> list[Table]:
    columns = (Column(key="label"), Column(key=POWER), Column(key=POSITION, at="peak:1"), Column(key=SLOPE))
    return [Table(slug="raman", title="Raman peaks", columns=columns, filters={"technique": "raman"})]
