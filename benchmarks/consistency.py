"""The consistency of 10,000 records compared with reading them.

The reference reads everything that an analysis may read of a measurement: cell, layers, conditions, reported values.
"""

import sys
import time
from collections.abc import Iterator
from typing import Any

import django
import numpy as np

from benchmarks.report import Bounded, Section

RECORDS = 10_000
BATCH = 500
ROUNDS = 3
SEED = 20250102
MOST_TIMES = 5.0
REPORTED = (
    "specific_capacity_mah_g",
    "discharge_capacity_mah",
    "areal_capacity_mah_cm2",
    "mean_discharge_voltage_v",
    "discharge_energy_mwh",
    "capacity_retention_percent",
    "coulombic_efficiency_percent",
)
CONDITIONS = ("c_rate", "current_density_ma_cm2", "voltage_lower_v", "voltage_upper_v")
REPORTED_SHARE = 0.8


def fill() -> None:
    """Insert 10,000 cells with one cathode and one cycling test each, whose numbers are consistent and rounded."""
    from benchmarks.data import insert
    from registry.models import Cell, Condition, Formulation, Ingredient, Layer, Material, Measurement, Project, Value
    from registry.testing.synthetic.records import true_values

    generator = np.random.default_rng(SEED)
    truths = [true_values(generator) for _ in range(RECORDS)]
    project = insert(Project, [Project(slug="bench", name="Benchmark", visibility="public")])[0]
    materials = insert(
        Material,
        [
            Material(
                project=project,
                name=f"NCM {number}",
                kind="active_material",
                theoretical_capacity=f"{truth['theoretical_capacity_mah_g']:.1f} mAh/g",
            )
            for number, truth in enumerate(truths)
        ],
    )
    mixtures = insert(Formulation, [Formulation(project=project, name=f"Mix {number}") for number in range(RECORDS)])
    insert(
        Ingredient,
        [
            Ingredient(
                formulation=mixture,
                position=1,
                material=material,
                role="active",
                mass_fraction=f"{truth['active_fraction_percent']:.2f} wt%",
            )
            for mixture, material, truth in zip(mixtures, materials, truths, strict=True)
        ],
    )
    cells = insert(
        Cell,
        [
            Cell(project=project, refcode=f"C-{number:05d}", label=f"Cell {number}", format="pouch")
            for number in range(RECORDS)
        ],
    )
    insert(
        Layer,
        [
            Layer(
                cell=cell,
                position=1,
                role="cathode",
                formulation=mixture,
                mass_loading=f"{truth['mass_loading_mg_cm2']:.3f} mg/cm²",
                area=f"{truth['area_cm2']:.4f} cm²",
            )
            for cell, mixture, truth in zip(cells, mixtures, truths, strict=True)
        ],
    )
    measurements = insert(
        Measurement,
        [Measurement(cell=cell, refcode=f"M-{number:05d}", technique="cycling") for number, cell in enumerate(cells)],
    )
    conditions = [
        Condition(measurement=measurement, quantity=slug, **_columns(truth[slug], 3))
        for measurement, truth in zip(measurements, truths, strict=True)
        for slug in CONDITIONS
    ]
    insert(Condition, conditions)
    values = [
        Value(
            cell=measurement.cell, measurement=measurement, quantity=slug, origin="reported", **_columns(truth[slug], 4)
        )
        for measurement, truth in zip(measurements, truths, strict=True)
        for slug in REPORTED
        if generator.random() < REPORTED_SHARE
    ]
    insert(Value, values)


def _columns(value: float, digits: int) -> dict[str, Any]:
    """Return the columns of a number rounded to so many digits."""
    from registry.testing.synthetic.records import rounded

    number = rounded(value, digits, "")
    ends = {"magnitude": number.magnitude, "lower": number.lower, "upper": number.upper}
    return {"written": f"{number.magnitude:g}", **ends}


def read() -> Iterator[Any]:
    """Yield what an analysis may read of each record, in batches as a run reads them."""
    from registry.models import Measurement
    from registry.selectors.analysis_inputs.facts import measurement_facts, measurements_with_inputs

    pks = list(Measurement.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), BATCH):
        for measurement in measurements_with_inputs(pks[start : start + BATCH]):
            yield measurement_facts(measurement)


def measure() -> Section:
    """Time reading all records, and comparing the numbers of each."""
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    fill()
    from plugins.consistency import COMPUTED, run
    from registry.hookspecs import Inputs

    reading, comparing, warnings = [], [], 0
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        facts = list(read())
        reading.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        outcomes = [run(Inputs(item, depends_on=COMPUTED)) for item in facts]
        comparing.append(time.perf_counter() - begun)
        warnings = sum(message.level == "warning" for outcome in outcomes for message in outcome.messages)
    if warnings:
        raise AssertionError(f"{warnings} conflicts in consistent records")
    read_seconds, compare_seconds = sorted(reading)[ROUNDS // 2], sorted(comparing)[ROUNDS // 2]
    row = Bounded(
        "Consistency of every record",
        f"{RECORDS:,} records",
        "reading them",
        compare_seconds / read_seconds,
        MOST_TIMES,
        f"{compare_seconds:.1f} s against {read_seconds:.1f} s",
    )
    text = (
        "All relations and limits among conditions, layers and reported numbers of a cycling test of each cell, "
        "compared with reading these from the database. The numbers are consistent and rounded, and no conflict is "
        "reported."
    )
    return Section("Consistency of numbers", text, [row])


if __name__ == "__main__":
    sys.stdout.write(measure().text_block())
