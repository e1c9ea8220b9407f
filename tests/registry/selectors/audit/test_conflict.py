"""Conflicts between numbers are found by the quantities that a warning names."""

from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command

from registry.models import AnalysisRun, Project
from registry.selectors.audit.conflict import list_conflicts
from tests import factories


def create_pellet(project: Project, sigma: str) -> None:
    """Create a pellet of 0.1 cm, 1 cm² and 100 Ω, hence 1.00×10⁻³ S cm⁻¹, with this reported value."""
    cell = factories.make_pellet(project, area="1.00 cm² (exact)", thickness="0.1 cm (exact)")
    measurement = factories.make_measurement(cell, technique="chronoamperometry")
    factories.report(measurement, "resistance_ohm", "100.0 Ω")
    factories.report(measurement, "electronic_conductivity_s_cm", sigma)
    call_command("analyze", stdout=StringIO())


def test_a_contradiction_is_listed_with_its_quantities(project: Project) -> None:
    create_pellet(project, "1.10×10^-3 S/cm")
    (conflict,) = list_conflicts(None)
    assert conflict.code == "numbers-contradict"
    assert set(conflict.quantities) == {
        "electronic_conductivity_s_cm",
        "electronic_resistance_ohm",
        "thickness_um",
        "area_cm2",
    }
    assert conflict.run.measurement is not None
    assert list_conflicts(AnonymousUser()) == []


def test_numbers_that_agree_are_no_conflict(project: Project) -> None:
    create_pellet(project, "1.00×10^-3 S/cm")
    assert AnalysisRun.objects.filter(analysis="consistency", status="done").exists()
    assert list_conflicts(None) == []


def test_the_audit_prints_conflicts_and_fails(project: Project) -> None:
    create_pellet(project, "1.10×10^-3 S/cm")
    output = StringIO()
    with pytest.raises(CommandError):
        call_command("audit", "--fail", stdout=output)
    assert "(numbers-contradict)" in output.getvalue()


def test_correcting_a_number_resolves_the_conflict(project: Project) -> None:
    create_pellet(project, "1.10×10^-3 S/cm")
    run = AnalysisRun.objects.get(analysis="consistency", is_latest=True)
    assert run.measurement is not None
    factories.report(run.measurement, "electronic_conductivity_s_cm", "1.00×10^-3 S/cm")
    assert AnalysisRun.objects.get(pk=run.pk).stale_since is not None
    call_command("analyze", stdout=StringIO())
    assert list_conflicts(None) == []


def test_a_bound_counts_and_an_approximate_number_does_not(project: Project) -> None:
    create_pellet(project, ">2×10^-3 S/cm")
    assert [conflict.code for conflict in list_conflicts(None)] == ["numbers-contradict"]
    run = AnalysisRun.objects.get(analysis="consistency", is_latest=True)
    assert run.measurement is not None
    factories.report(run.measurement, "electronic_conductivity_s_cm", "~2×10^-3 S/cm")
    call_command("analyze", stdout=StringIO())
    assert list_conflicts(None) == []
