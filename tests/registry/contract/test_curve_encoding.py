"""Encoding of plots as plain data."""

import json
import math

import numpy as np
import pytest

from registry.contract.curve_encoding import grid_from_json, grid_to_json, plot_from_json, plot_to_json
from registry.hookspecs import Axis, Curve, HeatMap, MaskedPicture, Plot, Series

X, Y = Axis(quantity="time_h"), Axis(label="Signal", unit="a.u.")


def round_trip(plot: Plot) -> Plot:
    return plot_from_json(json.loads(json.dumps(plot_to_json(plot), allow_nan=False)))


def test_a_line_round_trips_with_its_error_bars_and_second_axis() -> None:
    series = Series("a", [1.0, math.nan], [2.0, 3.0], quantity="voltage_v", y_lower=[1.0, 2.0], y_upper=[3.0, 4.0])
    curve = Curve("c", "C", X, Y, (series,), y2=Axis(quantity="voltage_v"))
    back = round_trip(curve)
    assert isinstance(back, Curve)
    assert (back.x, back.y, back.y2) == (curve.x, curve.y, curve.y2)
    assert back.series[0].x == [1.0, None]
    assert (back.series[0].quantity, back.series[0].y_upper) == ("voltage_v", [3.0, 4.0])


def test_a_heat_map_round_trips_with_its_gaps() -> None:
    z = np.array([[1.0, math.nan, 3.0], [4.0, 5.0, 6.0]])
    back = round_trip(HeatMap(name="m", title="M", x=X, y=Y, z=X, x_values=[1, 2, 3], y_values=[1.0, 2.0], z_values=z))
    assert isinstance(back, HeatMap)
    assert np.array_equal(back.z_values, z, equal_nan=True)


def test_a_picture_is_stored_from_black_to_white() -> None:
    back = round_trip(
        MaskedPicture(name="p", title="P", picture=[[10, 20], [15, 10]], mask=[[0, 1], [0, 0]], areas=("a",))
    )
    assert isinstance(back, MaskedPicture)
    assert np.asarray(back.picture).tolist() == [[0, 255], [128, 0]]
    assert np.asarray(back.mask).tolist() == [[0, 1], [0, 0]]
    assert back.areas == ("a",)


@pytest.mark.parametrize(
    "change",
    [{"shape": [3, 2]}, {"shape": [100_000, 100_000]}, {"shape": [-1, 2]}, {"packed": "eA=="}, {"dtype": "object"}],
)
def test_a_damaged_grid_is_an_error(change: dict[str, object]) -> None:
    encoded = grid_to_json(np.zeros((2, 2)), "<f8")
    with pytest.raises((ValueError, LookupError)):
        grid_from_json(encoded | change)


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="pie"):
        plot_from_json({**plot_to_json(Curve("c", "C", X, Y, ())), "kind": "pie"})
