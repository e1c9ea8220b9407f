"""`manage.py ingest`: files onto a measurement, all of them or nothing."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from registry.models import Cell, Dataset, Measurement, Project, RawFile
from tests import factories
from tests.plugins.readers.samples import PEIS

STEPS = "time / s,voltage / V,current / A\n" + "".join(
    f"{10 * step + second},{0.1 * step:.1f},{1e-3 * step}\n" for step in (1, 2, 3) for second in range(10)
)
CYCLES = "cycle,discharge capacity / mAh\n1,2.0\n2,1.9\n"


@pytest.fixture
def cell(project: Project) -> Cell:
    return factories.make_pellet(project, area="1 cm² (exact)")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "steps.csv"
    path.write_text(STEPS)
    return path


def ingest(*arguments: str | Path) -> str:
    said = StringIO()
    try:
        call_command("ingest", *map(str, arguments), stdout=said)
    except CommandError as error:
        raise CommandError(f"{said.getvalue()}{error}") from error
    return said.getvalue()


def new(cell: Cell, technique: str = "chronoamperometry") -> tuple[str, ...]:
    return "--cell", cell.refcode, "--technique", technique


def test_makes_a_measurement_with_its_conditions_and_data(cell: Cell, file: Path) -> None:
    setup = factories.make_setup(cell.project, name="Die 7")
    said = ingest(file, *new(cell), "--label", "Run 7", "--stack-pressure", "10 MPa", "--setup", "die 7")
    measurement = Measurement.objects.get()
    assert (measurement.label, measurement.stack_pressure_mpa, measurement.setup) == ("Run 7", 10, setup)
    assert measurement.datasets.get().rows == 30
    assert f"{measurement.refcode}: steps.csv, 30 rows" in said


def test_adds_to_a_standing_measurement_and_again_changes_nothing(cell: Cell, file: Path) -> None:
    measurement = factories.make_measurement(cell, technique="chronoamperometry")
    ingest(file, "--measurement", measurement.refcode)
    ingest(file, "--measurement", measurement.refcode)
    assert Dataset.objects.get().measurement == measurement


def test_a_dry_run_says_what_the_file_holds_and_keeps_nothing(cell: Cell, file: Path) -> None:
    said = ingest(file, *new(cell), "--dry-run")
    assert "30 rows: test_time_second, voltage_volt, current_ampere" in said
    assert not Measurement.objects.exists()
    assert not RawFile.objects.exists()


def test_a_dry_run_tells_each_recording_of_a_file(cell: Cell, tmp_path: Path) -> None:
    (tmp_path / "run.mpt").write_bytes(PEIS)
    said = ingest(tmp_path / "run.mpt", *new(cell, "eis"), "--dry-run")
    assert "run.mpt · 1 cycle number 1: biologic-mpt" in said
    assert "run.mpt · 2 cycle number 2: biologic-mpt" in said


@pytest.fixture(params=[[], ["--dry-run"]], ids=["", "dry run"])
def dry(request: pytest.FixtureRequest) -> list[str]:
    return list(request.param)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "0 bytes"),
        (b"time / s,voltage / V\n1,2\n", "refused"),
        (STEPS.replace("0.1,", "NaN,", 1).encode(), "refused"),
        (b"PK\x03\x04 not a text", "refused"),
        (CYCLES.encode(), "The file holds galvanostatic cycling, the measurement is chronoamperometry."),
    ],
)
def test_one_refused_file_saves_nothing_of_any(
    cell: Cell, file: Path, content: bytes, said: str, dry: list[str]
) -> None:
    bad = file.with_name("bad.csv")
    bad.write_bytes(content)
    with pytest.raises(CommandError) as refused:
        ingest(file, bad, *new(cell), *dry)
    assert said in str(refused.value)
    assert "Nothing was saved: 1 of 2 files" in str(refused.value)
    assert not Measurement.objects.exists()
    assert not RawFile.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--technique", "chronoamperometri"], "Did you mean ‘chronoamperometry’?"),
        ([], "A new measurement needs its --technique"),
        (["--technique", "eis", "--stack-pressure", "10 mA"], "stack_pressure: ‘10 mA’"),
        (["--technique", "eis", "--setup", "Die 8"], "There is no set-up ‘Die 8’."),
    ],
)
def test_a_wrong_argument_is_named(cell: Cell, file: Path, arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError) as refused:
        ingest(file, "--cell", cell.refcode, *arguments)
    assert said in str(refused.value)


def test_conditions_are_not_for_a_standing_measurement(cell: Cell, file: Path) -> None:
    measurement = factories.make_measurement(cell, technique="chronoamperometry")
    with pytest.raises(CommandError, match="--temperature describe"):
        ingest(file, "--measurement", measurement.refcode, "--temperature", "RT")


def test_a_file_that_is_not_there_is_named(cell: Cell, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no such file"):
        ingest(tmp_path / "gone.csv", *new(cell))
