"""Refusals of analyses that do not apply to a record."""

import pytest

from registry.models import AnalysisRun
from registry.selectors.runs.refusal import does_not_apply

RATE = "rate-capability"


def refused(analysis: str, code: str, **fields: object) -> AnalysisRun:
    return AnalysisRun(analysis=analysis, messages=[{"code": code, "text": code, "parameters": {}, **fields}])


@pytest.mark.parametrize(
    ("analysis", "code", "expected"),
    [
        (RATE, "no-rate-test", True),
        (RATE, "missing-thickness", False),
        ("activation-energy", "no-rate-test", False),
        ("of-a-plugin-that-was-removed", "no-rate-test", False),
    ],
)
def test_an_analysis_names_the_codes_by_which_it_does_not_apply(analysis: str, code: str, expected: bool) -> None:
    assert does_not_apply(refused(analysis, code)) is expected


def test_a_refusal_that_offers_a_change_applies() -> None:
    assert not does_not_apply(refused(RATE, "no-rate-test", offers=[{"label": "Use it"}]))
