"""The truth of the demo lab: what each result should be, from the parameters of the models alone."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from analyses.simulate import demo_cells
from analyses.simulate.arcs import Arc
from analyses.simulate.demo_files import cycling_currents_a, full_cell_test
from analyses.simulate.pellet_spectrum import BOLTZMANN_EV_K, Pellet

LAST_PART = 0.2
"""Share of a half-cycle over which the analysis averages the overpotential, by default."""


class Truth(NamedTuple):
    """A number that a result should agree with."""

    cell: str
    measurement: str
    """Label; empty for a result of the cell."""
    quantity: str
    number: float
    place: str = ""
    """`cycle:100`; empty for a result without one."""


def truths() -> Iterator[Truth]:
    """Yield what every kind of result should be."""
    for name, pellet in demo_cells.PELLETS.items():
        yield from _of_pellet(f"{name} pellet (simulated)", pellet)
    for weight, composite in demo_cells.COMPOSITES.items():
        cell = f"NCM with {weight} wt% VGCF (simulated)"
        yield Truth(cell, "0.1 to 0.4 V", "resistance_ohm", composite.electronic_resistance_ohm)
        sigma = composite.electronic_conductivity_s_cm
        yield Truth(cell, "0.1 to 0.4 V", "electronic_conductivity_s_cm", sigma)
    yield from _of_symmetric_cells()
    for kind, number in demo_cells.FULL_CELLS:
        yield from _of_full_cell(kind, number)
    for kind in demo_cells.SPECTRA:
        yield from _of_spectra(kind)


def _of_pellet(cell: str, pellet: Pellet) -> Iterator[Truth]:
    conditions = [(degc, 10) for degc in demo_cells.TEMPERATURES_DEGC]
    conditions += [(25, mpa) for mpa in demo_cells.PRESSURES_MPA if mpa != 10]
    for degc, mpa in conditions:
        label, resistance = f"{degc} °C, {mpa} MPa", pellet.resistance_at(degc, mpa)
        sigma, share = pellet.conductivity_at(degc, mpa), pellet.grain_boundary_share
        yield Truth(cell, label, "resistance_ohm", resistance)
        yield Truth(cell, label, "ionic_conductivity_s_cm", sigma)
        yield Truth(cell, label, "grain_boundary_ionic_conductivity_s_cm", sigma / share)
        yield Truth(cell, label, "bulk_ionic_conductivity_s_cm", sigma / (1 - share))
        yield Truth(cell, label, "grain_boundary_resistance_ohm", resistance * share)
        yield Truth(cell, label, "bulk_resistance_ohm", resistance * (1 - share))
    energy = pellet.activation_energy_ev
    for prefix in ("", "bulk_", "grain_boundary_"):
        yield Truth(cell, "", f"{prefix}activation_energy_ev", energy)
    prefactor = pellet.conductivity_s_cm * 298.15 * math.exp(energy / (BOLTZMANN_EV_K * 298.15))
    yield Truth(cell, "", "arrhenius_log10_prefactor", math.log10(prefactor))
    yield Truth(cell, "", "conductivity_pressure_exponent", pellet.pressure_exponent)
    for process in (1, 2):
        yield Truth(cell, "", "process_activation_energy_ev", energy, f"process:{process}")
        yield Truth(cell, "", "process_pressure_exponent", pellet.pressure_exponent, f"process:{process}")


def _of_symmetric_cells() -> Iterator[Truth]:
    ampere = demo_cells.PLATING_MA_CM2 * 1e-3 * demo_cells.DIE_CM2
    for number, model in demo_cells.SYMMETRIC_CELLS.items():
        cell, label = f"Li/LPSCl/Li {number} (simulated)", "Plating and stripping"
        halves = 2 * demo_cells.PLATED_CYCLES[number]
        if model.short_h:
            halves = int(model.short_h / demo_cells.PLATING_H)
            yield Truth(cell, label, "hours_to_short_circuit_h", model.short_h)
        overpotential = model.mean_overpotential_v(ampere, demo_cells.PLATING_H, halves, LAST_PART)
        yield Truth(cell, label, "overpotential_v", overpotential)
        yield Truth(cell, label, "polarisation_growth_mv_h", model.growth_mv_h(ampere))
        yield Truth(cell, label, "short_circuit_count", float(model.short_h is not None))
    critical = "Li/LPSCl/Li, rising current (simulated)"
    yield Truth(critical, "Plating and stripping", "critical_current_density_ma_cm2", demo_cells.CRITICAL_MA_CM2)
    hours = demo_cells.CRITICAL_CELL.short_h or math.nan
    yield Truth(critical, "Plating and stripping", "hours_to_short_circuit_h", hours)


def _of_full_cell(kind: str, number: int) -> Iterator[Truth]:
    model, test = demo_cells.FULL_CELLS[kind, number], full_cell_test(kind, number)
    cell, label, current = f"{kind} cell {number} (simulated)", "Cycling", demo_cells.CYCLING_A
    first, last = demo_cells.FORMATION_CYCLES + 1, demo_cells.CYCLES
    yield Truth(cell, label, "discharge_capacity_mah", float(test.discharge_mah[first - 1]))
    ratio = float(test.discharge_mah[last - 1] / test.discharge_mah[first - 1])
    yield Truth(cell, label, "capacity_retention_percent", 100 * ratio)
    begin, end = (float(model.discharge_mah(cycle, current)) for cycle in (first, last))
    yield Truth(cell, label, "capacity_fade_percent_per_cycle", 100 * (1 - end / begin) / (last - first))
    yield Truth(cell, label, "coulombic_efficiency_percent", 100 * model.coulombic_efficiency)
    yield Truth(cell, label, "first_cycle_efficiency_percent", 100 * model.first_efficiency)
    yield Truth(cell, label, "mean_discharge_voltage_v", model.mean_discharge_v(first, current))
    for cycle in (1, 51, 101, 150, 200):
        ampere = cycling_currents_a()[cycle - 1]
        yield Truth(cell, label, "ohmic_drop_resistance_ohm", float(model.resistance_at(cycle)), f"cycle:{cycle}")
        hysteresis = 2 * ampere * float(model.resistance_at(cycle))
        yield Truth(cell, label, "voltage_hysteresis_v", hysteresis, f"cycle:{cycle}")
    drift = 1e3 * current * model.resistance_ohm * model.resistance_growth_per_cycle
    polarisation = current * float(model.resistance_at(first))
    peaks = model.peak_voltages_v()
    for peak, voltage in enumerate(peaks, start=1):
        for way, sign in (("charge", 1), ("discharge", -1)):
            yield Truth(cell, label, f"{way}_peak_voltage_v", voltage + sign * polarisation, f"peak:{peak}")
            yield Truth(cell, label, f"{way}_peak_drift_mv_per_cycle", sign * drift, f"peak:{peak}")


def _of_spectra(kind: str) -> Iterator[Truth]:
    model, cell = demo_cells.SPECTRA[kind], f"{kind} cell 1 (simulated)"
    for cycle in demo_cells.SPECTRUM_CYCLES:
        label = f"After {cycle} cycles"
        for number, interface in enumerate(model.interfaces, start=1):
            arc = interface.at(cycle)
            yield Truth(cell, label, "process_resistance_ohm", arc.resistance_ohm, f"peak:{number}")
            yield Truth(cell, label, "relaxation_time_s", arc.time_constant_s, f"peak:{number}")
            capacitance = _interface_capacitance_f(arc, model.ohmic_resistance_ohm)
            yield Truth(cell, label, "interface_capacitance_f", capacitance, f"peak:{number}")
    before, after = demo_cells.SPECTRUM_CYCLES[0], demo_cells.SPECTRUM_CYCLES[-1]
    for number, interface in enumerate(model.interfaces, start=1):
        first, last = interface.at(before), interface.at(after)
        ratio = last.resistance_ohm / first.resistance_ohm
        yield Truth(cell, "", "process_resistance_ratio", ratio, f"process:{number}")
        contact = [_interface_capacitance_f(arc, model.ohmic_resistance_ohm) for arc in (first, last)]
        yield Truth(cell, "", "relative_contact_area", contact[1] / contact[0], f"process:{number}")


def _interface_capacitance_f(arc: Arc, series_ohm: float) -> float:
    """Return the capacitance of a distributed interface next to a series resistance (Brug et al. 1984)."""
    size = arc.time_constant_s**arc.exponent / arc.resistance_ohm
    conductance = 1 / series_ohm + 1 / arc.resistance_ohm
    return float((size * conductance ** (arc.exponent - 1)) ** (1 / arc.exponent))
