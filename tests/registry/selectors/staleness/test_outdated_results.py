"""Runs whose results are outdated, with the reasons in words."""

import pytest
from django.contrib.auth.models import AnonymousUser, User

from registry import plugin_loading
from registry.models import AnalysisRun, Project, TargetKey
from registry.models.analysis_run import StaleCause
from registry.selectors.staleness.outdated import INPUT
from registry.selectors.staleness.outdated_results import RunSummary, get_outdated_results, list_run_summaries
from tests import factories

CURRENT = RunSummary(1, TargetKey(1), 1, "cell-design", "", "", "", is_stale=False)


def loaded_version(analysis: str = "cell-design") -> str:
    return plugin_loading.current().analyses[analysis].version


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"source_hash": "0" * 64}, "code"),
        ({"version": "0.0.1"}, "0.0.1"),
        ({"version": "0.0.1", "is_stale": True}, "0.0.1"),
        ({"is_stale": True, "stale_because": StaleCause.DATA.value}, StaleCause.DATA.label),
        ({"is_stale": True}, INPUT),
    ],
)
def test_the_reason_is_what_changed_first(changes: dict[str, object], named: str) -> None:
    assert named in CURRENT._replace(version=loaded_version())._replace(**changes).reason


@pytest.mark.parametrize("changes", [{}, {"analysis": "not-loaded", "is_stale": True}])
def test_a_current_result_and_one_that_cannot_be_computed_have_no_reason(changes: dict[str, object]) -> None:
    assert CURRENT._replace(version=loaded_version())._replace(**changes).reason == ""


def test_lists_latest_runs_that_are_outdated_only(project: Project) -> None:
    measurements = [factories.make_measurement(factories.make_cell(project), technique="eis") for _ in range(3)]
    run = {"analysis": "ionic-conductivity", "version": loaded_version("ionic-conductivity")}
    factories.make_run(measurements[0], **run)
    outdated = factories.make_run(measurements[1], **run | {"version": "0"})
    factories.make_run(measurements[2], **run | {"version": "0", "is_latest": False})
    assert [summary.pk for summary in list_run_summaries(AnalysisRun.objects.all())] == [outdated.pk]


def test_only_editors_may_run_them_again(project: Project, owner: User) -> None:
    run = CURRENT._replace(version="0", project=project.pk)
    for user, (mine, others) in ((AnonymousUser(), (0, 1)), (owner, (1, 0))):
        results = get_outdated_results([run], user, pending=())
        assert results is not None
        assert (results.number, len(results.runs), results.number_by_others) == (1, mine, others)
    assert get_outdated_results([CURRENT._replace(version=loaded_version())], owner) is None
