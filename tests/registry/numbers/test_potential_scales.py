import pytest

from registry.numbers import catalogue
from registry.numbers.parsing import NotationError, parse
from registry.numbers.potential_scales import POTENTIALS, SCALES, scale_label, split_scale


@pytest.mark.parametrize(
    ("text", "number", "scale"),
    [
        ("4.3 V vs Li/Li+", "4.3 V", "li"),
        ("4.3 V vs. Li⁺/Li", "4.3 V", "li"),
        ("4.3 V (vs. Li+ / Li)", "4.3 V", "li"),
        ("4.3 V, versus Li", "4.3 V", "li"),
        ("1.9 V vs Li-In", "1.9 V", "li_in"),
        ("1.9 V vs. Li–In", "1.9 V", "li_in"),
        ("1.9V vs In/InLi", "1.9V", "li_in"),
        ("1.9 V vs. Li-In/Li+", "1.9 V", "li_in"),
        ("3.0 V vs Na+/Na", "3.0 V", "na"),
        ("4.2 V (cell voltage)", "4.2 V", "cell"),
        ("4.2 V full cell", "4.2 V", "cell"),
        ("4.2 V", "4.2 V", ""),
        ("Coin cell", "Coin cell", ""),
        ("not reported", "not reported", ""),
    ],
)
def test_splits_the_scale_from_a_voltage(text: str, number: str, scale: str) -> None:
    assert split_scale(text) == (number, scale)


@pytest.mark.parametrize("scale", SCALES)
def test_the_label_of_a_scale_is_one_of_its_spellings(scale: str) -> None:
    assert split_scale(f"1 V {scale_label(scale)}") == ("1 V", scale)


def test_an_unknown_scale_is_refused() -> None:
    with pytest.raises(NotationError, match="SHE"):
        split_scale("3.0 V vs SHE")


@pytest.mark.parametrize("slug", sorted(POTENTIALS))
def test_a_potential_keeps_its_scale_and_its_text(slug: str) -> None:
    number = parse("~4.30 V vs Li/Li+ (exact)", catalogue.get(slug))
    assert (number.magnitude, number.scale, number.qualifier, number.exact) == (4.3, "li", "~", True)
    assert number.text == "~4.30 V vs Li/Li+ (exact)"


def test_other_voltages_have_no_scale() -> None:
    with pytest.raises(NotationError):
        parse("3.11 V vs Li/Li+", catalogue.get("mean_discharge_voltage_v"))
