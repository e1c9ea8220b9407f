"""Quantities of a fitted impedance spectrum: resistances by other methods, arcs, quality of spectrum and fit."""

from collections.abc import Sequence

from registry.contract.analysis_support.impedance.impedance_arcs import ARC_QUANTITIES
from registry.contract.quantity import Quantity

SPECTRUM_QUANTITIES: Sequence[Quantity] = (
    Quantity(
        slug="resistance_at_minimum_ohm",
        name="Resistance at the minimum of −Im Z",
        unit="ohm",
        unit_label="Ω",
        symbol="R_min",
        minimum=0,
    ),
    Quantity(
        slug="resistance_intercept_ohm",
        name="Resistance at the real axis",
        unit="ohm",
        unit_label="Ω",
        symbol="R_int",
        minimum=0,
    ),
    *ARC_QUANTITIES,
    Quantity(
        slug="kramers_kronig_residual_percent",
        name="Kramers-Kronig residual",
        unit="percent",
        unit_label="%",
        symbol="",
        description="Root mean square residual of the linear Kramers-Kronig test, relative to |Z|.",
        minimum=0,
    ),
    Quantity(
        slug="kramers_kronig_noise_percent",
        name="Noise of the spectrum",
        unit="percent",
        unit_label="%",
        symbol="",
        description="Root mean square residual of a smooth description not constrained by Kramers-Kronig, "
        "relative to |Z|.",
        minimum=0,
    ),
    Quantity(
        slug="fit_residual_percent",
        name="Fit residual",
        unit="percent",
        unit_label="%",
        symbol="",
        description="Root mean square residual of the equivalent circuit, relative to |Z|.",
        minimum=0,
    ),
)
