"""Per-cycle numbers of 10,000 tests compared with the bare query and its JSON.

The reference is the least code that answers the same question: one hand-written query of the visible tests, the
conversion of its packed numbers, and orjson.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import django
import numpy as np

from benchmarks.report import Bounded, Section

TESTS = 10_000
CYCLES = 500
QUANTITIES = (
    "discharge_capacity_mah",
    "charge_capacity_mah",
    "specific_capacity_mah_g",
    "areal_capacity_mah_cm2",
    "coulombic_efficiency_percent",
    "energy_efficiency_percent",
    "discharge_energy_mwh",
    "charge_energy_mwh",
    "mean_discharge_voltage_v",
    "mean_charge_voltage_v",
    "cycle_duration_h",
    "capacity_retention_percent",
)
CYCLE = 100
CHOSEN = 10
ROUNDS = 15
BATCH = 1000
SEED = 20250101
MAX_RATIO = 3.0
AT_A_CYCLE = """
    SELECT c.refcode, m.refcode, r.analysis, r.stale_since, substr(k.data, 8 * (%s - k.first_cycle) + 1, 8)
    FROM registry_cyclecolumn k JOIN registry_analysisrun r ON r.id = k.run_id
    JOIN registry_cell c ON c.id = r.cell_id JOIN registry_measurement m ON m.id = r.measurement_id
    JOIN registry_project p ON p.id = c.project_id
    WHERE k.quantity = %s AND k.first_cycle <= %s AND k.last_cycle >= %s AND r.is_latest AND p.visibility = 'public'
    ORDER BY c.id, m.id
"""
WHOLE = """
    SELECT k.first_cycle, k.data FROM registry_cyclecolumn k JOIN registry_analysisrun r ON r.id = k.run_id
    JOIN registry_cell c ON c.id = r.cell_id JOIN registry_project p ON p.id = c.project_id
    WHERE k.quantity = %s AND r.is_latest AND p.visibility = 'public'
"""


def fill() -> None:
    """Insert a project with a cycling test of each of 10,000 cells, and the columns of its latest run."""
    from benchmarks.data import WHEN, insert
    from registry.models import AnalysisRun, Cell, CycleColumn, Measurement, Project

    project = insert(Project, [Project(slug="bench", name="Benchmark", visibility="public")])[0]
    names = {f"C-{item:05d}": f"Cell {item}" for item in range(TESTS)}
    cells = insert(Cell, [Cell(project=project, refcode=key, label=names[key], format="die") for key in names])
    measurements = insert(
        Measurement,
        [Measurement(cell=cell, refcode=f"M-{item:05d}", technique="cycling") for item, cell in enumerate(cells)],
    )
    runs = insert(
        AnalysisRun,
        [
            AnalysisRun(
                cell_id=item.cell_id, measurement=item, analysis="cycling-summary", plugin="plugins.cycling_summary",
                version="1", inputs_hash="0" * 64, status="done", started_at=WHEN, finished_at=WHEN,
            )
            for item in measurements
        ],
    )  # fmt: skip
    generator = np.random.default_rng(SEED)
    for start in range(0, TESTS, BATCH):
        insert(CycleColumn, [_column(run, generator) for run in runs[start : start + BATCH]])
    _repeat_for_all_quantities()


def _column(run: Any, generator: np.random.Generator) -> Any:
    """Return a fading capacity, in the place of the first quantity."""
    from registry.models import CycleColumn

    numbers = 20 * (1 - np.cumsum(generator.uniform(0, 0.001, CYCLES)))
    return CycleColumn(run=run, quantity="", first_cycle=1, last_cycle=CYCLES, data=numbers.astype("<f8").tobytes())


def _repeat_for_all_quantities() -> None:
    """Copy each column for every quantity, the columns of a run side by side, as its analyses store them."""
    from django.db import connection

    names = " UNION ALL ".join(f"SELECT '{quantity}' AS name" for quantity in QUANTITIES)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_cyclecolumn (quantity, run_id, first_cycle, last_cycle, labels, data) "
            "SELECT q.name, k.run_id, k.first_cycle, k.last_cycle, k.labels, k.data "
            f"FROM registry_cyclecolumn k CROSS JOIN ({names}) q ORDER BY k.run_id"
        )
        cursor.execute("DELETE FROM registry_cyclecolumn WHERE quantity = ''")


def bare_at_a_cycle() -> bytes:
    import orjson
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(AT_A_CYCLE, [CYCLE, QUANTITIES[0], CYCLE, CYCLE])
        rows = cursor.fetchall()
    numbers = np.frombuffer(b"".join(row[-1] for row in rows), "<f8").tolist()
    return orjson.dumps([(*row[:-1], number) for row, number in zip(rows, numbers, strict=True)])


def bare_quartiles() -> np.ndarray:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(WHOLE, [QUANTITIES[0]])
        matrix = np.frombuffer(b"".join(row[1] for row in cursor.fetchall()), "<f8").reshape(-1, CYCLES)
    return np.quantile(matrix, (0.25, 0.5, 0.75), axis=0)


def measure() -> Section:
    """Fill a database and time each question and its reference in turn."""
    django.setup()
    from benchmarks.data import settle
    from benchmarks.session import database_name, getter, scratch_database

    with scratch_database():
        began = time.perf_counter()
        fill()
        filled = time.perf_counter() - began
        settle()
        at_a_cycle = getter(f"/api/cycles/?quantity={QUANTITIES[0]}&cycle={CYCLE}")
        above = getter(f"/api/cycles/?quantity={QUANTITIES[0]}&cycle={CYCLE}&value__gte=19")
        quartiles = getter(f"/api/cycles/quartiles/?quantity={QUANTITIES[0]}")
        _check_same(at_a_cycle(), quartiles())
        chosen = f"/api/cycles/?quantity={QUANTITIES[0]}"
        chosen += "".join(f"&measurement=M-{number:05d}" for number in range(CHOSEN))
        rows = [
            _row("Discharge capacity at cycle 100, API", at_a_cycle, bare_at_a_cycle),
            _row("The same, of at least 19 mAh", above, bare_at_a_cycle),
            _row(
                "Quartiles of each of 500 cycles, API",
                quartiles,
                bare_quartiles,
                name="the bare query and `numpy.quantile`",
                rounds=3,
            ),
            _row(
                f"All cycles of {CHOSEN} tests, API",
                getter(chosen),
                getter(f"{chosen}&cycle={CYCLE}"),
                name=f"cycle {CYCLE} of them, API",
                bound=None,
            ),
        ]
        name = database_name()
    return Section(f"Per-cycle numbers of all tests, {name}", TEXT.format(seconds=filled), rows)


TEXT = (
    "10,000 tests of 500 cycles with 12 quantities (5,000,000 rows of a per-cycle table), stored as packed columns. "
    "The bare query is one hand-written query of the packed numbers with their conversion and the JSON of its rows. "
    "Filling the database took {seconds:.0f} s."
)


def _row(task: str, cellar: Callable[[], Any], reference: Callable[[], Any], **fields: Any) -> Bounded:
    from benchmarks.session import fastest

    options: dict[str, Any] = {"name": "the bare query", "bound": MAX_RATIO, "rounds": ROUNDS} | fields
    seconds, bare = fastest(cellar, reference, options["rounds"])
    measured = f"{1e3 * seconds:.1f} ms against {1e3 * bare:.1f} ms"
    size = f"{TESTS:,} tests x {CYCLES} cycles"
    return Bounded(task, size, options["name"], seconds / bare, options["bound"], measured)


def _check_same(at_a_cycle: bytes, quartiles: bytes) -> None:
    import orjson

    if orjson.loads(at_a_cycle)["rows"] != orjson.loads(bare_at_a_cycle()):
        raise RuntimeError("not the same task: the numbers at the cycle differ from those of the reference")
    medians = [row[3] for row in orjson.loads(quartiles)["rows"]]
    np.testing.assert_allclose(medians, bare_quartiles()[1], rtol=1e-12)


if __name__ == "__main__":
    sys.stdout.write(measure().text_block())
