"""The per-cycle table of a measurement, and questions about the cycles of many tests."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from registry.hookspecs import CycleTable, Outcome
from registry.models import AnalysisRun, Cell, CycleColumn, Layer, Measurement, Project
from registry.selectors import cycle_table as selector
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.cycle_table import (
    cycle_table,
    get_extent,
    iterate_blocks,
    list_values_at,
    list_values_within,
    quartiles_by_cycle,
    select_columns,
)
from registry.selectors.query.bound import Bound
from registry.selectors.query.parsing import parse_list_query
from registry.services.files.ingest import ingest_files
from registry.services.record import delete_record, save_record
from registry.services.runs.analysis import run_jobs, store_run
from registry.testing.synthetic.cycling import cycling_rows
from tests import factories

DISCHARGE_AH = (0.018, 0.0178, 0.0176)
CAPACITY, VOLTAGE = "discharge_capacity_mah", "mean_discharge_voltage_v"
NAN = float("nan")


@pytest.fixture
def measurement(project: Project, tmp_path: Path) -> Measurement:
    """Three cycles of a cathode of 9 cm² and 80.64 mg of active material; discharge at a mean of 3.55 V."""
    active = factories.make_material(project, "NCM90", kind="active_material")
    composite = factories.make_formulation(project, (active, "active", "80 wt%"), (active, "other", "20 wt%"))
    layer = Layer(position=1, role="cathode", formulation=composite, mass_loading="11.2 mg/cm²", area="9 cm²")
    rows = cycling_rows(DISCHARGE_AH, current_a=1e-3)
    path = tmp_path / "cycler.csv"
    with path.open("w") as file:
        writer = csv.writer(file)
        writer.writerow(rows)
        writer.writerows(zip(*(column.tolist() for column in rows.values()), strict=True))
    measurement = Measurement(cell=factories.make_cell(project, [layer]), technique="cycling")
    ingest_files(measurement=measurement, paths=[path], by=None)
    run_jobs(list_due_jobs(Measurement.objects.filter(pk=measurement.pk)), by=None)
    return measurement


def store(
    cell: Cell,
    cycles: Sequence[int],
    columns: Mapping[str, Sequence[float]],
    groups: Sequence[str] = (),
    *,
    measurement: Measurement | None = None,
    analysis: str = "cycling-summary",
) -> AnalysisRun:
    """Store a run that gave this table."""
    run = AnalysisRun(
        cell=cell, measurement=measurement or factories.make_measurement(cell), analysis=analysis, plugin="p",
        version="1", status="done", inputs_hash="0", started_at=timezone.now(), finished_at=timezone.now(),
    )  # fmt: skip
    store_run(run, Outcome(cycles=CycleTable(cycles=cycles, columns=columns, groups=groups)))
    return run


def values_at(cycle: int, user: User, *bounds: Bound) -> list[float]:
    return [row[-1] for row in list_values_at(select_columns(CAPACITY, user), cycle, bounds)]


def test_contains_every_quantity_of_each_cycle(measurement: Measurement) -> None:
    table = cycle_table(measurement)
    columns = {column.quantity: column.values for column in table.columns}
    assert list(table.cycles) == [1, 2, 3]
    assert columns["discharge_capacity_mah"] == pytest.approx([18, 17.8, 17.6])
    assert columns["charge_capacity_mah"] == pytest.approx([18 / 0.99, 17.8 / 0.99, 17.6 / 0.99])
    assert columns["discharge_energy_mwh"] == pytest.approx([18 * 3.55, 17.8 * 3.55, 17.6 * 3.55], rel=1e-3)
    assert columns["mean_discharge_voltage_v"] == pytest.approx([3.55] * 3, rel=1e-3)
    assert columns["coulombic_efficiency_percent"] == pytest.approx([99] * 3)
    # 18 mAh over 80.64 mg, and over 9 cm².
    assert columns["specific_capacity_mah_g"][0] == pytest.approx(18 / 0.08064, rel=1e-3)
    assert columns["areal_charge_capacity_mah_cm2"][0] == pytest.approx(2.0 / 0.99)
    # 18.18 h of charge and 18 h of discharge at 1 mA, and rests.
    assert columns["cycle_duration_h"][0] == pytest.approx(18 / 0.99 + 18, rel=0.05)
    assert {"discharge_end_voltage_v", "charge_end_voltage_v", "energy_efficiency_percent"} <= set(columns)
    assert columns["capacity_retention_percent"] == pytest.approx([100, 100 * 17.8 / 18, 100 * 17.6 / 18])


def test_is_available_as_a_file_and_over_the_api(
    measurement: Measurement, owner: User, client: Client, outsider: User
) -> None:
    client.force_login(owner)
    address = f"/measurements/{measurement.refcode}/cycles.csv"
    assert address in client.get(f"/cells/{measurement.cell.refcode}/").content.decode()
    sent = client.get(address)
    assert f'filename="{measurement.refcode}-cycles.csv"' in sent.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(sent.content.decode())))
    assert [row["Cycle"] for row in rows] == ["1", "2", "3"]
    api = APIClient()
    api.force_authenticate(owner)
    answer = api.get(f"/api/measurements/{measurement.refcode}/cycles/").json()
    assert answer["labels"] == list(rows[0])
    assert answer["columns"][0] == "cycle"
    assert answer["rows"][1][0] == 2
    capacity = answer["columns"].index(CAPACITY)
    assert answer["analyses"][capacity] == "cycling-summary"
    assert float(rows[1][answer["labels"][capacity]]) == answer["rows"][1][capacity]
    client.force_login(outsider)
    assert client.get(address).status_code == 404
    api.force_authenticate(outsider)
    assert api.get(f"/api/measurements/{measurement.refcode}/cycles/").status_code == 404


def test_a_measurement_without_cycles_has_no_table(project: Project, owner: User, client: Client) -> None:
    spectrum = factories.make_measurement(factories.make_pellet(project), technique="eis")
    client.force_login(owner)
    assert client.get(f"/measurements/{spectrum.refcode}/cycles.csv").status_code == 404
    assert "cycles.csv" not in client.get(f"/cells/{spectrum.cell.refcode}/").content.decode()


def test_gaps_and_groups_return_as_stored(project: Project) -> None:
    columns = {CAPACITY: [NAN, 2.0, 3.0, NAN], VOLTAGE: [3.5, NAN, 3.3, NAN], "energy_efficiency_percent": [NAN] * 4}
    run = store(factories.make_cell(project), [2, 5, 6, 9], columns, ["formation", "C/2", "", "C/2"])
    table = cycle_table(run.measurement)
    assert list(table.cycles) == [2, 5, 6, 9]
    assert {column.quantity: list(column.values) for column in table.columns} == {
        CAPACITY: [None, 2.0, 3.0, None],
        VOLTAGE: [3.5, None, 3.3, None],
        "group": ["formation", "C/2", None, "C/2"],
    }
    capacity = CycleColumn.objects.get(quantity=CAPACITY)
    assert (capacity.first_cycle, capacity.last_cycle, len(capacity.data)) == (5, 6, 16)


def test_two_analyses_with_one_quantity_are_both_shown(project: Project) -> None:
    cell = factories.make_cell(project)
    measurement = factories.make_measurement(cell)
    for analysis, capacity in (("a", 1.0), ("b", 2.0)):
        store(cell, [1], {CAPACITY: [capacity]}, measurement=measurement, analysis=analysis)
    columns = cycle_table(measurement).columns
    assert [(column.analysis, list(column.values)) for column in columns] == [("a", [1.0]), ("b", [2.0])]
    assert len({column.label for column in columns}) == 2


def test_a_number_at_a_cycle_is_absent_where_a_test_has_none(project: Project, owner: User) -> None:
    cell = factories.make_cell(project)
    store(cell, [1, 2, 3], {CAPACITY: [1.0, NAN, 3.0]})
    store(cell, [2, 3], {CAPACITY: [20.0, 30.0]})
    store(cell, [0], {CAPACITY: [0.5]})
    assert {cycle: values_at(cycle, owner) for cycle in range(5)} == {
        0: [0.5],
        1: [1.0],
        2: [20.0],
        3: [3.0, 30.0],
        4: [],
    }
    assert values_at(3, owner, Bound(CAPACITY, "gte", 30.0)) == [30.0]
    assert values_at(3, owner, Bound(CAPACITY, "gt", 3.0), Bound(CAPACITY, "lt", 30.0)) == []


def test_a_range_of_cycles_gives_the_part_that_a_test_has(project: Project, owner: User) -> None:
    run = store(factories.make_cell(project), [2, 3, 5], {CAPACITY: [2.0, 3.0, 5.0]})
    (row,) = list_values_within(select_columns(CAPACITY, owner), 0, 4)
    assert row[:4] == (run.cell.refcode, run.measurement.refcode, "cycling-summary", None)
    assert row[4] == 2
    assert row[5] == pytest.approx([2.0, 3.0, NAN], nan_ok=True)
    (row,) = list_values_within(select_columns(CAPACITY, owner), 4, 9)
    assert row[4] == 4
    assert row[5] == pytest.approx([NAN, 5.0], nan_ok=True)
    assert list_values_within(select_columns(CAPACITY, owner), 6, 9) == []


def test_only_the_latest_run_of_visible_tests_answers(
    project: Project, public_project: Project, owner: User, outsider: User
) -> None:
    old = store(factories.make_cell(project), [1], {CAPACITY: [1.0]})
    store(old.cell, [1], {CAPACITY: [1.5]}, measurement=old.measurement)
    store(factories.make_cell(public_project), [1], {CAPACITY: [2.0]})
    assert values_at(1, owner) == [1.5, 2.0]
    assert values_at(1, outsider) == values_at(1, AnonymousUser()) == [2.0]
    assert CycleColumn.objects.filter(run=old).count() == 1
    assert CycleColumn.objects.visible_to(owner).count() == 3
    delete_record(old.measurement, by=None)
    assert values_at(1, owner) == [2.0]
    assert CycleColumn.objects.count() == 1


def test_an_old_run_stays_hidden_from_those_who_could_not_see_its_cell(project: Project, outsider: User) -> None:
    run = store(factories.make_cell(project), [1], {CAPACITY: [1.0]})
    store(run.cell, [1], {CAPACITY: [2.0]}, measurement=run.measurement)
    project.visibility = "public"
    save_record(project, by=None)
    assert [column.numbers.tolist() for column in CycleColumn.objects.visible_to(outsider)] == [[2.0]]


def test_the_query_language_selects_the_tests(project: Project, owner: User) -> None:
    dies, pouch = factories.make_cell(project), factories.make_cell(project, format="pouch")
    loose = factories.make_measurement(dies, stack_pressure_mpa="2 MPa")
    store(dies, [1], {CAPACITY: [1.0]}, measurement=loose)
    store(dies, [1], {CAPACITY: [2.0]}, measurement=factories.make_measurement(dies, stack_pressure_mpa="50 MPa"))
    store(pouch, [1], {CAPACITY: [3.0]}, analysis="other")

    def chosen(**parameters: str) -> list[float]:
        query = parse_list_query({name: [value] for name, value in parameters.items()})
        return [row[-1] for row in list_values_at(select_columns(CAPACITY, owner, query), 1)]

    assert chosen(format="pouch") == [3.0]
    assert chosen(stack_pressure_mpa__lte="10") == [1.0]
    assert chosen(technique="cycling", format="die") == [1.0, 2.0]
    others = select_columns(CAPACITY, owner, analyses=["other"])
    assert [row[-1] for row in list_values_at(others, 1)] == [3.0]


@pytest.mark.parametrize("block", [1, 7, 5_000_000])
def test_quartiles_do_not_depend_on_the_size_of_the_blocks(
    project: Project, owner: User, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selector, "BLOCK_NUMBERS", block)
    cell = factories.make_cell(project)
    store(cell, [1, 2, 3], {CAPACITY: [1.0, NAN, 3.0]})
    store(cell, [3, 5], {CAPACITY: [4.0, 9.0]})
    columns = select_columns(CAPACITY, owner)
    extent = get_extent(columns)
    assert (extent.columns, extent.first, extent.last) == (2, 1, 5)
    assert sum(np.isfinite(numbers).sum() for _, numbers in iterate_blocks(columns, extent)) == 4
    assert list(quartiles_by_cycle(columns, extent)) == [
        (1, 1, [1.0, 1.0, 1.0]),
        (3, 2, [3.25, 3.5, 3.75]),
        (5, 1, [9.0, 9.0, 9.0]),
    ]
    assert [row[0] for row in quartiles_by_cycle(columns, extent.within(2, 4))] == [3]
    nothing = get_extent(select_columns(VOLTAGE, owner))
    assert (nothing.columns, nothing.cycles) == (0, 0)
