"""The history of a cell."""

import io

from django.contrib.auth.models import AnonymousUser, User

from registry.models import Cell, Value
from registry.services.cell import save_cell
from registry.services.files.attachment import attach_file
from registry.services.parameters import set_parameters
from registry.services.record import delete_record, save_record
from registry.services.value import report_value
from registry.web.presentation.history import list_changes
from tests import factories


def test_shows_the_author_and_both_values_of_a_change(private_cell: Cell, colleague: User) -> None:
    layers = list(private_cell.layers.order_by("position"))
    layers[0].thickness = "0.0700 cm"
    save_cell(private_cell, layers, by=colleague, reason="measured again")
    change = next(change for change in list_changes(private_cell, colleague) if "thickness" in change.description)
    assert (change.author, change.reason) == ("colleague", "measured again")
    assert change.description == "Layer 1 (sample): thickness ‘0.0600 cm (inferred)’ → ‘0.0700 cm’"


def test_a_save_that_changes_nothing_is_not_listed(private_cell: Cell, colleague: User) -> None:
    before = len(list_changes(private_cell, colleague))
    save_record(private_cell, by=colleague)
    assert len(list_changes(private_cell, colleague)) == before


def test_a_superseded_value_is_listed_with_its_author(private_cell: Cell, colleague: User) -> None:
    measurement = private_cell.measurements.get(technique="chronoamperometry")
    report_value(measurement=measurement, quantity="resistance_ohm", written="1.17×10^3 Ω", by=colleague)
    texts = [f"{change.author}: {change.description}" for change in list_changes(private_cell, colleague)]
    assert f"colleague: Resistance of {measurement.refcode} ‘1.16×10³ Ω’ withdrawn" in texts


def test_reported_values_of_a_deleted_measurement_stay_listed(private_cell: Cell, colleague: User) -> None:
    measurement = factories.make_measurement(private_cell)
    for written in ("123 Ω", "124 Ω"):
        report_value(measurement=measurement, quantity="resistance_ohm", written=written, by=colleague)
    before = {
        (change.changed_at, change.author, change.description) for change in list_changes(private_cell, colleague)
    }
    refcode = measurement.refcode
    delete_record(measurement, by=colleague)
    assert not Value.objects.filter(written="124 Ω").exists()
    after = {(change.changed_at, change.author, change.description) for change in list_changes(private_cell, colleague)}
    assert {description for _, _, description in after - before} == {f"Measurement {refcode}: deleted"}
    assert before < after


def test_the_newest_change_comes_first(private_cell: Cell, colleague: User) -> None:
    times = [change.changed_at for change in list_changes(private_cell, colleague)]
    assert times == sorted(times, reverse=True)


def test_a_visitor_sees_no_usernames(cell: Cell, colleague: User) -> None:
    cell.notes = "looked at again"
    save_record(cell, by=None)
    cell.history.filter(notes="looked at again").update(history_user=colleague)
    assert "colleague" not in {change.author for change in list_changes(cell, AnonymousUser())}
    assert "colleague" in {change.author for change in list_changes(cell, colleague)}


def test_changed_parameters_are_listed_as_text(private_cell: Cell, colleague: User) -> None:
    set_parameters(private_cell, {"capacity-retention": {"reference_cycle": 3}}, by=colleague)
    change = list_changes(private_cell, colleague)[0]
    assert change.description == "Cell: parameters empty → ‘capacity-retention: reference cycle 3’"


def test_attachments_are_listed_when_added_and_removed(private_cell: Cell, colleague: User) -> None:
    measurement = factories.make_measurement(private_cell)
    for owner, name in ((private_cell, "cell.jpg"), (measurement, "spectrum.jpg")):
        attachment = attach_file(owner=owner, file=io.BytesIO(name.encode()), filename=name, by=colleague)
        delete_record(attachment, by=colleague)
    texts = [change.description for change in list_changes(private_cell, colleague) if "jpg" in change.description]
    assert sorted(texts) == [
        "Attachment cell.jpg: created",
        "Attachment cell.jpg: deleted",
        f"Attachment spectrum.jpg of {measurement.refcode}: created",
        f"Attachment spectrum.jpg of {measurement.refcode}: deleted",
    ]
