"""Messages about noise that is not proportional to |Z|."""

import math

from analyses.impedance.spectrum import Spectrum
from registry.contract.outcome import Message


def noise_messages(spectrum: Spectrum) -> list[Message]:
    """Return how the noise depends on |Z|, unless it is in proportion to it."""
    noise, messages = spectrum.noise, []
    if noise.constant_below_ohm:
        messages.append(
            Message(
                "noise-constant",
                "Below |Z| of about {ohm:.3g} Ω the noise is constant in ohms: points have less weight there, and "
                "residuals are relative to the noise.",
                ohm=noise.constant_below_ohm,
            )
        )
    if math.isfinite(noise.square_above_ohm):
        messages.append(
            Message(
                "noise-rises-with-square",
                "Above |Z| of about {ohm:.3g} Ω the noise increases with |Z|²: points have less weight there, and "
                "residuals are relative to the noise.",
                ohm=noise.square_above_ohm,
            )
        )
    return messages
