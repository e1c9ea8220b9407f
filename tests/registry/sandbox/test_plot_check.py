"""Plots that violate the contract."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from registry.hookspecs import Axis, Curve, HeatMap, MaskedPicture, Plot, Series
from registry.sandbox.contract_violation import ContractViolation
from registry.sandbox.plot_check import MOST_NUMBERS, MOST_PIXELS, check_plot

VOLTAGE, TIME = Axis(quantity="voltage_v"), Axis(quantity="time_h")
LINE = Curve("c", "C", TIME, VOLTAGE, (Series("a", [1.0, 2.0], [1.0, 2.0]),))
MAP = HeatMap(
    name="m", title="M", x=TIME, y=VOLTAGE, z=TIME, x_values=[1, 2], y_values=[1.0], z_values=[[1.0, float("nan")]]
)
PICTURE = MaskedPicture(name="p", title="P", picture=np.zeros((2, 3)), mask=np.ones((2, 3), int), areas=("pore",))


def series(**changes: Any) -> Curve:
    return replace(LINE, series=(replace(LINE.series[0], **changes),))


@pytest.mark.parametrize(
    "plot",
    [
        LINE,
        MAP,
        PICTURE,
        replace(LINE, y=Axis(label="Signal", unit="")),
        replace(LINE, y2=Axis(quantity="efficiency_percent")),
        series(quantity="overpotential_v", y_lower=[0.0, 1.0], y_upper=[2.0, 3.0]),
        replace(PICTURE, areas=("pore", "crack"), pixel_size_um=0.1),
    ],
)
def test_plots_that_keep_the_contract_pass(plot: Plot) -> None:
    assert check_plot(plot, 0) == plot.name


@pytest.mark.parametrize(
    ("plot", "named"),
    [
        (replace(LINE, x=Axis(quantity="tme_h")), "‘time_h’"),
        (replace(LINE, x=Axis(quantity="time_h", unit="h")), "`unit`"),
        (replace(LINE, x=Axis(label="Time")), "`unit`"),
        (replace(LINE, x=Axis(unit="h")), "`label`"),
        (replace(LINE, x="time_h"), "Axis"),
        (series(quantity="voltge_v"), "‘voltage_v’"),
        (series(quantity="time_h"), "V"),
        (series(on_second_axis=True), "`y2`"),
        (series(y_lower=[0.0, 0.0]), "`y_upper`"),
        (series(y_lower=[0.0], y_upper=[0.0]), "y_lower"),
        (replace(MAP, z=Axis(quantity="voltge_v")), "‘voltage_v’"),
        (replace(MAP, x_values=[2.0, 1.0]), "x_values"),
        (replace(MAP, x_values=[1.0]), "x_values"),
        (replace(MAP, z_values=[1.0, 2.0]), "z_values"),
        (replace(MAP, z_values=np.zeros((1, MOST_NUMBERS + 1))), f"{MOST_NUMBERS:,}"),
        (replace(PICTURE, mask=np.zeros((3, 2))), "(3, 2)"),
        (replace(PICTURE, mask=np.full((2, 3), 2)), "0 to 1"),
        (replace(PICTURE, picture=np.zeros((2, MOST_PIXELS))), f"{MOST_PIXELS:,}"),
        (replace(PICTURE, areas="pore"), "`areas`"),
        (replace(PICTURE, pixel_size_um=0.0), "pixel size"),
        ("plot", "HeatMap"),
    ],
)
def test_a_violation_names_what_to_change(plot: Any, named: str) -> None:
    with pytest.raises(ContractViolation) as violation:
        check_plot(plot, 0)
    assert named in str(violation.value)
