"""Saving confirmed files: all of a file or nothing."""

import io
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User

from registry.models import AnalysisRun, Attachment, Cell, ColumnMapping, Dataset, FileDraft, Measurement, Project
from registry.selectors.files.file_draft_target import list_targets
from registry.services.drafts.confirmation import save_drafts
from registry.services.drafts.draft import DraftChanges, add_draft, change_draft, read_at_once, read_with_mapping
from tests import factories
from tests.coded import invalid
from tests.plugins.readers.samples import GAMRY, GCPL, PEIS

SPECTRUM = b"Frequency / Hz,Z' / Ohm,Z'' / Ohm\n1000,10,-2\n100,12,-4\n10,15,-3\n"


@pytest.fixture
def cell(project: Project) -> Cell:
    return factories.make_pellet(project)


def drop(by: User, cell: Cell | None, content: bytes = SPECTRUM, name: str = "eis_10MPa.csv") -> FileDraft:
    draft, _ = add_draft(file=io.BytesIO(content), filename=name, cell=cell, by=by)
    return read_at_once(draft)


def save(draft: FileDraft, by: User) -> dict[str, str] | None:
    """The reason why a draft was not saved."""
    save_drafts([draft], by=by)
    left = FileDraft.objects.filter(pk=draft.pk).first()
    return left.problem if left else None


def test_a_ready_file_becomes_a_measurement_with_its_dataset(cell: Cell, colleague: User) -> None:
    confirmed = save_drafts([drop(colleague, cell)], by=colleague)
    (measurement,) = confirmed.measurements
    assert (measurement.technique, measurement.label) == ("eis", "eis_10MPa")
    assert factories.written(measurement) == {"stack_pressure_mpa": "10 MPa"}
    dataset = measurement.datasets.get()
    assert (dataset.status, dataset.rows, dataset.created_by) == ("parsed", 3, colleague)
    assert measurement.history.get().history_user == colleague
    assert AnalysisRun.objects.filter(measurement=measurement, status="queued").exists()
    assert not FileDraft.objects.exists()


def test_a_second_click_saves_nothing_again(cell: Cell, colleague: User) -> None:
    draft = drop(colleague, cell)
    save_drafts([draft], by=colleague)
    assert save_drafts([draft], by=colleague).files == 0
    assert Measurement.objects.count() == 1


def test_a_file_with_several_spectra_gives_a_measurement_each(cell: Cell, colleague: User) -> None:
    draft = drop(colleague, cell, PEIS, "peis.mpt")
    assert draft.recording == "each"
    measurements = save_drafts([draft], by=colleague).measurements
    assert [factories.magnitudes(item)["voltage_v"] for item in measurements] == [3.7, 3.8]
    assert Dataset.objects.filter(split_off=True).count() == 2


def test_one_recording_of_several_is_selected(cell: Cell, colleague: User) -> None:
    draft = change_draft(drop(colleague, cell, PEIS, "peis.mpt"), DraftChanges(recording="1"), by=colleague)
    (measurement,) = save_drafts([draft], by=colleague).measurements
    measurement.refresh_from_db()
    assert measurement.dataset is not None
    assert (measurement.dataset.part, measurement.datasets.count()) == (1, 2)


def test_a_suggested_mapping_is_saved_with_the_file(cell: Cell, colleague: User) -> None:
    draft = drop(colleague, cell, b"1000,10,-2\n100,12,-4\n10,15,-3\n1,18,-5\n0.1,22,-9\n", "raw.csv")
    assert save(draft, colleague) is not None
    assert draft.refusal is not None
    suggested = draft.refusal["parameters"]["suggested_mapping"]
    draft = read_at_once(read_with_mapping(draft, mapping=suggested, by=colleague))
    assert not ColumnMapping.objects.exists()
    assert save(draft, colleague) is None
    assert Dataset.objects.get().mapping == ColumnMapping.objects.get(project=cell.project)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (DraftChanges(technique=""), "no-technique"),
        (DraftChanges(technique="xrd"), "technique-mismatch"),
        (DraftChanges(technique="nothing"), "technique-not-registered"),
        (DraftChanges(conditions={"temperature_degc": "warm and 25"}), "invalid"),
        (DraftChanges(conditions={"temperature_degc": "25"}), "invalid"),
        (DraftChanges(conditions={"voltage_lower_v": "4 V", "voltage_upper_v": "3 V"}), "invalid"),
    ],
)
def test_a_refused_file_stays_with_its_reason_and_nothing_is_saved(
    cell: Cell, colleague: User, changes: DraftChanges, code: str
) -> None:
    problem = save(change_draft(drop(colleague, cell), changes, by=colleague), colleague)
    assert problem is not None
    assert problem["code"] == code
    assert not Measurement.objects.exists()
    assert not Dataset.objects.exists()


def test_one_refused_file_does_not_keep_the_others(cell: Cell, colleague: User) -> None:
    bad = drop(colleague, cell, b"nothing known", "notes.txt")
    good = drop(colleague, cell)
    confirmed = save_drafts([bad, good], by=colleague)
    assert (confirmed.files, [draft.filename for draft in confirmed.refused]) == (1, ["notes.txt"])
    assert (confirmed.refused[0].problem or {})["code"] == "not-recognised"


def test_without_a_cell_nothing_is_saved(cell: Cell, colleague: User) -> None:
    assert (save(drop(colleague, None), colleague) or {})["code"] == "no-cell"


def test_a_cell_one_no_longer_may_edit_is_refused(cell: Cell, colleague: User) -> None:
    draft = drop(colleague, cell)
    colleague.memberships.all().delete()
    assert (save(draft, colleague) or {})["code"] == "permission-denied"
    assert not Measurement.objects.exists()


def test_a_cell_that_contradicts_the_name_is_refused_until_it_is_chosen(cell: Cell, colleague: User) -> None:
    other = factories.make_cell(cell.project)
    draft = drop(colleague, cell, name=f"{other.refcode}_eis.csv")
    assert (save(draft, colleague) or {})["code"] == "another-cell-named"
    assert save(change_draft(draft, DraftChanges(cell=other), by=colleague), colleague) is None
    assert other.measurements.count() == 1


def test_a_file_the_measurement_has_already_is_refused(cell: Cell, colleague: User) -> None:
    save(drop(colleague, cell), colleague)
    again = drop(colleague, cell)
    assert not again.is_selected
    assert (save(again, colleague) or {})["code"] == "already-there"


def test_any_file_may_be_attached_to_the_cell(cell: Cell, colleague: User) -> None:
    draft = drop(colleague, cell, b"%PDF-1.7 certificate", "certificate.pdf")
    assert save(change_draft(draft, DraftChanges(is_attachment=True), by=colleague), colleague) is None
    assert Attachment.objects.get(cell=cell).filename == "certificate.pdf"
    assert (
        save(
            change_draft(
                drop(colleague, cell, b"%PDF-1.7 certificate", "again.pdf"),
                DraftChanges(is_attachment=True),
                by=colleague,
            ),
            colleague,
        )
        or {}
    )["code"] == "already-attached"


def test_a_proposed_label_that_is_taken_gets_a_number(cell: Cell, colleague: User) -> None:
    factories.make_measurement(cell, technique="eis", label="eis_10MPa")
    (measurement,) = save_drafts([drop(colleague, cell)], by=colleague).measurements
    assert measurement.label == "eis_10MPa (2)"
    typed = change_draft(drop(colleague, cell, GAMRY.encode(), "g.dta"), DraftChanges(label="eis_10MPa"), by=colleague)
    assert save(typed, colleague) is not None


def test_data_lost_since_the_upload_are_refused(cell: Cell, colleague: User, settings: LazySettings) -> None:
    draft = drop(colleague, cell)
    for path in (Path(settings.MEDIA_ROOT) / "parsed").rglob("*.parquet"):
        path.unlink()
    assert (save(draft, colleague) or {})["code"] == "draft-data-missing"


def target_keys(draft: FileDraft) -> list[tuple[int, str]]:
    return [(target.measurement.pk, target.role) for target in list_targets([draft]).get(draft.pk, [])]


def test_a_file_can_be_the_data_of_a_measurement_without_any(cell: Cell, colleague: User) -> None:
    measurement = factories.make_measurement(cell, technique="eis", label="before")
    factories.make_measurement(cell, technique="cycling")
    draft = drop(colleague, cell)
    assert target_keys(draft) == [(measurement.pk, "")]
    draft = change_draft(draft, DraftChanges(target=(measurement, "")), by=colleague)
    confirmed = save_drafts([draft], by=colleague)
    assert (confirmed.extended, confirmed.measurements) == ([measurement], [])
    assert measurement.datasets.get().rows == 3
    assert factories.written(measurement) == {}


def test_a_file_can_continue_the_test_of_a_measurement(cell: Cell, colleague: User) -> None:
    (measurement,) = save_drafts([drop(colleague, cell, GCPL, "first.mpt")], by=colleague).measurements
    draft = drop(colleague, cell, GCPL.replace(b"3600.0", b"3601.0"), "second.mpt")
    assert target_keys(draft) == [(measurement.pk, "continuation")]
    draft = change_draft(draft, DraftChanges(target=(measurement, "continuation")), by=colleague)
    assert save(draft, colleague) is None
    datasets = measurement.datasets.order_by("pk")
    assert [(item.filename, item.role) for item in datasets] == [
        ("first.mpt", "main"),
        ("second.mpt", "continuation"),
    ]


def test_a_log_can_be_added_to_a_test(cell: Cell, colleague: User) -> None:
    (measurement,) = save_drafts([drop(colleague, cell, GCPL, "test.mpt")], by=colleague).measurements
    log = b"Test time / s,Stack pressure / MPa\n0,10\n60,10.2\n120,10.1\n"
    draft = drop(colleague, cell, log, "log.csv")
    assert (measurement.pk, "pressure_log") in target_keys(draft)
    draft = change_draft(draft, DraftChanges(target=(measurement, "pressure_log")), by=colleague)
    assert save(draft, colleague) is None
    assert measurement.datasets.get(role="pressure_log").rows == 3


def test_a_file_is_added_only_to_measurements_of_its_cell(cell: Cell, colleague: User) -> None:
    other = factories.make_measurement(factories.make_cell(cell.project), technique="eis")
    draft = drop(colleague, cell)
    with invalid("measurement-of-another-cell", "measurement"):
        change_draft(draft, DraftChanges(target=(other, "")), by=colleague)
    own = factories.make_measurement(cell, technique="eis")
    with invalid("unknown-role", "role"):
        change_draft(draft, DraftChanges(target=(own, "nothing")), by=colleague)
    draft = change_draft(draft, DraftChanges(target=(own, "")), by=colleague)
    draft = change_draft(draft, DraftChanges(cell=other.cell), by=colleague)
    assert draft.measurement is None


def test_a_file_that_does_not_fit_a_measurement_is_refused(cell: Cell, colleague: User) -> None:
    measurement = factories.make_measurement(cell, technique="xrd")
    draft = change_draft(drop(colleague, cell), DraftChanges(target=(measurement, "")), by=colleague)
    assert (save(draft, colleague) or {})["code"] == "technique-mismatch"
    continued = change_draft(draft, DraftChanges(target=(measurement, "continuation")), by=colleague)
    assert (save(continued, colleague) or {})["code"] == "nothing-to-continue"
    assert not Dataset.objects.exists()


def test_nobody_saves_the_draft_of_another(cell: Cell, colleague: User, owner: User) -> None:
    assert save_drafts([drop(colleague, cell)], by=owner).files == 0
    assert FileDraft.objects.count() == 1
