"""A valid plugin: two analyses that read one fact each."""

from analyses.uncertainty import Estimate
from registry.hookspecs import Analysis, Inputs, Outcome, Parameter, Quantity, Refused, Result, hookimpl


def twice_the_thickness(inputs: Inputs) -> Outcome:
    thickness = inputs.only_layer("sample").require("thickness_um", "pellet thickness")
    factor = float(inputs.parameter("factor"))
    return Outcome(values=(Result("doubled_thickness_um", Estimate.exact(factor * thickness.magnitude)),))


def pressure_above_ambient(inputs: Inputs) -> Outcome:
    pressure = inputs.condition("stack_pressure_mpa")
    if pressure is None:
        raise Refused("missing-stack-pressure", "needs the stack pressure: the measurement has none")
    return Outcome(values=(Result("pressure_change_mpa", Estimate.exact(pressure.magnitude - 0.1)),))


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity(slug="doubled_thickness_um", name="Doubled thickness", unit="um", unit_label="µm", minimum=0)]


@hookimpl
def register_analyses() -> list[Analysis]:
    factor = Parameter(name="factor", type=float, default=2.0, help="What to multiply with.", minimum=1, maximum=10)
    return [
        Analysis(
            name="doubled-thickness",
            version="1",
            title="Doubled thickness",
            description="The thickness of the sample, multiplied.",
            techniques=("eis",),
            outputs=("doubled_thickness_um",),
            run=twice_the_thickness,
            parameters=(factor,),
        ),
        Analysis(
            name="pressure-above-ambient",
            version="1",
            title="Pressure above ambient",
            description="The stack pressure less that of the air.",
            techniques=("eis",),
            outputs=("pressure_change_mpa",),
            run=pressure_above_ambient,
        ),
    ]
