import pytest

from analyses.component import Component
from analyses.statistics.shared_causes import shared_components
from analyses.uncertainty import Estimate


def number(magnitude: float, *components: Component) -> Estimate:
    return Estimate.of_components(magnitude, *components)


def test_a_cause_common_to_all_adds_up_with_the_weights() -> None:
    numbers = [number(size, Component("geometry", 0.03 * size, shared="area")) for size in (1.0, 2.0, 3.0)]
    (part,) = shared_components([1 / 3] * 3, numbers)
    assert part.contribution == pytest.approx(0.06)
    assert part.shared == "area"


def test_equal_shares_cancel_where_the_weights_do() -> None:
    numbers = [number(size, Component("geometry", 0.03, shared="area")) for size in (1.0, 2.0, 3.0)]
    assert shared_components([-0.5, 0.0, 0.5], numbers) == ()


def test_a_cause_of_one_number_alone_is_left_to_the_scatter() -> None:
    numbers = [number(1.0, Component("fit", 0.1, shared="M-00001 fit"), Component("noise", 0.2)), number(2.0)]
    assert shared_components([0.5, 0.5], numbers) == ()


def test_degrees_of_freedom_are_the_fewest() -> None:
    numbers = [number(1.0, Component("drift", 0.1, shared="d", degrees_of_freedom=n)) for n in (3, 9)]
    assert shared_components([1.0, 1.0], numbers)[0].degrees_of_freedom == 3
