"""Import a worked example from its files, through the services; repeating the import is safe.

Records that a user has changed, renamed or deleted since are skipped unless `overwrite` is set.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.contract.place import Place, split_key
from registry.models import (
    Cell,
    CellGroup,
    Condition,
    Formulation,
    GroupMember,
    HardwareSetup,
    Ingredient,
    Layer,
    Material,
    Measurement,
    Project,
    Publication,
    Synonym,
    Value,
    ValueOrigin,
)
from registry.models.record import Record, importing
from registry.models.value import place_columns
from registry.selectors.query.parsing import nearest
from registry.services.cell import save_cell
from registry.services.cell_group import save_group
from registry.services.imports.example_files import SIMULATED_FILES, ExampleFile, add_files, list_files
from registry.services.imports.toml_files import (
    BIBLIOGRAPHY,
    KEYS,
    NAME_KEYS,
    ImportEntry,
    ImportFileError,
    example_directory,
    read_bibliography,
    read_entries,
    read_project_entry,
)
from registry.services.measurement import save_measurement
from registry.services.publication import parse_bibtex
from registry.services.record import save_formulation, save_record
from registry.services.search.updates import collect_updates
from registry.services.validation_text import validation_text
from registry.services.value import report_value
from registry.text.cleaning import TextError, clean_text, name_key

R = TypeVar("R", bound=Record)
PUBLICATION_FIELDS = ("authors", "title", "journal", "year", "volume", "pages", "doi")
SPECIAL_KEYS = frozenset(
    {"variant_of", "synonyms", "ingredients", "layers", "measurements", "conditions", "reported", "material",
     "formulation", "publication", "setup", "members", "files", "assembled_on", "measured_on", "calibrated_on",
     "repeat_units", "coated_sides"}
)  # fmt: skip
COUNTS = frozenset({"repeat_units", "coated_sides"})
DATES = frozenset({"assembled_on", "measured_on", "calibrated_on"})


@dataclass
class ImportSummary:
    """The outcome of loading an example."""

    entered: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Number of records created, by singular and plural name."""
    changed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Entries skipped because a user changed, renamed or deleted the record."""


def load_example(name: str, *, overwrite: bool = False, directory: Path | None = None) -> ImportSummary:
    """Create missing records and update those that differ from the files, all or none; then add the raw files."""
    loader = _ExampleLoader(name, overwrite)
    with transaction.atomic(), importing(name), collect_updates():
        loader.load(directory or example_directory(name))
    with importing(name):
        loader.add_files()
    return loader.summary


class _ExampleLoader:
    """Loads the files of one example."""

    def __init__(self, name: str, overwrite: bool) -> None:
        self.name = name
        self.reason = f"load_example {name}"
        self.overwrite = overwrite
        self.summary = ImportSummary()
        self.registered: dict[type[Record], dict[str, Record]] = {}
        self.seen: set[tuple[type[Record], tuple[str, ...]]] = set()
        self.files: list[ExampleFile] = []
        self.project: Project

    def load(self, directory: Path) -> None:
        project = read_project_entry(directory)
        self.project = self._save(project, Project, {"slug": project.text("slug")}, self._plain_fields(project))
        self._save_publications(directory)
        for entry in read_entries(directory, "material", "materials.toml"):
            self._save_material(entry)
        for entry in read_entries(directory, "formulation", "formulations.toml"):
            self._save_formulation(entry)
        for entry in read_entries(directory, "setup", "setups.toml"):
            self._save(entry, HardwareSetup, self._key(entry, "name"), self._plain_fields(entry))
        for entry in read_entries(directory, "cell", "cells/*.toml"):
            self._save_cell(entry)
        for entry in read_entries(directory, "group", "groups.toml"):
            self._save_group(entry)

    def add_files(self) -> None:
        """Add the raw files of the measurements."""
        added, left = add_files(self.files, SIMULATED_FILES, overwrite=self.overwrite, reason=self.reason)
        if added:
            self.summary.entered["file", "files"] += added
        self.summary.left += [f"{location} (deleted)" for location in left]

    def _key(self, entry: ImportEntry, name: str) -> dict[str, Any]:
        return {"project": self.project, name: entry.text(name)}

    def _plain_fields(self, entry: ImportEntry) -> dict[str, Any]:
        """All text, date and whole-number fields of an entry; those not in the file are empty."""
        fields: dict[str, Any] = {key: entry.text(key) for key in KEYS[entry.kind] if key not in SPECIAL_KEYS}
        fields |= {key: entry.whole_number(key) for key in KEYS[entry.kind] if key in COUNTS}
        return fields | {key: entry.fields.get(key) for key in KEYS[entry.kind] if key in DATES}

    def _save_publications(self, directory: Path) -> None:
        text = read_bibliography(directory)
        try:
            publications = parse_bibtex(text, self.project) if text else []
        except ValidationError as error:
            raise ImportFileError(f"{BIBLIOGRAPHY}: {validation_text(error)}") from error
        for publication in publications:
            key = publication.key
            entry = ImportEntry("publication", f"{BIBLIOGRAPHY}, entry ‘{key}’", {"name": key})
            fields = {name: getattr(publication, name) for name in PUBLICATION_FIELDS}
            self._save(entry, Publication, {"project": self.project, "key": key}, fields)

    def _save_material(self, entry: ImportEntry) -> None:
        fields = self._plain_fields(entry) | {"variant_of": self._link(entry, "variant_of", Material)}
        material = self._save(entry, Material, self._key(entry, "name"), fields)
        for name in _clean_list(entry, "synonyms"):
            key = {"material": material, "name": name}
            if self.overwrite or not self._is_deleted(Synonym, key):
                self._save(entry, Synonym, key, key)

    def _save_formulation(self, entry: ImportEntry) -> None:
        record, differs = self._get_record(entry, Formulation, self._key(entry, "name"), self._plain_fields(entry))
        ingredients = [
            self._plain_fields(part) | {"position": position, "material": self._link(part, "material", Material)}
            for position, part in enumerate(entry.parts("ingredients", "ingredient"), start=1)
        ]
        parts, parts_differ = _build_children(record, "ingredients", Ingredient, ingredients)
        if self._may_write(entry, record, differs or parts_differ, (Ingredient, "formulation")):
            self._attempt(entry, lambda: save_formulation(record, parts, by=None, reason=self.reason))
        self._register(entry, record)

    def _save_cell(self, entry: ImportEntry) -> None:
        key = self._key(entry, "label")
        if not self.overwrite and self._is_deleted(Cell, key):
            self.summary.left.append(f"{entry.location} (deleted)")
            return
        publication = self._link(entry, "publication", Publication)
        record, differs = self._get_record(entry, Cell, key, self._plain_fields(entry) | {"publication": publication})
        layers = [
            self._plain_fields(part) | {"position": position} | self._layer_content(part)
            for position, part in enumerate(entry.parts("layers", "layer"), start=1)
        ]
        parts, parts_differ = _build_children(record, "layers", Layer, layers)
        if self._may_write(entry, record, differs or parts_differ, (Layer, "cell")):
            self._attempt(entry, lambda: save_cell(record, parts, by=None, reason=self.reason))
        self._register(entry, record)
        for part in entry.parts("measurements", "measurement"):
            self._save_measurement(part, record)

    def _save_group(self, entry: ImportEntry) -> None:
        key = self._key(entry, "slug")
        if not self.overwrite and self._is_deleted(CellGroup, key):
            self.summary.left.append(f"{entry.location} (deleted)")
            return
        record, differs = self._get_record(entry, CellGroup, key, self._plain_fields(entry))
        members = [
            {"position": position, "cell": self._link(part, "cell", Cell), "label": part.text("label")}
            for position, part in enumerate(entry.parts("members", "member"), start=1)
        ]
        parts, parts_differ = _build_children(record, "members", GroupMember, members)
        if self._may_write(entry, record, differs or parts_differ, (GroupMember, "group")):
            self._attempt(entry, lambda: save_group(record, parts, by=None, reason=self.reason))

    def _layer_content(self, entry: ImportEntry) -> dict[str, Any]:
        return {
            "material": self._link(entry, "material", Material),
            "formulation": self._link(entry, "formulation", Formulation),
        }

    def _save_measurement(self, entry: ImportEntry, cell: Cell) -> None:
        key = {"cell": cell, "label": entry.text("label")}
        if not self.overwrite and self._is_deleted(Measurement, key):
            self.summary.left.append(f"{entry.location} (deleted)")
            return
        fields = self._plain_fields(entry) | {"setup": self._link(entry, "setup", HardwareSetup)}
        measurement, differs = self._get_record(entry, Measurement, key, fields)
        conditions = {
            slug: _clean(entry, slug, text)
            for slug, text in entry.texts("conditions", 'stack_pressure_mpa = "10 MPa"').items()
        }
        entered = {slug: item.written for slug, item in measurement.entered_conditions.items()}
        # A condition that is not in the file is removed.
        texts = dict.fromkeys(entered, "") | conditions
        if self._may_write(entry, measurement, differs or entered != conditions, (Condition, "measurement")):
            self._attempt(entry, lambda: save_measurement(measurement, texts, by=None, reason=self.reason))
        self._register(entry, measurement)
        self.files += list_files(entry, measurement)
        for key_of_value, written in entry.texts("reported", 'cycle_count = "2000"', at_places=True).items():
            self._report_value(entry, measurement, *_quantity_and_place(entry, key_of_value), written)

    def _report_value(
        self, entry: ImportEntry, measurement: Measurement, quantity: str, at: Place | None, written: str
    ) -> None:
        reports = Value.objects.filter(
            **place_columns(at), measurement=measurement, quantity=quantity, origin=ValueOrigin.REPORTED
        )
        existing = reports.filter(is_latest=True).first()
        if existing and existing.written == _clean(entry, quantity, written):
            return
        is_edited = existing.created_by_id is not None if existing else reports.exists()
        if is_edited and not self.overwrite:
            self.summary.left.append(f"{entry.location}, {quantity}")
            return
        self._attempt(
            entry, lambda: report_value(measurement=measurement, quantity=quantity, written=written, at=at, by=None)
        )
        if existing:
            self.summary.changed.append(f"{entry.location}, {quantity}")
        else:
            self.summary.entered["reported value", "reported values"] += 1

    def _save(self, entry: ImportEntry, model: type[R], key: Mapping[str, Any], fields: Mapping[str, Any]) -> R:
        """Save one record unless it is up to date or a user has changed it."""
        record, differs = self._get_record(entry, model, key, fields)
        if self._may_write(entry, record, differs):
            self._attempt(entry, lambda: save_record(record, by=None, reason=self.reason))
        self._register(entry, record)
        return record

    def _get_record(
        self, entry: ImportEntry, model: type[R], key: Mapping[str, Any], fields: Mapping[str, Any]
    ) -> tuple[R, bool]:
        """Get the record with this key (now or when it was imported), with the fields set, and whether any differed."""
        identity = (model, tuple(name_key(str(value)) for value in key.values()))
        if identity in self.seen:
            raise entry.error("this name is used twice in the files: give each entry a unique name.")
        self.seen.add(identity)
        record = model.objects.filter(**key).first()
        if record is None:
            entered = model.history.filter(**key, history_import=self.name).values("id")
            record = model.objects.filter(pk__in=entered).first()
        if record is None:
            return model(**{**key, **fields}), True
        new_fields = {**key, **fields}
        differs = [name for name, value in new_fields.items() if getattr(record, name) != value]
        for name in differs:
            setattr(record, name, new_fields[name])
        return record, bool(differs)

    def _may_write(
        self, entry: ImportEntry, record: Record, differs: bool, children: tuple[type[Record], str] | None = None
    ) -> bool:
        """Whether to save the record: it differs, and only this loader has changed it. Updates the summary."""
        if not differs:
            return False
        if record.pk is None:
            self.summary.entered[str(record._meta.verbose_name), str(record._meta.verbose_name_plural)] += 1
            return True
        rows = [record.history.all()]
        if children:
            model, parent = children
            rows.append(model.history.filter(**{parent: record.pk}))
        is_edited = any(history.exclude(history_import=self.name).exists() for history in rows)
        if is_edited and not self.overwrite:
            self.summary.left.append(entry.location)
            record.refresh_from_db()
            return False
        self.summary.changed.append(entry.location)
        return True

    def _is_deleted(self, model: type[Record], key: Mapping[str, Any]) -> bool:
        """Whether the record was imported earlier and has been deleted since."""
        if model.objects.filter(**key).exists():
            return False
        entered = model.history.filter(**key, history_import=self.name).values_list("id", flat=True)
        return bool(entered) and not model.objects.filter(pk__in=entered).exists()

    def _register(self, entry: ImportEntry, record: Record) -> None:
        name = entry.text(NAME_KEYS.get(entry.kind, "name"))
        self.registered.setdefault(type(record), {})[name] = record

    def _link(self, entry: ImportEntry, key: str, model: type[R]) -> R | None:
        """The record that an entry refers to, which must come earlier in the files."""
        name = entry.text(key)
        if not name:
            return None
        registered = self.registered.get(model, {})
        if name not in registered:
            choices = f" Choose from: {', '.join(registered) or 'none'}."
            raise entry.error(f"{key} ‘{name}’ is not defined before this entry.{nearest(name, registered)}{choices}")
        return registered[name]  # type: ignore[return-value]

    def _attempt(self, entry: ImportEntry, save: Any) -> None:
        try:
            save()
        except ValidationError as error:
            raise entry.error(validation_text(error)) from error


def _quantity_and_place(entry: ImportEntry, key: str) -> tuple[str, Place | None]:
    """The quantity and place of a reported value, `resistance_ohm@arc:2`."""
    try:
        return split_key(key)
    except ValueError as error:
        raise entry.error(f"‘reported’: {error}") from error


def _clean_list(entry: ImportEntry, key: str) -> list[str]:
    return [_clean(entry, key, text) for text in entry.fields.get(key, [])]


def _clean(entry: ImportEntry, key: str, text: str) -> str:
    """Clean a text as it will be stored, so that existing records are recognised."""
    try:
        return clean_text(str(text))
    except TextError as error:
        raise entry.error(f"‘{key}’: {error}") from error


def _build_children(
    parent: Record, relation: str, model: type[R], rows: Sequence[Mapping[str, Any]]
) -> tuple[list[R], bool]:
    """The layers or ingredients of the parent with the new fields set, and whether any of them changed."""
    saved = getattr(parent, relation).all() if parent.pk else ()
    existing: Mapping[int, R] = {child.position: child for child in saved}
    differs = len(existing) != len(rows)
    children = []
    for fields in rows:
        child = existing.get(fields["position"]) or model()
        changed = [name for name, value in fields.items() if child.pk is None or getattr(child, name) != value]
        for name in changed:
            setattr(child, name, fields[name])
        differs = differs or bool(changed)
        children.append(child)
    return children, differs
