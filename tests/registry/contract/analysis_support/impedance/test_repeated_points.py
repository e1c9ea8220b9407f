import numpy as np
import pytest

from analyses.impedance.spectrum import check_spectrum
from registry.contract.analysis_support.impedance.repeated_points import repeated_messages
from tests.coded import message_of
from tests.spectra import make_spectrum


@pytest.mark.parametrize(("factor", "code"), [(1.001, "repeated-points-averaged"), (1.2, "repeated-points-differ")])
def test_tells_of_a_frequency_measured_twice(factor: float, code: str) -> None:
    made = make_spectrum(relative_noise=0.002)
    frequency = np.insert(made.frequency_hertz, 30, made.frequency_hertz[30])
    impedance = np.insert(made.impedance_ohm, 31, made.impedance_ohm[30] * factor)
    messages = repeated_messages(check_spectrum(frequency, impedance.real, impedance.imag))
    message = message_of(messages, code, frequency_hz=pytest.approx(made.frequency_hertz[30]))
    assert message.level == ("info" if factor < 1.1 else "warning")
    assert message.parameters.get("rows", [31, 32]) == [31, 32]


def test_many_frequencies_whose_points_differ_are_one_warning() -> None:
    made = make_spectrum(relative_noise=0.001)
    frequency, factor = np.repeat(made.frequency_hertz, 2), np.tile([1.0, 1.015], made.frequency_hertz.size)
    impedance = np.repeat(made.impedance_ohm, 2) * factor
    messages = repeated_messages(check_spectrum(frequency, impedance.real, impedance.imag))
    message = message_of(messages, "repeated-points-differ")
    assert message.parameters["count"] == 60
    assert message.parameters["difference_percent"] == pytest.approx(1.49, abs=0.02)
