import csv
import io
import json

import pytest
from django.test import RequestFactory

from registry.models import CurveKind
from registry.web.plots.request import csv_response, figure_response

DATA = {
    "x": {"label": "Time", "unit": "h"},
    "y": {"label": "Voltage", "unit": "V"},
    "series": [{"name": "=cmd()", "x": [0, 1, 2], "y": [3.0, None, 5.0], "y_lower": [2.0, None, 4.0]}],
}


def test_points_are_rows_and_no_name_runs_as_a_formula() -> None:
    rows = list(csv.reader(io.StringIO(csv_response("a.csv", DATA).content.decode())))
    assert rows[0] == ["Series", "Time / h", "Voltage / V", "Lower", "Upper"]
    assert rows[1] == ["'=cmd()", "0", "3", "2", ""]
    assert len(rows) == 4


def test_a_number_on_the_second_axis_has_its_own_column() -> None:
    second = {"name": "I", "x": [0], "y": [9.0], "on_second_axis": True}
    data = DATA | {"y2": {"label": "Current", "unit": "mA"}, "series": [{"name": "U", "x": [0], "y": [3.0]}, second]}
    rows = list(csv.reader(io.StringIO(csv_response("a.csv", data).content.decode())))
    assert [row[2:] for row in rows] == [["Voltage / V", "Current / mA"], ["3", ""], ["", "9"]]


@pytest.mark.parametrize(
    ("query", "points"), [({}, 3), ({"from": "0", "to": "0.5"}, 2), ({"from": "x", "to": "nan"}, 3)]
)
def test_a_window_that_is_no_number_is_the_whole(query: dict[str, str], points: int) -> None:
    response = figure_response(RequestFactory().get("/", query), CurveKind.LINE, DATA)

    trace = json.loads(response.content)["data"][-1]
    assert len(trace["x"]) == points
