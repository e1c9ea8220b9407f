"""Generated records of cycling tests and layers whose numbers are rounded as papers print them."""

import math

import numpy as np

from analyses.consistency.conflicts import Number

Numbers = dict[str, Number]
PRESENT = 0.75
"""Share of the numbers that a record reports."""


def true_values(generator: np.random.Generator) -> dict[str, float]:
    """Return numbers of a cell that satisfy every relation and limit."""
    loading, area = generator.uniform(2, 30), generator.uniform(0.5, 10)
    fraction, theoretical = generator.uniform(50, 95), generator.uniform(150, 280)
    specific, efficiency = generator.uniform(0.4, 0.95) * theoretical, generator.uniform(80, 99.9)
    active = loading * area * fraction / 100
    capacity = specific * active / 1000
    charge = 100 * capacity / efficiency
    voltage, charge_voltage = generator.uniform(3.3, 3.7), generator.uniform(3.75, 4.0)
    mass = loading * area * generator.uniform(2, 6)
    rate, nominal = generator.uniform(0.05, 3), generator.uniform(0.6, 1.0) * theoretical
    solid, dense = generator.uniform(60, 95), generator.uniform(3.0, 5.0)
    return {
        "mass_loading_mg_cm2": loading,
        "area_cm2": area,
        "active_fraction_percent": fraction,
        "theoretical_capacity_mah_g": theoretical,
        "specific_capacity_mah_g": specific,
        "electrode_mass_mg": loading * area,
        "discharge_capacity_mah": capacity,
        "areal_capacity_mah_cm2": capacity / area,
        "charge_capacity_mah": charge,
        "coulombic_efficiency_percent": efficiency,
        "mean_discharge_voltage_v": voltage,
        "mean_charge_voltage_v": charge_voltage,
        "discharge_energy_mwh": capacity * voltage,
        "cell_mass_mg": mass,
        "gravimetric_energy_density_wh_kg": 1000 * capacity * voltage / mass,
        "c_rate": rate,
        "nominal_specific_capacity_mah_g": nominal,
        "current_density_ma_cm2": rate * nominal * active / 1000 / area,
        "voltage_lower_v": 2.5,
        "voltage_upper_v": 4.3,
        "density_g_cm3": dense,
        "relative_density_percent": solid,
        "thickness_um": loading / (0.1 * dense * solid / 100),
        "capacity_retention_percent": generator.uniform(60, 100),
    }


def consistent_record(generator: np.random.Generator) -> Numbers:
    """Return some of the numbers of a cell, each rounded to three or four digits."""
    record = {}
    for name, value in true_values(generator).items():
        if generator.random() < PRESENT:
            record[name] = rounded(value, int(generator.integers(3, 5)), name)
    return record


def rounded(value: float, digits: int, label: str) -> Number:
    """Return a number rounded to so many significant digits."""
    step = 10.0 ** (math.floor(math.log10(value)) - digits + 1)
    printed = round(value / step) * step
    return Number(printed, printed - step / 2, printed + step / 2, label)


def scaled(number: Number, factor: float) -> Number:
    """Return a number with its interval times a factor."""
    return Number(number.magnitude * factor, number.lower * factor, number.upper * factor, number.label)


def injected(generator: np.random.Generator, record: Numbers) -> Numbers:
    """Return a record with one number wrong by a factor, from within its rounding to a thousandfold."""
    name = str(generator.choice(list(record)))
    factor = math.exp(generator.choice([-1, 1]) * 10 ** generator.uniform(-4, math.log10(math.log(1000))))
    return record | {name: scaled(record[name], factor)}
