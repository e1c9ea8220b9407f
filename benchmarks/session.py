"""Benchmarks on one database, run in a separate process."""

import cProfile
import gc
import io
import json
import os
import platform
import pstats
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ROUNDS = 25
RERUNS = 1
PROFILE_LINES = 14
COUNTED_JOBS = 200


def main(answer: str) -> None:
    django.setup()
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    with scratch_database():
        from benchmarks import data

        data.fill()
        # Objects of the setup are not traversed by garbage collection during the timing.
        gc.collect()
        gc.freeze()
        tasks = [compare_list(), compare_search(), compare_table(), *compare_conditions()]
        compared = [comparison for comparison, _ in tasks]
        slowest = max(tasks, key=lambda task: task[0].ratio)
        measured = {
            "database": database_name(),
            "machine": f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors.",
            "comparisons": [asdict(item) for item in [*compared, *compare_rerun(data.attach_cycles())]],
            "profile": [f"{slowest[0].task}:", *profile(slowest[1])],
        }
        Path(answer).write_text(json.dumps(measured))


@contextmanager
def scratch_database() -> Iterator[None]:
    """Use the SQLite file in the temporary directory, or a test database dropped afterwards."""
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor == "sqlite":
        call_command("migrate", verbosity=0)
        yield
        connection.close()
        return
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_{os.getpid()}_{name}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def database_name() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return f"SQLite {cursor.execute('SELECT sqlite_version()').fetchone()[0]}"
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"


def fastest(first: Callable[[], Any], second: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the shortest times of two tasks run in turn, after a warm-up round."""
    times: tuple[list[float], list[float]] = ([], [])
    for round_number in range(rounds + 1):
        for task, seconds in zip((first, second), times, strict=True):
            start = time.perf_counter()
            task()
            if round_number:
                seconds.append(time.perf_counter() - start)
    return min(times[0]), min(times[1])


def queries_of(task: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        task()
    return len(captured)


def profile(task: Callable[[], Any]) -> list[str]:
    """Return the functions with the largest internal time."""
    profiler, output = cProfile.Profile(), io.StringIO()
    profiler.runcall(lambda: [task() for _ in range(5)])
    pstats.Stats(profiler, stream=output).strip_dirs().sort_stats("tottime").print_stats(PROFILE_LINES)
    lines = output.getvalue().splitlines()
    start = next(number for number, line in enumerate(lines) if "ncalls" in line)
    return [line.rstrip() for line in lines[start : start + PROFILE_LINES + 1]]


def getter(path: str, user: "User | None" = None) -> Callable[[], bytes]:
    """Return a function that requests a path through all middleware, signed in as a user or anonymously."""
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    if user is not None:
        client.force_login(user)

    def get() -> bytes:
        response = client.get(path)
        if response.status_code != 200:
            raise RuntimeError(f"{path} answered {response.status_code}: {response.content[:500]!r}")
        return bytes(response.content)

    return get


def compare_list() -> "tuple[Any, Callable[[], Any]]":
    from benchmarks import by_hand
    from benchmarks.report import Comparison

    by_api = getter("/api/cells/?page_size=100")
    _, cells, layers, values = by_hand.list_cells()
    shown = json.loads(by_api())["results"]
    _agree("cells", len(shown), len(cells))
    _agree("layers", sum(len(cell["layers"]) for cell in shown), len(layers))
    _agree("values", sum(len(cell["values"]) for cell in shown), len(values))
    cellar, reference = fastest(by_api, by_hand.list_cells)
    size = f"100 of 10,000 cells, {len(layers)} layers, {len(values)} values"
    task = "List of cells with layers and values, API"
    return Comparison(task, "hand-written SQL", cellar, reference, queries_of(by_api), size), by_api


def compare_search() -> "tuple[Any, Callable[[], Any]]":
    from benchmarks import by_hand
    from benchmarks.report import Comparison

    query = "capacity_retention_percent__gte=80&stack_pressure_mpa__lte=10&anode=Li"
    by_api = getter(f"/api/cells/?{query}&page_size=100")
    count, cells, _, _, matching, _ = by_hand.search_cells()
    answer = json.loads(by_api())
    _agree("count", answer["count"], count)
    _agree("cells", [cell["refcode"] for cell in answer["results"]], [row[1] for row in cells])
    _agree("measurements", sum(len(cell["matches"]) for cell in answer["results"]), len(matching))
    cellar, reference = fastest(by_api, by_hand.search_cells)
    size = f"{len(cells)} shown of {count} matches in 10,000 cells"
    task = "Cells with lithium and 80 % retention below 10 MPa, API"
    return Comparison(task, "hand-written SQL", cellar, reference, queries_of(by_api), size), by_api


def compare_table() -> "tuple[Any, Callable[[], Any]]":
    from django.contrib.auth.models import AnonymousUser

    from benchmarks import by_hand
    from benchmarks.report import Comparison
    from registry.selectors.comparison.tables import format_table, get_table

    user = AnonymousUser()
    table = get_table("low-pressure-cells", user)
    filters = {"capacity_retention_percent__gte": ["80"], "stack_pressure_mpa__lte": ["10"], "anode": ["Li"]}
    filters["this_work"] = ["bench"]

    def by_table() -> Any:
        return format_table(table, user, filters)

    measurements = by_hand.table_rows()[0]
    _agree("rows", len(by_table().rows), len(measurements))
    cellar, reference = fastest(by_table, by_hand.table_rows)
    size = f"{len(measurements)} rows out of 15,000 measurements"
    task = "The same as the table low-pressure-cells"
    return Comparison(task, "hand-written SQL", cellar, reference, queries_of(by_table), size), by_table


def compare_conditions() -> "list[tuple[Any, Callable[[], Any]]]":
    """Return the same list by a built-in condition and by one of a plugin."""
    from benchmarks.data import HUMIDITY

    return [
        compare_condition("stack_pressure_mpa", "Measurements at a built-in condition, API"),
        compare_condition(HUMIDITY, "The same at a condition of a plugin"),
    ]


def compare_condition(slug: str, task: str) -> "tuple[Any, Callable[[], Any]]":
    from benchmarks import by_hand
    from benchmarks.report import Comparison

    def by_sql() -> Any:
        return by_hand.list_measurements(slug, 10)

    by_api = getter(f"/api/measurements/?{slug}__lte=10&page_size=100")
    count, measurements, conditions, values = by_sql()
    answer = json.loads(by_api())
    shown = answer["results"]
    _agree("count", answer["count"], count)
    _agree("measurements", [item["refcode"] for item in shown], [row[2] for row in measurements])
    _agree("conditions", sum(len(item["conditions"]) for item in shown), len(conditions))
    _agree("values", sum(len(item["values"]) for item in shown), len(values))
    cellar, reference = fastest(by_api, by_sql)
    size = f"{len(measurements)} shown of {count} matches in 15,000 measurements"
    return Comparison(task, "hand-written SQL", cellar, reference, queries_of(by_api), size), by_api


def compare_rerun(pairs: list[tuple[int, str]]) -> "list[Any]":

    from benchmarks.report import Comparison
    from registry.hookspecs import Inputs
    from registry.models import Measurement
    from registry.plugin_loading.parameters import parameters_with_defaults
    from registry.sandbox.columns import load_columns
    from registry.sandbox.executor import execute
    from registry.selectors.analysis_inputs.due import list_due_jobs
    from registry.selectors.analysis_inputs.targets import get_targets
    from registry.services.runs.analysis import analysis_batch, run_jobs

    chosen = [pk for pk, _ in pairs]
    jobs = list_due_jobs(Measurement.objects.filter(pk__in=chosen), everything=True)
    targets = get_targets(cells=Measurement.objects.filter(pk__in=chosen).values_list("cell", flat=True))
    columns = {key: load_columns(target.datasets[""]) for key, target in targets.items() if "" in target.datasets}

    def rerun() -> None:
        run_jobs(jobs, by=None)

    def rerun_some() -> None:
        run_jobs(jobs[:COUNTED_JOBS], by=None)

    def here() -> int:
        done = 0
        for job in jobs:
            facts, parameters = targets[job.target].facts, parameters_with_defaults(job.analysis)
            inputs = Inputs(facts, lambda job=job: columns[job.target], parameters)
            done += execute(job.analysis, inputs).status == "done"
        return done

    def in_sandbox() -> int:
        done = 0
        with analysis_batch() as batch:
            for job in jobs:
                subject = targets[job.target]
                result = batch.run(
                    job.analysis, subject.facts, parameters_with_defaults(job.analysis), subject.datasets
                )
                done += result.status == "done"
        return done

    done = here()
    _agree("runs done", in_sandbox(), done)
    cells = len(pairs)
    size = f"a cell, of {cells:,} with {len(jobs) / cells:.0f} analyses each, {done:,} done"
    queries = round(queries_of(rerun_some) / COUNTED_JOBS * len(jobs) / cells)
    compared = []
    for task, function, count in (
        ("Re-running all analyses, with provenance", rerun, queries),
        ("The same in sandbox processes, without storing", in_sandbox, 0),
    ):
        seconds, reference = fastest(function, here, RERUNS)
        reference_name = "only the functions of the plugins"
        compared.append(
            Comparison(task, reference_name, seconds / cells, reference / cells, count, size, bounded=False)
        )
    return compared


def _agree(what: str, cellar: object, reference: object) -> None:
    if cellar != reference:
        raise RuntimeError(f"not the same task: {what} are {cellar!r} by Cellar and {reference!r} by the reference")


if __name__ == "__main__":
    main(sys.argv[1])
