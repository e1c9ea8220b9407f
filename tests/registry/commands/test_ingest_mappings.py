"""`manage.py ingest` with a column mapping, and what is not taken for another technique."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from registry.models import Cell, ColumnMapping, Dataset, Measurement, Project
from tests import factories
from tests.plugins.readers.samples import workbook
from tests.registry.commands.ingesting import ingest, new_measurement

CASES = Path(__file__).parents[2] / "data" / "cases"


def test_reads_files_by_a_column_mapping(cell: Cell, tmp_path: Path, dry: list[str]) -> None:
    (tmp_path / "spectrum.dat").write_text("1000 10 -1\n100 12 -4\n")
    mapping = factories.make_mapping(cell.project, "Bench 3")
    output = ingest(tmp_path / "spectrum.dat", *new_measurement(cell, "eis"), "--mapping", "bench 3", *dry)
    assert "2 rows" in output
    assert [dataset.mapping for dataset in Dataset.objects.all()] == ([] if dry else [mapping])


BARE_SPECTRUM = "Freq;Zr;Zi\n1000;10;-1\n100;12;-4\n10;15;-3\n"


def test_a_suggested_mapping_is_shown_and_accepted_by_its_option(cell: Cell, tmp_path: Path) -> None:
    path = tmp_path / "bare.csv"
    path.write_text(BARE_SPECTRUM)
    output = StringIO()
    with pytest.raises(CommandError):
        call_command("ingest", path, *new_measurement(cell, "eis"), stdout=output)
    assert '"Freq": "Frequency / Hz"' in output.getvalue()
    assert "--suggested-mapping" in output.getvalue()
    assert not ColumnMapping.objects.exists()
    ingest(path, *new_measurement(cell, "eis"), "--suggested-mapping", "--dry-run")
    assert not ColumnMapping.objects.exists()
    for _ in range(2):
        ingest(path, *new_measurement(cell, "eis"), "--suggested-mapping")
    mapping = ColumnMapping.objects.get()
    assert mapping.name == "Mapping for bare.csv"
    assert {dataset.mapping for dataset in Dataset.objects.all()} == {mapping}


@pytest.mark.parametrize("technique", ["eis", "sem", "xrd"])
def test_a_workbook_or_table_of_a_time_series_is_only_taken_for_one(cell: Cell, tmp_path: Path, technique: str) -> None:
    (case,) = CASES.glob("18-*/time-series.csv")
    header, *rows = [line.split(",") for line in case.read_text().split()]
    sheet = [header, *([float(number) for number in row] for row in rows)]
    (tmp_path / "series.xlsx").write_bytes(workbook({"Sheet1": sheet}))
    for path in (case, tmp_path / "series.xlsx"):
        with pytest.raises(CommandError, match="mismatch"):
            ingest(path, *new_measurement(cell, technique))
    assert not Measurement.objects.exists()
    ingest(tmp_path / "series.xlsx", *new_measurement(cell, "cycling"))
    assert Dataset.objects.get().reader == "workbook"


@pytest.mark.parametrize("content", ["time / s,voltage / V,current / A\n", "t,U,I\n"])
def test_a_time_series_is_not_taken_for_a_spectrum(cell: Cell, tmp_path: Path, content: str) -> None:
    path = tmp_path / "series.csv"
    path.write_text(content + "".join(f"{second},3.5,0.001\n" for second in range(9)))
    options = ["--suggested-mapping"] if content.startswith("t,") else []
    with pytest.raises(CommandError, match="mismatch"):
        ingest(path, *new_measurement(cell, "eis"), *options)
    assert not Measurement.objects.exists()


def test_a_suggested_mapping_reads_a_workbook(cell: Cell, tmp_path: Path) -> None:
    rows = [line.split(";") for line in BARE_SPECTRUM.split()]
    (tmp_path / "bare.xlsx").write_bytes(
        workbook({"EIS": [rows[0], *([float(cell) for cell in row] for row in rows[1:])]})
    )
    ingest(tmp_path / "bare.xlsx", *new_measurement(cell, "eis"), "--suggested-mapping")
    dataset = Dataset.objects.get()
    assert (dataset.reader, dataset.rows, dataset.part_label) == ("workbook", 3, "EIS")


def test_a_suggested_mapping_is_for_files_that_need_one_and_the_same(cell: Cell, tmp_path: Path) -> None:
    (tmp_path / "bare.csv").write_text(BARE_SPECTRUM)
    (tmp_path / "other.csv").write_text(BARE_SPECTRUM.replace("Freq", "f"))
    (tmp_path / "good.csv").write_text("f / Hz;Z' / Ω;Z'' / Ω\n1000;10;-1\n")
    for other in ("other.csv", "good.csv"):
        with pytest.raises(CommandError):
            ingest(tmp_path / "bare.csv", tmp_path / other, *new_measurement(cell, "eis"), "--suggested-mapping")
    assert not ColumnMapping.objects.exists()


def test_a_mapping_of_an_open_project_can_be_used(cell: Cell, tmp_path: Path, public_project: Project) -> None:
    (tmp_path / "spectrum.dat").write_text("1000 10 -1\n100 12 -4\n")
    shared = factories.make_mapping(public_project, "Shared")
    factories.make_mapping(factories.make_project(), "Hidden")
    ingest(tmp_path / "spectrum.dat", *new_measurement(cell, "eis"), "--mapping", "Shared")
    assert Dataset.objects.get().mapping == shared
    with pytest.raises(CommandError, match=r"‘Hidden’.*: Shared\."):
        ingest(tmp_path / "spectrum.dat", *new_measurement(cell, "eis"), "--mapping", "Hidden")
