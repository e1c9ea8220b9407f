"""A plugin that loads, and draws every kind of plot."""

import numpy as np

from registry.hookspecs import Analysis, Axis, Curve, HeatMap, Inputs, MaskedPicture, Outcome, Series, hookimpl

CAPACITY, CYCLE = Axis(quantity="capacity_mah"), Axis(quantity="cycle_number", label="Cycle")


def draw(inputs: Inputs) -> Outcome:
    line = Curve(
        "capacity",
        "Capacity and efficiency",
        CYCLE,
        CAPACITY,
        (
            Series(
                "Discharge",
                [1, 2],
                [20.0, 18.0],
                quantity="discharge_capacity_mah",
                y_lower=[19.0, 17.0],
                y_upper=[21.0, 19.0],
            ),
            Series("Efficiency", [1, 2], [99.0, np.nan], on_second_axis=True),
        ),
        y2=Axis(quantity="coulombic_efficiency_percent"),
    )
    heat_map = HeatMap(
        name="relaxation",
        title="Relaxation times",
        x=Axis(quantity="frequency_hz", log=True),
        y=Axis(quantity="voltage_v"),
        z=Axis(quantity="resistance_ohm"),
        x_values=np.geomspace(1, 1e6, 4),
        y_values=[3.0, 3.5, 4.2],
        z_values=np.array([[1.0, 2.0, 3.0, 4.0], [2.0, np.nan, 4.0, 5.0], [3.0, 4.0, 5.0, 6.0]]),
    )
    picture = MaskedPicture(
        name="pores",
        title="Pores",
        picture=np.arange(12).reshape(3, 4),
        mask=np.eye(3, 4, dtype=int),
        areas=("pore",),
        pixel_size_um=0.25,
    )
    return Outcome(curves=(line, heat_map, picture))


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(
            name="every-kind",
            version="1",
            title="Every kind",
            description="Draws every kind of plot.",
            techniques=("eis",),
            outputs=(),
            run=draw,
        )
    ]
