"""Generate ten thousand cells like those in the literature, identical in every run."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.db import connection, models

from registry.models import (
    AnalysisRun,
    Cell,
    Condition,
    Formulation,
    Ingredient,
    Layer,
    Material,
    Measurement,
    Project,
    Publication,
    RefcodeCounter,
    Value,
)
from registry.models.number import number_columns
from registry.numbers import catalogue
from registry.numbers.parsing import parse
from registry.services.files.dataset import add_file

SEED = 20250101
CELLS = 10_000
SECOND_MEASUREMENT_EVERY = 2
MEASURED_CELLS = 60
CYCLES = 200
WHEN = datetime(2025, 1, 1, tzinfo=UTC)
ANODES = ("Li", "Li-In", "Si", "Graphite")
ELECTROLYTES = ("Li6PS5Cl", "Li3PS4", "Li10GeP2S12")
HUMIDITY = "relative_humidity_percent"
"""A condition of benchmarks/plugin_directory/humidity.py."""
FADE = "capacity_fade_percent_per_cycle"


@dataclass
class Shelf:
    """What cells are made of."""

    project: Project
    anodes: list[Material] = field(default_factory=list)
    electrolytes: list[Material] = field(default_factory=list)
    cathodes: list[Formulation] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)


def insert(model: type[models.Model], rows: Sequence[Any]) -> list[Any]:
    """Insert rows without history."""
    return list(models.QuerySet(model).bulk_create(rows, batch_size=1000))


def fill() -> None:
    """Fill an empty registry."""
    chance = random.Random(SEED)
    shelf = _shelf()
    cells = _cells(shelf, chance)
    _layers(shelf, cells, chance)
    measurements = _measurements(cells, chance)
    _conditions(measurements, chance)
    _values(measurements, chance)
    _count_on()
    settle()


def settle() -> None:
    """Do what a database does by itself after many rows were inserted: collect its statistics and, on PostgreSQL, note
    the pages that an index alone can answer for."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def _shelf() -> Shelf:
    project = insert(Project, [Project(slug="bench", name="Benchmark", visibility="public")])[0]
    named = [Material(project=project, name=name, kind="metal_or_alloy") for name in ANODES]
    named += [Material(project=project, name=name, kind="solid_electrolyte") for name in ELECTROLYTES]
    active = Material(project=project, name="NCM90", kind="active_material", theoretical_capacity="275 mAh/g")
    *materials, active = insert(Material, [*named, active])
    shelf = Shelf(project, materials[: len(ANODES)], materials[len(ANODES) :])
    shelf.cathodes = insert(
        Formulation, [Formulation(project=project, name=f"NCM90 composite {number}") for number in range(20)]
    )
    ingredients = []
    for cathode in shelf.cathodes:
        for position, (material, role, fraction) in enumerate(
            [(active, "active", "80 wt%"), (shelf.electrolytes[0], "electrolyte", "20 wt%")], start=1
        ):
            ingredients.append(
                Ingredient(formulation=cathode, position=position, material=material, role=role, mass_fraction=fraction)
            )
    insert(Ingredient, ingredients)
    shelf.publications = insert(
        Publication,
        [
            Publication(project=project, key=f"paper{item}", authors="Curie, M.", title=f"Cells {item}", year=2024)
            for item in range(50)
        ],
    )
    return shelf


def _cells(shelf: Shelf, chance: random.Random) -> list[Cell]:
    cells = []
    for number in range(1, CELLS + 1):
        is_own = number % 5 > 0
        cells.append(
            Cell(
                project=shelf.project,
                refcode=f"C-{number:05d}",
                label=f"Cell {number}",
                format=chance.choice(("die", "pouch")),
                origin="own" if is_own else "literature",
                publication=None if is_own else chance.choice(shelf.publications),
                fabrication_pressure="360 MPa",
                configuration="NCM90/LPSCl/Li",
            )
        )
    return insert(Cell, cells)


def _layers(shelf: Shelf, cells: Sequence[Cell], chance: random.Random) -> None:
    layers = []
    for cell in cells:
        area = {"area": "9.00 cm²"}
        layers += [
            Layer(
                cell=cell, position=1, role="cathode", formulation=chance.choice(shelf.cathodes),
                mass_loading=f"{chance.uniform(5, 20):.1f} mg/cm²", **area,
            ),
            Layer(
                cell=cell, position=2, role="separator", material=chance.choice(shelf.electrolytes),
                mass_loading="8.3 mg/cm²", thickness=f"{chance.randint(30, 700)} µm", **area,
            ),
            Layer(
                cell=cell, position=3, role="anode", material=chance.choice(shelf.anodes),
                mass_loading="14.3 mg/cm²", **area,
            ),
        ]  # fmt: skip
    insert(Layer, layers)


def _measurements(cells: Sequence[Cell], chance: random.Random) -> list[Measurement]:
    measurements: list[Measurement] = []
    for index, cell in enumerate(cells):
        for _ in range(1 + (index % SECOND_MEASUREMENT_EVERY == 0)):
            measurements.append(
                Measurement(
                    cell=cell,
                    refcode=f"M-{len(measurements) + 1:05d}",
                    technique="cycling",
                )
            )
    return insert(Measurement, measurements)


def _conditions(measurements: Sequence[Measurement], chance: random.Random) -> None:
    """Create the usual conditions, and one of a plugin that as many measurements meet as the pressure."""
    conditions = []
    for measurement in measurements:
        pressure = chance.randint(1, 50)
        texts = {
            "stack_pressure_mpa": f"{pressure} MPa",
            "temperature_degc": chance.choice(("RT", "60 °C")),
            "c_rate": chance.choice(("0.2C", "1C", "C/3")),
            HUMIDITY: f"{pressure} %",
        }
        for slug, text in texts.items():
            number = number_columns(parse(text, catalogue.get(slug)))
            conditions.append(Condition(measurement=measurement, quantity=slug, **number))
    insert(Condition, conditions)


def _values(measurements: Sequence[Measurement], chance: random.Random) -> None:
    """Create reported values on every measurement and a computed fade on every second one."""
    runs = insert(AnalysisRun, [_run(item) for item in measurements[::2]])
    run_of = {run.measurement_id: run for run in runs}
    values = []
    for measurement in measurements:
        reported = {
            "cycle_count": f"{chance.randint(50, 3000)}",
            "specific_capacity_mah_g": f"{chance.uniform(80, 220):.0f} mAh g⁻¹",
            "capacity_retention_percent": f"{chance.uniform(50, 99):.1f} %",
            "mean_discharge_voltage_v": f"{chance.uniform(3, 3.8):.2f} V",
        }
        values += [_reported(measurement, slug, written) for slug, written in reported.items()]
        if run := run_of.get(measurement.pk):
            fade = chance.uniform(0.001, 0.2)
            values.append(
                Value(
                    cell_id=measurement.cell_id, measurement=measurement, quantity=FADE,
                    magnitude=fade, lower=fade * 0.99,
                    upper=fade * 1.01, origin="computed", run=run,
                )
            )  # fmt: skip
    insert(Value, values)


def _run(measurement: Measurement) -> AnalysisRun:
    return AnalysisRun(
        cell_id=measurement.cell_id, measurement=measurement, analysis="capacity-retention",
        plugin="plugins.capacity_retention", version="1", inputs_hash="0" * 64, status="done", started_at=WHEN,
        finished_at=WHEN,
    )  # fmt: skip


def _reported(measurement: Measurement, slug: str, text: str) -> Value:
    written = parse(text, catalogue.get(slug))
    return Value(
        cell_id=measurement.cell_id, measurement=measurement, quantity=slug, written=written.text,
        magnitude=written.magnitude, lower=written.lower, upper=written.upper, origin="reported",
    )  # fmt: skip


def _count_on() -> None:
    """Continue the refcodes after the last inserted one."""
    for prefix, model in (("C", Cell), ("M", Measurement)):
        RefcodeCounter.objects.update_or_create(prefix=prefix, defaults={"last": model.objects.count()})


def attach_cycles() -> list[tuple[int, str]]:
    """Attach a cycle table to one measurement of each of some cells; return (measurement, technique)."""
    chance = random.Random(SEED)
    first: dict[int, Measurement] = {}
    for measurement in Measurement.objects.select_related("cell__project").order_by("pk")[: 2 * MEASURED_CELLS]:
        first.setdefault(measurement.cell_id, measurement)
    chosen = list(first.values())[:MEASURED_CELLS]
    for measurement in chosen:
        add_file(measurement=measurement, file=BytesIO(_cycle_table(chance)), filename="cycles.csv", by=None)
    return [(measurement.pk, measurement.technique) for measurement in chosen]


def _cycle_table(chance: random.Random) -> bytes:
    capacity, lines = chance.uniform(15, 20), ["Cycle,Discharge capacity / mAh,Charge capacity / mAh"]
    for cycle in range(1, CYCLES + 1):
        capacity *= 1 - chance.uniform(0, 0.002)
        lines.append(f"{cycle},{capacity:.5f},{capacity * 1.001:.5f}")
    return "\n".join(lines).encode()
