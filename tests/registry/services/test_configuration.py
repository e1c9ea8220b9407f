"""The configuration of a cell follows its layers and the names of their materials."""

import pytest
from django.core.exceptions import ValidationError

from registry.models import Cell, Layer, Project
from registry.services.cell import save_cell
from registry.services.record import save_record
from tests import factories


def make_full_cell(project: Project) -> Cell:
    layers = [
        Layer(position=1, role="cathode", material=factories.make_material(project, "NCM")),
        Layer(position=2, role="separator", material=factories.make_material(project, "LPSCl")),
        Layer(position=3, role="anode", material=factories.make_material(project, "Li")),
        Layer(position=4, role="current_collector", material=factories.make_material(project, "Cu")),
    ]
    return factories.make_cell(project, layers)


def test_configuration_omits_current_collectors(project: Project) -> None:
    assert make_full_cell(project).configuration == "NCM/LPSCl/Li"


def test_configuration_follows_a_renamed_material(project: Project) -> None:
    cell = make_full_cell(project)
    material = cell.layers.get(position=1).material
    material.name = "NCM90"
    save_record(material, by=None)
    cell.refresh_from_db()
    assert cell.configuration == "NCM90/LPSCl/Li"
    assert "NCM90" in cell.history.first().history_change_reason


def test_configuration_follows_a_removed_layer(project: Project) -> None:
    cell = make_full_cell(project)
    save_cell(cell, list(cell.layers.exclude(position=2)), by=None)
    assert Cell.objects.get().configuration == "NCM/Li"


def test_c_rate_of_zero_is_refused(project: Project) -> None:
    with pytest.raises(ValidationError, match="above 0"):
        factories.make_measurement(make_full_cell(project), c_rate="0 C")
