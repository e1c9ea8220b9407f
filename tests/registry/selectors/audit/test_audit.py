"""Comparison of reported and computed values."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from analyses.uncertainty import Estimate
from registry.models import AnalysisRun, Measurement, Project, Value
from registry.selectors.audit.audit import Finding, list_findings
from tests import factories
from tests.factories import report

SIGMA = "electronic_conductivity_s_cm"


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project), technique="chronoamperometry")


def compute(measurement: Measurement, quantity: str, estimate: Estimate, *, is_latest: bool = True) -> Value:
    now = timezone.now()
    run = AnalysisRun(
        cell=measurement.cell,
        measurement=measurement,
        analysis=f"a{AnalysisRun.objects.count()}",
        plugin="p",
        version="1",
        inputs_hash="0",
        status="done",
        started_at=now,
        finished_at=now,
        is_latest=is_latest,
    )
    run.save()
    value = Value(
        cell=measurement.cell,
        measurement=measurement,
        quantity=quantity,
        magnitude=estimate.magnitude,
        lower=estimate.lower,
        upper=estimate.upper,
        standard_uncertainty=estimate.standard_uncertainty,
        origin="computed",
        run=run,
        is_latest=is_latest,
    )
    value.save()
    return value


def only(user: User | None = None) -> Finding:
    (finding,) = list_findings(user)
    return finding


def test_the_inconsistent_row_of_table_1_disagrees(measurement: Measurement) -> None:
    """Wu et al. 2025, Supplementary Table 1, 1 wt%: R = 1.16e3 Ω with R·σ = 0.0764 cm⁻¹ gives 6.59e-5, not 6.89e-5."""
    report(measurement, SIGMA, "6.89×10^-5 S/cm")
    ratio, rounding = 0.0764 / 1160, 0.0764 / 1155
    compute(measurement, SIGMA, Estimate(ratio, 0.0764 / 1165, rounding))
    finding = only()
    assert not finding.agrees
    assert finding.deviation_percent == pytest.approx(4.6, abs=0.05)
    sentence = finding.sentence()
    assert "reported 6.89×10^-5 S/cm, computed 6.59×10⁻⁵ S cm⁻¹" in sentence
    assert "+4.6 %" in sentence
    assert "disagree" in sentence


def test_table_4_is_consistent_within_rounding(measurement: Measurement) -> None:
    """Wu et al. 2025, Supplementary Table 4: 170.2 reported, 168.5 in [162.8, 174.2] computed."""
    report(measurement, "gravimetric_energy_density_wh_kg", "170.2 Wh/kg")
    compute(measurement, "gravimetric_energy_density_wh_kg", Estimate(168.5, 162.8, 174.2))
    finding = only()
    assert finding.agrees
    assert finding.deviation_percent == pytest.approx(1.0, abs=0.05)


def test_scatter_widens_the_computed_interval(measurement: Measurement) -> None:
    report(measurement, "resistance_ohm", "100.0 Ω")
    value = compute(measurement, "resistance_ohm", Estimate.measured(103.0, 1.0))
    assert not only().agrees
    Value.objects.filter(pk=value.pk).update(standard_uncertainty=2.0)
    assert only().agrees


@pytest.mark.parametrize(
    ("written", "agrees"),
    [
        ("> 90 Ω", True),
        ("> 110 Ω", False),
        ("> 100 Ω", False),
        ("≥ 100 Ω", True),
        ("< 110 Ω", True),
        ("< 90 Ω", False),
        ("~ 100 Ω", True),
        ("~ 90 Ω", False),
    ],
)
def test_qualifiers_open_the_reported_interval(measurement: Measurement, written: str, agrees: bool) -> None:
    report(measurement, "resistance_ohm", written)
    compute(measurement, "resistance_ohm", Estimate.exact(100.0))
    assert only().agrees is agrees


def test_values_under_other_conditions_are_not_compared(measurement: Measurement) -> None:
    other = factories.make_measurement(measurement.cell, technique="chronoamperometry", stack_pressure_mpa="5 MPa")
    report(measurement, "resistance_ohm", "100 Ω")
    compute(other, "resistance_ohm", Estimate.exact(500.0))
    assert list_findings(None) == []


def test_superseded_values_are_not_compared(measurement: Measurement) -> None:
    report(measurement, "resistance_ohm", "100 Ω")
    compute(measurement, "resistance_ohm", Estimate.exact(500.0), is_latest=False)
    assert list_findings(None) == []


def test_findings_are_limited_to_visible_values(measurement: Measurement, viewer: User, outsider: User) -> None:
    report(measurement, "resistance_ohm", "100 Ω")
    compute(measurement, "resistance_ohm", Estimate.exact(500.0))
    assert len(list_findings(viewer)) == len(list_findings(None)) == 1
    assert list_findings(outsider) == list_findings(AnonymousUser()) == []
