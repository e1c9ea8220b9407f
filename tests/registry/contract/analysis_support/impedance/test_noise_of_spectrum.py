from dataclasses import replace

from analyses.impedance.noise.noise_scale import NoiseScale
from registry.contract.analysis_support.impedance.noise_of_spectrum import noise_messages
from tests.coded import message_of
from tests.spectra import make_spectrum


def test_tells_where_the_noise_is_not_in_proportion() -> None:
    spectrum = replace(make_spectrum(relative_noise=0.01), noise=NoiseScale(20.0, 3000.0))
    messages = noise_messages(spectrum)
    message_of(messages, "noise-constant", ohm=20.0)
    message_of(messages, "noise-rises-with-square", ohm=3000.0)


def test_says_nothing_of_noise_in_proportion() -> None:
    assert noise_messages(make_spectrum(relative_noise=0.01)) == []
