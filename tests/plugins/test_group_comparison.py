"""Permutation tests of the cells of example groups."""

from collections.abc import Mapping, Sequence

import pytest

from plugins import group_comparison
from registry.contract.group_member import MEASURED, Measured, member_value_key
from registry.contract.outcome import Message
from registry.contract.place import Place
from registry.hookspecs import Fact
from registry.numbers import catalogue
from registry.sandbox.run_result import RunResult
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
    """Odd cells are bare, even ones coated: 252 arrangements, of which this one and its mirror image differ as much."""
    values = {number: 1e-3 * (1 + 0.01 * number + (number % 2 == 0)) for number in range(1, 11)}
    message = next(message for message in compared(values) if message.code == "groups-differ")
    assert message.parameters["probability"] == pytest.approx(2 / 252)
    assert message.parameters["difference"] == pytest.approx(1.01e-3)
    assert (message.parameters["first"], message.parameters["second"]) == (5, 5)


def test_groups_can_be_named() -> None:
    values = {number: 1e-3 * number for number in range(1, 11)}
    first = "C-00001 C-00002, C-00003 C-00004 C-00005"
    message = next(message for message in compared(values, first_group=first) if "probability" in message.parameters)
    assert (message.code, message.parameters["difference"]) == ("groups-differ", pytest.approx(5e-3))


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


def cells_with(*values: tuple[str, Place | None, Sequence[Fact]]) -> RunResult:
    """The comparison of eight cells, of which each has these values: quantity, place and a number for each cell."""
    changes: dict[str, Fact] = {}
    for cell in range(1, 9):
        path, record = f"members.C-{cell:05}", f"M-{cell:05}"
        keys: dict[str, tuple[str, ...]] = {}
        for quantity, place, numbers in values:
            key = member_value_key(record, "computed", "a", place)
            keys[quantity] = (*keys.get(quantity, ()), key)
            described = Measured(quantity, place, "eis", (), "computed", "a")
            described = described.with_test_of(catalogue.get_or_placeholder(quantity))
            changes |= {f"{path}.values.{quantity}.{key}": numbers[cell - 1]}
            changes |= {f"{path}.values.{quantity}.{key}.{MEASURED}": described.facts()}
        changes |= {f"{path}.values.{quantity}": listed for quantity, listed in keys.items()}
        changes[f"{path}.quantities"] = tuple(sorted(keys))
    return run_analysis(group_comparison, example_group("comparison", count=8, changes=changes))


def apart(step: float = 1.0) -> list[Fact]:
    """Numbers of eight cells whose groups do not overlap."""
    return [measured(10 + step * cell + 100 * (cell % 2), 0.1) for cell in range(8)]


def test_a_message_names_place_and_unit() -> None:
    result = cells_with(("charge_peak_voltage_v", Place("peak", 2), apart()))
    message = next(message for message in result.messages if message.code == "groups-differ")
    assert "charge, peak 2" in message.text
    assert " 101 V;" in message.text
    assert (message.parameters["place"], message.parameters["unit"]) == ("peak:2", "V")
    (curve,) = result.outcome.curves
    assert "peak 2 / V" in curve.title


def test_a_number_is_tested_once_and_a_constant_never() -> None:
    retention = "capacity_retention_percent"
    same = [measured(5.0, 0.1)] * 8
    result = cells_with(
        (retention, None, apart()), (retention, Place("group", 2), apart()), ("active_mass_mg", None, same)
    )
    codes = [message.code for message in result.messages]
    assert (codes.count("groups-differ"), codes.count("no-difference-shown")) == (1, 0)
    (constants,) = (message for message in result.messages if message.code == "constants-not-compared")
    assert constants.parameters["quantities"] == ["active_mass_mg"]


def test_probabilities_are_adjusted_for_the_number_of_quantities() -> None:
    """Of two quantities one differs at 2/70: adjusted for two, 4/70 is above 0.05."""
    mixed = [measured(float(number), 0.1) for number in (1, 2, 3, 4, 4, 3, 2, 1.5)]
    result = cells_with(("charge_peak_voltage_v", None, apart()), ("charge_peak_width_v", None, mixed))
    (several,) = (message for message in result.messages if message.code == "several-quantities-compared")
    assert (several.parameters["count"], several.parameters["below"]) == (2, 1)
    assert (several.parameters["below_adjusted"], several.level) == (0, "info")
    shown = [message for message in result.messages if message.code == "no-difference-shown"]
    assert sorted(message.parameters["adjusted"] for message in shown)[0] == pytest.approx(4 / 70)
    assert not [message for message in result.messages if message.code == "groups-differ"]


def test_a_bound_of_a_cell_is_a_reason_not_to_compare() -> None:
    numbers = apart()
    numbers[3] = ">1.4 V"
    result = cells_with(("charge_peak_voltage_v", None, numbers), ("charge_peak_width_v", None, apart()))
    assert [(item.quantity, item.code) for item in result.outcome.not_computed] == [
        ("charge_peak_voltage_v", "only-bounds-of-some-cells")
    ]


def test_how_far_a_test_went_is_not_compared() -> None:
    result = cells_with(("cycled_time_h", None, apart()), ("charge_peak_width_v", None, apart()))
    (left_out,) = (message for message in result.messages if message.code == "test-extents-left-out")
    assert left_out.parameters["quantities"] == ["cycled_time_h"]
