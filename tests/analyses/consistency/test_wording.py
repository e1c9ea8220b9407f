import pytest

from analyses.consistency.wording import UNITS, number_text, unit_of


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (993.0, "993"),
        (-12.5, "-12.5"),
        (0.01, "0.01"),
        (1e-3, "10⁻³"),
        (2.7345e5, "2.73×10⁵"),
        (9.999e5, "10⁶"),
        (-2e-6, "-2×10⁻⁶"),
    ],
)
def test_a_number_is_written_as_in_a_paper(number: float, text: str) -> None:
    assert number_text(number) == text


def test_a_longer_ending_comes_before_a_shorter_one() -> None:
    ends = list(UNITS)
    assert all(not later.endswith(earlier) for index, earlier in enumerate(ends) for later in ends[index + 1 :])


def test_a_unit_is_known_by_the_end_of_a_name() -> None:
    assert unit_of("layer_density_g_cm3") == "g/cm³"
    assert unit_of("current_density_ma_cm2") == "mA/cm²"
    assert unit_of("c_rate") == "C"
