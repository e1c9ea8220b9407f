"""Where a missing entry is made."""

from typing import Any

import pytest

from registry.models import AnalysisRun, Project
from registry.web.cell_page.remedy import get_remedy
from tests import factories


def run_with(project: Project, code: str, **parameters: Any) -> AnalysisRun:
    cell = factories.make_pellet(project)
    measurement = factories.make_measurement(cell, technique="eis")
    message = {"code": code, "text": code, "parameters": parameters}
    return AnalysisRun(cell=cell, measurement=measurement, analysis="rate-capability", messages=[message])


@pytest.mark.parametrize(
    ("parameters", "anchor"),
    [
        ({"quantity": "thickness_um", "layer": 2}, "#id_layers-1-thickness"),
        ({"quantity": "temperature_degc"}, "#id_conditions.temperature_degc"),
        ({"quantity": "resistance_ohm"}, "#values-heading"),
        ({"missing": [{"parameters": {"quantity": "mass_loading_mg_cm2", "layer": 1}}]}, "#id_layers-0-amount"),
    ],
)
def test_a_missing_number_leads_to_its_field(project: Project, parameters: dict[str, Any], anchor: str) -> None:
    remedy = get_remedy(run_with(project, "missing-value", **parameters))
    assert remedy is not None
    assert remedy.url.endswith(anchor)


def test_an_analysis_that_does_not_apply_has_no_remedy(project: Project) -> None:
    assert get_remedy(run_with(project, "no-rate-test")) is None
