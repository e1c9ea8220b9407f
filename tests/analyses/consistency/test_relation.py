import math

import pytest

from analyses.consistency.relation import Limit, equation, product_text


def test_an_equation_is_a_product_that_is_one() -> None:
    relation = equation("disc", "geometry", "area", math.pi / 400, diameter=2)
    values = {"area": math.pi / 4, "diameter": 10.0}
    total = sum(power * math.log(values[name]) for name, power in relation.exponents) + relation.log_constant
    assert total == pytest.approx(0.0)


def test_a_limit_defines_its_product_as_a_number() -> None:
    limit = Limit("share", (("q", 1), ("m", -1)), "q", 0.0, 1.0, "code", "text", "source")
    assert dict(limit.as_relation.exponents) == {"q": 1, "m": -1, "share": -1}


@pytest.mark.parametrize(
    ("exponents", "text"),
    [
        ({}, ""),
        ({"a": 1}, "a"),
        ({"a": 2, "b": -1}, "a² / b"),
        ({"a": -1}, "1 / a"),
        ({"a": 1, "b": -1, "c": -2}, "a / (b × c²)"),
    ],
)
def test_a_product_is_written_as_a_fraction(exponents: dict[str, int], text: str) -> None:
    assert product_text(exponents, {}) == text
