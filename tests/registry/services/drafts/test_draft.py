"""Uploaded files that wait to be confirmed."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from registry.models import Cell, FileDraft, Project, RawFile
from registry.services.cell import save_cell
from registry.services.drafts.draft import (
    KEPT,
    DraftChanges,
    add_draft,
    change_draft,
    confirm_cell,
    discard_drafts,
    discard_old_drafts,
    place_dropped_drafts,
    read_at_once,
    read_with_mapping,
)
from registry.services.files.dataset import add_file
from registry.services.files.staging import clean_files
from registry.services.jobs.background import do_due_work
from tests import factories
from tests.coded import invalid
from tests.plugins.readers.samples import PEIS

SPECTRUM = b"Frequency / Hz,Z' / Ohm,Z'' / Ohm\n1000,10,-2\n100,12,-4\n10,15,-3\n"
CYCLES = b"Cycle,Time / s,Voltage / V,Current / mA\n" + b"".join(
    b"%d,%d,%.2f,%d\n" % (1 + row // 6, 10 * row, 0.02 * sign, sign)
    for row in range(18)
    for sign in [1 - 2 * (row // 3 % 2)]
)
UNNAMED = b"1000,10,-2\n100,12,-4\n10,15,-3\n1,18,-5\n0.1,22,-9\n"


@pytest.fixture
def cell(project: Project) -> Cell:
    return factories.make_pellet(project)


def drop(by: User, cell: Cell | None = None, content: bytes = SPECTRUM, name: str = "eis.csv") -> FileDraft:
    draft, _ = add_draft(file=io.BytesIO(content), filename=name, cell=cell, by=by)
    return read_at_once(draft)


def test_a_file_is_kept_and_read_and_nothing_else_is_saved(cell: Cell, colleague: User) -> None:
    draft = drop(colleague, cell)
    assert (draft.status, draft.refusal, len(draft.parts), draft.technique) == ("read", None, 1, "eis")
    assert (draft.cell, draft.cell_reason) == (cell, "page")
    assert cell.measurements.count() == 0


def test_a_worker_reads_what_was_not_read_at_once(cell: Cell, colleague: User) -> None:
    draft, _ = add_draft(file=io.BytesIO(SPECTRUM), filename="eis.csv", cell=cell, by=colleague)
    assert draft.status == "queued"
    do_due_work()
    assert FileDraft.objects.get().status == "read"


def test_the_same_file_again_gives_the_same_draft(cell: Cell, colleague: User) -> None:
    first = drop(colleague, cell)
    again, is_new = add_draft(file=io.BytesIO(SPECTRUM), filename="renamed.csv", cell=cell, by=colleague)
    assert (again.pk, is_new) == (first.pk, False)


def test_two_users_have_drafts_of_their_own_of_one_file(cell: Cell, colleague: User, owner: User) -> None:
    assert drop(colleague, cell).pk != drop(owner, cell).pk
    assert FileDraft.objects.visible_to(owner).count() == 1


def test_viewers_and_outsiders_may_not_add_files(cell: Cell, viewer: User, outsider: User) -> None:
    for user in (viewer, outsider):
        for target in (cell, None):
            with pytest.raises(PermissionDenied):
                drop(user, target)
    assert not RawFile.objects.exists()


@pytest.mark.parametrize(("content", "code"), [(b"", "file-empty"), (b"x" * 200, "file-too-large")])
def test_files_of_no_or_too_great_size_are_refused(
    cell: Cell, colleague: User, settings: LazySettings, content: bytes, code: str
) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    with invalid(code, "file"):
        drop(colleague, cell, content)
    assert not FileDraft.objects.exists()


def test_a_hostile_file_becomes_a_refusal(cell: Cell, colleague: User) -> None:
    draft = drop(colleague, cell, b"PK\x03\x04" + b"\xff" * 500, "bomb.xlsx")
    assert draft.status == "read"
    assert draft.refusal is not None
    assert draft.parts == []


def test_the_name_of_a_file_proposes_its_cell(cell: Cell, colleague: User) -> None:
    other = factories.make_cell(cell.project, label="NCM-12")
    assert drop(colleague, name=f"{cell.refcode}_eis.csv").cell == cell
    by_label = drop(colleague, content=SPECTRUM + b"1,20,-4\n", name="NCM-12_eis.csv")
    assert (by_label.cell, by_label.cell_reason) == (other, "label")
    assert drop(colleague, content=SPECTRUM + b"1,21,-4\n", name="unknown.csv").cell is None


def test_files_dropped_before_their_cell_are_placed_when_it_is_entered(project: Project, colleague: User) -> None:
    drop(colleague, name="LiLi_07_a.csv", content=CYCLES)
    drop(colleague, name="LiLi_08.csv")
    other = drop(colleague, name="other.csv", content=UNNAMED)
    cell = factories.make_cell(project, label="LiLi_07", format="symmetric")
    save_cell(cell, None, by=colleague)
    placed, unplaced = FileDraft.objects.exclude(pk=other.pk).order_by("pk")
    assert (placed.cell, placed.cell_reason, placed.technique) == (cell, "label", "symmetric_cycling")
    assert unplaced.cell is None
    assert FileDraft.objects.get(pk=other.pk).cell is None


def test_the_cell_that_is_chosen_decides_the_technique(project: Project, colleague: User) -> None:
    draft = drop(colleague, name="a.csv", content=CYCLES)
    symmetric = factories.make_cell(project, format="symmetric")
    assert draft.technique == "cycling"
    assert change_draft(draft, DraftChanges(cell=symmetric), by=colleague).technique == "symmetric_cycling"
    change_draft(draft, DraftChanges(technique="cycling"), by=colleague)
    assert confirm_cell(draft, symmetric, by=colleague).technique == "cycling"


def test_a_cell_of_another_project_is_not_proposed(colleague: User) -> None:
    hidden = factories.make_cell(factories.make_project())
    assert drop(colleague, name=f"{hidden.refcode}.csv").cell is None


def test_a_name_of_another_cell_than_that_of_the_page_is_kept(cell: Cell, colleague: User) -> None:
    other = factories.make_cell(cell.project)
    draft = drop(colleague, cell, name=f"{other.refcode}.csv")
    assert (draft.cell, draft.named_cell) == (cell, other)
    assert confirm_cell(draft, cell, by=colleague).cell_reason == "chosen"


def test_what_is_entered_stays_when_the_file_is_read_again(cell: Cell, colleague: User) -> None:
    draft = drop(colleague, cell, UNNAMED, "raw_10MPa.csv")
    assert draft.refusal is not None
    change_draft(draft, DraftChanges(conditions={"stack_pressure_mpa": "20 MPa"}, label="mine"), by=colleague)
    suggested = draft.refusal["parameters"]["suggested_mapping"]
    draft = read_at_once(read_with_mapping(draft, mapping=suggested, by=colleague))
    assert (draft.refusal, draft.technique, draft.label) == (None, "eis", "mine")
    assert draft.conditions["stack_pressure_mpa"] == {"text": "20 MPa", "source": "entered"}


def test_a_change_does_not_undo_what_a_worker_has_read_since(cell: Cell, colleague: User) -> None:
    draft, _ = add_draft(file=io.BytesIO(SPECTRUM), filename="eis.csv", cell=cell, by=colleague)
    read_at_once(draft)
    assert draft.status == "queued"
    change_draft(draft, DraftChanges(label="before"), by=colleague)
    stored = FileDraft.objects.get()
    assert (stored.status, len(stored.parts), stored.label) == ("read", 1, "before")


def test_a_change_does_not_bring_back_what_is_gone(cell: Cell, colleague: User) -> None:
    draft = drop(colleague, cell)
    discard_drafts([FileDraft.objects.get()], by=colleague)
    with invalid("draft-gone"):
        change_draft(draft, DraftChanges(label="before"), by=colleague)
    assert not FileDraft.objects.exists()


def test_a_file_with_very_many_recordings_is_not_listed(
    cell: Cell, colleague: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.services.drafts.draft.MOST_RECORDINGS", 1)
    draft = drop(colleague, cell, PEIS, "peis.mpt")
    assert (draft.parts, (draft.refusal or {})["code"]) == ([], "too-many-recordings")


def test_a_user_has_a_bounded_number_of_drafts(cell: Cell, colleague: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.services.drafts.draft.MOST_DRAFTS", 1)
    drop(colleague, cell)
    with invalid("too-many-drafts", "file"):
        drop(colleague, cell, PEIS, "peis.mpt")


def test_only_the_owner_changes_and_discards_a_draft(cell: Cell, colleague: User, owner: User) -> None:
    draft = drop(colleague, cell)
    for change in (
        lambda: change_draft(draft, DraftChanges(label="x"), by=owner),
        lambda: read_with_mapping(draft, mapping=None, by=owner),
        lambda: confirm_cell(draft, cell, by=owner),
        lambda: discard_drafts([draft], by=owner),
    ):
        with pytest.raises(PermissionDenied):
            change()


def test_a_cell_one_may_not_edit_cannot_be_chosen(cell: Cell, colleague: User) -> None:
    hidden = factories.make_cell(factories.make_project(visibility="public"))
    with pytest.raises(PermissionDenied):
        change_draft(drop(colleague, cell), DraftChanges(cell=hidden), by=colleague)


@pytest.mark.parametrize("recording", ["7", "-1", "one", "²", "1" * 5000])
def test_an_unknown_recording_is_refused(cell: Cell, colleague: User, recording: str) -> None:
    with invalid("unknown-recording", "recording"):
        change_draft(drop(colleague, cell), DraftChanges(recording=recording), by=colleague)


def test_a_discarded_file_is_gone_unless_a_record_has_it(cell: Cell, colleague: User, settings: LazySettings) -> None:
    raw = Path(settings.MEDIA_ROOT) / drop(colleague, cell).raw_file.path
    discard_drafts(list(FileDraft.objects.all()), by=colleague)
    assert not RawFile.objects.exists()
    clean_files(older_than_seconds=-1)
    assert not raw.exists()
    measurement = factories.make_measurement(cell, technique="eis")
    add_file(measurement=measurement, file=io.BytesIO(SPECTRUM), filename="eis.csv", by=None)
    discard_drafts([drop(colleague, cell)], by=colleague)
    assert RawFile.objects.count() == 1


def test_cleaning_keeps_the_data_of_drafts(cell: Cell, colleague: User, settings: LazySettings) -> None:
    drop(colleague, cell)
    assert clean_files(older_than_seconds=-1).files == 0


def test_old_drafts_are_discarded(cell: Cell, colleague: User) -> None:
    old, new = drop(colleague, cell), drop(colleague, cell, SPECTRUM + b"1,20,-4\n", "new.csv")
    FileDraft.objects.filter(pk=old.pk).update(changed_at=timezone.now() - KEPT - timedelta(hours=1))
    assert discard_old_drafts() == 1
    assert FileDraft.objects.get() == new


def test_files_dropped_before_their_cell_was_saved_are_placed_by_its_editor(
    project: Project, owner: User, outsider: User
) -> None:
    draft, _ = add_draft(file=io.BytesIO(SPECTRUM), filename="eis.csv", by=owner)
    cell = factories.make_pellet(project)
    with pytest.raises(PermissionDenied):
        place_dropped_drafts(cell, [draft.pk], by=outsider)
    assert place_dropped_drafts(cell, [draft.pk, draft.pk + 1], by=owner) == 1
    draft.refresh_from_db()
    assert (draft.cell, draft.dropped_on) == (cell, cell)
