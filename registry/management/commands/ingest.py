"""Bring raw files in: `manage.py ingest run7.csv --cell C-00012 --technique chronoamperometry`."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError

from registry.hookspecs import TECHNIQUES
from registry.management.command_line import cell_named, counted, measurement_named, text_argument, unknown
from registry.models import ColumnMapping, HardwareSetup, Measurement, Project
from registry.selectors.analysis_inputs.dataset_in_use import get_dataset_in_use
from registry.selectors.column_mapping import list_usable_mappings
from registry.services.files.ingest import CheckedFile, FilesRefusedError, check_file, ingest_files
from registry.services.runs.queue import queue_cells, queue_for_new_data
from registry.services.validation_text import validation_text
from registry.text.cleaning import name_key

CONDITIONS = {
    "stack_pressure": "10 MPa",
    "temperature": "25 °C",
    "c_rate": "0.2C",
    "current_density": "2 mA/cm²",
    "voltage_lower": "2.5 V",
    "voltage_upper": "4.3 V",
}
FIELD_OF = {"c_rate": "c_rate_as_written"}


class Command(BaseCommand):
    help = "Add raw files to a measurement: a new one of a cell, or one that stands. A refused file saves nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        where = parser.add_mutually_exclusive_group()
        where.add_argument(
            "--cell", type=text_argument, metavar="REF", help="Make a new measurement of this cell, such as C-00012."
        )
        where.add_argument(
            "--measurement", type=text_argument, metavar="REF", help="Add to this measurement, such as M-00034."
        )
        parser.add_argument(
            "--technique",
            type=text_argument,
            help=f"Of the new measurement: {', '.join(TECHNIQUES)}, or its whole name.",
        )
        parser.add_argument("--label", type=text_argument, help="What the new measurement is to be called.")
        parser.add_argument(
            "--setup",
            type=text_argument,
            metavar="NAME",
            help="The hardware set-up, by its name in the cell's project.",
        )
        for name, example in CONDITIONS.items():
            option = f"--{name.replace('_', '-')}"
            parser.add_argument(
                option, type=text_argument, metavar="NUMBER", help=f"With its unit, such as ‘{example}’."
            )
        parser.add_argument(
            "--mapping", type=text_argument, metavar="NAME", help="Read them by this column mapping, for text tables."
        )
        parser.add_argument(
            "--split", action="store_true", help="Make a measurement of each dataset of a file that holds several."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what the files hold, of whichever cell, and keep nothing."
        )

    def handle(self, *args: Any, files: list[Path], split: bool, dry_run: bool, **options: Any) -> None:
        if not (options["cell"] or options["measurement"]):
            technique = _technique_without_cell(options, dry_run=dry_run)
            self._tell([check_file(path, technique) for path in files])
            return
        measurement = _measurement(options)
        mapping = _mapping(measurement.cell.project, options["mapping"]) if options["mapping"] else None
        try:
            if measurement.pk is None:
                measurement.full_clean(exclude=["refcode"])
            if dry_run:
                self._tell([check_file(path, measurement.technique, mapping) for path in files])
                return
            datasets = ingest_files(
                measurement=measurement, paths=files, mapping=mapping, split=split, by=None, reason="ingest"
            )
        except FilesRefusedError as refused:
            self._tell(refused.checked)
            return
        except ValidationError as error:
            raise CommandError(f"Nothing was saved. {validation_text(error)}") from error
        parts = Counter(dataset.raw_file_id for dataset in datasets)
        for dataset in datasets:
            part = f" · {dataset.part + 1} {dataset.part_label}".rstrip() if parts[dataset.raw_file_id] > 1 else ""
            self.stdout.write(f"{dataset.measurement.refcode}: {dataset.filename}{part}, {dataset.rows} rows")
        if undecided := get_dataset_in_use(measurement).undecided:
            self.stdout.write(f"{measurement.refcode}: {undecided}. --split does the latter.")
        queued = queue_cells([measurement.cell], by=None) if split else queue_for_new_data(measurement, by=None)
        self.stdout.write(_said_of(len(queued)))

    def _tell(self, checked: Sequence[CheckedFile]) -> None:
        """Say what each file holds; fail if any is refused."""
        for item in checked:
            if item.refusal:
                self.stdout.write(f"{item.path}: refused. {item.refusal}")
                continue
            for number, dataset in enumerate(item.datasets, start=1):
                technique = TECHNIQUES.get(dataset.technique, "technique as the measurement says")
                part = f" · {number} {dataset.label}".rstrip() if len(item.datasets) > 1 else ""
                columns = ", ".join(dataset.columns)
                self.stdout.write(f"{item.path}{part}: {item.reader}, {technique}, {dataset.rows} rows: {columns}")
                for message in dataset.messages:
                    self.stdout.write(f"  {message['level']}: {message['text']}")
        refused = sum(bool(entry.refusal) for entry in checked)
        if refused:
            raise CommandError(f"Nothing was saved: {refused} of {len(checked)} files cannot be taken.")
        self.stdout.write("Nothing was saved: this was a dry run.")


def _said_of(queued: int) -> str:
    """What becomes of the analyses that the data made due."""
    if not queued:
        return "No analysis is due."
    them = "them" if queued > 1 else "it"
    analyses = counted(queued, "analysis", "analyses")
    return f"Queued {analyses}: a worker (`serve` or `work`) runs {them}; `analyze` runs {them} now."


def _technique_without_cell(options: dict[str, Any], *, dry_run: bool) -> str:
    """The technique that files are to be of when they are only looked at, empty for any."""
    if not dry_run:
        raise CommandError("one of the arguments --cell --measurement is required, except with --dry-run.")
    of_a_cell = _given(options, "label", "setup", *CONDITIONS, "mapping")
    if of_a_cell:
        raise CommandError(f"{of_a_cell} belong to a cell: name it with --cell, or leave them out.")
    return _technique(options["technique"]) if options["technique"] is not None else ""


def _given(options: dict[str, Any], *names: str) -> str:
    """The options among these that were given, as they are written."""
    return ", ".join(f"--{name.replace('_', '-')}" for name in names if options[name] is not None)


def _technique(written: str) -> str:
    """The technique of this name or title, in any capitals."""
    names = {name.casefold(): technique for technique, title in TECHNIQUES.items() for name in (technique, title)}
    if written.strip().casefold() not in names:
        raise unknown("technique", written, TECHNIQUES)
    return names[written.strip().casefold()]


def _measurement(options: dict[str, Any]) -> Measurement:
    """The standing measurement, or a new one with the conditions given."""
    if options["measurement"]:
        if described := _given(options, "technique", "label", "setup", *CONDITIONS):
            raise CommandError(f"{described} describe a new measurement: leave them out with --measurement.")
        return measurement_named(options["measurement"])
    cell = cell_named(options["cell"])
    if options["technique"] is None:
        raise CommandError(f"A new measurement needs its --technique: {', '.join(TECHNIQUES)}.")
    conditions = {FIELD_OF.get(name, name): options[name] for name in CONDITIONS if options[name] is not None}
    return Measurement(
        cell=cell,
        technique=_technique(options["technique"]),
        label=options["label"] or "",
        setup=_setup(cell.project, options["setup"]) if options["setup"] else None,
        **conditions,
    )


def _setup(project: Project, name: str) -> HardwareSetup:
    setups = HardwareSetup.objects.filter(project=project)
    found: HardwareSetup | None = setups.filter(name_key=name).first()
    if found is None:
        raise unknown("set-up", name, setups.values_list("name", flat=True))
    return found


def _mapping(project: Project, name: str) -> ColumnMapping:
    """The column mapping of this name: the project's own, or else the one of a project open enough."""
    usable = list_usable_mappings(project)
    named = [item for item in usable if name_key(item.name) == name_key(name)]
    if not named:
        raise unknown("column mapping", name, (entry.name for entry in usable))
    if len(named) > 1 and named[0].project != project:
        places = ", ".join(element.project.slug for element in named)
        raise CommandError(f"Several projects have a column mapping ‘{name}’ ({places}): copy one into {project.slug}.")
    return named[0]
