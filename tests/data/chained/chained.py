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
        Quantity(slug="twofold_um", name="Twofold thickness", unit="um", unit_label="µm"),
        Quantity(slug="fourfold_um", name="Fourfold thickness", unit="um", unit_label="µm"),
        Quantity(slug="fourfold_sum_um", name="Sum of fourfold thicknesses", unit="um", unit_label="µm", per_cell=True),
    ]


@hookimpl
def register_analyses() -> list[Analysis]:
    factor = Parameter(name="factor", type=float, default=2.0, help="By how much.", minimum=1, maximum=10)
    sums = Analysis(
        name="sum",
        version="1",
        title="Sum",
        description="",
        techniques=("eis",),
        outputs=("fourfold_sum_um",),
        run=add,
        depends_on=("fourfold_um",),
        scope="cell",
    )
    return [
        Analysis(**{**vars(sums), "min_measurements": 2}),
        Analysis(
            name="quadruple",
            version="1",
            title="Quadruple",
            description="",
            techniques=("eis",),
            outputs=("fourfold_um",),
            run=quadruple,
            depends_on=("twofold_um",),
        ),
        Analysis(
            name="double",
            version="1",
            title="Double",
            description="",
            techniques=("eis",),
            outputs=("twofold_um",),
            run=double,
            parameters=(factor,),
        ),
    ]
