"""Addresses of the tags of a record."""

from registry.models import Project
from registry.web.presentation.tagged import TaggedRecord
from tests import factories


def test_each_record_has_a_form_and_a_list_of_its_own(project: Project) -> None:
    measurement = factories.make_measurement(factories.make_cell(project), technique="eis")
    of_cell, of_measurement = TaggedRecord(measurement.cell, ()), TaggedRecord(measurement, ())
    assert (of_cell.project, of_measurement.project) == (project.pk, project.pk)
    assert of_cell.url == f"/cells/{measurement.cell.refcode}/tags/"
    assert of_measurement.url == f"/measurements/{measurement.refcode}/tags/"
    assert of_cell.id != of_measurement.id
    assert (of_cell.list_url, of_measurement.list_url) == ("/cells/?tag=", "/measurements/?measurement_tag=")
