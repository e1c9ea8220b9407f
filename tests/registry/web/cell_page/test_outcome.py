"""What runs said, each thing once."""

import pytest

from registry.models import AnalysisRun, Measurement, RunStatus
from registry.web.cell_page.outcome import reason_of, shared_refusals, warnings_of


def run_that_said(*texts: str, analysis: str = "capacity-retention", level: str = "warning") -> AnalysisRun:
    messages = [{"level": level, "text": text} for text in texts]
    return AnalysisRun(analysis=analysis, status=RunStatus.REFUSED, messages=messages)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("needs an area", "needs an area."), ("A charge only?", "A charge only?"), ("None is there.", "None is there.")],
)
def test_a_reason_ends_in_one_stop(text: str, sentence: str) -> None:
    assert reason_of(run_that_said(text)) == sentence


def test_equal_warnings_of_two_analyses_are_one_under_both_titles() -> None:
    retention, summary = run_that_said("Drift."), run_that_said("Drift.", "Noise.", analysis="cycling-summary")
    assert warnings_of([retention, summary]) == [
        ("Drift.", [("Capacity retention and fade", retention), ("Cycling summary", summary)]),
        ("Noise.", [("Cycling summary", summary)]),
    ]


def test_a_remark_is_no_warning() -> None:
    assert warnings_of([run_that_said("By the way.", level="info")]) == []


def test_refusals_are_shared_only_where_analysis_and_reason_are_the_same() -> None:
    first, second, third = (Measurement(refcode=f"M-{number}") for number in range(3))
    alike = [(first, run_that_said("needs rows")), (second, run_that_said("needs rows"))]
    others = [(third, run_that_said("needs an area")), (first, run_that_said("needs rows", analysis="cycling-summary"))]
    (refusal,) = shared_refusals([*alike, *others])
    assert (refusal.title, refusal.reason, refusal.on) == (
        "Capacity retention and fade",
        "needs rows.",
        tuple(alike),
    )
