"""Formulas as chemists print them."""

import pytest

from registry.models import Material
from registry.templatetags.chemistry import formula, material_name


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Li6PS5Cl", "Li<sub>6</sub>PS<sub>5</sub>Cl"),
        ("LiNi0.8Mn0.1Co0.1O2", "LiNi<sub>0.8</sub>Mn<sub>0.1</sub>Co<sub>0.1</sub>O<sub>2</sub>"),
        ("75Li2S·25P2S5", "75Li<sub>2</sub>S·25P<sub>2</sub>S<sub>5</sub>"),
        ("Li10(GeP2)2S12", "Li<sub>10</sub>(GeP<sub>2</sub>)<sub>2</sub>S<sub>12</sub>"),
        ("<b>O'2</b>", "&lt;b&gt;O&#x27;2&lt;/b&gt;"),
    ],
)
def test_numbers_behind_a_symbol_or_a_bracket_are_set_low(text: str, printed: str) -> None:
    assert formula(text) == printed


def test_a_name_is_set_low_only_where_it_is_the_formula() -> None:
    assert material_name(Material(name="Li6PS5Cl", formula="Li6PS5Cl")) == "Li<sub>6</sub>PS<sub>5</sub>Cl"
    assert material_name(Material(name="NCM90", formula="")) == "NCM90"
