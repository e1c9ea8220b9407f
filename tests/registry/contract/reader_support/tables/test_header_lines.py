import pytest

from registry.contract.reader_support.tables.header_lines import facts_above, has_numbers, with_units


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("# area: 0.785 cm2", {"area": "0.785 cm2"}),
        ("thickness, 600, µm", {"thickness": "600 µm"}),
        ("diameter = 10 mm", {"diameter": "10 mm"}),
        ("area;0,785;cm²;;", {"area": "0,785 cm²"}),
        ("mass\t12.3\tmg", {"mass": "12.3 mg"}),
        ("% pressure : 50 MPa", {"pressure": "50 MPa"}),
        ('"started","2024-05-06 07:08"', {"started": "2024-05-06 07:08"}),
        ("made by hand", {}),
        ("operator;;;", {}),
        ("1,2,3", {}),
        ("-----", {}),
        ("n" * 70 + ": 1", {}),
    ],
)
def test_a_name_with_a_value_is_a_fact(text: str, facts: dict[str, str]) -> None:
    assert facts_above([text]) == facts


def test_the_first_of_two_values_is_kept_and_their_number_is_limited() -> None:
    assert facts_above(["area: 1 cm2", "area: 2 cm2"]) == {"area": "1 cm2"}
    assert len(facts_above(f"n{'x' * number}: 1" for number in range(59))) == 59
    assert len(facts_above(f"{chr(97 + number % 26)}x{chr(97 + number // 26)}: 1" for number in range(90))) == 60


def test_units_below_names_are_joined_where_they_fit() -> None:
    labels = ("Frequency", "Z'", "-Z'' / Ohm", "remark")
    assert with_units(labels, ("Hz", "(kOhm)", "Ohm", "x")) == ("Frequency / Hz", "Z' / kOhm", "-Z'' / Ohm", "remark")
    assert with_units(labels, ("V", "V", "", "")) is None
    assert with_units(labels, ("1000", "2", "3", "")) is None


def test_units_below_names_with_units_must_be_the_same() -> None:
    labels = ("Frequency / Hz", "Z' (Ohm)", "cycle")
    assert with_units(labels, ("Hz", "Ohm", "-")) == labels
    assert with_units(labels, ("Hz", "kOhm", "")) is None


def test_a_row_with_two_numbers_has_numbers() -> None:
    assert has_numbers(("1,5", "2e-3", "rest"))
    assert not has_numbers(("1", "rest"))
