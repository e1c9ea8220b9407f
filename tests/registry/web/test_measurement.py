"""Test conditions in one line."""

from registry.web.measurement import format_conditions


def test_a_plain_cycle_number_is_named() -> None:
    assert format_conditions([("Stack pressure", "2 MPa"), ("Cycle number", "20")]) == "2 MPa, cycle 20"
    assert format_conditions([("Cycle number", "20th")]) == "20th"


def test_conditions_in_the_label_are_not_repeated() -> None:
    conditions = [("Stack pressure", "2 MPa"), ("Temperature", "RT"), ("Cycle number", "20")]
    assert format_conditions(conditions, "Table 2, 2 MPa, Cycle 20") == "RT"
    assert format_conditions(conditions, "Table 2, 0.2 MPa, cycle 201") == "2 MPa, RT, cycle 20"
