"""The check that an analysis carries the components of its inputs."""

from typing import Any

import pytest

from analyses.uncertainty import Estimate, propagate
from registry.hookspecs import Outcome, Result
from registry.testing import example_inputs
from registry.testing.checks.case import Case
from registry.testing.checks.components import component_problems
from tests.registry.testing import broken


def problems(run: Any) -> list[str]:
    (analysis,) = broken.plugin_of(run).register_analyses()
    case = Case(analysis, "test", example_inputs("eis", {"layers.1.area_cm2": 0.5}))
    return list(component_problems(case, case.observe().result))


def outcome(estimate: Estimate) -> Outcome:
    return Outcome((Result("resistance_ohm", estimate),))


def area(inputs: Any) -> Any:
    return inputs.only_layer("sample").require("area_cm2", "area")


def propagates(inputs: Any) -> Any:
    return outcome(propagate(lambda area: 1000 / area, area=area(inputs)))


def ignores_the_uncertainty(inputs: Any) -> Any:
    return outcome(Estimate.exact(1000 / area(inputs).magnitude))


def drops_the_components(inputs: Any) -> Any:
    number = area(inputs)
    return outcome(Estimate.measured(1000 / number.magnitude, 1000 / number.magnitude**2 * number.standard_uncertainty))


def wants_no_components(inputs: Any) -> Any:
    assert not area(inputs).components
    return propagates(inputs)


def is_a_ratio_in_which_the_cause_cancels(inputs: Any) -> Any:
    """A weighted ratio: its own uncertainty changes with the weights, but what both numbers share does not move it."""
    first, other = area(inputs), inputs.only_layer("sample").require("thickness_um", "thickness")
    ratio = first.magnitude / other.magnitude
    return outcome(Estimate.measured(ratio, 0.1 * ratio + first.standard_uncertainty / other.magnitude))


@pytest.mark.parametrize(
    ("run", "count"),
    [
        (propagates, 0),
        (ignores_the_uncertainty, 0),
        (drops_the_components, 1),
        (wants_no_components, 1),
        (is_a_ratio_in_which_the_cause_cancels, 0),
    ],
)
def test_finds_an_analysis_that_loses_components(run: Any, count: int) -> None:
    assert len(problems(run)) == count
