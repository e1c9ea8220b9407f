"""An equation in words is true in any one system of units: its factor is that of the geometry, not of the units."""

import math
import re

import pytest

from analyses.consistency.conflicts import Number, find_conflicts, remark_of
from analyses.consistency.equation import BASE, equation_text
from analyses.consistency.relations import RELATIONS, WORDS
from analyses.consistency.wording import UNITS, unit_of


def test_a_die_has_its_area_with_a_quarter_of_pi() -> None:
    """σ = L/(R A) with A = π d²/4: thickness 0.65 mm, 10 mm, 42 Ω give 1.97×10⁻³ S/cm; 10 % more contradict."""
    values = {
        "thickness_um": 650.0,
        "die_diameter_mm": 10.0,
        "ionic_resistance_ohm": 42.0,
        "ionic_conductivity_s_cm": 1.1 * 0.065 / (42 * math.pi / 4),
    }
    numbers = {name: Number(value, 0.999 * value, 1.001 * value, name) for name, value in values.items()}
    numbers["filled_share"] = Number(1.0, 1.0, 1.0, "filled share")
    (conflict,) = find_conflicts(numbers)
    assert conflict.ratio == pytest.approx(1.1)
    assert remark_of(conflict, numbers).parameters["relation"] == conflict.equation
    assert {"4/π", "diameter²"} <= set(conflict.equation.replace("(", " ").split())


@pytest.mark.parametrize("relation", RELATIONS)
def test_definitions_have_no_factor_but_those_of_geometry(relation) -> None:
    exponents = dict(relation.exponents)
    text = equation_text(exponents, relation.log_constant, relation.exponents[0][0], WORDS)
    assert not re.search(r"×10|\d", text.replace("π/4", "").replace("100 % minus", "")), text
    assert {unit_of(name) for name in exponents} <= {"", *UNITS.values()}


def test_a_squared_number_stands_alone_as_a_square() -> None:
    exponents = {"die_area_cm2": -1, "die_diameter_mm": 2}
    text = equation_text(exponents, math.log(math.pi / 400), "die_diameter_mm", WORDS)
    left, _, right = text.partition(" = ")
    assert (left[-1], right.split(" × ")[0]) == ("²", "4/π")
    assert BASE["mm"] == 0.1
