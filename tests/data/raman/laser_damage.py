"""A plugin that names what another plugin registers: the technique, condition and quantities of raman.py."""

from registry.hookspecs import Analysis, Axis, Curve, Inputs, Outcome, Result, Series, hookimpl

CONTRACT_VERSION = 2
POSITION, SLOPE, POWER = "raman_peak_position_per_cm", "raman_power_shift_per_cm_mw", "laser_power_mw"


def first_power(inputs: Inputs) -> Outcome:
    """Return the lowest laser power of the series as a slope, on axes of the other plugin."""
    power = inputs.series[0].at
    curve = Curve("power", "Power", Axis(quantity=POWER), Axis(quantity=POSITION), (Series("first", [0.0], [1.0]),))
    return Outcome((Result(SLOPE, power),), (curve,))


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(
            name="laser-damage",
            version="1",
            title="Laser damage",
            description="The lowest laser power.",
            techniques=("raman",),
            outputs=(SLOPE,),
            run=first_power,
            scope="series",
            over=POWER,
            min_measurements=2,
        )
    ]
