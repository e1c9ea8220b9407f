"""Analyses that rest on each other: thickness → doubled → quadrupled, and the sum over a cell's spectra."""

from analyses.uncertainty import Estimate, propagate
from registry.hookspecs import Analysis, Inputs, Outcome, Parameter, Quantity, Refused, Result, hookimpl

CONTRACT_VERSION = 2


def double(inputs: Inputs) -> Outcome:
    thickness = inputs.only_layer("sample").require("thickness_um", "thickness")
    factor = float(inputs.parameter("factor"))
    return Outcome((Result("twofold_um", propagate(lambda t: factor * t, t=thickness)),))


def quadruple(inputs: Inputs) -> Outcome:
    doubled = inputs.computed("twofold_um")
    if doubled is None:
        raise Refused("missing-twofold", "needs the twofold thickness: none was computed")
    return Outcome((Result("fourfold_um", propagate(lambda t: 2 * t, t=doubled)),))


def add(inputs: Inputs) -> Outcome:
    found = [measurement.computed("fourfold_um") for measurement in inputs.measurements("eis")]
    known = [item.magnitude for item in found if item is not None]
    if not known:
        raise Refused("missing-fourfold", "needs a fourfold thickness: none was computed")
    return Outcome((Result("fourfold_sum_um", Estimate.exact(sum(known)), f"{len(known)} spectra"),))


@hookimpl
def register_quantities() -> list[Quantity]:
    return [
        Quantity("twofold_um", "Twofold thickness", "um", "µm"),
        Quantity("fourfold_um", "Fourfold thickness", "um", "µm"),
        Quantity("fourfold_sum_um", "Sum of fourfold thicknesses", "um", "µm", per_cell=True),
    ]


@hookimpl
def register_analyses() -> list[Analysis]:
    factor = Parameter("factor", float, 2.0, "By how much.", minimum=1, maximum=10)
    sums = Analysis(
        "sum", "1", "Sum", "", ("eis",), ("fourfold_sum_um",), add, depends_on=("fourfold_um",), scope="cell"
    )
    return [
        Analysis(**{**vars(sums), "min_measurements": 2}),
        Analysis("quadruple", "1", "Quadruple", "", ("eis",), ("fourfold_um",), quadruple, depends_on=("twofold_um",)),
        Analysis("double", "1", "Double", "", ("eis",), ("twofold_um",), double, (factor,)),
    ]
