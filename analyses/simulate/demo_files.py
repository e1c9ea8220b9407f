"""The instrument files of the demo lab, by name."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

import numpy as np

from analyses.simulate import demo_cells
from analyses.simulate.composite_conduction import Composite, step_test
from analyses.simulate.files.btlab_steps import StepRows, btlab_steps
from analyses.simulate.files.eclab_impedance import eclab_impedance
from analyses.simulate.files.gamry_impedance import gamry_impedance
from analyses.simulate.files.neware_csv import CyclerRows, neware_csv
from analyses.simulate.files.pressure_csv import pressure_csv
from analyses.simulate.files.tiff import tiff
from analyses.simulate.files.xrdml import xrdml
from analyses.simulate.full_cell import CyclingTest, cycling_test
from analyses.simulate.full_cell_spectrum import full_cell_spectrum
from analyses.simulate.pellet_spectrum import pellet_spectrum
from analyses.simulate.porous_picture import porous_picture
from analyses.simulate.powder_pattern import powder_pattern
from analyses.simulate.pressed_cell import pressure_log
from analyses.simulate.symmetric_cell import SymmetricCell, symmetric_test

Content = Callable[[], bytes]

STARTED = datetime(2025, 3, 3, 9, 0, 0)
LITHIUM_G = 0.01
CATHODE_G = 0.0081
POUCH_G = 0.0806


def file_content(name: str) -> bytes:
    """Return the content of the file of this name; the same bytes each time.

    Raises
    ------
    KeyError
        If there is no such file.
    """
    return FILES[name]()


def _pellet(name: str, temperature_degc: int, stack_pressure_mpa: int, seed: int, file: str) -> bytes:
    spectrum = pellet_spectrum(demo_cells.PELLETS[name], temperature_degc, stack_pressure_mpa, seed=seed)
    return eclab_impedance(spectrum.frequency_hertz, spectrum.impedance_ohm, name=file.replace(".txt", ".mpr"))


def _composite(composite: Composite, seed: int, file: str) -> bytes:
    test = step_test(composite, demo_cells.STEP_VOLTS, demo_cells.STEP_S, seed=seed)
    rows = StepRows(test.time_s, test.voltage_v, test.current_a, test.step)
    return btlab_steps(rows, demo_cells.STEP_VOLTS, demo_cells.STEP_S, name=file.replace(".txt", ".mpr"))


def _symmetric(cell: SymmetricCell, densities: list[float], seed: int) -> bytes:
    test = symmetric_test(cell, densities, demo_cells.PLATING_H, seed=seed)
    rows = CyclerRows(
        time_s=test.time_s,
        voltage_v=test.voltage_v,
        current_a=test.current_a,
        charge_ah=np.abs(test.current_a) * test.in_half_s / 3600,
        cycle=test.half // 2 + 1,
        step=test.half % 2 + 1,
    )
    return neware_csv(rows, started=STARTED, active_mass_g=LITHIUM_G)


def full_cell_test(kind: str, number: int) -> CyclingTest:
    """Return the test of a bare or coated cell."""
    index = list(demo_cells.FULL_CELLS).index((kind, number))
    return cycling_test(demo_cells.FULL_CELLS[kind, number], cycling_currents_a(), seed=300 + index)


def _full_cell(kind: str, number: int) -> bytes:
    return _cycled(full_cell_test(kind, number), CATHODE_G)


def pouch_test() -> CyclingTest:
    """Return the test of the pouch cell."""
    return cycling_test(demo_cells.POUCH, [demo_cells.POUCH_A] * demo_cells.POUCH_CYCLES, seed=500)


def rate_test() -> CyclingTest:
    """Return the rate test."""
    current = [ampere for ampere in demo_cells.RATES_A for _ in range(demo_cells.CYCLES_PER_RATE)]
    return cycling_test(demo_cells.RATE_CELL, current, seed=510)


def cycles_at_pressure(mpa: int) -> CyclingTest:
    """Return the test of the cell at a stack pressure [MPa]."""
    current = [demo_cells.PRESSED_A] * demo_cells.CYCLES_PER_PRESSURE
    return cycling_test(demo_cells.CELLS_AT_PRESSURES[mpa], current, seed=520 + mpa)


def _at_pressure(mpa: int) -> bytes:
    return _cycled(cycles_at_pressure(mpa), CATHODE_G)


def _cycled(test: CyclingTest, mass_g: float) -> bytes:
    return neware_csv(_cycler_rows(test), started=STARTED, active_mass_g=mass_g)


def _cycler_rows(test: CyclingTest) -> CyclerRows:
    step = test.is_discharge.astype(int) + 1
    return CyclerRows(test.time_s, test.voltage_v, test.current_a, test.charge_ah, test.cycle, step)


def pressed_test(kind: str) -> CyclingTest:
    """Return the test of a cell with a pressure log."""
    current = [demo_cells.PRESSED_A] * demo_cells.PRESSED_CYCLES
    return cycling_test(demo_cells.PRESSED[kind][0], current, seed=600 if kind == demo_cells.BARE else 601)


def _pressed(kind: str) -> bytes:
    return _cycled(pressed_test(kind), CATHODE_G)


def _pressure(kind: str) -> bytes:
    test = pressed_test(kind)
    seed = 610 if kind == demo_cells.BARE else 611
    time, pressure = pressure_log(demo_cells.PRESSED[kind][1], test, test.filling, seed=seed)
    after = time >= demo_cells.CLOCK_SHIFT_S
    return pressure_csv(time[after] - demo_cells.CLOCK_SHIFT_S, pressure[after])


def _pattern(name: str, seed: int) -> bytes:
    return xrdml(*powder_pattern(demo_cells.POWDERS[name], seed=seed), sample=f"{name} (simulated)")


def _picture(kind: str, seed: int) -> bytes:
    section = demo_cells.SECTIONS[kind]
    return tiff(porous_picture(section, seed=seed), section.pixel_um)


def _full_cell_spectrum(kind: str, cycle: int, dc_v: float, seed: int) -> bytes:
    frequency, impedance = full_cell_spectrum(demo_cells.SPECTRA[kind], cycle, dc_v, seed=seed)
    return gamry_impedance(frequency, impedance, dc_v=dc_v)


def _pellet_files() -> dict[str, Content]:
    conditions = [
        *((degc, 10) for degc in demo_cells.TEMPERATURES_DEGC),
        *((25, mpa) for mpa in demo_cells.PRESSURES_MPA if mpa != 10),
    ]
    files: dict[str, Content] = {}
    for first_seed, pellet in ((1000, "L-LPSCl"), (2000, "S-LPSCl")):
        for seed, (degc, mpa) in enumerate(conditions, start=first_seed):
            name = f"{pellet}_{degc}degC_{mpa}MPa_simulated.txt"
            files[name] = partial(_pellet, pellet, degc, mpa, seed, name)
    return files


def _composite_files() -> dict[str, Content]:
    composites = {f"NCM_{weight}wt-VGCF": composite for weight, composite in demo_cells.COMPOSITES.items()}
    composites["NCM_2wt-VGCF_ions"] = demo_cells.IONS_ONLY
    composites |= {f"NCM_2wt-VGCF_{mpa}MPa": composite for mpa, composite in demo_cells.PRESSED_COMPOSITES.items()}
    return {
        f"{name}_simulated.txt": partial(_composite, composite, 100 + number, f"{name}_simulated.txt")
        for number, (name, composite) in enumerate(composites.items())
    }


def _symmetric_files() -> dict[str, Content]:
    files: dict[str, Content] = {
        f"Li-Li_{number}_simulated.csv": partial(
            _symmetric, cell, [demo_cells.PLATING_MA_CM2] * (2 * demo_cells.PLATED_CYCLES[number]), 200 + number
        )
        for number, cell in demo_cells.SYMMETRIC_CELLS.items()
    }
    stepped = [density for density in demo_cells.CRITICAL_DENSITIES_MA_CM2 for _ in range(2)]
    files["Li-Li_stepped_simulated.csv"] = partial(_symmetric, demo_cells.CRITICAL_CELL, stepped, 210)
    return files


def cycling_currents_a() -> list[float]:
    """Return the current of each cycle of the bare and coated cells [A]."""
    formation = demo_cells.FORMATION_CYCLES
    return [demo_cells.FORMATION_A] * formation + [demo_cells.CYCLING_A] * (demo_cells.CYCLES - formation)


def _full_cell_files() -> dict[str, Content]:
    files: dict[str, Content] = {}
    for kind, number in demo_cells.FULL_CELLS:
        files[f"{kind}_{number}_cycling_simulated.csv"] = partial(_full_cell, kind, number)
    for first_seed, kind in ((400, demo_cells.BARE), (410, demo_cells.COATED)):
        for seed, (cycle, volt) in enumerate(demo_cells.SPECTRUM_CONDITIONS, start=first_seed):
            name = f"{kind}_1_cycle{cycle}_{volt}V_simulated.DTA"
            files[name] = partial(_full_cell_spectrum, kind, cycle, volt, seed)
    for mpa in demo_cells.CELLS_AT_PRESSURES:
        files[f"Bare_{mpa}MPa_cycling_simulated.csv"] = partial(_at_pressure, mpa)
    files["Coated_rates_simulated.csv"] = lambda: _cycled(rate_test(), CATHODE_G)
    files["Pouch_simulated.csv"] = lambda: _cycled(pouch_test(), POUCH_G)
    return files


def _pressed_files() -> dict[str, Content]:
    files: dict[str, Content] = {}
    for kind in demo_cells.PRESSED:
        files[f"{kind}_LTO_cycling_simulated.csv"] = partial(_pressed, kind)
        files[f"{kind}_LTO_pressure_simulated.csv"] = partial(_pressure, kind)
    return files


def _structure_files() -> dict[str, Content]:
    patterns: dict[str, Content] = {
        f"{name}_powder_simulated.xrdml": partial(_pattern, name, 700 + number)
        for number, name in enumerate(demo_cells.POWDERS)
    }
    pictures = {
        f"{kind}_section_simulated.tif": partial(_picture, kind, 710 + number)
        for number, kind in enumerate(demo_cells.SECTIONS)
    }
    return {**patterns, **pictures}


FILES: Mapping[str, Content] = {
    **_pellet_files(),
    **_composite_files(),
    **_symmetric_files(),
    **_full_cell_files(),
    **_pressed_files(),
    **_structure_files(),
}
