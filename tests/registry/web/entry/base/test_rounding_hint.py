"""Offers of one more digit. Known answers: half a unit of the last digit over the number."""

import pytest

from registry.numbers import catalogue
from registry.numbers.compound import DIAMETER, MASS
from registry.web.entry.base.rounding_hint import get_rounding_hint

LOADING, DIE = catalogue.get("mass_loading_mg_cm2"), catalogue.get("die_diameter_mm")


def test_a_mass_in_whole_milligrams_gets_a_decimal() -> None:
    hint = get_rounding_hint("id_amount", " 10 mg", MASS, LOADING)
    assert hint is not None
    assert (hint.typed, hint.more_digits, hint.percent, hint.percent_then) == ("10 mg", "10.0 mg", "5", "0.5")


def test_a_diameter_enters_twice() -> None:
    hint = get_rounding_hint("id_size", "8.0mm", DIAMETER, DIE)
    assert hint is None
    hint = get_rounding_hint("id_size", "8 mm", DIAMETER, DIE)
    assert hint is not None
    assert (hint.more_digits, hint.percent) == ("8.0 mm", "12")


@pytest.mark.parametrize("text", ["", "10", "10.00 mg", "10 mg (exact)", "10 ± 1 mg", "<10 mg", "not reported"])
def test_others_get_no_offer(text: str) -> None:
    assert get_rounding_hint("id_amount", text, MASS, LOADING) is None
