"""Disagreements selected by the database match those of the audit."""

from django.contrib.auth.models import AnonymousUser, User

from registry.models import AnalysisRun, Cell, Layer, Measurement, Project, Value
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.audit.audit import list_findings
from registry.selectors.audit.disagreement import list_disagreements
from registry.services.runs.analysis import run_jobs
from tests import factories


def make_pellet(project: Project, sigma: str) -> Cell:
    """A pellet of 0.0600 cm and 10 mm whose resistance of 1.16e3 Ω gives 6.59e-5 S/cm."""
    material = factories.make_material(project, kind="solid_electrolyte")
    cell = factories.make_cell(project, [Layer(position=1, role="sample", material=material, thickness="0.0600 cm")])
    setup = factories.make_setup(project, blocks="ions")
    measurement = factories.make_measurement(cell, technique="chronoamperometry", setup=setup)
    factories.report(measurement, "resistance_ohm", "1.16×10^3 Ω")
    factories.report(measurement, "electronic_conductivity_s_cm", sigma)
    run_jobs(list_due_jobs(Measurement.objects.filter(pk=measurement.pk)), by=None)
    assert AnalysisRun.objects.filter(measurement=measurement, status="done").exists()
    return cell


def test_matches_the_audit_above_below_and_with_qualifiers(public_project: Project) -> None:
    written = [
        "6.89×10^-5 S/cm",
        "6.20×10^-5 S/cm",
        "6.59×10^-5 S/cm",
        ">5×10^-5 S/cm",
        ">8×10^-5 S/cm",
        "<8×10^-5 S/cm",
        "<5×10^-5 S/cm",
    ]
    for sigma in written:
        make_pellet(public_project, sigma)
    visitor = AnonymousUser()
    expected = {finding.reported.written for finding in list_findings(visitor) if not finding.agrees}
    assert expected == {"6.89×10^-5 S/cm", "6.20×10^-5 S/cm", ">8×10^-5 S/cm", "<5×10^-5 S/cm"}
    assert {disagreement.reported.written for disagreement in list_disagreements(visitor)} == expected


def test_a_wide_scatter_of_few_degrees_of_freedom_agrees(public_project: Project) -> None:
    make_pellet(public_project, "6.89×10^-5 S/cm")
    Value.objects.filter(origin="computed").update(standard_uncertainty=5e-7, degrees_of_freedom=1)
    assert list_disagreements(AnonymousUser()) == []


def test_hides_disagreements_from_outsiders(project: Project, outsider: User, owner: User) -> None:
    make_pellet(project, "6.89×10^-5 S/cm")
    assert list_disagreements(outsider) == []
    assert len(list_disagreements(owner)) == 1
