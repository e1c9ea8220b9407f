"""Column mappings: validated when saved, applied when a file is read, and stored with the dataset."""

from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from registry import plugin_loading
from registry.models import AnalysisRun, ColumnMapping, Dataset, Measurement, Project
from registry.selectors.analysis_inputs.facts import read_columns
from registry.selectors.column_mapping import list_mapping_readers
from registry.services.column_mapping import save_column_mapping
from registry.services.files.reading import queue_file, queue_file_with_mapping
from registry.services.files.upload import upload_file
from registry.services.jobs.background import do_due_work
from registry.services.record import delete_record
from registry.services.runs.analysis import run_analysis
from tests import factories
from tests.coded import invalid

SPECTRUM = b"1000;10;-1\n100;12;-4\n10;15;-3\n"
MILLIOHM = {"columns": {"0": "frequency_hertz", "1": "Z' / mOhm", "2": "Z'' / mOhm"}}


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project), technique="eis")


@pytest.fixture
def mapping(project: Project) -> ColumnMapping:
    return factories.make_mapping(project, "Bench 3")


def upload(measurement: Measurement, mapping: ColumnMapping | None = None, by: User | None = None) -> Dataset:
    file = BytesIO(SPECTRUM)
    upload_file(measurement=measurement, file=file, filename="spectrum.txt", mapping=mapping, by=by)
    do_due_work()
    return Dataset.objects.get(measurement=measurement)


def change_mapping(mapping: ColumnMapping, content: Any, by: User | None = None) -> None:
    mapping.mapping = content
    save_column_mapping(mapping, by=by)


@pytest.mark.parametrize(
    ("content", "code", "name"),
    [
        ([], "mapping-not-an-object", "{"),
        ({}, "invalid-column-mapping", "‘columns’"),
        ({"columns": {"0": "Voltage"}}, "invalid-column-mapping", "‘Voltage’ (for ‘0’)"),
        ({"columns": {"0": ""}}, "invalid-column-mapping", "‘0’"),
        ({"columns": {"0": "voltage_volt"}}, "missing-columns", "test_time_second, current_ampere"),
        ({"columns": {"0": "voltage_volt"}, "sheet": 1}, "invalid-column-mapping", "‘sheet’"),
        ({"columns": {"x" * 20_000: "voltage_volt"}}, "mapping-too-long", "16384"),
    ],
)
def test_invalid_mapping_is_refused_with_the_reason(project: Project, content: Any, code: str, name: str) -> None:
    with invalid(code, "mapping", name):
        save_column_mapping(ColumnMapping(project=project, name="x", mapping=content), by=None)
    assert not ColumnMapping.objects.exists()


def test_mapping_name_is_unique_in_a_project(project: Project, mapping: ColumnMapping) -> None:
    with pytest.raises(ValidationError, match="name"):
        factories.make_mapping(project, "BENCH 3")


def test_viewer_cannot_save_a_mapping(project: Project, viewer: User) -> None:
    with pytest.raises(PermissionDenied):
        save_column_mapping(ColumnMapping(project=project, name="x", mapping=MILLIOHM), by=viewer)


def test_file_is_read_with_the_mapping_chosen_at_upload(measurement: Measurement, mapping: ColumnMapping) -> None:
    dataset = upload(measurement, mapping)
    assert (dataset.status, dataset.reader, dataset.rows) == ("parsed", "declared-csv", 3)
    assert list(read_columns(dataset)["imaginary_impedance_ohm"]) == [-1, -4, -3]
    assert (dataset.mapping, dataset.mapping_used) == (mapping, mapping.mapping)


def test_failed_file_is_read_after_choosing_a_mapping(measurement: Measurement, mapping: ColumnMapping) -> None:
    failed = upload(measurement)
    assert failed.status == "failed"
    assert failed.messages[0]["code"] == "no-column-names"
    queue_file_with_mapping(failed, mapping=mapping, by=None)
    do_due_work()
    dataset = Dataset.objects.get()
    assert (dataset.pk, dataset.status, dataset.rows) == (failed.pk, "parsed", 3)
    reasons = [row.history_change_reason for row in dataset.history.all()]
    assert sum("‘Bench 3’" in reason for reason in reasons) == 1


def test_uploading_a_file_again_with_a_mapping_reads_it_again(measurement: Measurement, mapping: ColumnMapping) -> None:
    upload(measurement)
    assert upload(measurement, mapping).status == "parsed"


def test_changing_a_mapping_rereads_its_files(measurement: Measurement, mapping: ColumnMapping) -> None:
    before = upload(measurement, mapping)
    analysis = plugin_loading.current().analyses["ionic-conductivity"]
    run = run_analysis(measurement=measurement, analysis=analysis, by=None)
    change_mapping(mapping, MILLIOHM)
    waiting = Dataset.objects.get()
    assert (waiting.status, waiting.mapping_used) == ("queued", before.mapping_used)
    do_due_work()
    dataset = Dataset.objects.get()
    assert dataset.mapping_used == MILLIOHM
    assert list(read_columns(dataset)["real_impedance_ohm"]) == [0.01, 0.012, 0.015]
    assert AnalysisRun.objects.filter(analysis="ionic-conductivity", pk__gt=run.pk, is_latest=True).exists()


def test_renaming_a_mapping_rereads_nothing(measurement: Measurement, mapping: ColumnMapping) -> None:
    upload(measurement, mapping)
    mapping.name = "Bench 4"
    save_column_mapping(mapping, by=None)
    assert Dataset.objects.get().status == "parsed"


def test_previous_data_are_kept_if_the_changed_mapping_fails(measurement: Measurement, mapping: ColumnMapping) -> None:
    before = upload(measurement, mapping)
    change_mapping(mapping, {"columns": {"0": "frequency_hertz", "1": "Z' / Ohm", "7": "Z'' / Ohm"}})
    do_due_work()
    dataset = Dataset.objects.get()
    assert (dataset.status, dataset.content_sha256) == ("parsed", before.content_sha256)
    assert (dataset.mapping_used, dataset.mapping_changed) == (before.mapping_used, True)
    assert dataset.messages[0]["parameters"]["reason_code"] == "no-rows"


def test_rereading_uses_the_mapping(measurement: Measurement, mapping: ColumnMapping) -> None:
    dataset = upload(measurement, mapping)
    queue_file(dataset, by=None)
    do_due_work()
    assert Dataset.objects.get().mapping_used == mapping.mapping


def test_removing_the_mapping_lets_the_readers_decide(measurement: Measurement, mapping: ColumnMapping) -> None:
    dataset = upload(measurement, mapping)
    queue_file_with_mapping(dataset, mapping=None, by=None)
    do_due_work()
    dataset.refresh_from_db()
    assert dataset.mapping is None
    assert dataset.messages[0]["code"] == "read-again-failed"


def test_files_of_projects_the_user_cannot_edit_are_not_reread(
    public_project: Project, measurement: Measurement, colleague: User
) -> None:
    owner = factories.make_member(public_project, "owner")
    shared = factories.make_mapping(public_project, "Everybody's")
    upload(measurement, shared, by=colleague)
    change_mapping(shared, MILLIOHM, by=owner)
    dataset = Dataset.objects.get()
    assert (dataset.status, dataset.mapping_changed) == ("parsed", True)


def test_mapping_of_a_less_visible_project_is_refused(public_project: Project, mapping: ColumnMapping) -> None:
    measurement = factories.make_measurement(factories.make_cell(public_project), technique="eis")
    with pytest.raises(ValidationError, match="fewer people"):
        upload(measurement, mapping)


def test_mapping_in_use_cannot_be_deleted(measurement: Measurement, mapping: ColumnMapping) -> None:
    upload(measurement, mapping)
    with invalid("in_use", "", "spectrum.txt"):
        delete_record(mapping, by=None)


def test_long_mapping_name_fits_the_change_reason(measurement: Measurement, project: Project) -> None:
    upload(measurement, factories.make_mapping(project, "n" * 120))
    queue_file_with_mapping(Dataset.objects.get(), mapping=factories.make_mapping(project, "m" * 120), by=None)
    (newest, *_) = Dataset.objects.get().history.all()
    assert len(newest.history_change_reason) == 100


def test_mapping_is_refused_without_a_reader_that_supports_mappings(
    project: Project, measurement: Measurement, monkeypatch: pytest.MonkeyPatch
) -> None:
    for reader in list_mapping_readers():
        monkeypatch.delitem(plugin_loading.current().readers, reader.name)
    with invalid("no-mapping-reader", "mapping"):
        factories.make_mapping(project)
