"""Reported values: kept as printed, superseded but never overwritten."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from registry.models import Measurement, Project, Value
from registry.services.value import report_value, retire_value
from tests import factories
from tests.factories import report


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_cell(project))


def test_a_value_keeps_what_was_written_beside_what_it_means(measurement: Measurement) -> None:
    """Wu et al. 2025, Supplementary Table 1: three digits, so the last one is rounded by half a unit."""
    value = report(measurement, "resistance_ohm", "7.87×10^3 Ω")
    assert (value.written, value.magnitude, value.lower, value.upper) == ("7.87×10^3 Ω", 7870.0, 7865.0, 7875.0)


def test_a_value_in_another_unit_is_kept_in_the_quantitys_own(measurement: Measurement) -> None:
    value = report(measurement, "ionic_conductivity_s_cm", "0.366 mS cm⁻¹")
    assert (value.magnitude, value.lower, value.upper) == pytest.approx((3.66e-4, 3.655e-4, 3.665e-4), rel=1e-12)


def test_a_number_too_large_to_keep_is_refused_in_words(measurement: Measurement) -> None:
    with pytest.raises(ValidationError, match="is more than can be kept: is the power of ten right"):
        report(measurement, "resistance_ohm", "1e301 Ω")


def test_words_are_the_reason_for_a_missing_number(measurement: Measurement) -> None:
    value = report(measurement, "capacity_retention_percent", "Coin cell shorted")
    assert (value.magnitude, value.missing) == (None, "Coin cell shorted")
    assert value.estimate() is None


def test_the_same_again_changes_nothing(measurement: Measurement) -> None:
    first = report(measurement, "cycle_count", "1000")
    assert report(measurement, "cycle_count", "1000").pk == first.pk
    assert Value.objects.count() == 1


def test_another_report_supersedes_and_the_old_row_stays(measurement: Measurement, colleague: User) -> None:
    old = report(measurement, "cycle_count", "1000")
    new = report_value(measurement=measurement, quantity="cycle_count", written="1001", by=colleague)
    old.refresh_from_db()
    assert (old.is_latest, old.magnitude, old.retired_by) == (False, 1000.0, colleague)
    assert (new.is_latest, new.created_by) == (True, colleague)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("whole_cell", [False, True])
def test_of_those_who_report_at_the_same_moment_the_last_one_stands(measurement: Measurement, whole_cell: bool) -> None:
    """The suite's SQLite lives in one thread only: there they come one after the other."""
    of: dict[str, Any] = {"cell": measurement.cell} if whole_cell else {"measurement": measurement}
    quantity, unit = ("activation_energy_ev", "eV") if whole_cell else ("resistance_ohm", "Ω")

    def enter(number: int) -> None:
        try:
            report_value(**of, quantity=quantity, written=f"{number} {unit}", by=None)
        finally:
            if connection.vendor != "sqlite":
                connection.close()

    if connection.vendor == "sqlite":
        list(map(enter, range(1, 9)))
    else:
        with ThreadPoolExecutor(8) as at_once:
            list(at_once.map(enter, range(1, 9)))
    assert (Value.objects.count(), Value.objects.filter(is_latest=True).count()) == (8, 1)


def test_a_retired_value_says_who_and_when(measurement: Measurement, colleague: User) -> None:
    value = report(measurement, "cycle_count", "1000")
    retire_value(value, by=colleague)
    value.refresh_from_db()
    assert (value.is_latest, value.retired_by) == (False, colleague)
    assert value.retired_at is not None
    assert report(measurement, "cycle_count", "1000").pk != value.pk


def test_a_viewer_neither_reports_nor_retires(measurement: Measurement, viewer: User) -> None:
    with pytest.raises(PermissionDenied):
        report_value(measurement=measurement, quantity="cycle_count", written="3", by=viewer)
    with pytest.raises(PermissionDenied):
        retire_value(report(measurement, "cycle_count", "3"), by=viewer)


@pytest.mark.parametrize(
    ("quantity", "written", "field", "told"),
    [
        ("resistance_ohm", "10 mA", "written", "‘10 mA’ is a current"),
        ("resistance_ohm", "10", "written", "has no unit"),
        ("resistance_ohm", "inf Ω", "written", "is not a finite number"),
        ("resistance_ohm", "-1 Ω", "written", "resistance must be above 0"),
        ("resistence_ohm", "10 Ω", "quantity", "did you mean ‘resistance_ohm’"),
    ],
)
def test_refuses_what_cannot_be_beside_its_field(
    measurement: Measurement, quantity: str, written: str, field: str, told: str
) -> None:
    with pytest.raises(ValidationError, match=told) as refused:
        report(measurement, quantity, written)
    assert set(refused.value.message_dict) == {field}
    assert not Value.objects.exists()


def test_a_value_that_depends_on_conditions_needs_a_measurement(measurement: Measurement) -> None:
    with pytest.raises(ValidationError, match="report it on the measurement it was found in"):
        report_value(cell=measurement.cell, quantity="resistance_ohm", written="3 Ω", by=None)


def test_a_value_of_the_cell_as_a_whole_needs_none(measurement: Measurement) -> None:
    value = report_value(cell=measurement.cell, quantity="cell_mass_mg", written="332.2 mg", by=None)
    assert (value.measurement, value.cell) == (None, measurement.cell)


def test_a_cell_keeps_one_latest_value_of_a_quantity_of_its_own(measurement: Measurement) -> None:
    for written in ("332.2 mg", "333 mg"):
        report_value(cell=measurement.cell, quantity="cell_mass_mg", written=written, by=None)
    assert [value.written for value in Value.objects.filter(is_latest=True)] == ["333 mg"]


def test_a_value_takes_the_publication_of_its_cell(project: Project) -> None:
    publication = factories.make_publication(project)
    cell = factories.make_cell(project, origin="literature", publication=publication)
    assert report(factories.make_measurement(cell), "cycle_count", "5").publication == publication
