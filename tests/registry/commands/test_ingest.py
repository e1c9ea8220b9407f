"""`manage.py ingest`: imports all files into a measurement, or none."""

from pathlib import Path

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError

from registry.contract.reader import PACKAGE_MISSING
from registry.models import (
    AnalysisRun,
    Cell,
    Dataset,
    Measurement,
    ParseStatus,
    RawFile,
    RunStatus,
)
from registry.sandbox.thumbnail import png
from registry.selectors.analysis_inputs.dataset_in_use import get_dataset_in_use
from registry.services.runs.queue import do_due_runs
from tests import factories
from tests.plugins.readers.samples import GAMRY, GAMRY_TWO, MODULO, MPR, PEIS
from tests.registry.commands.ingesting import ingest, new_measurement

CASES = Path(__file__).parents[2] / "data" / "cases"
STEPS = "time / s,voltage / V,current / A\n" + "".join(
    f"{10 * step + second},{0.1 * step:.1f},{1e-3 * step}\n" for step in (1, 2, 3) for second in range(10)
)
CYCLES = "cycle,discharge capacity / mAh\n1,2.0\n2,1.9\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "steps.csv"
    path.write_text(STEPS)
    return path


def test_makes_a_measurement_with_its_conditions_and_data(cell: Cell, file: Path) -> None:
    setup = factories.make_setup(cell.project, name="Die 7")
    output = ingest(file, *new_measurement(cell), "--label", "Run 7", "--stack-pressure", "10 MPa", "--setup", "die 7")
    measurement = Measurement.objects.get()
    assert (measurement.label, measurement.setup) == ("Run 7", setup)
    assert factories.magnitudes(measurement) == {"stack_pressure_mpa": 10}
    assert measurement.datasets.get().rows == 30
    assert f"{measurement.refcode}: steps.csv, 30 rows" in output


def test_adding_a_file_twice_stores_it_once(cell: Cell, file: Path) -> None:
    measurement = factories.make_measurement(cell, technique="chronoamperometry")
    ingest(file, "--measurement", measurement.refcode)
    ingest(file, "--measurement", measurement.refcode)
    assert Dataset.objects.get().measurement == measurement


PRESSURE = "test_time_second,stack_pressure_megapascal\n0,10\n60,10.5\n"


def test_files_are_added_with_their_role_in_order(cell: Cell, file: Path) -> None:
    ingest(file, *new_measurement(cell), "--role", "main")
    refcode = Measurement.objects.get().refcode
    logs = [file.with_name(f"{number}.csv") for number in (2, 3)]
    for number, log in enumerate(logs):
        log.write_text(f"{PRESSURE}120,1{number}\n")
    ingest(*logs, "--measurement", refcode, "--role", "pressure_log", "--order", "2")
    roles = [(item.filename, item.role, item.order) for item in Dataset.objects.order_by("pk")]
    assert roles == [("steps.csv", "main", 1), ("2.csv", "pressure_log", 2), ("3.csv", "pressure_log", 3)]


def test_a_file_that_cannot_have_the_role_is_refused(cell: Cell, file: Path, tmp_path: Path) -> None:
    (tmp_path / "run.mpt").write_bytes(PEIS)
    for path, technique, role, code in (
        (file, "cycling", "pressure_log", "role-mismatch"),
        (tmp_path / "run.mpt", "eis", "main", "ambiguous-role"),
    ):
        with pytest.raises(CommandError, match=rf"not imported \({code}\)"):
            ingest(path, *new_measurement(cell, technique), "--role", role)
    with pytest.raises(CommandError, match="pressure_log"):
        ingest(file, *new_measurement(cell), "--role", "no_such_role")
    assert not Measurement.objects.exists()


@pytest.mark.parametrize(
    "options", [("--order", "1"), ("--role", "main", "--order", "0"), ("--role", "main", "--split")]
)
def test_options_of_roles_that_contradict_each_other_are_refused(cell: Cell, file: Path, options: tuple) -> None:
    with pytest.raises(CommandError, match="--role"):
        ingest(file, *new_measurement(cell), *options)


def test_a_dry_run_lists_the_content_and_saves_nothing(cell: Cell, file: Path) -> None:
    output = ingest(file, *new_measurement(cell), "--dry-run")
    assert "30 rows: test_time_second, voltage_volt, current_ampere" in output
    assert not Measurement.objects.exists()
    assert not RawFile.objects.exists()


def test_a_picture_is_listed_with_its_pixels(cell: Cell, tmp_path: Path) -> None:
    path = tmp_path / "pellet.png"
    path.write_bytes(png(np.zeros((48, 64), np.uint8)))
    assert ", image 64 × 48 pixels\n" in ingest(path, *new_measurement(cell, "photograph"), "--dry-run")
    assert "pellet.png, image 64 × 48 pixels\n" in ingest(path, *new_measurement(cell, "photograph"))


def test_a_dry_run_lists_each_dataset_of_a_file(cell: Cell, tmp_path: Path) -> None:
    (tmp_path / "run.mpt").write_bytes(PEIS)
    output = ingest(tmp_path / "run.mpt", *new_measurement(cell, "eis"), "--dry-run")
    assert "run.mpt · 1 cycle number 1: biologic-mpt" in output
    assert "run.mpt · 2 cycle number 2: biologic-mpt" in output


def test_a_dry_run_needs_no_cell(file: Path) -> None:
    (file.parent / "run.mpt").write_bytes(PEIS)
    output = ingest(file, file.parent / "run.mpt", "--dry-run")
    assert "steps.csv: declared-csv" in output
    assert ", 30 rows: test_time_second, voltage_volt, current_ampere" in output
    assert "run.mpt · 2 cycle number 2: biologic-mpt 1" in output
    assert " spectroscopy, 2 rows: frequency_hertz" in output


def test_a_dry_run_without_a_cell_fails_on_a_refused_file(file: Path) -> None:
    bad = file.with_name("bad.csv")
    bad.write_text("time,voltage\n1,2\n")
    with pytest.raises(CommandError, match=r"(?s)bad\.csv: not imported \(invalid-column\).*1 of 2"):
        ingest(file, bad, "--dry-run")
    with pytest.raises(CommandError, match=r"\(technique-mismatch\)"):
        ingest(_gamry(file), "--technique", "Galvanostatic Cycling", "--dry-run")


def _gamry(path: Path) -> Path:
    path = path.with_name("run.DTA")
    path.write_text(GAMRY)
    return path


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Add --cell or --measurement"),
        (["--technique", "eis"], "Add --cell or --measurement"),
        (["--dry-run", "--setup", "Die 7", "--mapping", "x"], "--setup, --mapping need --cell"),
        (["--dry-run", "--technique", "ies"], "‘eis’?"),
    ],
)
def test_without_a_cell_only_a_dry_run_is_possible(file: Path, arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError) as error:
        ingest(file, *arguments)
    assert message in str(error.value)


@pytest.mark.parametrize("technique", ["EIS", "Eis", "electrochemical IMPEDANCE spectroscopy"])
def test_a_technique_is_found_by_name_or_title_in_any_case(cell: Cell, file: Path, technique: str) -> None:
    ingest(_gamry(file), *new_measurement(cell, technique))
    assert Measurement.objects.get().technique == "eis"


def test_due_analyses_are_queued(cell: Cell, file: Path) -> None:
    output = ingest(file, *new_measurement(cell))
    queued = AnalysisRun.objects.filter(status=RunStatus.QUEUED)
    assert queued
    # That of the cell has no measurement.
    assert {run.measurement for run in queued} - {None} == {Measurement.objects.get()}
    assert f"Queued {len(queued)} analys" in output.splitlines()[-1]
    assert "`run_worker`" in output
    do_due_runs()
    assert "Queued" not in ingest(file, "--measurement", Measurement.objects.get().refcode)


def test_each_part_of_a_split_file_is_queued(cell: Cell, tmp_path: Path) -> None:
    (tmp_path / "run.mpt").write_bytes(PEIS)
    ingest(tmp_path / "run.mpt", *new_measurement(cell, "eis"), "--split")
    assert {run.measurement for run in AnalysisRun.objects.all()} >= set(Measurement.objects.all())


def test_a_dry_run_queues_nothing(cell: Cell, file: Path) -> None:
    ingest(file, *new_measurement(cell), "--dry-run")
    assert not AnalysisRun.objects.exists()


def test_several_datasets_need_a_choice(cell: Cell, tmp_path: Path) -> None:
    (tmp_path / "run.mpt").write_bytes(PEIS)
    output = ingest(tmp_path / "run.mpt", *new_measurement(cell, "eis"))
    assert "several-datasets" in output
    assert "--split" in output


def test_a_measurement_uses_the_spectra_or_the_cycling_between_them(cell: Cell, tmp_path: Path) -> None:
    (tmp_path / "run.mpt").write_bytes(MODULO)
    assert "several-datasets" in ingest(tmp_path / "run.mpt", *new_measurement(cell, "eis"))
    ingest(tmp_path / "run.mpt", *new_measurement(cell, "cycling"))
    used = get_dataset_in_use(Measurement.objects.get(technique="cycling")).dataset
    assert used is not None
    assert (used.technique, used.part_label, used.rows) == ("cycling", "time series", 4)


def test_splits_files_into_measurements(cell: Cell, tmp_path: Path) -> None:
    (tmp_path / "run.mpt").write_bytes(PEIS)
    (tmp_path / "run.DTA").write_text(GAMRY_TWO)
    output = ingest(
        tmp_path / "run.mpt", tmp_path / "run.DTA", *new_measurement(cell, "eis"), "--split", "--temperature", "RT"
    )
    measurements = Measurement.objects.order_by("pk")
    temperatures = {(factories.written(item)["temperature_degc"], item.datasets.count()) for item in measurements}
    assert temperatures == {("RT", 1)}
    assert len(measurements) == 4
    assert [line.split(":")[0] for line in output.splitlines()[:4]] == [
        dataset.measurement.refcode for dataset in Dataset.objects.order_by("raw_file", "part")
    ]


def test_a_file_whose_reader_is_not_installed_is_stored(cell: Cell, tmp_path: Path, file: Path) -> None:
    (tmp_path / "run.mpr").write_bytes(MPR)
    output = ingest(tmp_path / "run.mpr", file, *new_measurement(cell))
    assert "run.mpr" in output
    assert PACKAGE_MISSING in output
    stored, table = Dataset.objects.order_by("pk")
    assert (stored.status, stored.filename, stored.messages[0]["code"]) == (
        ParseStatus.FAILED, "run.mpr", PACKAGE_MISSING,
    )  # fmt: skip
    assert stored.messages[0]["parameters"]["package"] == "cellar-biologic-mpr"
    assert Path(default_storage.path(stored.raw_file.path)).read_bytes() == MPR
    assert table.rows == 30


def test_a_file_that_no_package_would_read_is_not_stored_with_it(cell: Cell, tmp_path: Path) -> None:
    (tmp_path / "run.mpr").write_bytes(MPR)
    (tmp_path / "empty.csv").write_text("a,b\n1,2\n")
    with pytest.raises(CommandError):
        ingest(tmp_path / "run.mpr", tmp_path / "empty.csv", *new_measurement(cell))
    assert not Dataset.objects.exists()


def test_splits_the_sweeps_of_one_table(cell: Cell, tmp_path: Path) -> None:
    frequencies = [1000, 100, 10, 1, 10, 100, 1000]
    rows = "".join(f"{frequency},20,-5\n" for frequency in frequencies)
    (tmp_path / "run.csv").write_text("Frequency / Hz,Z' / Ohm,Z'' / Ohm\n" + rows)
    ingest(tmp_path / "run.csv", *new_measurement(cell, "eis"), "--split")
    down, up = Measurement.objects.order_by("pk")
    assert (down.datasets.get().rows, up.datasets.get().rows) == (4, 3)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"time / s,voltage / V\n1,2\n", "missing-columns"),
        (STEPS.replace("0.1,", "NaN,", 1).encode(), "cell-not-a-number"),
        (b"PK\x03\x04 not a text", "excel-workbook"),
        (CYCLES.encode(), "technique-mismatch"),
    ],
)
def test_if_one_file_is_refused_none_is_saved(
    cell: Cell, file: Path, content: bytes, code: str, dry: list[str]
) -> None:
    bad = file.with_name("bad.csv")
    bad.write_bytes(content)
    with pytest.raises(CommandError) as error:
        ingest(file, bad, *new_measurement(cell), *dry)
    assert f"bad.csv: not imported ({code})" in str(error.value)
    assert "1 of 2 files" in str(error.value)
    assert not Measurement.objects.exists()
    assert not RawFile.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--technique", "chronoamperometri"], "‘chronoamperometry’?"),
        ([], "--technique:"),
        (["--technique", "eis", "--stack-pressure", "10 mA"], "conditions.stack_pressure_mpa: ‘10 mA’"),
        (["--technique", "eis", "--setup", "Die 8"], "Unknown set-up ‘Die 8’."),
    ],
)
def test_an_invalid_argument_is_named(cell: Cell, file: Path, arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError) as error:
        ingest(file, "--cell", cell.refcode, *arguments)
    assert message in str(error.value)


def test_conditions_cannot_be_combined_with_measurement(cell: Cell, file: Path) -> None:
    measurement = factories.make_measurement(cell, technique="chronoamperometry")
    with pytest.raises(CommandError, match="--temperature describe"):
        ingest(file, "--measurement", measurement.refcode, "--temperature", "RT")


def test_a_missing_file_is_named(cell: Cell, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"gone\.csv: not imported \(file-not-found\)"):
        ingest(tmp_path / "gone.csv", *new_measurement(cell))
