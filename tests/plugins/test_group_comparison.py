"""Permutation tests of the cells of example groups."""

from collections.abc import Mapping

import pytest

from plugins import group_comparison
from registry.contract.outcome import Message
from registry.testing import example_group, run_analysis
from registry.testing.cells import measured

SIGMA = "ionic_conductivity_s_cm"


def compared(values: Mapping[int, float], **parameters: str) -> list[Message]:
    """Messages on the conductivity of as many cells as there are values, by their number."""
    changes = {
        f"members.C-{number:05}.values.{SIGMA}.M-{number:05}/computed/ionic-conductivity": measured(value, 1e-6)
        for number, value in values.items()
    }
    group = example_group("comparison", count=len(values), changes=changes)
    result = run_analysis(group_comparison, group, parameters=parameters)
    assert result.status == "done"
    return [message for message in result.messages if message.parameters.get("quantity") == SIGMA]


def test_groups_are_those_of_the_two_recipes() -> None:
    """Odd cells are bare, even ones coated: 70 arrangements, of which this one and its mirror image differ as much."""
    values = {number: 1e-3 * (1 + 0.01 * number + (number % 2 == 0)) for number in range(1, 9)}
    message = next(message for message in compared(values) if message.code == "groups-differ")
    assert message.parameters["probability"] == pytest.approx(2 / 70)
    assert message.parameters["difference"] == pytest.approx(1.01e-3)
    assert (message.parameters["first"], message.parameters["second"]) == (4, 4)


def test_groups_can_be_named() -> None:
    values = {number: 1e-3 * number for number in range(1, 9)}
    first = "C-00001 C-00002, C-00003 C-00004"
    message = next(message for message in compared(values, first_group=first) if "probability" in message.parameters)
    assert (message.code, message.parameters["difference"]) == ("groups-differ", pytest.approx(4e-3))


def test_an_unsure_difference_comes_with_what_could_have_been_found() -> None:
    values = {number: 1e-3 * (1 + 0.1 * (number % 3)) for number in range(1, 9)}
    message = next(message for message in compared(values) if "probability" in message.parameters)
    assert message.code == "no-difference-shown"
    assert message.parameters["detectable"] > 0


def test_three_against_three_says_that_nothing_could_have_been_shown() -> None:
    values = {number: 1e-3 * (1 + 9 * (number % 2)) for number in range(1, 7)}
    message = next(message for message in compared(values) if "probability" in message.parameters)
    assert (message.code, message.level) == ("level-out-of-reach", "warning")
    assert message.parameters["smallest"] == pytest.approx(0.1)


def test_what_is_no_two_groups_is_refused() -> None:
    same = {f"members.C-0000{number}.layers.1.name": "Li6PS5Cl" for number in range(1, 6)}
    result = run_analysis(group_comparison, example_group("comparison", changes=same))
    assert (result.status, [message.code for message in result.messages]) == ("refused", ["not-two-recipes"])
    result = run_analysis(group_comparison, example_group("comparison"), parameters={"first_group": "C-99999"})
    assert (result.status, [message.code for message in result.messages]) == ("refused", ["unknown-cell"])
