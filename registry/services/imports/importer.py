"""Entering a worked example from its files, as a lab would: through the services, and safe to repeat.

What somebody changed, renamed or deleted by hand since stays as it is, unless told to overwrite.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.models import (
    Cell,
    Formulation,
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
from registry.models.record import Record
from registry.selectors.query.parsing import nearest
from registry.services.cell import save_cell
from registry.services.imports.toml_files import (
    BIBLIOGRAPHY,
    KEYS,
    ImportEntry,
    ImportFileError,
    example_directory,
    read_bibliography,
    read_entries,
    read_project_entry,
)
from registry.services.publication import parse_bibtex
from registry.services.record import save_formulation, save_record
from registry.services.validation_text import validation_text
from registry.services.value import report_value
from registry.text.cleaning import TextError, clean_text, name_key

R = TypeVar("R", bound=Record)
CITED = ("authors", "title", "journal", "year", "volume", "pages", "doi")
FIELD_OF: Mapping[str, str] = {"c_rate": "c_rate_as_written", "cycle_number": "cycle_number_as_written"}
"""Keys of the files that a model names otherwise."""
NOT_PLAIN = frozenset(
    {"variant_of", "synonyms", "ingredients", "layers", "measurements", "reported", "material", "formulation",
     "publication", "setup", "assembled_on", "measured_on", "calibrated_on"}
)  # fmt: skip
DATES = frozenset({"assembled_on", "measured_on", "calibrated_on"})


@dataclass
class ImportSummary:
    """What loading an example did."""

    entered: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many of what, as (one, many)."""
    changed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Entries whose record somebody changed, renamed or deleted by hand."""


def load_example(name: str, *, overwrite: bool = False, directory: Path | None = None) -> ImportSummary:
    """Enter what is missing and mend what the files say otherwise; all of it or nothing."""
    loading = _Loading(f"load_example {name}", overwrite)
    with transaction.atomic():
        loading.load(directory or example_directory(name))
    return loading.summary


class _Loading:
    """One run through the files."""

    def __init__(self, reason: str, overwrite: bool) -> None:
        self.reason = reason
        self.overwrite = overwrite
        self.summary = ImportSummary()
        self.known: dict[type[Record], dict[str, Record]] = {}
        self.seen: set[tuple[type[Record], tuple[str, ...]]] = set()
        self.project: Project

    def load(self, directory: Path) -> None:
        first = read_project_entry(directory)
        self.project = self._enter(first, Project, {"slug": first.text("slug")}, self._plain(first))
        self._publications(directory)
        for entry in read_entries(directory, "material", "materials.toml"):
            self._material(entry)
        for item in read_entries(directory, "formulation", "formulations.toml"):
            self._formulation(item)
        for element in read_entries(directory, "setup", "setups.toml"):
            self._enter(element, HardwareSetup, self._key(element, "name"), self._plain(element))
        for member in read_entries(directory, "cell", "cells/*.toml"):
            self._cell(member)

    def _key(self, entry: ImportEntry, name: str) -> dict[str, Any]:
        return {"project": self.project, name: entry.text(name)}

    def _plain(self, entry: ImportEntry) -> dict[str, Any]:
        """Every field an entry may state as text or date; what it does not state is empty."""
        fields: dict[str, Any] = {
            FIELD_OF.get(key, key): entry.text(key) for key in KEYS[entry.kind] if key not in NOT_PLAIN
        }
        return fields | {key: entry.given.get(key) for key in KEYS[entry.kind] if key in DATES}

    def _publications(self, directory: Path) -> None:
        text = read_bibliography(directory)
        try:
            read = parse_bibtex(text, self.project) if text else []
        except ValidationError as error:
            raise ImportFileError(f"{BIBLIOGRAPHY}: {validation_text(error)}") from error
        for item in read:
            entry = ImportEntry("publication", f"{BIBLIOGRAPHY}, entry ‘{item.key}’", {"name": item.key})
            fields = {name: getattr(item, name) for name in CITED}
            self._enter(entry, Publication, {"project": self.project, "key": item.key}, fields)

    def _material(self, entry: ImportEntry) -> None:
        fields = self._plain(entry) | {"variant_of": self._link(entry, "variant_of", Material)}
        material = self._enter(entry, Material, self._key(entry, "name"), fields)
        for name in _cleaned_list(entry, "synonyms"):
            key = {"material": material, "name": name}
            if self.overwrite or not self._deleted_by_hand(Synonym, key):
                self._enter(entry, Synonym, key, key)

    def _formulation(self, entry: ImportEntry) -> None:
        record, differs = self._find(entry, Formulation, self._key(entry, "name"), self._plain(entry))
        ingredients = [
            self._plain(part) | {"position": position, "material": self._link(part, "material", Material)}
            for position, part in enumerate(entry.parts("ingredients", "ingredient"), start=1)
        ]
        parts, parts_differ = _children(record, "ingredients", Ingredient, ingredients)
        if self._may_write(entry, record, differs or parts_differ, (Ingredient, "formulation")):
            self._guarded(entry, lambda: save_formulation(record, parts, by=None, reason=self.reason))
        self._remember(entry, record)

    def _cell(self, entry: ImportEntry) -> None:
        key = self._key(entry, "label")
        if not self.overwrite and self._deleted_by_hand(Cell, key):
            self.summary.left.append(f"{entry.where} (deleted)")
            return
        publication = self._link(entry, "publication", Publication)
        record, differs = self._find(entry, Cell, key, self._plain(entry) | {"publication": publication})
        layers = [
            self._plain(part) | {"position": position} | self._made_of(part)
            for position, part in enumerate(entry.parts("layers", "layer"), start=1)
        ]
        parts, parts_differ = _children(record, "layers", Layer, layers)
        if self._may_write(entry, record, differs or parts_differ, (Layer, "cell")):
            self._guarded(entry, lambda: save_cell(record, parts, by=None, reason=self.reason))
        for part in entry.parts("measurements", "measurement"):
            self._measurement(part, record)

    def _made_of(self, entry: ImportEntry) -> dict[str, Any]:
        return {
            "material": self._link(entry, "material", Material),
            "formulation": self._link(entry, "formulation", Formulation),
        }

    def _measurement(self, entry: ImportEntry, cell: Cell) -> None:
        key = {"cell": cell, "label": entry.text("label")}
        if not self.overwrite and self._deleted_by_hand(Measurement, key):
            self.summary.left.append(f"{entry.where} (deleted)")
            return
        fields = self._plain(entry) | {"setup": self._link(entry, "setup", HardwareSetup)}
        measurement = self._enter(entry, Measurement, key, fields)
        reported = entry.given.get("reported", {})
        if not isinstance(reported, dict):
            raise entry.error('‘reported’ is not a table: write reported.cycle_count = "2000".')
        for quantity, written in reported.items():
            self._value(entry, measurement, quantity, written)

    def _value(self, entry: ImportEntry, measurement: Measurement, quantity: str, written: Any) -> None:
        if not isinstance(written, str):
            raise entry.error(f"‘reported.{quantity}’ is not text: write it as printed, in quotation marks.")
        reports = Value.objects.filter(measurement=measurement, quantity=quantity, origin=ValueOrigin.REPORTED)
        standing = reports.filter(is_latest=True).first()
        if standing and standing.written == _cleaned(entry, quantity, written):
            return
        by_hand = standing.created_by_id is not None if standing else reports.exists()
        if by_hand and not self.overwrite:
            self.summary.left.append(f"{entry.where}, {quantity}")
            return
        self._guarded(entry, lambda: report_value(measurement=measurement, quantity=quantity, written=written, by=None))
        if standing:
            self.summary.changed.append(f"{entry.where}, {quantity}")
        else:
            self.summary.entered["reported value", "reported values"] += 1

    def _enter(self, entry: ImportEntry, model: type[R], key: Mapping[str, Any], fields: Mapping[str, Any]) -> R:
        """Save one record unless it stands as the files have it, or somebody changed it."""
        record, differs = self._find(entry, model, key, fields)
        if self._may_write(entry, record, differs):
            self._guarded(entry, lambda: save_record(record, by=None, reason=self.reason))
        self._remember(entry, record)
        return record

    def _find(
        self, entry: ImportEntry, model: type[R], key: Mapping[str, Any], fields: Mapping[str, Any]
    ) -> tuple[R, bool]:
        """The record with this key, or that had it when it was entered, with the fields set; whether they differ."""
        identity = (model, tuple(name_key(str(value)) for value in key.values()))
        if identity in self.seen:
            raise entry.error("this name stands twice in the files: give each entry its own.")
        self.seen.add(identity)
        record = model.objects.filter(**key).first()
        if record is None:
            entered = model.history.filter(**key, history_change_reason=self.reason).values("id")
            record = model.objects.filter(pk__in=entered).first()
        if record is None:
            return model(**{**key, **fields}), True
        wanted = {**key, **fields}
        differs = [name for name, value in wanted.items() if getattr(record, name) != value]
        for name in differs:
            setattr(record, name, wanted[name])
        return record, bool(differs)

    def _may_write(
        self, entry: ImportEntry, record: Record, differs: bool, children: tuple[type[Record], str] | None = None
    ) -> bool:
        """Whether to save: it differs, and nobody but this loader ever changed it. Keeps the summary."""
        if not differs:
            return False
        if record.pk is None:
            self.summary.entered[str(record._meta.verbose_name), str(record._meta.verbose_name_plural)] += 1
            return True
        rows = [record.history.all()]
        if children:
            model, parent = children
            rows.append(model.history.filter(**{parent: record.pk}))
        by_hand = any(history.exclude(history_change_reason=self.reason).exists() for history in rows)
        if by_hand and not self.overwrite:
            self.summary.left.append(entry.where)
            record.refresh_from_db()
            return False
        self.summary.changed.append(entry.where)
        return True

    def _deleted_by_hand(self, model: type[Record], key: Mapping[str, Any]) -> bool:
        """Whether this loader entered it once and it is gone now."""
        if model.objects.filter(**key).exists():
            return False
        entered = model.history.filter(**key, history_change_reason=self.reason).values_list("id", flat=True)
        return bool(entered) and not model.objects.filter(pk__in=entered).exists()

    def _remember(self, entry: ImportEntry, record: Record) -> None:
        self.known.setdefault(type(record), {})[entry.text("name")] = record

    def _link(self, entry: ImportEntry, key: str, model: type[R]) -> R | None:
        """The record an entry names, which must stand in the files before it."""
        name = entry.text(key)
        if not name:
            return None
        known = self.known.get(model, {})
        if name not in known:
            there_are = f" There are: {', '.join(known) or 'none'}."
            raise entry.error(f"there is no {key} ‘{name}’ before it.{nearest(name, known)}{there_are}")
        return known[name]  # type: ignore[return-value]

    def _guarded(self, entry: ImportEntry, save: Any) -> None:
        try:
            save()
        except ValidationError as error:
            raise entry.error(validation_text(error)) from error


def _cleaned_list(entry: ImportEntry, key: str) -> list[str]:
    return [_cleaned(entry, key, text) for text in entry.given.get(key, [])]


def _cleaned(entry: ImportEntry, key: str, text: str) -> str:
    """As it is stored, so that what stands is known again."""
    try:
        return clean_text(str(text))
    except TextError as error:
        raise entry.error(f"‘{key}’: {error}") from error


def _children(
    parent: Record, relation: str, model: type[R], wanted: Sequence[Mapping[str, Any]]
) -> tuple[list[R], bool]:
    """The parent's layers or ingredients with the wanted fields set, and whether any of them differs."""
    standing: Mapping[int, R] = (
        {child.position: child for child in getattr(parent, relation).all()} if parent.pk else {}
    )
    differs = len(standing) != len(wanted)
    children = []
    for fields in wanted:
        child = standing.get(fields["position"]) or model()
        changed = [name for name, value in fields.items() if child.pk is None or getattr(child, name) != value]
        for name in changed:
            setattr(child, name, fields[name])
        differs = differs or bool(changed)
        children.append(child)
    return children, differs
