"""Codes of runs are counted, each with its sentence in the newest run."""

from registry import plugin_loading
from registry.contract.outcome import NotComputed, Outcome
from registry.models import AnalysisRun, Project
from registry.selectors.runs.message_code import count_codes
from registry.services.runs.analysis import run_analysis, store_run
from tests import factories


def test_messages_and_reasons_are_counted_with_the_newest_sentence(project: Project) -> None:
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis")
    analysis = plugin_loading.current().analyses["ionic-conductivity"]
    first = run_analysis(measurement=measurement, analysis=analysis, by=None)
    second = AnalysisRun.objects.get(pk=first.pk)
    second.pk, second._state.adding = None, True
    missing = NotComputed("resistance_ohm", "missing-spectrum", "no spectrum {number}", number=3)
    store_run(second, Outcome(not_computed=(missing,)))
    counted = {row["code"]: row for row in count_codes(AnalysisRun.objects.values("pk"))}
    shared = first.messages[0]
    assert (counted[shared["code"]]["runs"], counted[shared["code"]]["last_run"]) == (2, second.pk)
    assert counted[shared["code"]]["parameters"] == shared["parameters"]
    reason = counted["missing-spectrum"]
    assert (reason["runs"], reason["text"], reason["parameters"]) == (1, "no spectrum 3", {"number": 3})
    value = second.values.get()
    assert (value.missing_code, value.missing_parameters) == ("missing-spectrum", {"number": 3})


def test_without_runs_there_are_no_codes(project: Project) -> None:
    assert count_codes(AnalysisRun.objects.filter(cell__project=project).values("pk")) == []
