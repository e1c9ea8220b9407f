"""Lists and searches of 100,000 cells, compared with 100 cells and with hand-written SQL for the same rows."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.report import Bounded, Section

FEW, MANY = 100, 100_000
ROUNDS = 9
MAX_GROWTH = 3.0
TASKS = {
    "List of cells, first page": "/cells/",
    "List of measurements, first page": "/measurements/",
    "List of materials": "/materials/",
    "List of publications": "/publications/",
    "List of projects": "/projects/",
    "List of comparison tables": "/compare/",
    "List of groups": "/groups/",
    "List of plugins": "/plugins/",
}
"""Pages with a bound on how their time grows."""
UNBOUNDED = {
    "Facets of all cells": "/cells/facets/",
    "Numbers of runs of plugins": "/plugins/runs/",
    "Cells by capacity retention": "/cells/?ordering=-capacity_retention_percent",
    "Search for a word of every record": "/search/?q=NCM90",
    "Search for a rare word": "/search/?q=paper7",
    "Suggestions for the beginning of a word": "/search/suggestions/?q=ncm",
}
PAGE = """
    SELECT c.id, c.refcode, c.label, c.format, c.origin, c.configuration, b.key, p.slug, p.name
    FROM registry_cell c JOIN registry_project p ON p.id = c.project_id
    LEFT JOIN registry_publication b ON b.id = c.publication_id
    WHERE p.visibility = 'public' AND c.origin <> 'simulated' ORDER BY c.id DESC LIMIT 50
"""
COUNT = """
    SELECT count(*) FROM (SELECT 1 FROM registry_cell c JOIN registry_project p ON p.id = c.project_id
    WHERE p.visibility = 'public' AND c.origin <> 'simulated' LIMIT 10001) AS counted
"""
VALUES = """
    SELECT v.cell_id, v.quantity, v.written, v.magnitude, v.lower, v.upper, v.standard_uncertainty, v.qualifier,
           v.origin
    FROM registry_value v WHERE v.is_latest AND v.at_number IS NULL AND v.cell_id IN ({pks})
"""
CONDITIONS = """
    SELECT m.cell_id, q.quantity, q.written, q.magnitude, q.lower, q.upper, q.qualifier
    FROM registry_condition q JOIN registry_measurement m ON m.id = q.measurement_id
    WHERE q.quantity = 'stack_pressure_mpa' AND m.cell_id IN ({pks})
"""


def measure() -> Section:
    """Fill the database with few cells, then with many, and time the same pages."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from benchmarks import many_cells
    from benchmarks.session import database_name, scratch_database

    settings.ALLOWED_HOSTS = ["*"]
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    with scratch_database():
        many_cells.fill(FEW)
        few = {name: _time_page(address) for name, address in {**TASKS, **UNBOUNDED}.items()}
        call_command("flush", interactive=False, verbosity=0)
        many_cells.fill(MANY)
        many = {name: _time_page(address) for name, address in {**TASKS, **UNBOUNDED}.items()}
        by_hand = _fastest(_list_by_hand)
        database = database_name()
    rows = [
        Bounded(
            name,
            f"{MANY:,} cells",
            f"{FEW} cells",
            many[name] / few[name],
            MAX_GROWTH if name in TASKS else None,
            f"{many[name] * 1e3:.1f} ms against {few[name] * 1e3:.1f} ms",
        )
        for name in many
    ]
    name = "List of cells, first page"
    rows.append(
        Bounded(
            name,
            f"{MANY:,} cells",
            "hand-written SQL for its rows, without a page",
            many[name] / by_hand,
            None,
            f"{many[name] * 1e3:.1f} ms against {by_hand * 1e3:.1f} ms",
        )
    )
    return Section(
        f"Lists and searches of 100,000 cells, {database}",
        (
            "Server time of pages, from the request to the last byte of the page, with 150,000 measurements and search "
            "documents of all records. Lists count up to 10,000; the counts of facets and of runs follow the page."
        ),
        rows,
    )


def _time_page(address: str) -> float:
    from django.test import Client

    client = Client()
    assert client.get(address).status_code == 200, address
    return _fastest(lambda: client.get(address))


def _fastest(action: Callable[[], Any]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def _list_by_hand() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        cursor.fetchall()
        cursor.execute(PAGE)
        rows = cursor.fetchall()
        pks = ", ".join(str(row[0]) for row in rows)
        for sql in (VALUES, CONDITIONS):
            cursor.execute(sql.format(pks=pks))
            rows += cursor.fetchall()
    return len(rows)
