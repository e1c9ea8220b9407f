import numpy as np
import pytest

from registry.contract.analysis_support.spectrum_input import SPECTRUM_PARAMETERS, read_spectrum
from registry.hookspecs import Inputs
from tests.spectra import columns_of, make_spectrum


def test_reads_the_window_without_the_points_left_out() -> None:
    columns = columns_of(make_spectrum(frequency=np.geomspace(1e6, 1.0, 61)))
    parameters = {parameter.name: parameter.default for parameter in SPECTRUM_PARAMETERS}
    parameters |= {"lowest_frequency_hz": 5.0, "left_out_frequencies_hz": "1000"}
    inputs = Inputs({"dataset.sha256": "ab"}, lambda: columns, parameters)
    dataset = inputs.dataset
    assert dataset is not None
    spectrum = read_spectrum(inputs, dataset)
    assert spectrum.frequency_hertz[-1] >= 5.0
    assert spectrum.outside_window > 0
    assert [point.frequency_hertz for point in spectrum.left_out] == pytest.approx([1000.0])
