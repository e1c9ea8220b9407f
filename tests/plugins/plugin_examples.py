"""Examples in place of those of the conformance kit: values that these do not have, and short series, which suffice."""

from collections.abc import Mapping, Sequence

import numpy as np

from registry.contract.group_member import MEASURED, Measured, member_value_key
from registry.contract.place import Place
from registry.hookspecs import Estimate, Fact
from registry.numbers import catalogue
from registry.testing import Example, example_group, example_inputs, example_series
from tests.pressure_logs import KnownPressure

CONDITIONS = (("current_density_ma_cm2", "0.5"), ("temperature_degc", "25"))
ANALYSIS = "symmetric-cell"


def symmetric_cells(hours: Sequence[float], has_ended: Sequence[bool]) -> Example:
    """Replicates with a symmetric-cell test each, of which some ended in a short circuit."""
    group = example_group("replicates", count=len(hours))
    facts = dict(group.facts)
    for number, (hour, ended) in enumerate(zip(hours, has_ended, strict=True), start=1):
        quantities = ("cycled_time_h", "hours_to_short_circuit_h")[: 1 + ended]
        cell, record = f"members.C-{number:05}", f"M-{number:05}"
        facts[f"{cell}.quantities"] = quantities
        for quantity in quantities:
            key = member_value_key(record, "computed", ANALYSIS, None)
            path = f"{cell}.values.{quantity}"
            facts[path] = (key,)
            facts[f"{path}.{key}"] = Estimate.exact(hour)
            measured = Measured(quantity, None, "symmetric_cycling", CONDITIONS, "computed", ANALYSIS)
            facts[f"{path}.{key}.{MEASURED}"] = measured.with_test_of(catalogue.get(quantity)).facts()
    known: dict[str, Fact] = facts
    return Example(known, {})


LTO = {"layers.3.name": "LTO composite", "layers.3.material_kind": None, "layers.3.active_material": "LTO Li4Ti5O12"}
N_PER_MPA = 78.54
"""On the area of the example cells."""


def pressure_tests() -> list[Example]:
    """A cell with an LTO electrode and a log of its own clock, and one with the force in the file of the test."""
    known = KnownPressure(cycles=4, points=40, settling_mpa=0.1, growth_mpa=0.005)
    log = known.log(interval_s=300.0, shift_s=-3600.0, noise_mpa=0.002)
    with_log = example_inputs("pressure", LTO, columns=known.columns).with_datasets("pressure_log", log)
    noise = 0.002 * np.random.default_rng(2).normal(size=known.time_s.size)
    force = {"stack_force_newton": N_PER_MPA * (known.pressure(known.time_s) + noise)}
    return [with_log, example_inputs("cycling", columns={**known.columns, **force})]


def processes_of(*cells: Sequence[tuple[float, float]], records: Sequence[int] = (1,)) -> Example:
    """A comparison of cells whose spectra have these processes, each a relaxation time [s] and a resistance [Ω] with a
    standard uncertainty of 2 %; the same in every record."""
    group = example_group("comparison", count=len(cells))
    facts = dict(group.facts)
    quantities = ("process_resistance_ohm", "relaxation_time_s")
    for number, processes in enumerate(cells, start=1):
        cell = f"members.C-{number:05}"
        facts[f"{cell}.quantities"] = quantities
        for column, quantity in enumerate(reversed(quantities)):
            keys = []
            for record in records:
                for peak, process in enumerate(processes, start=1):
                    at = Place("peak", peak)
                    keys.append(member_value_key(f"M-{number}{record:04}", "computed", "relaxation-times", at))
                    path = f"{cell}.values.{quantity}.{keys[-1]}"
                    magnitude = process[column]
                    facts[path] = Estimate.measured(magnitude, 0.02 * magnitude)
                    measured = Measured(quantity, at, "eis", (("cycle_number", "100"),), "computed", "relaxation-times")
                    facts[f"{path}.{MEASURED}"] = measured.facts()
            facts[f"{cell}.values.{quantity}"] = tuple(keys)
    return Example(facts, {})


SERIES = {
    "relaxation-times-by-temperature": "temperature_degc",
    "relaxation-times-by-pressure": "stack_pressure_mpa",
    "relaxation-times-by-cycle": "cycle_number",
    "relaxation-times-by-voltage": "voltage_v",
}
EXAMPLES: Mapping[str, Sequence[Example]] = {
    "stack-pressure": pressure_tests(),
    "time-to-short-circuit": [symmetric_cells([50.0, 80.0, 120.0, 200.0, 200.0], [True, True, True, True, False])],
    "processes-between-cells": [processes_of([(1e-5, 20.0), (1e-2, 100.0)], [(1.3e-2, 250.0), (1.1e-5, 22.0)])],
    **{name: [example_series(over=over, count=3)] for name, over in SERIES.items()},
}
"""By analysis."""
