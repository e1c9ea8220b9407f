"""How the noise of an impedance depends on its modulus."""

from dataclasses import dataclass

import numpy as np

from analyses.impedance.circuit_elements import Real


@dataclass(frozen=True)
class NoiseScale:
    """Noise in proportion to |Z| between two limits: constant in ohms below, in proportion to |Z|² above.

    The first is noise of the voltage, the second noise of the current that an instrument of a fixed range adds.
    """

    constant_below_ohm: float = 0.0
    """|Z| at which noise of constant size in ohms equals that in proportion to |Z| [Ω]; zero if there is none."""
    square_above_ohm: float = np.inf
    """|Z| at which noise in proportion to |Z|² equals that in proportion to |Z| [Ω]; infinite if there is none."""

    @property
    def is_proportional(self) -> bool:
        """True for noise in proportion to |Z| alone."""
        return self.constant_below_ohm == 0.0 and np.isinf(self.square_above_ohm)

    def of(self, modulus_ohm: Real) -> Real:
        """Return what the noise is in proportion to [Ω], at |Z| of shape (...)."""
        if self.is_proportional:
            return modulus_ohm
        below, above = self.constant_below_ohm / modulus_ohm, modulus_ohm / self.square_above_ohm
        return np.asarray(modulus_ohm * np.sqrt(1 + below**2 + above**2))


PROPORTIONAL = NoiseScale()
