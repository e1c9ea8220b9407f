"""The check that an analysis never computes with a bound."""

from typing import Any

import pytest

from registry.testing import example_inputs
from registry.testing.checks.bounds import bound_problems
from registry.testing.checks.case import Case
from tests.registry.testing import broken


def problems(run: Any) -> list[str]:
    (analysis,) = broken.plugin_of(run).register_analyses()
    case = Case(analysis, "test", example_inputs("eis", {"layers.1.area_cm2": 0.5}))
    return list(bound_problems(case, case.observe().result))


def takes_the_die_instead(inputs: Any) -> Any:
    area = inputs.only_layer("sample").quantity("area_cm2")
    return broken.outcome_of((area or inputs.setup("die_diameter_mm")).magnitude)


def takes_the_die_if_no_area_was_entered(inputs: Any) -> Any:
    area = inputs.only_layer("sample").optional("area_cm2", "area")
    return broken.outcome_of((area or inputs.optional("setup.die_diameter_mm", "die diameter")).magnitude)


def takes_the_bound(inputs: Any) -> Any:
    return broken.outcome_of(inputs.fact("layers.1.area_cm2").magnitude)


@pytest.mark.parametrize(
    ("run", "count"),
    [(takes_the_die_instead, 1), (takes_the_bound, 1), (takes_the_die_if_no_area_was_entered, 0)],
)
def test_finds_an_analysis_that_replaces_a_bound_without_a_word(run: Any, count: int) -> None:
    reported = problems(run)
    assert len(reported) == count
    assert all("layers.1.area_cm2" in problem for problem in reported)
