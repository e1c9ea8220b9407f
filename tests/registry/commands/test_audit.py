"""`manage.py audit`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.models import Project
from tests import factories


def audit(*arguments: str) -> str:
    output = StringIO()
    call_command("audit", *arguments, stdout=output)
    return output.getvalue()


def create_pellet(project: Project, sigma: str) -> None:
    """Create a pellet of 0.1 cm, 1 cm² and 100 Ω, hence 1.00×10⁻³ S cm⁻¹, with this reported value."""
    cell = factories.make_pellet(project, area="1.00 cm² (exact)", thickness="0.1 cm (exact)")
    measurement = factories.make_measurement(cell, technique="chronoamperometry")
    factories.report(measurement, "resistance_ohm", "100.0 Ω")
    factories.report(measurement, "electronic_conductivity_s_cm", sigma)
    call_command("analyze", stdout=StringIO())


@pytest.mark.django_db
def test_without_values_there_is_nothing_to_compare() -> None:
    assert "Nothing to compare" in audit()


def test_lists_disagreements_with_both_numbers(project: Project) -> None:
    create_pellet(project, "1.10×10^-3 S/cm")
    assert "1 disagrees, 0 consistent" in audit()
    assert "reported 1.10×10^-3 S/cm, computed 1.00×10⁻³ S cm⁻¹ (reported − computed: +10.0 %)" in audit()


def test_lists_agreements_only_with_all(project: Project) -> None:
    create_pellet(project, "1.00×10^-3 S/cm")
    assert ": 0 disagree, 1 consistent" in audit()
    assert "Electronic conductivity" not in audit()
    assert "Electronic conductivity" in audit("--all")


def test_fail_exits_with_an_error_on_a_disagreement(project: Project) -> None:
    create_pellet(project, "1.10×10^-3 S/cm")
    with pytest.raises(CommandError, match=r"^1 of 1"):
        audit("--fail")


def test_fail_passes_if_all_agree(project: Project) -> None:
    create_pellet(project, "1.00×10^-3 S/cm")
    audit("--fail")
