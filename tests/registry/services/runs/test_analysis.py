"""Running analyses: what a run keeps, and which runs are due."""

import hashlib
import json
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet

from registry import plugin_loading
from registry.hookspecs import Analysis, Outcome, Parameter
from registry.models import AnalysisRun, Cell, Measurement, Project, Value
from registry.plugin_loading.parameters import parameters_with_defaults
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.services.parameters import set_parameters
from registry.services.runs.analysis import run_analysis, run_jobs
from tests import factories

Analyses = dict[str, Analysis]
PLUGINS = Path(__file__).parents[3] / "data" / "plugins"


@pytest.fixture
def measurement(project: Project, analyses: Analyses) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project), technique="eis", stack_pressure="10 MPa")


def with_parameter(parameter: Parameter) -> Analysis:
    return Analysis("a", "1", "A", "", (), (), lambda inputs: Outcome(), (parameter,))


def every() -> QuerySet[Measurement]:
    return Measurement.objects.all()


def test_a_run_keeps_all_that_led_to_its_numbers(measurement: Measurement, analyses: Analyses, colleague: User) -> None:
    set_parameters(measurement, {"doubled-thickness": {"factor": "3"}}, by=colleague)
    run = run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=colleague)
    run.refresh_from_db()
    assert (run.analysis, run.version, run.plugin, run.status) == ("doubled-thickness", "1", "sound", "done")
    assert (run.parameters, run.started_by) == ({"factor": 3.0}, colleague)
    # 600 µm as the factory writes it: three digits, so 599.5 to 600.5.
    thickness = [600.0, 599.5, 600.5, 0.0, False]
    assert run.inputs == {"layers.count": 1, "layers.1.role": "sample", "layers.1.thickness_um": thickness}
    assert {"python", "numpy", "scipy", "django"} <= set(run.software)
    assert run.started_at <= run.finished_at
    assert run.values.get().magnitude == 1800.0


def test_the_hash_covers_version_parameters_and_every_input(measurement: Measurement, analyses: Analyses) -> None:
    run = run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    whole = {
        "analysis": "doubled-thickness",
        "version": "1",
        "parameters": {"factor": 2.0},
        "inputs": run.inputs,
    }
    assert run.inputs_hash == hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
    set_parameters(measurement, {"doubled-thickness": {"factor": 3}}, by=None)
    other = run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    assert other.inputs_hash != run.inputs_hash


def test_a_second_run_is_a_new_row_and_the_first_stays_readable(measurement: Measurement, analyses: Analyses) -> None:
    first = run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    second = run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    first.refresh_from_db()
    assert (first.is_latest, second.is_latest) == (False, True)
    assert (first.values.get().is_latest, second.values.get().is_latest) == (False, True)
    assert first.values.get().magnitude == 1200.0


def test_a_refusal_is_kept_with_its_reason_and_no_value(project: Project, analyses: Analyses) -> None:
    bare = factories.make_measurement(factories.make_pellet(project, thickness=""), technique="eis")
    run = run_analysis(measurement=bare, analysis=analyses["doubled-thickness"], by=None)
    assert run.status == "refused"
    assert run.messages[0]["text"].startswith("no pellet thickness: enter it for layer 1 (sample, Material")
    assert not run.values.exists()


def test_a_refused_run_takes_the_earlier_value_out_of_use(measurement: Measurement, analyses: Analyses) -> None:
    run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    layer = measurement.cell.layers.get()
    layer.thickness = ""
    factories.save_record(layer, by=None)
    run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    assert not Value.objects.filter(is_latest=True).exists()
    assert Value.objects.count() == 1


def test_what_was_inferred_is_marked_on_the_run(project: Project, analyses: Analyses) -> None:
    pellet = factories.make_pellet(project, thickness="0.060 cm (inferred)")
    measurement = factories.make_measurement(pellet, technique="eis")
    run = run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    assert run.inferred_inputs == ["layers.1.thickness_um"]


def test_an_outsider_runs_nothing(measurement: Measurement, analyses: Analyses, outsider: User) -> None:
    with pytest.raises(PermissionDenied):
        run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=outsider)
    assert not AnalysisRun.objects.exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"faktor": 2}, "has no parameter ‘faktor’"),
        ({"factor": "two"}, "factor must be a finite number, got ‘two’"),
        ({"factor": 11}, "factor must be from 1 to 10, got ‘11.0’"),
        ({"factor": "nan"}, "factor must be a finite number, got ‘nan’"),
        ({"factor": None}, "factor must be a finite number, got ‘None’"),
    ],
)
def test_refuses_a_parameter_that_cannot_be(analyses: Analyses, given: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        parameters_with_defaults(analyses["doubled-thickness"], given)


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        (int, "20", 20),
        (int, 20.0, 20),
        (bool, "false", False),
        (bool, True, True),
        (str, "ohm", "ohm"),
        (float, 2, 2.0),
    ],
)
def test_takes_a_parameter_in_its_own_type(kind: type, given: object, kept: object) -> None:
    analysis = with_parameter(Parameter("p", kind, kept, "A parameter."))  # type: ignore[arg-type]
    assert parameters_with_defaults(analysis, {"p": given}) == {"p": kept}


@pytest.mark.parametrize(("kind", "given"), [(int, 2.7), (int, "2.7"), (bool, "maybe"), (bool, 2), (int, "inf")])
def test_never_bends_a_parameter_into_its_type(kind: type, given: object) -> None:
    analysis = with_parameter(Parameter("p", kind, kind(1), "A parameter."))
    with pytest.raises(ValidationError, match=r"p must be (a whole number|true or false), got"):
        parameters_with_defaults(analysis, {"p": given})


def test_what_never_ran_is_due_and_then_nothing_is(measurement: Measurement) -> None:
    jobs = list_due_jobs(every())
    assert sorted(job.analysis.name for job in jobs) == ["doubled-thickness", "pressure-above-ambient"]
    run_jobs(jobs, by=None)
    assert list_due_jobs(every()) == []
    assert len(list_due_jobs(every(), everything=True)) == 2
    assert list_due_jobs(every(), reasons=("stale", "parameters changed", "outdated")) == []


def test_a_measurement_of_another_technique_is_left_alone(project: Project, analyses: Analyses) -> None:
    factories.make_measurement(factories.make_pellet(project), technique="xrd")
    assert list_due_jobs(every()) == []


def test_a_re_run_keeps_the_parameters_that_were_set(measurement: Measurement, analyses: Analyses) -> None:
    set_parameters(measurement, {"doubled-thickness": {"factor": 3}}, by=None)
    run_analysis(measurement=measurement, analysis=analyses["doubled-thickness"], by=None)
    again = run_jobs(list_due_jobs(every(), names=["doubled-thickness"], everything=True), by=None)
    assert [run.parameters for run in again] == [{"factor": 3.0}]


def test_progress_is_told_after_each_run(measurement: Measurement) -> None:
    told: list[str] = []
    run_jobs(list_due_jobs(every()), by=None, on_progress=lambda run: told.append(run.analysis))
    assert sorted(told) == ["doubled-thickness", "pressure-above-ambient"]


def test_what_was_stored_stays_when_it_is_interrupted(
    measurement: Measurement, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others wait no longer for the database than a batch takes; each batch stays, whatever becomes of the next."""
    monkeypatch.setattr("registry.services.runs.analysis.HELD_SECONDS", 0)

    def interrupt(run: AnalysisRun) -> None:
        if AnalysisRun.objects.count() == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_jobs(list_due_jobs(every()), by=None, on_progress=interrupt)
    assert AnalysisRun.objects.count() == Value.objects.count() == 1
    assert len(list_due_jobs(every())) == 1


def test_runs_that_fail_leave_the_others_alone(measurement: Measurement, tmp_path: Path, analyses: Analyses) -> None:
    shutil.copy(PLUGINS / "fails_when_run.py", tmp_path / "plugins")
    plugin_loading.load()
    runs = run_jobs(list_due_jobs(every()), by=None)
    done = {run.analysis for run in runs if run.status == "done"}
    assert done == {"doubled-thickness", "pressure-above-ambient"}
    assert {run.status for run in runs if run.analysis not in done} == {"failed"}
    assert Value.objects.count() == 2


def test_the_inputs_of_many_are_read_in_a_constant_number_of_queries(
    project: Project, analyses: Analyses, django_assert_max_num_queries: Callable[[int], AbstractContextManager]
) -> None:
    for _ in range(4):
        factories.make_measurement(factories.make_pellet(project), technique="eis")
    assert Cell.objects.count() == 4
    # Reads: the batch and its five prefetches; writes: savepoint, earlier run, run, values, curves, release.
    with django_assert_max_num_queries(9 + 8 * 7):
        run_jobs(list_due_jobs(every()), by=None)
