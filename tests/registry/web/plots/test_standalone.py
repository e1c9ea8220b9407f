"""Drawings as files of their own."""

import base64
import hashlib
import re
from xml.etree import ElementTree

from registry.models import CurveKind
from registry.web.plots.plot import draw_data
from registry.web.plots.standalone import drawing_response

AXES = {"x": {"label": "Time", "unit": "h"}, "y": {"label": "Voltage", "unit": "V"}}


def draw(names: list[str]) -> tuple[ElementTree.Element, str]:
    series = [{"name": name, "x": [0, 1], "y": [2, 3]} for name in names]
    response = drawing_response(draw_data("a", CurveKind.LINE, "A <title>", AXES | {"series": series}))
    return ElementTree.fromstring(response.content), response.headers["Content-Security-Policy"]


def test_a_drawing_has_its_legend_in_as_many_lines_as_it_takes() -> None:
    names = [f"Series & number {number}" for number in range(7)]
    root, _ = draw(names)
    entries = [text for text in root.iter() if text.get("class") == "name"]
    assert [entry.text for entry in entries] == names
    bottom = float(root.get("viewBox", "").split()[3])
    assert 300 < max(float(entry.get("y", "")) for entry in entries) < bottom
    assert all(float(entry.get("x", "")) + 6 * len(entry.text or "") < 420 for entry in entries)


def test_one_series_needs_no_legend() -> None:
    root, _ = draw(["Voltage"])
    assert root.get("viewBox") == "0 0 420 300"


def test_the_policy_admits_its_style_and_nothing_else() -> None:
    root, policy = draw(["a", "b"])
    style = next(element for element in root.iter() if element.tag.endswith("style"))
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    assert re.search(r"style-src '([^']+)'", policy).group(1) == f"sha256-{digest}"  # type: ignore[union-attr]
    assert "default-src 'none'" in policy
