"""Quantities of a fitted impedance spectrum: resistances by other methods, arcs, quality of spectrum and fit."""

from collections.abc import Sequence

from registry.contract.quantity import Quantity

HIGH_FREQUENCY = "high_frequency_resistance_ohm"
SERIES_RESISTANCE = "series_resistance_ohm"
ARC = {"resistance": "arc_resistance_ohm", "capacitance": "arc_capacitance_f", "peak": "arc_peak_frequency_hz"}


def _ohm(slug: str, name: str, symbol: str, description: str = "") -> Quantity:
    return Quantity(slug=slug, name=name, unit="ohm", unit_label="Ω", symbol=symbol, minimum=0, description=description)


def _siemens(slug: str, name: str, symbol: str, description: str = "") -> Quantity:
    return Quantity(
        slug=slug, name=name, unit="S/cm", unit_label="S cm⁻¹", symbol=symbol, minimum=0, description=description
    )


ARC_QUANTITIES: Sequence[Quantity] = (
    _ohm(ARC["resistance"], "Arc resistance", "R", "Resistance of an arc of the fitted circuit, the fastest first."),
    Quantity(
        slug=ARC["capacitance"],
        name="Arc capacitance",
        unit="F",
        unit_label="F",
        symbol="C",
        description="Effective capacitance of the arc, τ/R.",
        minimum=0,
    ),
    Quantity(
        slug=ARC["peak"],
        name="Arc peak frequency",
        unit="Hz",
        unit_label="Hz",
        symbol="f_max",
        description="Frequency at the apex of an arc, 1/(2πτ).",
        minimum=0,
    ),
    _ohm(
        SERIES_RESISTANCE,
        "Series resistance",
        "R_s",
        "Series resistor of the fitted circuit: leads, contacts, and processes above the measured frequencies.",
    ),
    _ohm(
        HIGH_FREQUENCY,
        "High-frequency resistance",
        "R_hf",
        "Resistance of all processes faster than those of the electrodes, for electrodes that do not block ions.",
    ),
    _ohm("bulk_resistance_ohm", "Bulk resistance", "R_b"),
    _ohm("grain_boundary_resistance_ohm", "Grain-boundary resistance", "R_gb"),
    _siemens("bulk_ionic_conductivity_s_cm", "Bulk ionic conductivity", "σ_b"),
    _siemens(
        "grain_boundary_ionic_conductivity_s_cm",
        "Grain-boundary ionic conductivity",
        "σ_gb",
        "Apparent: L/(R A) with the dimensions of the pellet.",
    ),
)
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
