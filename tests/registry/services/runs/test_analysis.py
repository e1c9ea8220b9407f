"""Running analyses: what a run stores, and which jobs are due."""

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import QuerySet

from registry import plugin_loading
from registry.hookspecs import Analysis, Outcome, Parameter
from registry.models import AnalysisRun, Cell, Measurement, Project, Value
from registry.plugin_loading.parameters import parameters_with_defaults
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.services.parameters import set_parameters
from registry.services.runs.analysis import run_analysis, run_jobs
from tests import factories
from tests.coded import invalid
from tests.plugin_directory import directory_with

Analyses = dict[str, Analysis]
PLUGINS = Path(__file__).parents[3] / "data" / "plugins"


@pytest.fixture
def measurement(project: Project, analyses: Analyses) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project), technique="eis", stack_pressure_mpa="10 MPa")


def with_parameter(parameter: Parameter) -> Analysis:
    return Analysis(
        name="a",
        version="1",
        title="A",
        description="",
        techniques=(),
        outputs=(),
        run=lambda inputs: Outcome(),
        parameters=(parameter,),
    )


def all_measurements() -> QuerySet[Measurement]:
    return Measurement.objects.all()


def test_run_stores_its_full_provenance(measurement: Measurement, analyses: Analyses, colleague: User) -> None:
    set_parameters(measurement, {"doubled-thickness": {"factor": "3"}}, by=colleague)
    run = run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=colleague)
    run.refresh_from_db()
    assert (run.analysis, run.version, run.plugin, run.status) == ("doubled-thickness", "1", "sound", "done")
    assert (run.parameters, run.started_by) == ({"factor": 3.0}, colleague)
    # The factory writes 600 µm: three digits, so the interval is 599.5 to 600.5.
    thickness = [600.0, 599.5, 600.5, 0.0, False]
    assert run.inputs == {"layers.count": 1, "layers.1.role": "sample", "layers.1.thickness_um": thickness}
    assert {"python", "numpy", "scipy", "django"} <= set(run.software)
    assert run.started_at <= run.finished_at
    assert run.values.get().magnitude == 1800.0


def test_inputs_hash_covers_version_parameters_and_inputs(measurement: Measurement, analyses: Analyses) -> None:
    run = run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    content = {
        "analysis": "doubled-thickness",
        "version": "1",
        "parameters": {"factor": 2.0},
        "inputs": run.inputs,
    }
    assert run.inputs_hash == hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    set_parameters(measurement, {"doubled-thickness": {"factor": 3}}, by=None)
    other = run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    assert other.inputs_hash != run.inputs_hash


def test_second_run_is_a_new_row_and_the_first_is_kept(measurement: Measurement, analyses: Analyses) -> None:
    first = run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    second = run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    first.refresh_from_db()
    assert (first.is_latest, second.is_latest) == (False, True)
    assert (first.values.get().is_latest, second.values.get().is_latest) == (False, True)
    assert first.values.get().magnitude == 1200.0


def test_refused_run_stores_its_reason_and_no_value(project: Project, analyses: Analyses) -> None:
    bare = factories.make_measurement(factories.make_pellet(project, thickness=""), technique="eis")
    run = run_analysis(measurement=bare, analysis=analyses["doubled-thickness"], by=None)
    assert run.status == "refused"
    (reason,) = run.messages
    assert reason["code"] == "missing-thickness"
    assert {"layer": 1, "role": "sample"}.items() <= reason["parameters"].items()
    assert not run.values.exists()


def test_refused_run_retires_the_previous_value(measurement: Measurement, analyses: Analyses) -> None:
    run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    layer = measurement.cell.layers.get()
    layer.thickness = ""
    factories.save_record(layer, by=None)
    run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    assert not Value.objects.filter(is_latest=True).exists()
    assert Value.objects.count() == 1


def test_inferred_inputs_are_marked_on_the_run(project: Project, analyses: Analyses) -> None:
    pellet = factories.make_pellet(project, thickness="0.060 cm (inferred)")
    measurement = factories.make_measurement(pellet, technique="eis")
    run = run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    assert run.inferred_inputs == ["layers.1.thickness_um"]


def test_outsider_cannot_run_an_analysis(measurement: Measurement, analyses: Analyses, outsider: User) -> None:
    with pytest.raises(PermissionDenied):
        run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=outsider)
    assert not AnalysisRun.objects.exists()


@pytest.mark.parametrize(
    ("values", "code", "got"),
    [
        ({"faktor": 2}, "unknown-parameter", "‘faktor’"),
        ({"factor": "two"}, "parameter-type", "‘two’"),
        ({"factor": 11}, "parameter-out-of-bounds", "from 1 to 10, not ‘11’"),
        ({"factor": "nan"}, "parameter-type", "‘nan’"),
        ({"factor": None}, "parameter-type", "‘None’"),
    ],
)
def test_invalid_parameter_is_refused(analyses: Analyses, values: dict[str, object], code: str, got: str) -> None:
    with invalid(code, "", got):
        parameters_with_defaults(analyses["doubled-thickness"], values)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (int, "20", 20),
        (int, 20.0, 20),
        (bool, "false", False),
        (bool, True, True),
        (str, "ohm", "ohm"),
        (float, 2, 2.0),
    ],
)
def test_parameter_is_converted_to_its_type(kind: type, value: object, expected: object) -> None:
    analysis = with_parameter(Parameter(name="p", type=kind, default=expected, help="A parameter."))  # type: ignore[arg-type]
    assert parameters_with_defaults(analysis, {"p": value}) == {"p": expected}


@pytest.mark.parametrize(("kind", "value"), [(int, 2.7), (int, "2.7"), (bool, "maybe"), (bool, 2), (int, "inf")])
def test_parameter_of_the_wrong_type_is_refused(kind: type, value: object) -> None:
    analysis = with_parameter(Parameter(name="p", type=kind, default=kind(1), help="A parameter."))
    with invalid("parameter-type", "", "p must", str(value)):
        parameters_with_defaults(analysis, {"p": value})


def test_analyses_are_due_until_they_have_run(measurement: Measurement) -> None:
    jobs = list_due_jobs(all_measurements())
    assert sorted(job.analysis.name for job in jobs) == ["doubled-thickness", "pressure-above-ambient"]
    run_jobs(jobs, by=None)
    assert list_due_jobs(all_measurements()) == []
    assert len(list_due_jobs(all_measurements(), everything=True)) == 2
    assert list_due_jobs(all_measurements(), reasons=("stale", "parameters changed", "outdated")) == []


def test_measurement_of_another_technique_has_no_due_jobs(project: Project, analyses: Analyses) -> None:
    factories.make_measurement(factories.make_pellet(project), technique="xrd")
    assert list_due_jobs(all_measurements()) == []


def test_repeated_run_uses_the_saved_parameters(measurement: Measurement, analyses: Analyses) -> None:
    set_parameters(measurement, {"doubled-thickness": {"factor": 3}}, by=None)
    run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    again = run_jobs(list_due_jobs(all_measurements(), names=["doubled-thickness"], everything=True), by=None)
    assert [run.parameters for run in again] == [{"factor": 3.0}]


def test_progress_is_reported_after_each_run(measurement: Measurement) -> None:
    analyses: list[str] = []
    run_jobs(list_due_jobs(all_measurements()), by=None, on_progress=lambda run: analyses.append(run.analysis))
    assert sorted(analyses) == ["doubled-thickness", "pressure-above-ambient"]


def test_stored_batches_survive_an_interruption(measurement: Measurement, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each batch is kept once it has ended."""
    monkeypatch.setattr("registry.services.runs.analysis.MAX_BATCH_SECONDS", 0)

    def interrupt(run: AnalysisRun) -> None:
        if AnalysisRun.objects.count() == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_jobs(list_due_jobs(all_measurements()), by=None, on_progress=interrupt)
    assert AnalysisRun.objects.count() == Value.objects.count() == 1
    assert len(list_due_jobs(all_measurements())) == 1


@pytest.mark.django_db(transaction=True)
def test_others_can_write_while_an_analysis_computes(measurement: Measurement) -> None:
    """SQLite has a single writer: a transaction open during a computation made sign-ins fail."""
    in_transaction = []
    run_jobs(
        list_due_jobs(all_measurements()),
        by=None,
        on_progress=lambda run: in_transaction.append(connection.in_atomic_block),
    )
    assert in_transaction == [False, False]
    assert AnalysisRun.objects.filter(is_latest=True).count() == 2


def test_a_measurement_deleted_while_it_is_analysed_is_left_out(measurement: Measurement) -> None:
    def delete(run: AnalysisRun) -> None:
        Measurement.objects.filter(pk=measurement.pk).delete()

    assert run_jobs(list_due_jobs(all_measurements()), by=None, on_progress=delete) == []
    assert not AnalysisRun.objects.exists()


def test_failed_runs_do_not_affect_others(measurement: Measurement, settings: LazySettings, analyses: Analyses) -> None:
    settings.REGISTRY_PLUGINS_DIR = str(directory_with(PLUGINS / "sound.py", PLUGINS / "fails_when_run.py"))
    plugin_loading.load()
    runs = run_jobs(list_due_jobs(all_measurements()), by=None)
    done = {run.analysis for run in runs if run.status == "done"}
    assert done == {"doubled-thickness", "pressure-above-ambient"}
    assert {run.status for run in runs if run.analysis not in done} == {"failed"}
    assert Value.objects.count() == 2


def test_number_of_queries_for_inputs_is_constant(
    project: Project, analyses: Analyses, django_assert_max_num_queries: Callable[[int], AbstractContextManager]
) -> None:
    for _ in range(4):
        factories.make_measurement(factories.make_pellet(project), technique="eis")
    assert Cell.objects.count() == 4
    # Reads: the batch, its five prefetches and the groups of its cells; writes: savepoint, lock, earlier run, run,
    # values, curves, descriptions of quantities, release.
    with django_assert_max_num_queries(11 + 8 * 8):
        run_jobs(list_due_jobs(all_measurements()), by=None)
