"""The truth of the demo lab: what each result should be, from the parameters of the models alone."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analyses.cycling.differential.differential_capacity import STEPS_A_WIDTH, DifferentialCapacity
from analyses.cycling.differential.differential_peaks import measure
from analyses.simulate import demo_cells
from analyses.simulate.arcs import Arc
from analyses.simulate.demo_files import (
    cycles_at_pressure,
    cycling_currents_a,
    full_cell_test,
    pouch_test,
    pressed_test,
    rate_test,
)
from analyses.simulate.full_cell import CyclingTest, FullCell
from analyses.simulate.pellet_spectrum import BOLTZMANN_EV_K, Pellet
from analyses.simulate.symmetric_cell import SymmetricCell

NOISE_PERCENT = 0.2
"""Of the simulated spectra."""
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
    coarse: bool = False
    """True if the result has the resolution of the rows, and no uncertainty that says so."""
    series: str = ""
    """Condition of the series, if the results of several have the same quantity."""

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What identifies a result."""
        return self.cell, self.measurement, self.quantity, self.place, self.series


def truths() -> Iterator[Truth]:
    """Yield what every kind of result should be."""
    for name, pellet in demo_cells.PELLETS.items():
        yield from _of_pellet(f"{name} pellet (simulated)", pellet)
    for weight, composite in demo_cells.COMPOSITES.items():
        cell = f"NCM with {weight} wt% VGCF (simulated)"
        yield Truth(cell, "0.1 to 0.4 V", "resistance_ohm", composite.resistance_ohm)
        yield Truth(cell, "0.1 to 0.4 V", "electronic_conductivity_s_cm", composite.conductivity_s_cm)
    ions = "NCM with 2 wt% VGCF, electrons blocked (simulated)"
    yield Truth(ions, "0.1 to 0.4 V", "ionic_conductivity_s_cm", demo_cells.IONS_ONLY.conductivity_s_cm)
    yield from _of_symmetric_cells()
    for cycled in _cycled_cells():
        yield from _of_cycling(cycled)
    yield from _of_rates()
    yield from _of_pressures()
    for kind in demo_cells.PRESSED:
        yield from _of_pressure(kind)
        yield from _of_pressed_cell(kind)
    yield from _of_energy_density()
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
        yield Truth(cell, label, "kramers_kronig_noise_percent", NOISE_PERCENT)
        yield Truth(cell, label, "grain_boundary_ionic_conductivity_s_cm", sigma / share)
        yield Truth(cell, label, "bulk_ionic_conductivity_s_cm", sigma / (1 - share))
        yield Truth(cell, label, "grain_boundary_resistance_ohm", resistance * share)
        yield Truth(cell, label, "bulk_resistance_ohm", resistance * (1 - share))
    energy = pellet.activation_energy_ev
    for prefix in ("", "grain_boundary_"):
        yield Truth(cell, "", f"{prefix}activation_energy_ev", energy)
    prefactor = pellet.conductivity_s_cm * 298.15 * math.exp(energy / (BOLTZMANN_EV_K * 298.15))
    yield Truth(cell, "", "arrhenius_log10_prefactor", math.log10(prefactor))
    yield Truth(cell, "", "conductivity_pressure_exponent", pellet.pressure_exponent)
    yield Truth(cell, "", "resistance_pressure_exponent", -pellet.pressure_exponent)
    for process in (1, 2):
        yield Truth(cell, "", "process_activation_energy_ev", energy, f"process:{process}")
        yield Truth(cell, "", "process_pressure_exponent", pellet.pressure_exponent, f"process:{process}")


def _of_symmetric_cells() -> Iterator[Truth]:
    ampere = demo_cells.PLATING_MA_CM2 * 1e-3 * demo_cells.DIE_CM2
    for number, model in demo_cells.SYMMETRIC_CELLS.items():
        cell, label = f"Li/LPSCl/Li {number} (simulated)", "Plating and stripping"
        halves = 2 * demo_cells.PLATED_CYCLES[number]
        hours = model.short_h or halves * demo_cells.PLATING_H
        if model.short_h:
            halves = int(model.short_h / demo_cells.PLATING_H)
            yield Truth(cell, label, "hours_to_short_circuit_h", model.short_h)
            yield _depth(cell, model)
        overpotential = model.mean_overpotential_v(ampere, demo_cells.PLATING_H, halves, LAST_PART)
        yield Truth(cell, label, "overpotential_v", overpotential)
        yield Truth(cell, label, "polarisation_growth_mv_h", model.growth_mv_h(ampere))
        yield Truth(cell, label, "short_circuit_count", float(model.short_h is not None))
        yield Truth(cell, label, "charge_passed_mah_cm2", demo_cells.PLATING_MA_CM2 * hours, coarse=True)
        yield Truth(cell, label, "cycled_time_h", hours, coarse=True)
    critical = "Li/LPSCl/Li, rising current (simulated)"
    for slug in ("critical_current_density_ma_cm2", "current_density_without_short_ma_cm2"):
        yield Truth(critical, "Plating and stripping", slug, demo_cells.CRITICAL_MA_CM2)
    yield _depth(critical, demo_cells.CRITICAL_CELL)
    hours = demo_cells.CRITICAL_CELL.short_h or math.nan
    yield Truth(critical, "Plating and stripping", "hours_to_short_circuit_h", hours)


def _depth(cell: str, model: SymmetricCell) -> Truth:
    """Return the share of the resistance, that of half a half-cycle before, which the short circuit takes."""
    before = model.resistance_ohm + model.growth_ohm_h * ((model.short_h or math.nan) - demo_cells.PLATING_H / 2)
    depth = 100 * (1 - model.short_ohm / before)
    return Truth(cell, "Plating and stripping", "short_circuit_depth_percent", depth, "short:1")


@dataclass(frozen=True)
class Cycled:
    """A full cell and its test, whose values are those of the cycle `first`."""

    cell: str
    label: str
    model: FullCell
    test: CyclingTest
    current_a: Sequence[float]
    first: int
    active_mg: float
    area_cm2: float

    @property
    def ampere(self) -> float:
        """The current of the cycle whose values count [A]."""
        return self.current_a[self.first - 1]

    @property
    def last(self) -> int:
        """The last cycle."""
        return len(self.current_a)

    def truth(self, quantity: str, number: float, place: str = "", *, coarse: bool = False) -> Truth:
        """A number of this test."""
        return Truth(self.cell, self.label, quantity, float(number), place, coarse)


def _cycled_cells() -> Iterator[Cycled]:
    formation = demo_cells.FORMATION_CYCLES + 1
    active_mg = 0.8 * 12.9 * demo_cells.DIE_CM2
    for (kind, number), model in demo_cells.FULL_CELLS.items():
        cell, test = f"{kind} cell {number} (simulated)", full_cell_test(kind, number)
        yield Cycled(cell, "Cycling", model, test, cycling_currents_a(), formation, active_mg, demo_cells.DIE_CM2)
    for kind, (model, _) in demo_cells.PRESSED.items():
        current = [demo_cells.PRESSED_A] * demo_cells.PRESSED_CYCLES
        cell, label = f"{kind} cell with LTO (simulated)", "Cycling with pressure log"
        yield Cycled(cell, label, model, pressed_test(kind), current, 1, active_mg, demo_cells.DIE_CM2)
    current = [demo_cells.POUCH_A] * demo_cells.POUCH_CYCLES
    pouch = demo_cells.POUCH
    yield Cycled("Pouch cell (simulated)", "Five cycles", pouch, pouch_test(), current, 1, 0.8 * 11.2 * 9, 9.0)


def _of_cycling(of: Cycled) -> Iterator[Truth]:
    model, first, last, ampere = of.model, of.first, of.last, of.ampere
    capacity, mean_v = float(of.test.discharge_mah[first - 1]), model.mean_discharge_v(first, ampere)
    drop = ampere * float(model.resistance_at(first))
    yield of.truth("discharge_capacity_mah", capacity)
    yield of.truth("capacity_retention_percent", 100 * of.test.discharge_mah[last - 1] / capacity)
    exact = model.discharge_mah(np.arange(1, last + 1), ampere)
    fade = 100 * (1 - exact[last - 1] / exact[first - 1]) / (last - first)
    yield of.truth("capacity_fade_percent_per_cycle", fade)
    yield of.truth("coulombic_efficiency_percent", 100 * model.coulombic_efficiency)
    yield of.truth("first_cycle_efficiency_percent", 100 * model.first_efficiency)
    yield of.truth("mean_discharge_voltage_v", mean_v)
    yield of.truth("mean_charge_voltage_v", mean_v + 2 * drop)
    yield of.truth("discharge_energy_mwh", capacity * mean_v)
    yield of.truth("specific_capacity_mah_g", 1e3 * capacity / of.active_mg)
    yield of.truth("areal_capacity_mah_cm2", capacity / of.area_cm2)
    for share in (90, 80):
        below = np.flatnonzero(exact[first - 1 :] < share / 100 * exact[first - 1])
        if below.size:
            yield of.truth(f"cycles_to_{share}_percent", first + below[0])
    efficiency = np.where(np.arange(last) == 0, model.first_efficiency, model.coulombic_efficiency)
    throughput = float((of.test.discharge_mah * (1 + 1 / efficiency)).sum())
    yield of.truth("capacity_throughput_mah", throughput)
    for cycle in range(1, last + 1):
        current = of.current_a[cycle - 1]
        yield of.truth("ohmic_drop_resistance_ohm", model.resistance_at(cycle), f"cycle:{cycle}")
        hysteresis = 2 * current * float(model.resistance_at(cycle))
        yield of.truth("voltage_hysteresis_v", hysteresis, f"cycle:{cycle}")
    yield from _of_peaks(of, drop)


def _of_peaks(of: Cycled, drop_v: float) -> Iterator[Truth]:
    """Yield position, drift, area and width of the peaks of dQ/dV, those of the model shifted by the ohmic drop."""
    model = of.model
    drift = 1e3 * of.ampere * model.resistance_ohm * model.resistance_growth_per_cycle
    step = 2e-4
    open_v = np.arange(model.lower_v + drop_v, model.upper_v - drop_v, step)
    scale = float(of.test.discharge_mah[of.first - 1] / model.discharge_mah(of.first, of.ampere))
    slope = scale * float(model.capacity_at(of.first)) * np.gradient(model.filling(open_v), open_v)
    tops = np.array([int(np.argmin(np.abs(open_v - volt))) for volt in model.peak_voltages_v()])
    peaks = measure(DifferentialCapacity(open_v, slope[np.newaxis], STEPS_A_WIDTH * step), 0, tops)
    for peak, voltage in enumerate(model.peak_voltages_v()):
        for way, sign in (("charge", 1), ("discharge", -1)):
            place = f"peak:{peak + 1}"
            yield of.truth(f"{way}_peak_voltage_v", voltage + sign * drop_v, place)
            yield of.truth(f"{way}_peak_drift_mv_per_cycle", sign * drift, place)
            yield of.truth(f"{way}_peak_area_mah", peaks.area_mah[peak], place)
            yield of.truth(f"{way}_peak_width_v", peaks.width_v[peak], place)


def _of_rates() -> Iterator[Truth]:
    """Yield the capacity at each current of the rate test, and the recovery."""
    cell, label = "Coated cell, rate test (simulated)", "Rate test"
    capacities = rate_test().discharge_mah.reshape(len(demo_cells.RATES_A), demo_cells.CYCLES_PER_RATE)
    medians = np.median(capacities, axis=1)
    for step, (ampere, capacity) in enumerate(zip(demo_cells.RATES_A, medians.tolist(), strict=True), start=1):
        yield Truth(cell, label, "discharge_capacity_mah", capacity, f"step:{step}", coarse=True)
        yield Truth(cell, label, "discharge_current_ma", 1e3 * ampere, f"step:{step}")
    recovery = 100 * float(medians[-1] / medians[0])
    yield Truth(cell, label, "capacity_recovery_percent", recovery, coarse=True)


def _of_pressures() -> Iterator[Truth]:
    """Yield the exponents of the composite and of the cell at several stack pressures, with their numbers at each."""
    composite, cell = "NCM with 2 wt% VGCF under pressure (simulated)", "Bare cell under pressure (simulated)"
    exponent = demo_cells.ELECTRONIC_PRESSURE_EXPONENT
    yield Truth(composite, "", "electronic_conductivity_pressure_exponent", exponent)
    yield Truth(composite, "", "resistance_pressure_exponent", -exponent)
    yield Truth(cell, "", "specific_capacity_pressure_exponent", demo_cells.CAPACITY_PRESSURE_EXPONENT)
    for mpa, model in demo_cells.PRESSED_COMPOSITES.items():
        yield Truth(composite, f"{mpa} MPa", "resistance_ohm", model.resistance_ohm)
    for mpa in demo_cells.CELLS_AT_PRESSURES:
        capacity = float(cycles_at_pressure(mpa).discharge_mah[0])
        yield Truth(cell, f"{mpa} MPa", "discharge_capacity_mah", capacity)


def _of_pressed_cell(kind: str) -> Iterator[Truth]:
    """Yield the means over the cycles, which are alike but for a slow fade, of other changes of the pressure."""
    model, pressed = demo_cells.PRESSED[kind]
    test = pressed_test(kind)
    cell, label = f"{kind} cell with LTO (simulated)", "Cycling with pressure log"
    low, high = np.min(test.filling), np.max(test.filling)
    breathed = float(pressed.breathed_mpa(high) - pressed.breathed_mpa(low))
    hours = float(np.mean(test.discharge_mah[1:])) * 1e-3 / demo_cells.PRESSED_A
    settled = pressed.settling_mpa_h * hours
    yield Truth(cell, label, "irreversible_pressure_change_mpa", -settled * (1 + 1 / model.coulombic_efficiency))
    yield Truth(cell, label, "charge_pressure_change_mpa", breathed - settled / model.coulombic_efficiency)
    yield Truth(cell, label, "discharge_pressure_change_mpa", -breathed - settled)
    per_charge = breathed / (1e3 * hours * demo_cells.PRESSED_A)
    yield Truth(cell, label, "pressure_change_per_charge_mpa_mah", per_charge)
    yield Truth(cell, label, "pressure_change_per_areal_charge_mpa_cm2_mah", per_charge * demo_cells.DIE_CM2)


def _of_pressure(kind: str) -> Iterator[Truth]:
    """Yield the shift of the log and the changes of the pressure; the log begins within the first cycle."""
    cell, label = f"{kind} cell with LTO (simulated)", "Cycling with pressure log"
    frame, test = demo_cells.PRESSED[kind][1], pressed_test(kind)
    yield Truth(cell, label, "clock_shift_s", demo_cells.CLOCK_SHIFT_S)
    reversible = []
    for cycle in range(2, demo_cells.PRESSED_CYCLES + 1):
        ends = [np.flatnonzero((test.cycle == cycle) & (sign * test.current_a > 0))[[0, -1]] for sign in (1, -1)]
        up, down = (float(np.diff(frame.breathed_mpa(test.filling[rows]))[0]) for rows in ends)
        reversible.append((up - down) / 2)
        first, last = ends[0][0], ends[1][1]
        settled = frame.settling_mpa_h * float(test.time_s[last] - test.time_s[first]) / 3600
        if cycle in (2, 7, demo_cells.PRESSED_CYCLES):
            place = f"cycle:{cycle}"
            yield Truth(cell, label, "pressure_change_mpa", reversible[-1], place)
            yield Truth(cell, label, "irreversible_pressure_change_mpa", up + down - settled, place)
    mean = float(np.mean(reversible))
    yield Truth(cell, label, "pressure_change_mpa", mean)
    yield Truth(cell, label, "positive_electrode_pressure_change_mpa", mean)


def _of_energy_density() -> Iterator[Truth]:
    """Yield Wh/kg of the pouch cell: of the electrodes, and with the separator."""
    capacity = float(pouch_test().discharge_mah[0])
    energy_mwh = capacity * demo_cells.POUCH.mean_discharge_v(1, demo_cells.POUCH_A)
    cathode_mg, separator_mg, anode_mg = 11.2 * 9, 8.3 * 10.24, 14.3 * 10.24
    for ending, mass_mg in (
        ("electrodes_", cathode_mg + anode_mg),
        ("electrodes_separator_", cathode_mg + anode_mg + separator_mg),
    ):
        slug = f"gravimetric_energy_density_{ending}wh_kg"
        yield Truth("Pouch cell (simulated)", "Five cycles", slug, 1e3 * energy_mwh / mass_mg)


def _of_spectra(kind: str) -> Iterator[Truth]:
    model, cell = demo_cells.SPECTRA[kind], f"{kind} cell 1 (simulated)"
    for cycle, volt in demo_cells.SPECTRUM_CONDITIONS:
        label = f"After {cycle} cycles, {volt} V"
        for number, interface in enumerate(model.interfaces, start=1):
            arc = interface.at(cycle, volt)
            yield Truth(cell, label, "process_resistance_ohm", arc.resistance_ohm, f"peak:{number}")
            yield Truth(cell, label, "relaxation_time_s", arc.time_constant_s, f"peak:{number}")
            capacitance = _interface_capacitance_f(arc, model.ohmic_resistance_ohm)
            yield Truth(cell, label, "interface_capacitance_f", capacitance, f"peak:{number}")
            at_top = arc.time_constant_s / arc.resistance_ohm
            yield Truth(cell, label, "process_capacitance_f", at_top, f"peak:{number}")
            yield Truth(cell, label, "arc_resistance_ohm", arc.resistance_ohm, f"arc:{number}")
            yield Truth(cell, label, "arc_capacitance_f", at_top, f"arc:{number}")
            peak = 1 / (2 * math.pi * arc.time_constant_s)
            yield Truth(cell, label, "arc_peak_frequency_hz", peak, f"arc:{number}")
        yield Truth(cell, label, "series_resistance_ohm", model.ohmic_resistance_ohm)
        arcs = [interface.at(cycle, volt).resistance_ohm for interface in model.interfaces]
        yield Truth(cell, label, "polarisation_resistance_ohm", sum(arcs))
    before, after = demo_cells.SPECTRUM_CYCLES[0], demo_cells.SPECTRUM_CYCLES[-1]
    for number, interface in enumerate(model.interfaces, start=1):
        first, last = interface.at(before), interface.at(after)
        ratio = last.resistance_ohm / first.resistance_ohm
        yield Truth(cell, "", "process_resistance_ratio", ratio, f"process:{number}", series="cycle_number")
        contact = [_interface_capacitance_f(arc, model.ohmic_resistance_ohm) for arc in (first, last)]
        area = contact[1] / contact[0]
        yield Truth(cell, "", "relative_contact_area", area, f"process:{number}", series="cycle_number")
        first, last = (
            interface.at(before, volt) for volt in (demo_cells.SPECTRUM_VOLTS[0], demo_cells.SPECTRUM_VOLTS[-1])
        )
        ratio = last.resistance_ohm / first.resistance_ohm
        yield Truth(cell, "", "process_resistance_ratio", ratio, f"process:{number}", series="voltage_v")


def _interface_capacitance_f(arc: Arc, series_ohm: float) -> float:
    """Return the capacitance of a distributed interface next to a series resistance (Brug et al. 1984)."""
    size = arc.time_constant_s**arc.exponent / arc.resistance_ohm
    conductance = 1 / series_ohm + 1 / arc.resistance_ohm
    return float((size * conductance ** (arc.exponent - 1)) ** (1 / arc.exponent))
