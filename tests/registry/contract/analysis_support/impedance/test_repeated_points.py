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
