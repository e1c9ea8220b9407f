"""Import files from the command line to a new or existing measurement, all or none."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from registry import plugin_loading
from registry.contract.reader import PACKAGE_MISSING
from registry.hookspecs import Message
from registry.models import ColumnMapping, Dataset, Measurement
from registry.plugin_loading.suitability import not_registered
from registry.sandbox.file_reader import Parsed, ParsedPart, parse_file
from registry.selectors.analysis_inputs.dataset_in_use import datasets_to_split
from registry.services.files.dataset import refuse_file, store_file, technique_mismatch
from registry.services.files.roles import check_role
from registry.services.files.split import split_measurement
from registry.services.files.staging import StagedFile, stage
from registry.services.measurement import Texts, save_measurement
from registry.services.permissions import Actor, require_editor


@dataclass(frozen=True)
class CheckedFile:
    """The datasets a file contains, or why it is refused."""

    path: Path
    reader: str
    datasets: tuple[ParsedPart, ...]
    refusal: Message | None = None

    @property
    def is_kept(self) -> bool:
        """Whether it is stored although it is refused: the package that reads it is not installed."""
        return self.refusal is not None and self.refusal.code == PACKAGE_MISSING


class FilesRefusedError(ValidationError):
    """Some files were refused, so none was imported; `checked` has the result for each."""

    def __init__(self, checked: Sequence[CheckedFile]) -> None:
        super().__init__([f"{item.path}: {item.refusal.text}" for item in checked if item.refusal])
        self.checked = tuple(checked)


@dataclass(frozen=True)
class _ReadFile:
    """A staged file and its parsed content."""

    checked: CheckedFile
    staged: StagedFile | None = None
    parsed: Parsed | None = None


def check_file(path: Path, technique: str, mapping: ColumnMapping | None = None, *, role: str = "") -> CheckedFile:
    """Parse a file as for a measurement of this technique (any technique if empty), without storing it."""
    with ExitStack() as stack:
        return _read(path, technique, mapping, stack, role=role).checked


def _read(path: Path, technique: str, mapping: ColumnMapping | None, stack: ExitStack, *, role: str) -> _ReadFile:
    if not path.is_file():
        if path.exists():
            return _refused(path, refuse_file("not-a-regular-file", "Not a regular file."))
        return _refused(path, refuse_file("file-not-found", "File not found."))
    try:
        with path.open("rb") as file:
            staged = stack.enter_context(stage(file))
    except ValidationError as error:
        (problem,) = error.error_dict["file"]
        return _refused(path, Message.stored(problem.code or "invalid-file", problem.messages[0], "warning", {}))
    except OSError as error:
        unopened = refuse_file("file-not-opened", "The file cannot be opened: {reason}.", reason=error.strerror)
        return _refused(path, unopened)
    parsed = parse_file(
        staged.raw,
        path.name,
        staged.results,
        mapping.mapping if mapping else None,
        plugins=plugin_loading.plugin_set(),
    )
    reader, refusal = f"{parsed.reader} {parsed.version}".strip(), parsed.refusal
    if technique and (unregistered := not_registered(technique)):
        refusal = unregistered
    elif role and len(parsed.parts) > 1:
        refusal = refuse_file(
            "ambiguous-role",
            "The file contains {count} datasets: add it without a role, then declare the role of each.",
            count=len(parsed.parts),
        )
    elif technique and parsed.parts:
        refusal = technique_mismatch(parsed.parts, technique, role)
    return _ReadFile(CheckedFile(path, reader, parsed.parts, refusal), staged, parsed)


def _refused(path: Path, refusal: Message) -> _ReadFile:
    return _ReadFile(CheckedFile(path, "", (), refusal))


def ingest_files(
    *,
    measurement: Measurement,
    paths: Sequence[Path],
    conditions: Texts | None = None,
    mapping: ColumnMapping | None = None,
    split: bool = False,
    role: str = "",
    order: int | None = None,
    by: Actor,
    reason: str = "",
) -> list[Dataset]:
    """Save the measurement if it is new, with its conditions, and add each file.

    Nothing is saved if a file cannot be read, except that a file is stored whose reader is not installed. With `split`,
    each dataset of a file with several becomes a measurement. With a role, each file has it, from `order` on (after
    those that have it, if None).
    """
    require_editor(measurement.cell.project, by)
    check_role(measurement, role)
    with ExitStack() as stack:
        files = [_read(path, measurement.technique, mapping, stack, role=role) for path in paths]
        if any(file.checked.refusal and not file.checked.is_kept for file in files):
            raise FilesRefusedError([file.checked for file in files])
        with transaction.atomic():
            if measurement.pk is None:
                save_measurement(measurement, conditions, by=by, reason=reason)
            datasets = []
            for number, file in enumerate(files):
                assert file.staged is not None
                assert file.parsed is not None
                name = file.checked.path.name
                datasets += store_file(
                    measurement=measurement,
                    staged=file.staged,
                    filename=name,
                    parsed=file.parsed,
                    mapping=mapping,
                    role=role,
                    order=None if order is None else order + number,
                    by=by,
                )
            while split and datasets_to_split(measurement):
                split_measurement(measurement=measurement, by=by)
        saved = Dataset.objects.filter(pk__in=[dataset.pk for dataset in datasets]).select_related("measurement")
        return list(saved.order_by("raw_file", "part"))
