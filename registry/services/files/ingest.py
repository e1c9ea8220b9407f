"""Files from the command line onto a measurement, new or standing: all of them, or nothing."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from registry import plugin_loading
from registry.hookspecs import TECHNIQUES
from registry.models import ColumnMapping, Dataset, Measurement
from registry.sandbox.file_reader import Parsed, ParsedPart, parse_file
from registry.selectors.analysis_inputs.dataset_in_use import datasets_to_split
from registry.services.files.dataset import store_file
from registry.services.files.split import split_measurement
from registry.services.files.staging import StagedFile, stage
from registry.services.permissions import Actor, require_editor
from registry.services.record import save_record


@dataclass(frozen=True)
class CheckedFile:
    """What a file would become, or why it is refused."""

    path: Path
    reader: str
    datasets: tuple[ParsedPart, ...]
    refusal: str = ""


class FilesRefusedError(ValidationError):
    """Some of the files cannot be taken, so none was; `checked` says what each is."""

    def __init__(self, checked: Sequence[CheckedFile]) -> None:
        super().__init__([f"{item.path}: {item.refusal}" for item in checked if item.refusal])
        self.checked = tuple(checked)


@dataclass(frozen=True)
class _Read:
    """A file that arrived, and what was found in it."""

    checked: CheckedFile
    arrived: StagedFile | None = None
    parsed: Parsed | None = None


def check_file(path: Path, technique: str, mapping: ColumnMapping | None = None) -> CheckedFile:
    """Read a file as adding it to a measurement of this technique, or of any if it is empty, would; keep nothing."""
    with ExitStack() as until_kept:
        return _read(path, technique, mapping, until_kept).checked


def _read(path: Path, technique: str, mapping: ColumnMapping | None, until_kept: ExitStack) -> _Read:
    if not path.is_file():
        return _Read(
            CheckedFile(path, "", (), "There is no such file." if not path.exists() else "This is not a file.")
        )
    try:
        with path.open("rb") as file:
            arrived = until_kept.enter_context(stage(file))
    except ValidationError as error:
        return _Read(CheckedFile(path, "", (), " ".join(error.messages)))
    except OSError as error:
        return _Read(CheckedFile(path, "", (), f"The file cannot be opened: {error.strerror}."))
    parsed = parse_file(
        arrived.raw,
        path.name,
        arrived.results,
        mapping.mapping if mapping else None,
        plugins=plugin_loading.plugin_set(),
    )
    reader, refusal = f"{parsed.reader} {parsed.version}".strip(), parsed.refusal
    if technique and parsed.parts and not any(part.suits(technique) for part in parsed.parts):
        holds = " and ".join(dict.fromkeys(TECHNIQUES[part.technique].lower() for part in parsed.parts))
        refusal = f"The file holds {holds}, the measurement is {TECHNIQUES[technique].lower()}."
    return _Read(CheckedFile(path, reader, parsed.parts, refusal), arrived, parsed)


def ingest_files(
    *,
    measurement: Measurement,
    paths: Sequence[Path],
    mapping: ColumnMapping | None = None,
    split: bool = False,
    by: Actor,
    reason: str = "",
) -> list[Dataset]:
    """Save the measurement if it is new, and add each file; a file that cannot be read undoes all of it.

    With `split`, each dataset of a file that holds several becomes a measurement.
    """
    require_editor(measurement.cell.project, by)
    with ExitStack() as until_kept:
        read = [_read(path, measurement.technique, mapping, until_kept) for path in paths]
        if any(entry.checked.refusal for entry in read):
            raise FilesRefusedError([element.checked for element in read])
        with transaction.atomic():
            if measurement.pk is None:
                save_record(measurement, by=by, reason=reason)
            datasets = []
            for item in read:
                assert item.arrived is not None
                assert item.parsed is not None
                name = item.checked.path.name
                datasets += store_file(
                    measurement=measurement,
                    arrived=item.arrived,
                    filename=name,
                    parsed=item.parsed,
                    mapping=mapping,
                    by=by,
                )
            while split and datasets_to_split(measurement):
                split_measurement(measurement=measurement, by=by)
        kept = Dataset.objects.filter(pk__in=[dataset.pk for dataset in datasets]).select_related("measurement")
        return list(kept.order_by("raw_file", "part"))
