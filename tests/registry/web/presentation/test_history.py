"""The history of a cell."""

from django.contrib.auth.models import AnonymousUser, User

from registry.models import Cell, Value
from registry.services.cell import save_cell
from registry.services.parameters import set_parameters
from registry.services.record import delete_record, save_record
from registry.services.value import report_value
from registry.web.presentation.history import changes_of
from tests import factories


def test_says_who_changed_which_number_from_what_to_what(private_cell: Cell, colleague: User) -> None:
    layers = list(private_cell.layers.order_by("position"))
    layers[0].thickness = "0.0700 cm"
    save_cell(private_cell, layers, by=colleague, reason="measured again")
    change = next(one for one in changes_of(private_cell, colleague) if "thickness" in one.what)
    assert (change.who, change.reason) == ("colleague", "measured again")
    assert change.what == "Layer 1 (sample): thickness ‘0.0600 cm (inferred)’ → ‘0.0700 cm’"


def test_a_save_that_changes_nothing_is_not_listed(private_cell: Cell, colleague: User) -> None:
    before = len(changes_of(private_cell, colleague))
    save_record(private_cell, by=colleague)
    assert len(changes_of(private_cell, colleague)) == before


def test_a_superseded_value_is_listed_with_who_took_it_out(private_cell: Cell, colleague: User) -> None:
    measurement = private_cell.measurements.get(technique="chronoamperometry")
    report_value(measurement=measurement, quantity="resistance_ohm", written="1.17×10^3 Ω", by=colleague)
    texts = [f"{one.who}: {one.what}" for one in changes_of(private_cell, colleague)]
    assert f"colleague: Resistance of {measurement.refcode} ‘1.16×10³ Ω’ taken out of use" in texts


def test_what_was_reported_on_a_measurement_stays_told_when_it_is_deleted(private_cell: Cell, colleague: User) -> None:
    measurement = factories.make_measurement(private_cell)
    for written in ("123 Ω", "124 Ω"):
        report_value(measurement=measurement, quantity="resistance_ohm", written=written, by=colleague)
    before = {(change.when, change.who, change.what) for change in changes_of(private_cell, colleague)}
    refcode = measurement.refcode
    delete_record(measurement, by=colleague)
    assert not Value.objects.filter(written="124 Ω").exists()
    after = {(change.when, change.who, change.what) for change in changes_of(private_cell, colleague)}
    assert {what for _, _, what in after - before} == {f"Measurement {refcode}: deleted"}
    assert before < after


def test_the_newest_change_comes_first(private_cell: Cell, colleague: User) -> None:
    times = [one.when for one in changes_of(private_cell, colleague)]
    assert times == sorted(times, reverse=True)


def test_a_visitor_is_not_told_the_names_people_sign_in_with(cell: Cell, colleague: User) -> None:
    cell.notes = "looked at again"
    save_record(cell, by=None)
    cell.history.filter(notes="looked at again").update(history_user=colleague)
    assert "colleague" not in {one.who for one in changes_of(cell, AnonymousUser())}
    assert "colleague" in {one.who for one in changes_of(cell, colleague)}


def test_parameters_that_were_set_are_told(private_cell: Cell, colleague: User) -> None:
    set_parameters(private_cell, {"capacity-retention": {"reference_cycle": 3}}, by=colleague)
    told = changes_of(private_cell, colleague)[0]
    assert told.what == 'Cell: parameters nothing → ‘{"capacity-retention": {"reference_cycle": 3}}’'
