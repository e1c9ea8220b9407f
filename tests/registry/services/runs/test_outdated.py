"""Exactly the outdated runs that were listed are queued, if the actor may edit the project of each."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from registry.models import AnalysisRun, Measurement, Project
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.staleness.outdated_results import list_run_summaries
from registry.services.runs.analysis import run_jobs
from registry.services.runs.outdated import queue_outdated
from tests import factories

ANALYSIS = "ionic-conductivity"


def make_outdated_run(project: Project) -> AnalysisRun:
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis")
    run_jobs(list_due_jobs(Measurement.objects.filter(pk=measurement.pk), names=[ANALYSIS, "consistency"]), by=None)
    AnalysisRun.objects.filter(measurement=measurement).update(version="0.0.1")
    return AnalysisRun.objects.get(measurement=measurement, analysis=ANALYSIS)


def test_other_outdated_runs_are_not_queued(project: Project, owner: User) -> None:
    run = make_outdated_run(project)
    make_outdated_run(project)
    queue_outdated(list_run_summaries(AnalysisRun.objects.filter(pk=run.pk)), by=owner)
    (queued,) = AnalysisRun.objects.filter(status="queued")
    assert (queued.target, queued.analysis, queued.started_by) == (run.target, ANALYSIS, owner)


def test_a_current_run_is_not_queued(project: Project, owner: User) -> None:
    run = make_outdated_run(project)
    listed = list_run_summaries(AnalysisRun.objects.filter(pk=run.pk))
    run_jobs(list_due_jobs(Measurement.objects.all(), names=[ANALYSIS]), by=None)
    assert queue_outdated(listed, by=owner) == []


def test_one_project_that_the_actor_may_not_edit_refuses_all(project: Project, owner: User) -> None:
    runs = [make_outdated_run(project), make_outdated_run(factories.make_project(visibility="public"))]
    with pytest.raises(PermissionDenied):
        queue_outdated(list_run_summaries(AnalysisRun.objects.filter(pk__in=[run.pk for run in runs])), by=owner)
    assert not AnalysisRun.objects.filter(status="queued").exists()
