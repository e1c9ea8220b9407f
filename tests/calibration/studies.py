"""Every study of docs/uncertainty.md, by subject."""

from tests.calibration import (
    arcs,
    cells,
    chosen_circuits,
    cycling,
    differential_capacity,
    impedance,
    pressure_series,
    relaxation_series,
    relaxation_times,
    short_circuits,
    stack_pressure,
    staircases,
    survival,
    symmetric_cells,
    temperature_series,
    voltage_curves,
)
from tests.calibration.study import Study

SUBJECTS: dict[str, tuple[Study, ...]] = {
    "Impedance spectra": impedance.STUDIES,
    "Arcs of impedance spectra": arcs.STUDIES,
    "Spectra of an unknown circuit": chosen_circuits.STUDIES,
    "Temperature series": temperature_series.STUDIES,
    "Voltage staircases": staircases.STUDIES,
    "Relaxation times": (*relaxation_times.STUDIES, *relaxation_series.STUDIES),
    "Cycling tests": cycling.STUDIES,
    "Charge-discharge curves": voltage_curves.STUDIES,
    "Peaks of dQ/dV": differential_capacity.STUDIES,
    "Symmetric cells": (*symmetric_cells.STUDIES, *short_circuits.STUDIES),
    "Stack pressure": (*stack_pressure.STUDIES, *pressure_series.STUDIES),
    "Several cells": (*cells.STUDIES, *survival.STUDIES),
}
STUDIES = tuple(study for studies in SUBJECTS.values() for study in studies)
