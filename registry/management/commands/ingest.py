"""Import raw files: `manage.py ingest run7.csv --cell C-00012 --technique chronoamperometry`."""

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.db import transaction

from registry.contract.outcome import Message
from registry.contract.undecided_dataset import SEVERAL_DATASETS
from registry.management.command_line import get_cell, get_measurement, pluralize, text_argument, unknown_name_error
from registry.models import ColumnMapping, HardwareSetup, Measurement, ParseStatus, Project
from registry.models.condition import condition_example, condition_slugs
from registry.models.vocabulary import registered_names
from registry.numbers import catalogue
from registry.numbers.catalogue import without_unit
from registry.plugin_loading.names import condition_name, technique_name
from registry.sandbox.serialization import dump_message
from registry.selectors.analysis_inputs.dataset_in_use import get_dataset_in_use
from registry.selectors.column_mapping import list_usable_mappings, suggestion_of
from registry.selectors.files.same_file import list_with_same_file
from registry.services.column_mapping import accept_suggested_mapping
from registry.services.files.ingest import CheckedFile, FilesRefusedError, check_file, ingest_files
from registry.services.files.roles import check_role
from registry.services.measurement import check_conditions
from registry.services.runs.queue import queue_cells, queue_for_new_data
from registry.services.validation_text import validation_text
from registry.text.cleaning import name_key

OTHER_OPTIONS = (
    "files", "cell", "measurement", "technique", "label", "setup", "mapping", "suggested_mapping",
    "role", "order", "split", "dry_run",
)  # fmt: skip


def condition_options() -> dict[str, str]:
    """The option of each condition, without its unit: `stack_pressure_mpa` is given by --stack-pressure."""
    options: dict[str, str] = {}
    for slug in condition_slugs():
        name = without_unit(catalogue.get(slug))
        options[slug] = slug if name in (*options.values(), *OTHER_OPTIONS) else name
    return options


class Command(BaseCommand):
    help = "Import raw files into a new or an existing measurement. If any file cannot be imported, nothing is saved."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        target = parser.add_mutually_exclusive_group()
        target.add_argument(
            "--cell", type=text_argument, metavar="REF", help="Create a new measurement of this cell, e.g. C-00012."
        )
        target.add_argument(
            "--measurement", type=text_argument, metavar="REF", help="Add to this measurement, e.g. M-00034."
        )
        parser.add_argument(
            "--technique",
            type=text_argument,
            help=f"Technique of the new measurement: {', '.join(registered_names('technique'))}, or its full name.",
        )
        parser.add_argument("--label", type=text_argument, help="Label of the new measurement.")
        parser.add_argument(
            "--setup",
            type=text_argument,
            metavar="NAME",
            help="Name of a hardware set-up in the cell's project.",
        )
        for slug, name in condition_options().items():
            text = f"{condition_name(slug)}, with its unit, e.g. ‘{condition_example(slug)}’.".replace("%", "%%")
            parser.add_argument(f"--{name.replace('_', '-')}", type=text_argument, metavar="NUMBER", help=text)
        mapping = parser.add_mutually_exclusive_group()
        mapping.add_argument("--mapping", type=text_argument, metavar="NAME", help="Column mapping for text tables.")
        mapping.add_argument(
            "--suggested-mapping",
            action="store_true",
            help=(
                "Accept the suggested column mapping of a file without usable headers, and save it in the project. "
                "First run without this option and check the suggestion."
            ),
        )
        parser.add_argument(
            "--role",
            type=text_argument,
            default="",
            help=(
                "Role of the files in the measurement: main, continuation, or a role declared by the technique or an "
                "analysis, such as pressure_log."
            ),
        )
        parser.add_argument(
            "--order",
            type=int,
            metavar="N",
            help="Position of the first file among those of its role, from 1; by default after them.",
        )
        parser.add_argument(
            "--split", action="store_true", help="Create one measurement per dataset when a file contains several."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Show what the files contain, without saving; no --cell needed."
        )

    def handle(self, *args: Any, files: list[Path], split: bool, dry_run: bool, **options: Any) -> None:
        role, order = options["role"], options["order"]
        _check_role_options(role, order, split=split)
        if not (options["cell"] or options["measurement"]):
            technique = _technique_without_cell(options, dry_run=dry_run)
            self._report([check_file(path, technique) for path in files])
            return
        measurement = _get_or_build_measurement(options)
        conditions = {slug: text for slug, name in condition_options().items() if (text := options[name]) is not None}
        mapping = _get_mapping(measurement.cell.project, options["mapping"]) if options["mapping"] else None
        if options["suggested_mapping"]:
            mapping = _get_suggested_mapping(measurement, files, role)
        try:
            if measurement.pk is None:
                measurement.full_clean(exclude=["refcode"])
                check_conditions(conditions)
            check_role(measurement, role)
            if dry_run:
                self._report([check_file(path, measurement.technique, mapping, role=role) for path in files])
                return
            with transaction.atomic():
                if mapping is not None and mapping.pk is None:
                    mapping = accept_suggested_mapping(mapping, by=None)
                datasets = ingest_files(
                    measurement=measurement,
                    paths=files,
                    conditions=conditions,
                    mapping=mapping,
                    split=split,
                    role=role,
                    order=order,
                    by=None,
                    reason="ingest",
                )
        except FilesRefusedError as refused:
            self._report(refused.checked)
            return
        except ValidationError as error:
            raise CommandError(f"Nothing was saved. {validation_text(error)}") from error
        parts = Counter(dataset.raw_file_id for dataset in datasets)
        for dataset in datasets:
            if dataset.status == ParseStatus.FAILED:
                reasons = " ".join(f"({message['code']}) {message['text']}" for message in dataset.messages)
                self.stdout.write(f"{dataset.measurement.refcode}: {dataset.filename}, stored but not read {reasons}.")
                continue
            part = f" · {dataset.part + 1} {dataset.part_label}".rstrip() if parts[dataset.raw_file_id] > 1 else ""
            self.stdout.write(f"{dataset.measurement.refcode}: {dataset.filename}{part}, {dataset.size_text}")
        for pk, others in list_with_same_file(datasets, user=None).items():
            filename = next(dataset.filename for dataset in datasets if dataset.pk == pk)
            refcodes = ", ".join(other.refcode for other in others)
            self.stdout.write(f"{filename}: the same file is on {refcodes}: check which measurement it belongs to.")
        if undecided := get_dataset_in_use(measurement).undecided:
            hint = " Use --split for the latter." if undecided.code == SEVERAL_DATASETS else ""
            self.stdout.write(f"{measurement.refcode}: {undecided} ({undecided.code}).{hint}")
        queued = queue_cells([measurement.cell], by=None) if split else queue_for_new_data(measurement, by=None)
        self.stdout.write(_describe_queued(len(queued)))

    def _write_suggestion(self, refusal: Message) -> None:
        """Print the column mapping that is suggested for a refused file, with its reasons."""
        suggestion = suggestion_of([dump_message(refusal)])
        if suggestion is None:
            return
        self.stdout.write(f"  Suggested column mapping: {json.dumps(suggestion.mapping, ensure_ascii=False)}")
        for column in suggestion.reasons:
            reason = column["reason"]["text"]
            self.stdout.write(f"    {column['column']}: {column['name']} ({column['confidence']}; {reason})")
        self.stdout.write("  Check it, then add --suggested-mapping to import the file with it.")

    def _report(self, checked: Sequence[CheckedFile]) -> None:
        """Print what each file contains; raise CommandError if any cannot be imported."""
        for file in checked:
            if file.refusal:
                self.stdout.write(f"{file.path}: not imported ({file.refusal.code}). {file.refusal.text}")
                self._write_suggestion(file.refusal)
                continue
            for number, dataset in enumerate(file.datasets, start=1):
                technique = technique_name(dataset.technique) or "technique set by the measurement"
                part = f" · {number} {dataset.label}".rstrip() if len(file.datasets) > 1 else ""
                columns = f": {', '.join(dataset.columns)}" if dataset.columns else ""
                self.stdout.write(f"{file.path}{part}: {file.reader}, {technique}, {dataset.size_text}{columns}")
                for message in dataset.messages:
                    self.stdout.write(f"  {message['level']} ({message['code']}): {message['text']}")
        refused = sum(bool(file.refusal) for file in checked)
        if refused:
            count = "1 file" if len(checked) == 1 else f"{refused} of {len(checked)} files"
            raise CommandError(f"Nothing was saved: {count} cannot be imported.")
        self.stdout.write("Nothing was saved: this was a dry run.")


def _get_suggested_mapping(measurement: Measurement, files: Sequence[Path], role: str) -> ColumnMapping:
    """Return the column mapping that is suggested for all of the files, unsaved; CommandError if they have several."""
    suggestions = []
    for path in files:
        refusal = check_file(path, measurement.technique, role=role).refusal
        suggestion = suggestion_of([dump_message(refusal)]) if refusal else None
        if suggestion is None:
            raise CommandError(f"Nothing was saved: no column mapping is suggested for {path}. Import it without one.")
        suggestions.append(suggestion.mapping)
    if any(mapping != suggestions[0] for mapping in suggestions):
        raise CommandError("Nothing was saved: the suggested column mappings differ. Import the files one by one.")
    name = f"Mapping for {files[0].name}"
    return ColumnMapping(project=measurement.cell.project, name=name, mapping=suggestions[0])


def _check_role_options(role: str, order: int | None, *, split: bool) -> None:
    if order is not None and (not role or order < 1):
        raise CommandError("--order must be 1 or more and requires --role.")
    if role and split:
        raise CommandError(
            "--split creates one measurement per dataset and cannot be combined with --role: remove one of the two."
        )


def _describe_queued(queued: int) -> str:
    """Say how many analyses the new data queued and how they run."""
    if not queued:
        return "No analyses are due."
    pronoun = "them" if queued > 1 else "it"
    analyses = pluralize(queued, "analysis", "analyses")
    return f"Queued {analyses}: a worker (`serve` or `run_worker`) runs {pronoun}; `analyze` runs {pronoun} now."


def _technique_without_cell(options: dict[str, Any], *, dry_run: bool) -> str:
    """Return the technique for a dry run without a cell, or an empty string for any."""
    if not dry_run:
        raise CommandError("Add --cell or --measurement; only --dry-run works without them.")
    cell_options = _list_options(options, "label", "setup", *condition_options().values(), "mapping")
    if cell_options:
        raise CommandError(f"{cell_options} need --cell: add it or remove them.")
    return _parse_technique(options["technique"]) if options["technique"] is not None else ""


def _list_options(options: dict[str, Any], *names: str) -> str:
    """Return those of these options that were set, as written on the command line."""
    return ", ".join(f"--{name.replace('_', '-')}" for name in names if options[name] is not None)


def _parse_technique(text: str) -> str:
    """Return the technique with this name or title; case is ignored."""
    techniques = registered_names("technique")
    names = {name.casefold(): technique for technique, title in techniques.items() for name in (technique, title)}
    if text.strip().casefold() not in names:
        raise unknown_name_error("technique", text, techniques)
    return names[text.strip().casefold()]


def _get_or_build_measurement(options: dict[str, Any]) -> Measurement:
    """Return the existing measurement, or a new unsaved one."""
    if options["measurement"]:
        if described := _list_options(options, "technique", "label", "setup", *condition_options().values()):
            raise CommandError(
                f"{described} describe a new measurement and cannot be combined with --measurement: remove them."
            )
        return get_measurement(options["measurement"])
    cell = get_cell(options["cell"])
    if options["technique"] is None:
        raise CommandError(f"A new measurement needs --technique: {', '.join(registered_names('technique'))}.")
    return Measurement(
        cell=cell,
        technique=_parse_technique(options["technique"]),
        label=options["label"] or "",
        setup=_get_setup(cell.project, options["setup"]) if options["setup"] else None,
    )


def _get_setup(project: Project, name: str) -> HardwareSetup:
    setups = HardwareSetup.objects.filter(project=project)
    setup: HardwareSetup | None = setups.filter(name_key=name).first()
    if setup is None:
        raise unknown_name_error("set-up", name, setups.values_list("name", flat=True))
    return setup


def _get_mapping(project: Project, name: str) -> ColumnMapping:
    """Return the column mapping with this name from this project, or else from one it may use."""
    usable = list_usable_mappings(project)
    named = [mapping for mapping in usable if name_key(mapping.name) == name_key(name)]
    if not named:
        raise unknown_name_error("column mapping", name, (mapping.name for mapping in usable))
    if len(named) > 1 and named[0].project != project:
        projects = ", ".join(mapping.project.slug for mapping in named)
        raise CommandError(
            f"Several projects have a column mapping ‘{name}’ ({projects}): copy the right one into {project.slug}."
        )
    return named[0]
