"""Why the computed values of a table are outdated, said once where all share it."""

import pytest
from django.contrib.auth.models import AnonymousUser

from registry.hookspecs import Column, Table
from registry.models import AnalysisRun, Measurement, Project
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.comparison.outdated_values import ComputedValues
from registry.selectors.comparison.tables import format_with_runs
from registry.services.runs.analysis import run_jobs
from tests import factories

KEY = "ionic_conductivity_s_cm"
TABLE = Table(slug="t", title="T", columns=(Column(key="refcode"), Column(key=KEY)), require=(KEY,))


@pytest.fixture
def runs(public_project: Project) -> list[AnalysisRun]:
    for _ in range(2):
        cell = factories.make_pellet(public_project, thickness="1 mm", area="1 cm2")
        factories.report(factories.make_measurement(cell, technique="eis"), "resistance_ohm", "5 Ω")
    run_jobs(list_due_jobs(Measurement.objects.all(), names=["ionic-conductivity"]), by=None)
    return list(AnalysisRun.objects.filter(analysis="ionic-conductivity").order_by("pk"))


def computed() -> ComputedValues:
    return format_with_runs(TABLE, AnonymousUser()).computed


def test_lists_the_runs_of_the_values_shown(runs: list[AnalysisRun]) -> None:
    assert [summary.pk for summary in computed().runs] == [run.pk for run in runs]
    assert {summary.key for summary in computed().runs} == {(run.target, run.analysis) for run in runs}


def test_a_reason_that_all_share_is_said_once(runs: list[AnalysisRun]) -> None:
    assert computed().shared_sentence == ""
    AnalysisRun.objects.filter(pk=runs[0].pk).update(version="0.0.1")
    assert computed().shared_sentence == ""
    AnalysisRun.objects.update(version="0.0.1")
    formatted = format_with_runs(TABLE, AnonymousUser())
    assert formatted.computed.runs[0].reason in formatted.computed.shared_sentence
    assert formatted.printed.caption == formatted.computed.shared_sentence
    assert not any("Computed by version" in note for note in formatted.printed.footnotes)
