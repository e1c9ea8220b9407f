"""Raw files of a worked example: each goes in by the ordinary import of a file, once."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyses.simulate.demo_files import file_content
from registry.models import Dataset, Measurement
from registry.services.files.ingest import FilesRefusedError, ingest_files
from registry.services.imports.toml_files import ImportEntry, ImportFileError

Source = Callable[[str], bytes]
"""Returns the content of a file by its name; KeyError if there is no such file."""
SIMULATED_FILES: Source = file_content


@dataclass(frozen=True)
class ExampleFile:
    """A file that an example adds to a measurement."""

    entry: ImportEntry
    measurement: Measurement
    name: str
    role: str = ""

    @property
    def was_added(self) -> bool:
        """Whether the measurement has the file, or had it."""
        return Dataset.history.filter(measurement_id=self.measurement.pk, filename=self.name).exists()

    @property
    def is_present(self) -> bool:
        """Whether the measurement has the file."""
        return Dataset.objects.filter(measurement=self.measurement, filename=self.name).exists()


def list_files(entry: ImportEntry, measurement: Measurement) -> Iterator[ExampleFile]:
    """The files of a measurement, `files = [{ name = "…", role = "pressure_log" }]`."""
    for part in entry.parts("files", "file"):
        yield ExampleFile(part, measurement, part.text("name"), part.text("role"))


def add_files(files: Sequence[ExampleFile], source: Source, *, overwrite: bool, reason: str) -> tuple[int, list[str]]:
    """Add the files that are missing; return how many, and the entries of those that a user has deleted, which are
    added again only with `overwrite`."""
    added, left = 0, []
    with tempfile.TemporaryDirectory(prefix="cellar-example-") as directory:
        for file in files:
            if file.is_present:
                continue
            if file.was_added and not overwrite:
                left.append(file.entry.location)
                continue
            _add(file, source, Path(directory), reason)
            added += 1
    return added, left


def _add(file: ExampleFile, source: Source, directory: Path, reason: str) -> None:
    try:
        content = source(file.name)
    except KeyError as error:
        raise ImportFileError(f"{file.entry.location}: there is no file ‘{file.name}’.") from error
    path = directory / file.name
    path.write_bytes(content)
    try:
        ingest_files(measurement=file.measurement, paths=[path], role=file.role, by=None, reason=reason)
    except FilesRefusedError as error:
        raise ImportFileError(f"{file.entry.location}: {' '.join(error.messages)}") from error
    finally:
        path.unlink(missing_ok=True)
