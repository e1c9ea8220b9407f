"""The dependence on a recipe on example groups."""

import pytest

from plugins import recipe_dependence
from registry.testing import example_group, run_analysis

SIGMA = "ionic_conductivity_s_cm"


def test_each_quantity_is_a_curve_over_the_recipe() -> None:
    result = run_analysis(recipe_dependence, example_group("recipe", count=3))
    assert result.status == "done"
    curve = next(item for item in result.outcome.curves if item.name.startswith(SIGMA))
    assert curve.x.quantity == "mass_fraction_percent"
    (points,) = curve.series
    assert list(points.x) == [0, 1, 2]
    assert list(points.y) == pytest.approx([1e-3, 1.1e-3, 0.9e-3])
    assert points.y_lower is not None
    assert points.y_lower[0] == pytest.approx(1e-3 * (1 - 1.96 * 0.002), rel=1e-4)


def test_the_values_are_numbered_by_cell() -> None:
    result = run_analysis(recipe_dependence, example_group("recipe", count=3))
    values = {item.place.number: item.estimate.magnitude for item in result.outcome.values if item.quantity == SIGMA}
    assert values == {1: pytest.approx(1e-3), 2: pytest.approx(1.1e-3), 3: pytest.approx(0.9e-3)}


@pytest.mark.parametrize("number", [None, "<1 %"])
def test_a_cell_without_its_recipe_number_is_refused(number: str | None) -> None:
    result = run_analysis(
        recipe_dependence, example_group("recipe", count=3, changes={"members.C-00002.recipe_number": number})
    )
    code = "only-a-bound" if number else "missing-recipe-number"
    assert (result.status, [item.code for item in result.messages]) == ("refused", [code])


def test_equal_recipes_are_refused() -> None:
    same = {f"members.C-0000{number}.recipe_number": 1.0 for number in (1, 2, 3)}
    result = run_analysis(recipe_dependence, example_group("recipe", count=3, changes=same))
    assert [item.code for item in result.messages] == ["too-few-recipes"]


def test_the_numbers_of_the_recipes_have_their_unit() -> None:
    result = run_analysis(recipe_dependence, example_group("recipe", count=3))
    (axis,) = [message for message in result.messages if message.code == "recipe-axis"]
    assert str(axis.parameters["numbers"]).split(", ")[1].split()[1:] == ["1", "%"]
