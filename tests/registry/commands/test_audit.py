"""`manage.py audit`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.models import Project
from tests import factories


def audit(*arguments: str) -> str:
    said = StringIO()
    call_command("audit", *arguments, stdout=said)
    return said.getvalue()


def enter(project: Project, sigma: str) -> None:
    """A pellet of 0.1 cm and 1 cm² with 100 Ω, hence 1.00×10⁻³ S cm⁻¹."""
    cell = factories.make_pellet(project, area="1.00 cm² (exact)", thickness="0.1 cm (exact)")
    measurement = factories.make_measurement(cell, technique="chronoamperometry")
    factories.report(measurement, "resistance_ohm", "100.0 Ω")
    factories.report(measurement, "electronic_conductivity_s_cm", sigma)
    call_command("analyze", stdout=StringIO())


@pytest.mark.django_db
def test_says_so_when_there_is_nothing_to_compare() -> None:
    assert "Nothing to compare" in audit()


def test_lists_what_disagrees_with_both_numbers(project: Project) -> None:
    enter(project, "1.10×10^-3 S/cm")
    assert "1 disagrees, 0 consistent" in audit()
    assert "reported 1.10×10^-3 S/cm, computed 1.00×10⁻³ S cm⁻¹ (reported − computed: +10.0 %)" in audit()


def test_lists_what_agrees_only_when_asked(project: Project) -> None:
    enter(project, "1.00×10^-3 S/cm")
    assert "consistent within rounding and uncertainty." in audit()
    assert "Electronic conductivity" not in audit()
    assert "Electronic conductivity" in audit("--all")


def test_fails_on_a_disagreement_when_asked(project: Project) -> None:
    enter(project, "1.10×10^-3 S/cm")
    with pytest.raises(CommandError, match="1 of 1 disagree"):
        audit("--fail")


def test_does_not_fail_where_all_agree(project: Project) -> None:
    enter(project, "1.00×10^-3 S/cm")
    audit("--fail")
