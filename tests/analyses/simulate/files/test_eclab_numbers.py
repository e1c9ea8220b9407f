import pytest

from analyses.simulate.files.eclab_numbers import double, single


@pytest.mark.parametrize(
    ("number", "text"), [(7000018.5, "7.0000185E+006"), (-1.4506034e-4, "-1.4506034E-004"), (0.0, "0.0000000E+000")]
)
def test_single_precision_is_written_as_in_the_file_of_an_instrument(number: float, text: str) -> None:
    assert single(number) == text


def test_double_precision_is_written_as_in_the_file_of_an_instrument() -> None:
    assert double(4.709477316966513) == "4.709477316966513E+000"
