"""The API of the audit."""

import pytest
from rest_framework.test import APIClient

from registry.models import Measurement, Project
from registry.plugin_loading import current
from registry.services.runs.analysis import run_analysis
from tests import factories


@pytest.fixture
def measurement(project: Project) -> Measurement:
    """0.06 cm / (100 ohm x 0.785 cm2) is 7.64e-4 S/cm; 8.64e-4 was reported."""
    pellet = factories.make_pellet(project, thickness="600 µm (exact)")
    measurement = factories.make_measurement(pellet, technique="eis", setup=factories.make_setup(project))
    factories.report(measurement, "resistance_ohm", "100 Ω (exact)")
    factories.report(measurement, "ionic_conductivity_s_cm", "8.64×10^-4 S/cm")
    run_analysis(measurement=measurement, analysis=current().analyses["ionic-conductivity"], by=None)
    return measurement


def test_a_disagreement_is_listed(api: APIClient, measurement: Measurement) -> None:
    (finding,) = api.get("/api/audit/?disagreeing=true").json()["results"]
    assert (finding["measurement"], finding["quantity"]) == (measurement.refcode, "ionic_conductivity_s_cm")
    assert finding["agrees"] is False
    assert finding["deviation_percent"] == pytest.approx(100 * (8.64e-4 / 7.6394e-4 - 1), abs=0.01)
    assert finding["reported"]["written"] == "8.64×10^-4 S/cm"
    assert finding["computed"]["run"] is not None
    assert "disagree" in finding["sentence"]


def test_the_list_is_filtered(api: APIClient, measurement: Measurement) -> None:
    assert api.get("/api/audit/?disagreeing=false").json()["count"] == 0
    assert api.get(f"/api/audit/?cell={measurement.cell.refcode}&project=lab").json()["count"] == 1
    assert api.get("/api/audit/?measurement=M-99999").json()["count"] == 0


@pytest.mark.parametrize("query", ["disagreing=true", "disagreeing=perhaps", "disagreeing="])
def test_an_invalid_query_is_rejected(api: APIClient, measurement: Measurement, query: str) -> None:
    response = api.get(f"/api/audit/?{query}")
    assert response.status_code == 400
    assert "disagree" in response.json()["error"]


def test_findings_of_a_private_project_are_hidden(anyone: APIClient, measurement: Measurement) -> None:
    assert anyone.get("/api/audit/").json()["count"] == 0
