"""The number of SQL queries of a list does not depend on its length."""

from collections.abc import Callable
from itertools import count

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from registry.api.urls import router
from registry.models import (
    Batch,
    CellGroup,
    Comparison,
    Curve,
    CycleColumn,
    GroupCurve,
    GroupRun,
    GroupValue,
    Layer,
    Project,
)
from registry.plugin_loading import current
from registry.services.comment import write_comment
from registry.services.comparison import save_comparison
from registry.services.files.attachment import attach_file
from registry.services.files.dataset import add_file
from registry.services.record import save_record
from registry.services.runs.analysis import run_analysis
from tests import factories

MAX_QUERIES = {
    "projects": 4,
    "memberships": 4,
    "materials": 5,
    "batches": 4,
    "formulations": 6,
    "setups": 4,
    "publications": 4,
    "cells": 11,
    "groups": 7,
    "measurements": 10,
    "datasets": 5,
    "attachments": 4,
    "comments": 4,
    "column-mappings": 4,
    "values": 4,
    "runs": 4,
    "curves": 4,
    "group-runs": 4,
    "group-values": 4,
    "group-curves": 4,
    "cycles": 4,
    "comparisons": 4,
    "quantities": 2,
    "analyses": 2,
    "plugins": 8,
    "audit": 5,
}
REQUIRED = {"cycles": "?quantity=voltage_v&cycle=1"}
"""Parameters without which a list is refused."""
QUERY = "?resistance_ohm__gte=1&stack_pressure_mpa__lte=10&anode=LTO&ordering=-resistance_ohm"
numbers = count()


@pytest.fixture
def fill(project: Project, colleague: object) -> Callable[[int], None]:
    def make(rows: int) -> None:
        for _ in range(rows):
            make_one_of_each(project)

    return make


def make_one_of_each(project: Project) -> None:
    number = next(numbers)
    material = factories.make_material(project, f"material {number}", formula="LTO")
    save_record(Batch(material=material, lot=str(number)), by=None)
    formulation = factories.make_formulation(project, (material, "active", "100 %"))
    layers = [
        Layer(position=1, role="sample", material=material, thickness="600 µm"),
        Layer(position=2, role="anode", formulation=formulation),
    ]
    publication = factories.make_publication(project)
    cell = factories.make_cell(project, layers, publication=publication)
    measurement = factories.make_measurement(
        cell, technique="eis", setup=factories.make_setup(project), stack_pressure_mpa="2 MPa"
    )
    factories.report(measurement, "resistance_ohm", "100 Ω")
    factories.report(measurement, "ionic_conductivity_s_cm", "1 mS/cm")
    run = run_analysis(measurement=measurement, analysis=current().analyses["ionic-conductivity"], by=None)
    Curve.objects.create(run=run, name="drawn", title="Drawn", data={})
    CycleColumn.objects.create(run=run, quantity="voltage_v", first_cycle=1, last_cycle=1, data=bytes(8))
    make_group_results(factories.make_group(project, cell))
    factories.make_mapping(project)
    name = f"{number}.txt"
    add_file(measurement=measurement, file=SimpleUploadedFile(name, name.encode()), filename=name, by=None)
    attach_file(owner=cell, file=SimpleUploadedFile(name, name.encode()), filename=name, by=None)
    write_comment(cell, "a", by=None)
    definition = {"columns": ["label"]}
    save_comparison(Comparison(project=project, slug=f"t{number}", title="T", definition=definition), by=None)
    factories.make_member(factories.make_project(visibility="public"))


def make_group_results(group: CellGroup) -> None:
    """A run with a value and a curve."""
    times = {"started_at": timezone.now(), "finished_at": timezone.now()}
    run = GroupRun.objects.create(
        group=group, analysis="of-a-plugin", version="1", status="done", inputs_hash="0", **times
    )
    GroupValue.objects.create(run=run, quantity="resistance_ohm", magnitude=1, lower=1, upper=1)
    GroupCurve.objects.create(run=run, name="drawn", title="Drawn", data={})


def count_queries(api: APIClient, url: str) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as captured:
        response = api.get(url)
    assert response.status_code == 200, response.json()
    return len(captured), response.json()["count"]


def test_no_list_exceeds_its_maximum_number_of_queries(api: APIClient, fill: Callable[[int], None]) -> None:
    assert {prefix for prefix, _, _ in router.registry} == set(MAX_QUERIES)
    urls = [f"/api/{name}/{REQUIRED.get(name, '')}" for name in MAX_QUERIES]
    urls += [f"/api/{name}/{QUERY}" for name in ("cells", "measurements")]
    fill(2)
    few = {url: count_queries(api, url) for url in urls}
    fill(10)
    for url in urls:
        cost, rows = count_queries(api, url)
        assert cost == few[url][0], url
        assert cost <= MAX_QUERIES[url.split("/")[2]], (url, cost)
        if url.split("/")[2] not in ("quantities", "analyses", "plugins"):
            assert rows > few[url][1], url


def test_the_queries_of_a_table_do_not_depend_on_its_length(api: APIClient, fill: Callable[[int], None]) -> None:
    fill(2)
    few = count_table_queries(api)
    fill(6)
    assert count_table_queries(api) == few


def count_table_queries(api: APIClient) -> int:
    slug = Comparison.objects.order_by("pk").first().slug
    with CaptureQueriesContext(connection) as captured:
        assert api.get(f"/api/comparisons/{slug}/").status_code == 200
    return len(captured)


def test_every_list_rejects_unknown_parameters(api: APIClient, db: None) -> None:
    for name in set(MAX_QUERIES) - set(REQUIRED):
        response = api.get(f"/api/{name}/?page_sizes=1")
        assert response.status_code == 400, name
        assert "‘page_size’" in response.json()["error"]


def test_the_root_lists_every_endpoint(anyone: APIClient) -> None:
    assert set(anyone.get("/api/").json()) == set(MAX_QUERIES)
