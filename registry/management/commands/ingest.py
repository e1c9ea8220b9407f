"""Bring raw files in: `manage.py ingest run7.csv --cell C-00012 --technique chronoamperometry`."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError

from registry.hookspecs import TECHNIQUES
from registry.management.command_line import cell_named, measurement_named, require_known, unknown
from registry.models import HardwareSetup, Measurement, Project
from registry.services.ingest import Checked, FilesRefused, file_check, files_ingest
from registry.services.refusal import refusal_text

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
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--cell", metavar="REF", help="Make a new measurement of this cell, such as C-00012.")
        where.add_argument("--measurement", metavar="REF", help="Add to this measurement, such as M-00034.")
        parser.add_argument("--technique", help=f"Of the new measurement: {', '.join(TECHNIQUES)}.")
        parser.add_argument("--label", help="What the new measurement is to be called.")
        parser.add_argument("--setup", metavar="NAME", help="The hardware set-up, by its name in the cell's project.")
        for name, example in CONDITIONS.items():
            option = f"--{name.replace('_', '-')}"
            parser.add_argument(option, metavar="NUMBER", help=f"With its unit, such as ‘{example}’.")
        parser.add_argument("--dry-run", action="store_true", help="Say what the files hold, and keep nothing.")

    def handle(self, *args: Any, files: list[Path], dry_run: bool, **options: Any) -> None:
        measurement = _measurement(options)
        try:
            if measurement.pk is None:
                measurement.full_clean(exclude=["refcode"])
            if dry_run:
                self._tell([file_check(path, measurement.technique) for path in files])
                return
            datasets = files_ingest(measurement=measurement, paths=files, by=None, reason="ingest")
        except FilesRefused as refused:
            self._tell(refused.checked)
            return
        except ValidationError as error:
            raise CommandError(f"Nothing was saved. {refusal_text(error)}") from error
        parts = Counter(dataset.raw_file_id for dataset in datasets)
        for dataset in datasets:
            part = f" · {dataset.part + 1} {dataset.part_label}".rstrip() if parts[dataset.raw_file_id] > 1 else ""
            self.stdout.write(f"{measurement.refcode}: {dataset.filename}{part}, {dataset.rows} rows")
        self.stdout.write("Run `analyze` to compute from them.")

    def _tell(self, checked: Sequence[Checked]) -> None:
        """Say what each file holds; fail if any is refused."""
        for one in checked:
            if one.refusal:
                self.stdout.write(f"{one.path}: refused. {one.refusal}")
                continue
            for number, recording in enumerate(one.recordings, start=1):
                technique = TECHNIQUES.get(recording.technique, "technique as the measurement says")
                part = f" · {number} {recording.label}".rstrip() if len(one.recordings) > 1 else ""
                columns = ", ".join(recording.columns)
                self.stdout.write(f"{one.path}{part}: {one.reader}, {technique}, {recording.rows} rows: {columns}")
                for message in recording.messages:
                    self.stdout.write(f"  {message['level']}: {message['text']}")
        refused = sum(bool(one.refusal) for one in checked)
        if refused:
            raise CommandError(f"Nothing was saved: {refused} of {len(checked)} files cannot be taken.")
        self.stdout.write("Nothing was saved: this was a dry run.")


def _measurement(options: dict[str, Any]) -> Measurement:
    """The standing measurement, or a new one with the conditions given."""
    described = [name for name in ("technique", "label", "setup", *CONDITIONS) if options[name] is not None]
    if options["measurement"]:
        if described:
            names = ", ".join(f"--{name.replace('_', '-')}" for name in described)
            raise CommandError(f"{names} describe a new measurement: leave them out with --measurement.")
        return measurement_named(options["measurement"])
    cell = cell_named(options["cell"])
    if options["technique"] is None:
        raise CommandError(f"A new measurement needs its --technique: {', '.join(TECHNIQUES)}.")
    require_known("technique", options["technique"], TECHNIQUES)
    conditions = {FIELD_OF.get(name, name): options[name] for name in CONDITIONS if options[name] is not None}
    return Measurement(
        cell=cell,
        technique=options["technique"],
        label=options["label"] or "",
        setup=_setup(cell.project, options["setup"]) if options["setup"] else None,
        **conditions,
    )


def _setup(project: Project, name: str) -> HardwareSetup:
    setups = HardwareSetup.objects.filter(project=project)
    found: HardwareSetup | None = setups.filter(name__iexact=name).first()
    if found is None:
        raise unknown("set-up", name, setups.values_list("name", flat=True))
    return found
