"""Test conditions in one line."""

from registry.web.measurement import format_conditions


def test_conditions_are_in_one_line() -> None:
    assert format_conditions([("Stack pressure", "2 MPa"), ("Cycle number", "cycle 20")]) == "2 MPa, cycle 20"


def test_conditions_in_the_label_are_not_repeated() -> None:
    conditions = [("Stack pressure", "2 MPa"), ("Temperature", "RT"), ("Cycle number", "cycle 20")]
    assert format_conditions(conditions, "Table 2, 2 MPa, Cycle 20") == "RT"
    assert format_conditions(conditions, "Table 2, 0.2 MPa, cycle 201") == "2 MPa, RT, cycle 20"
