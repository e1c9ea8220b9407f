"""What an analysis may read, and what is kept from it."""

import numpy as np
import pytest

from analyses.uncertainty import Estimate
from registry.hookspecs import LARGEST_MAGNITUDE, Inputs, Refused


def inputs_with(column: np.ndarray) -> Inputs:
    return Inputs({"dataset.sha256": "ab"}, lambda: {"voltage_volt": column})


@pytest.mark.parametrize("number", [1e51, -1e300, np.inf])
def test_a_number_no_instrument_measures_is_refused_with_its_row(number: float) -> None:
    dataset = inputs_with(np.array([1.0, 2.0, number])).dataset
    assert dataset is not None
    with pytest.raises(Refused, match=r"the column voltage_volt holds .* in row 3: nothing measures that"):
        dataset.column("voltage_volt")


def test_a_missing_number_is_the_analysis_own_to_judge() -> None:
    dataset = inputs_with(np.array([1.0, np.nan, LARGEST_MAGNITUDE])).dataset
    assert dataset is not None
    assert dataset.column("voltage_volt").size == 3


def test_a_fact_larger_than_anything_measured_is_refused_by_its_path_and_kept_as_read() -> None:
    inputs = Inputs({"reported.resistance_ohm": Estimate.exact(1e300)})
    with pytest.raises(Refused, match=r"reported\.resistance_ohm is 1e\+300, more than anything measured"):
        inputs.reported("resistance_ohm")
    assert list(inputs.reads) == ["reported.resistance_ohm"]
