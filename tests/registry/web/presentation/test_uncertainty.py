"""Components and other methods of a value as text."""

import pytest

from registry.models import Value
from registry.web.presentation.uncertainty import (
    ComponentRow,
    format_components,
    format_method_spread,
    list_component_rows,
)

GEOMETRY = [["geometry", 3e-5, "thickness", None], ["geometry", -4e-5, "area", None]]


def value(magnitude: float | None = 1e-3, **fields: object) -> Value:
    return Value(quantity="ionic_conductivity_s_cm", magnitude=magnitude, origin="computed", **fields)


@pytest.mark.parametrize(
    ("components", "text"),
    [
        ([], ""),
        ([["fit", -1.2e-5, "", 40.0], *GEOMETRY], "geometry 5 %, fit 1.2 %"),
        ([["", 1e-6, "", None]], "other 0.1 %"),
        ([["fit", 1e-13, "", None]], "fit 1×10⁻⁸ %"),
    ],
)
def test_components_of_a_kind_are_one_and_the_largest_comes_first(components: list[object], text: str) -> None:
    assert format_components(value(components=components)) == text


def test_a_share_of_zero_is_not_shown() -> None:
    assert format_components(value(0.0, components=GEOMETRY)) == ""
    assert [row.relative for row in list_component_rows([value(0.0, components=GEOMETRY)])] == ["", ""]


def test_other_methods_are_in_one_line() -> None:
    spread = [["circuit fit", 1.02e-3], ["intercept", 9.8e-5]]
    assert format_method_spread(value(method_spread=spread)) == "circuit fit 0.00102, intercept 9.8×10⁻⁵"
    assert format_method_spread(value()) == ""


def test_each_component_has_a_row_with_its_shared_cause() -> None:
    placed = value(components=GEOMETRY[:1], at_kind="layer", at_number=2)
    heading = "Ionic conductivity /\N{NO-BREAK SPACE}S\N{NO-BREAK SPACE}cm⁻¹, layer 2"
    assert list_component_rows([value(), placed]) == [ComponentRow(heading, "geometry", "3×10⁻⁵", "3 %", "thickness")]
