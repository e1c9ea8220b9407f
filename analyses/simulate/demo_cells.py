"""The cells of the demo lab: the models whose parameters are the truth of its measurements."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from analyses.simulate.arcs import Arc
from analyses.simulate.composite_conduction import Composite
from analyses.simulate.full_cell import FullCell, Stage
from analyses.simulate.full_cell_spectrum import REFERENCE_V, CellImpedance, GrowingArc
from analyses.simulate.pellet_spectrum import Pellet
from analyses.simulate.porous_picture import PorousSection
from analyses.simulate.powder_pattern import CubicPowder, Reflection
from analyses.simulate.pressed_cell import PressedCell
from analyses.simulate.symmetric_cell import SymmetricCell

DIE_CM2 = float(np.pi) * 0.5**2
"""Area of a die of 10 mm."""

PELLETS: Mapping[str, Pellet] = {
    "L-LPSCl": Pellet(
        thickness_um=612.2,
        area_cm2=DIE_CM2,
        conductivity_s_cm=2.4e-3,
        grain_boundary_share=0.35,
        activation_energy_ev=0.34,
        pressure_exponent=0.06,
    ),
    "S-LPSCl": Pellet(
        thickness_um=587.8,
        area_cm2=DIE_CM2,
        conductivity_s_cm=1.1e-3,
        grain_boundary_share=0.6,
        activation_energy_ev=0.38,
        pressure_exponent=0.11,
    ),
}
TEMPERATURES_DEGC = (-20, 0, 25, 40, 60)
"""At 10 MPa."""
PRESSURES_MPA = (2, 5, 10, 15, 20, 25)
"""At 25 °C."""

COMPOSITES: Mapping[int, Composite] = {
    weight: Composite(resistance, 900.0, 5.0, thickness_um=600.0, area_cm2=DIE_CM2)
    for weight, resistance in ((0, 7800.0), (1, 1130.0), (2, 10.1), (3, 1.31))
}
"""By the mass fraction of VGCF [%]."""
IONS_ONLY = Composite(86.0, 25.0, 4.0, thickness_um=600.0, area_cm2=DIE_CM2)
"""The composite with 2 % VGCF between electrodes that block electrons."""
ELECTRONIC_PRESSURE_EXPONENT = 0.07
PRESSED_COMPOSITES: Mapping[int, Composite] = {
    mpa: replace(COMPOSITES[2], resistance_ohm=10.1 * (mpa / 10) ** -ELECTRONIC_PRESSURE_EXPONENT)
    for mpa in PRESSURES_MPA
}
"""The composite with 2 % VGCF by the stack pressure [MPa]."""
STEP_VOLTS, STEP_S = (0.1, 0.2, 0.3, 0.4), 180.0

PLATING_MA_CM2, PLATING_H, PLATING_CYCLES = 0.5, 0.5, 60
SYMMETRIC_CELLS: Mapping[int, SymmetricCell] = {
    number: SymmetricCell(DIE_CM2, resistance, growth, short_h=short_h)
    for number, resistance, growth, short_h in (
        (1, 42.0, 0.030, None),
        (2, 44.5, 0.036, 41.2),
        (3, 40.8, 0.028, None),
        (4, 43.1, 0.033, None),
    )
}
PLATED_CYCLES: Mapping[int, int] = {1: 60, 2: 60, 3: 60, 4: 45}
"""After which the test was stopped, if there was no short circuit."""
CRITICAL_DENSITIES_MA_CM2 = tuple(round(0.2 * level, 1) for level in range(1, 13))
CRITICAL_MA_CM2 = 1.4
"""Highest current density without a short circuit: the half-cycle after the first at the next density has it."""
CRITICAL_CELL = SymmetricCell(DIE_CM2, 43.0, 0.0, short_h=(2 * 7 + 0.5) * PLATING_H)

STAGES = (
    Stage(3.62, 0.120, 0.16),
    Stage(3.67, 0.022, 0.24),
    Stage(3.82, 0.035, 0.28),
    Stage(4.02, 0.018, 0.16),
    Stage(4.18, 0.013, 0.16),
)
"""Of a cathode of NCM90 against lithium: a background and the four phase transitions."""
BARE, COATED = "Bare", "Coated"
FADE: Mapping[str, float] = {BARE: 1.3e-3, COATED: 4e-4}
"""Mean share of the capacity that a cycle costs."""
GROWTH: Mapping[str, float] = {BARE: 4e-3, COATED: 8e-4}
"""Mean growth of the resistance per cycle."""
REPLICATES = 4
CYCLES, CYCLING_A = 200, 0.8e-3
FORMATION_A = 0.16e-3
FORMATION_CYCLES = 2
CAPACITY_MAH, CAPACITY_SCATTER, FADE_SCATTER = 1.68, 0.008, 0.05
"""Mean capacity, and the relative standard deviations of capacity and fade between replicates."""


def _replicates(kind: str, seed: int) -> list[FullCell]:
    random = np.random.default_rng(seed)
    draws = random.normal(size=(REPLICATES, 2)).tolist()
    return [
        FullCell(
            CAPACITY_MAH * (1 + CAPACITY_SCATTER * of_capacity),
            55.0,
            FADE[kind] * (1 + FADE_SCATTER * of_fade),
            GROWTH[kind],
            STAGES,
        )
        for of_capacity, of_fade in draws
    ]


FULL_CELLS: Mapping[tuple[str, int], FullCell] = {
    (kind, number): cell
    for kind, seed in ((BARE, 31), (COATED, 32))
    for number, cell in enumerate(_replicates(kind, seed), start=1)
}
"""By kind and number."""
SPECTRUM_CYCLES = (20, 50, 100)
"""At 3.8 V."""
SPECTRUM_VOLTS = (3.6, 3.8, 4.0)
"""After 20 cycles."""
SPECTRUM_CONDITIONS = (
    *((cycle, REFERENCE_V) for cycle in SPECTRUM_CYCLES),
    *((SPECTRUM_CYCLES[0], volt) for volt in SPECTRUM_VOLTS if volt != REFERENCE_V),
)
"""Cycle and voltage [V] of each spectrum."""
SPECTRA: Mapping[str, CellImpedance] = {
    kind: CellImpedance(
        12.0,
        (
            GrowingArc(Arc(9.0, 9.0 * 2e-7, 0.95), 0.2 * growth),
            GrowingArc(Arc(16.0, 16.0 * 2e-5, 0.95), growth),
            GrowingArc(Arc(11.0, 11.0 * 4e-3, 0.95), 0.5 * growth, fall_per_v=1.2),
        ),
        0.35,
    )
    for kind, growth in ((BARE, 0.02), (COATED, 0.003))
}
RATE_CELL = FullCell(CAPACITY_MAH, 60.0, FADE[COATED], GROWTH[COATED], STAGES)
RATES_A, CYCLES_PER_RATE = (0.16e-3, 0.32e-3, 0.8e-3, 1.6e-3, 3.2e-3, 0.16e-3), 4
LTO_V = 1.55
"""Voltage of Li4Ti5O12 against lithium, at every filling."""
PRESSED_STAGES = tuple(Stage(stage.voltage_v - LTO_V, stage.width_v, stage.share) for stage in STAGES)
PRESSED_CYCLES, PRESSED_A = 12, 0.3e-3
CLOCK_SHIFT_S = 240.0
"""Time of the test at which the log of the pressure begins."""
PRESSED: Mapping[str, tuple[FullCell, PressedCell]] = {
    kind: (
        FullCell(1.6, 40.0, fade, 1e-3, PRESSED_STAGES, lower_v=1.25, upper_v=2.75),
        PressedCell(start_mpa=10.0, breathing_mpa=breathing, settling_mpa_h=settling),
    )
    for kind, fade, breathing, settling in ((BARE, 1e-3, -0.52, 4e-4), (COATED, 4e-4, -0.47, 2e-4))
}
CAPACITY_PRESSURE_EXPONENT = 0.04
CYCLED_MPA, CYCLES_PER_PRESSURE = (2, 5, 10, 20), 3
CELLS_AT_PRESSURES: Mapping[int, FullCell] = {
    mpa: FullCell(1.6 * (mpa / 10) ** CAPACITY_PRESSURE_EXPONENT, 40.0, 0.0, 0.0, STAGES, first_efficiency=0.999)
    for mpa in CYCLED_MPA
}
"""A cell cycled at several stack pressures [MPa]."""
REFLECTIONS = tuple(
    Reflection(index_sum, height)
    for index_sum, height in (
        (3, 0.22), (4, 0.15), (8, 0.55), (11, 0.95), (12, 1.0), (16, 0.1), (19, 0.12), (20, 0.08), (24, 0.25),
        (27, 0.5), (32, 0.7), (35, 0.15),
    )
)  # fmt: skip
"""Of an argyrodite; the heights are only like those of one."""
POWDERS: Mapping[str, CubicPowder] = {
    "L-LPSCl": CubicPowder(9.8397, 120.0, REFLECTIONS),
    "S-LPSCl": CubicPowder(9.8452, 35.0, REFLECTIONS),
}
SECTIONS: Mapping[str, PorousSection] = {
    BARE: PorousSection(0.14, 0.68, 0.05, 1.2),
    COATED: PorousSection(0.08, 0.68, 0.05, 1.2),
}
POUCH = FullCell(19.6, 2.4, 1e-3, 1e-3, STAGES, first_efficiency=0.86)
POUCH_A = 3.6e-3
POUCH_CYCLES = 5
