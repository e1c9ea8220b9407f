"""Where a missing entry is made."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry.models import AnalysisRun, Layer, Project, Value
from registry.web.cell_page.remedy import get_missing_remedy, get_remedy
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
        ({"quantity": "packaging_mass_mg"}, "/edit/#id_packaging_mass"),
        ({"quantity": "density_g_cm3", "layer": 1}, "/layers/1/material/#id_density"),
        ({"quantity": "active_fraction_percent", "layer": 1}, "/layers/1/material/"),
        ({"quantity": "mass_loading_mg_cm2", "layers": ["layer 1 (cathode, NCM)"]}, "/edit/"),
        ({"missing": [{"parameters": {"quantity": "mass_loading_mg_cm2", "layer": 1}}]}, "#id_layers-0-amount"),
    ],
)
def test_a_missing_number_leads_to_its_field(project: Project, parameters: dict[str, Any], anchor: str) -> None:
    remedy = get_remedy(run_with(project, "missing-value", **parameters))
    assert remedy is not None
    assert remedy.url.endswith(anchor)


def test_an_analysis_that_does_not_apply_has_no_remedy(project: Project) -> None:
    assert get_remedy(run_with(project, "no-rate-test")) is None


def test_what_is_missing_beside_results_leads_to_its_field(project: Project) -> None:
    run = run_with(project, "")
    value = Value(run=run, cell=run.cell, quantity="porosity_percent", missing="no density")
    value.missing_code, value.missing_parameters = "missing-density", {"quantity": "density_g_cm3", "layer": 1}
    remedy = get_missing_remedy(value)
    assert remedy
    assert remedy.url.endswith("/layers/1/material/#id_density")
    value.missing_code = "peak-not-resolved"
    assert get_missing_remedy(value) is None


def test_the_material_of_a_layer_is_corrected_or_shown(project: Project, colleague: User, client: Client) -> None:
    elsewhere = factories.make_material(factories.make_project(visibility="public"))
    own = factories.make_material(project)
    layers = [Layer(position=1, role="cathode", material=own), Layer(position=2, role="anode", material=elsewhere)]
    address = factories.make_cell(project, layers).get_absolute_url()
    client.force_login(colleague)
    assert client.get(f"{address}layers/1/material/").headers["Location"] == f"/materials/{own.pk}/edit/"
    assert client.get(f"{address}layers/2/material/").headers["Location"] == f"/materials/{elsewhere.pk}/"
    assert client.get(f"{address}layers/3/material/").status_code == 404
