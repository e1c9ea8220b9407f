"""Reported values: stored as printed, superseded but never overwritten."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from registry.models import Measurement, Project, Value
from registry.services.value import report_value, retire_value
from tests import factories
from tests.coded import invalid
from tests.factories import report


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_cell(project))


def test_value_stores_the_printed_text_and_the_interval(measurement: Measurement) -> None:
    """Wu et al. 2025, Supplementary Table 1: three digits, so the last one is rounded by half a unit."""
    value = report(measurement, "resistance_ohm", "7.87×10^3 Ω")
    assert (value.written, value.magnitude, value.lower, value.upper) == ("7.87×10^3 Ω", 7870.0, 7865.0, 7875.0)


def test_value_is_converted_to_the_unit_of_its_quantity(measurement: Measurement) -> None:
    value = report(measurement, "ionic_conductivity_s_cm", "0.366 mS cm⁻¹")
    assert (value.magnitude, value.lower, value.upper) == pytest.approx((3.66e-4, 3.655e-4, 3.665e-4), rel=1e-12)


def test_number_too_large_to_store_is_refused(measurement: Measurement) -> None:
    with invalid("too-large-to-store", "written"):
        report(measurement, "resistance_ohm", "1e301 Ω")


def test_text_is_the_reason_for_a_missing_number(measurement: Measurement) -> None:
    value = report(measurement, "capacity_retention_percent", "Coin cell shorted")
    assert (value.magnitude, value.missing) == (None, "Coin cell shorted")
    assert value.estimate() is None


def test_identical_report_changes_nothing(measurement: Measurement) -> None:
    first = report(measurement, "cycle_count", "1000")
    assert report(measurement, "cycle_count", "1000").pk == first.pk
    assert Value.objects.count() == 1


def test_new_report_supersedes_the_old_row(measurement: Measurement, colleague: User) -> None:
    old = report(measurement, "cycle_count", "1000")
    new = report_value(measurement=measurement, quantity="cycle_count", written="1001", by=colleague)
    old.refresh_from_db()
    assert (old.is_latest, old.magnitude, old.retired_by) == (False, 1000.0, colleague)
    assert (new.is_latest, new.created_by) == (True, colleague)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_cell_level", [False, True])
def test_simultaneous_reports_leave_a_single_latest_value(measurement: Measurement, is_cell_level: bool) -> None:
    """The SQLite test database is limited to one thread, so there the reports come one after another."""
    target: dict[str, Any] = {"cell": measurement.cell} if is_cell_level else {"measurement": measurement}
    quantity, unit = ("activation_energy_ev", "eV") if is_cell_level else ("resistance_ohm", "Ω")

    def report_number(number: int) -> None:
        try:
            report_value(**target, quantity=quantity, written=f"{number} {unit}", by=None)
        finally:
            if connection.vendor != "sqlite":
                connection.close()

    if connection.vendor == "sqlite":
        list(map(report_number, range(1, 9)))
    else:
        with ThreadPoolExecutor(8) as executor:
            list(executor.map(report_number, range(1, 9)))
    assert (Value.objects.count(), Value.objects.filter(is_latest=True).count()) == (8, 1)


def test_withdrawn_value_records_user_and_time(measurement: Measurement, colleague: User) -> None:
    value = report(measurement, "cycle_count", "1000")
    retire_value(value, by=colleague)
    value.refresh_from_db()
    assert (value.is_latest, value.retired_by) == (False, colleague)
    assert value.retired_at is not None
    assert report(measurement, "cycle_count", "1000").pk != value.pk


def test_viewer_can_neither_report_nor_withdraw(measurement: Measurement, viewer: User) -> None:
    with pytest.raises(PermissionDenied):
        report_value(measurement=measurement, quantity="cycle_count", written="3", by=viewer)
    with pytest.raises(PermissionDenied):
        retire_value(report(measurement, "cycle_count", "3"), by=viewer)


@pytest.mark.parametrize(
    ("quantity", "written", "field", "message"),
    [
        ("resistance_ohm", "10 mA", "written", "‘10 mA’ is a current"),
        ("resistance_ohm", "10", "written", "has no unit"),
        ("resistance_ohm", "inf Ω", "written", "finite"),
        ("resistance_ohm", "-1 Ω", "written", " 0"),
        ("resistence_ohm", "10 Ω", "quantity", "‘resistance_ohm’"),
    ],
)
def test_invalid_value_is_refused_with_its_field(
    measurement: Measurement, quantity: str, written: str, field: str, message: str
) -> None:
    with pytest.raises(ValidationError, match=message) as error:
        report(measurement, quantity, written)
    assert set(error.value.message_dict) == {field}
    assert not Value.objects.exists()


def test_quantity_that_depends_on_conditions_needs_a_measurement(measurement: Measurement) -> None:
    with invalid("depends-on-conditions", "measurement"):
        report_value(cell=measurement.cell, quantity="resistance_ohm", written="3 Ω", by=None)


def test_cell_level_quantity_needs_no_measurement(measurement: Measurement) -> None:
    value = report_value(cell=measurement.cell, quantity="cell_mass_mg", written="332.2 mg", by=None)
    assert (value.measurement, value.cell) == (None, measurement.cell)


def test_cell_has_a_single_latest_value_per_quantity(measurement: Measurement) -> None:
    for written in ("332.2 mg", "333 mg"):
        report_value(cell=measurement.cell, quantity="cell_mass_mg", written=written, by=None)
    assert [value.written for value in Value.objects.filter(is_latest=True)] == ["333 mg"]


def test_value_inherits_the_publication_of_its_cell(project: Project) -> None:
    publication = factories.make_publication(project)
    cell = factories.make_cell(project, origin="literature", publication=publication)
    assert report(factories.make_measurement(cell), "cycle_count", "5").publication == publication
