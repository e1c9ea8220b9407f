"""Values at places: a time and a resistance of each of two peaks, the sum of the resistances, and their ratio.

The time of a third peak is not determined."""

from analyses.uncertainty import Estimate, propagate
from registry.hookspecs import (
    Analysis,
    Column,
    Inputs,
    NotComputed,
    Outcome,
    Place,
    Quantity,
    Refused,
    Result,
    Table,
    hookimpl,
)

CONTRACT_VERSION = 2


def peaks(inputs: Inputs) -> Outcome:
    thickness = inputs.only_layer("sample").require("thickness_um", "thickness")
    times = [Result("peak_time_s", Estimate.exact(1e-3 * 10**-n), at={"peak": n}) for n in (2, 1)]
    resistances = [
        Result("peak_resistance_ohm", propagate(lambda t, n=n: n * t, t=thickness), at={"peak": n}) for n in (1, 2)
    ]
    total = Result("peak_resistance_ohm", propagate(lambda t: 3 * t, t=thickness))
    third = NotComputed("peak_time_s", "peak-cut-off", "peak 3 is cut off", at={"peak": 3})
    return Outcome((*times, *resistances, total), not_computed=(third,))


def ratio(inputs: Inputs) -> Outcome:
    resistances = inputs.computed_at("peak_resistance_ohm")
    if inputs.computed("peak_resistance_ohm") is None or Place("peak", 2) not in resistances:
        raise Refused("missing-peaks", "needs the peak resistance of two peaks: none was computed")
    first, second = resistances.values()
    return Outcome((Result("peak_ratio", propagate(lambda a, b: b / a, a=first, b=second)),))


@hookimpl
def register_quantities() -> list[Quantity]:
    return [
        Quantity(slug="peak_time_s", name="Peak time", unit="s", unit_label="s", minimum=0),
        Quantity(slug="peak_resistance_ohm", name="Peak resistance", unit="ohm", unit_label="Ω"),
        Quantity(slug="peak_ratio", name="Peak ratio", unit="dimensionless", unit_label=""),
    ]


@hookimpl
def register_analyses() -> list[Analysis]:
    outputs = ("peak_time_s", "peak_resistance_ohm")
    return [
        Analysis(
            name="peaks",
            version="1",
            title="Peaks",
            description="Finds peaks.",
            techniques=("eis",),
            outputs=outputs,
            run=peaks,
        ),
        Analysis(
            name="ratio",
            version="1",
            title="Ratio",
            description="Of two peaks.",
            techniques=("eis",),
            outputs=("peak_ratio",),
            run=ratio,
            depends_on=("peak_resistance_ohm",),
        ),
    ]


@hookimpl
def register_tables() -> list[Table]:
    columns = (
        Column(key="refcode"),
        Column(key="peak_time_s", at="peak:2"),
        Column(key="peak_time_s", unit="ms"),
        Column(key="peak_resistance_ohm"),
    )
    return [Table(slug="peaks", title="Peaks", columns=columns, order=("peak_time_s",))]
