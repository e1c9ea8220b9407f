"""A measurement in one line."""

from registry.web.measurement import in_one_line


def test_a_bare_cycle_number_stands_with_its_word() -> None:
    assert in_one_line([("Stack pressure", "2 MPa"), ("At cycle", "20")]) == "2 MPa, cycle 20"
    assert in_one_line([("At cycle", "20th")]) == "20th"


def test_what_the_label_says_is_not_said_again() -> None:
    conditions = [("Stack pressure", "2 MPa"), ("Temperature", "RT"), ("At cycle", "20")]
    assert in_one_line(conditions, "Table 2, 2 MPa, Cycle 20") == "RT"
    assert in_one_line(conditions, "Table 2, 0.2 MPa, cycle 201") == "2 MPa, RT, cycle 20"
