"""Limits of the values an analysis may read."""

import numpy as np
import pytest

from analyses.uncertainty import Estimate
from registry.hookspecs import LARGEST_MAGNITUDE, Inputs, Refused
from tests.coded import refuses


def inputs_with(column: np.ndarray) -> Inputs:
    return Inputs({"dataset.sha256": "ab"}, lambda: {"voltage_volt": column})


@pytest.mark.parametrize("number", [1e51, -1e300, np.inf])
def test_an_implausibly_large_number_is_refused_with_its_row(number: float) -> None:
    dataset = inputs_with(np.array([1.0, 2.0, number])).dataset
    assert dataset is not None
    with pytest.raises(Refused, match=r"voltage_volt.*row 3"):
        dataset.column("voltage_volt")


def test_nan_is_left_to_the_analysis() -> None:
    dataset = inputs_with(np.array([1.0, np.nan, LARGEST_MAGNITUDE])).dataset
    assert dataset is not None
    assert dataset.column("voltage_volt").size == 3


def test_an_implausibly_large_fact_is_refused_by_its_path_and_recorded_as_read() -> None:
    inputs = Inputs({"reported.resistance_ohm": Estimate.exact(1e300)})
    with refuses("value-too-large", Refused, full_path="reported.resistance_ohm", value=1e300):
        inputs.reported("resistance_ohm")
    assert list(inputs.reads) == ["reported.resistance_ohm"]
