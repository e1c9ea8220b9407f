"""Raw files of an example go in once, by the ordinary import."""

from pathlib import Path

import pytest

from registry.models import Dataset, Project
from registry.services.imports import example_files
from registry.services.imports.example_files import ExampleFile, add_files, list_files
from registry.services.imports.toml_files import ImportEntry, ImportFileError
from registry.services.record import delete_record
from tests import factories

SPECTRUM = b"Frequency / Hz,Re(Z) / Ohm,-Im(Z) / Ohm\n" + b"".join(b"%d,10,%d\n" % (10**n, 9 - n) for n in range(6))


def content(name: str) -> bytes:
    return {"spectrum.csv": SPECTRUM, "empty.csv": b"no numbers\n"}[name]


@pytest.fixture
def spectrum(project: Project) -> ExampleFile:
    entry = ImportEntry("measurement", "cells.toml, measurement 1", {"files": [{"name": "spectrum.csv"}]})
    (file,) = list_files(entry, factories.make_measurement(factories.make_pellet(project), technique="eis"))
    return file


def add(file: ExampleFile, *, overwrite: bool = False) -> tuple[int, list[str]]:
    return add_files([file], content, overwrite=overwrite, reason="load_example small")


def test_a_file_is_added_once(spectrum: ExampleFile) -> None:
    assert add(spectrum) == (1, [])
    assert add(spectrum) == (0, [])
    dataset = Dataset.objects.get()
    assert (dataset.filename, dataset.status, dataset.rows) == ("spectrum.csv", "parsed", 6)


def test_a_file_that_was_deleted_is_added_again_only_to_overwrite(spectrum: ExampleFile) -> None:
    add(spectrum)
    delete_record(Dataset.objects.get(), by=None)
    assert add(spectrum) == (0, ["cells.toml, measurement 1, file 1"])
    assert add(spectrum, overwrite=True) == (1, [])
    assert Dataset.objects.count() == 1


@pytest.mark.parametrize("name", ["other.csv", "empty.csv"])
def test_a_file_that_cannot_be_added_is_named(spectrum: ExampleFile, name: str) -> None:
    file = ExampleFile(spectrum.entry, spectrum.measurement, name)
    with pytest.raises(ImportFileError, match=name):
        add(file)
    assert not Dataset.objects.exists()


def test_files_are_written_to_a_temporary_directory(spectrum: ExampleFile, tmp_path: Path) -> None:
    assert example_files.SIMULATED_FILES("NCM_2wt-VGCF_simulated.txt").startswith(b"BT-Lab")
    assert not list(tmp_path.glob("*.csv"))
