"""Read the TOML files of a worked example; every error names the file and the entry."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.selectors.query.parsing import nearest
from registry.text.cleaning import TextError, clean_text

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BIBLIOGRAPHY = "publications.bib"

KEYS: Mapping[str, tuple[str, ...]] = {
    "project": ("slug", "name", "description", "visibility"),
    "material": (
        "name", "formula", "kind", "variant_of", "density", "theoretical_capacity", "median_particle_size", "notes",
        "synonyms",
    ),
    "formulation": ("name", "process", "notes", "ingredients"),
    "ingredient": ("material", "role", "mass_fraction"),
    "setup": (
        "name", "kind", "die_diameter", "pressure_application", "blocks", "press", "instrument", "channel",
        "calibrated_on", "notes",
    ),
    "cell": (
        "label", "format", "origin", "publication", "fabrication_pressure", "repeat_units", "footprint",
        "packaging_mass", "packaging_thickness", "tab_mass", "assembled_on", "failure", "notes", "layers",
        "measurements",
    ),
    "layer": ("role", "material", "formulation", "as_written", "mass_loading", "area", "thickness", "apparent_density",
        "coated_sides",
    ),
    "group": ("slug", "name", "kind", "over", "notes", "members"),
    "member": ("cell", "label"),
    "measurement": (
        "technique", "label", "conditions", "setup", "measured_on", "notes", "reported", "files",
    ),
    "file": ("name", "role"),
}  # fmt: skip
"""The keys allowed in an entry of each kind, as written in the files."""
MULTILINE_KEYS = frozenset({"description", "notes", "process"})
"""Keys whose text may span several lines."""
NAME_KEYS: Mapping[str, str] = {"project": "slug", "cell": "label", "measurement": "label", "group": "slug"}
REQUIRED_KEYS: Mapping[str, tuple[str, ...]] = {
    "project": ("slug", "name", "visibility"),
    "material": ("name", "kind"),
    "ingredient": ("material", "role"),
    "setup": ("name", "kind"),
    "cell": ("label", "format", "origin"),
    "layer": ("role",),
    "group": ("slug", "name", "kind", "members"),
    "member": ("cell",),
    "measurement": ("technique", "label"),
}
"""Required keys: the name of the entry, and keys that must not fall back to a model default."""


class ImportFileError(Exception):
    """A worked example cannot be imported; the message names the file and the entry."""


@dataclass(frozen=True)
class ImportEntry:
    """One entry of a file, with valid keys."""

    kind: str
    location: str
    """`cells/1_literature.toml, cell ‘Zhang 2025’`."""
    fields: Mapping[str, Any]

    def text(self, key: str) -> str:
        """The text of a key, empty if absent; only strings and integers are valid."""
        value = self.fields.get(key, "")
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.error(f"‘{key}’ is not a string: write it in quotation marks, with its unit if it has one.")
        try:
            return clean_text(str(value), lines=key in MULTILINE_KEYS).strip()
        except TextError as error:
            raise self.error(f"‘{key}’: {error}") from error

    def whole_number(self, key: str) -> int | None:
        """The whole number of a key, None if absent."""
        value = self.fields.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise self.error(f"‘{key}’ is not a whole number: write it without quotation marks.")
        return value

    def parts(self, key: str, kind: str) -> list["ImportEntry"]:
        """The sub-entries of a key, such as the layers of a cell."""
        items = self.fields.get(key, [])
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise self.error(f"‘{key}’ is not a list of tables: write [[{self.kind}.{key}]], or [{{ … }}, …].")
        return [
            make_entry(kind, f"{self.location}, {kind} {number}", item) for number, item in enumerate(items, start=1)
        ]

    def texts(self, key: str, example: str, *, at_places: bool = False) -> dict[str, str]:
        """The strings of a table, by key; empty if absent. With `at_places`, a table in it has one for each place:
        `resistance_ohm."arc:2"` is `resistance_ohm@arc:2`."""
        table = self.fields.get(key, {})
        if not isinstance(table, dict):
            raise self.error(f"‘{key}’ is not a table: write, for example, {key}.{example}.")
        for name, text in (table := _flatten(table) if at_places else table).items():
            if not isinstance(text, str):
                raise self.error(f"‘{key}.{name}’ is not a string: write it as printed, in quotation marks.")
        return table

    def error(self, text: str) -> ImportFileError:
        return ImportFileError(f"{self.location}: {text}")


def _flatten(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table with one entry for each place, `resistance_ohm@arc:2`, instead of a table of places."""
    flat: dict[str, Any] = {}
    for name, item in table.items():
        flat |= {f"{name}@{place}": text for place, text in item.items()} if isinstance(item, dict) else {name: item}
    return flat


def make_entry(kind: str, location: str, fields: Mapping[str, Any]) -> ImportEntry:
    """Create an entry after checking for unknown and missing keys."""
    entry = ImportEntry(kind, location, fields)
    for key in fields:
        if key not in KEYS[kind]:
            raise entry.error(f"unknown key ‘{key}’.{nearest(key, KEYS[kind])} Choose from: {', '.join(KEYS[kind])}.")
    for key in REQUIRED_KEYS.get(kind, (NAME_KEYS.get(kind, "name"),)):
        if key not in fields:
            raise entry.error(f'‘{key}’ is missing: write {key} = "…".')
    return entry


def list_examples() -> list[str]:
    """The names of the worked examples included in Cellar."""
    return sorted(path.parent.name for path in EXAMPLES.glob("*/project.toml"))


def example_directory(name: str) -> Path:
    """The directory of an example; raise ImportFileError with the known names if there is none."""
    names = list_examples()
    if name not in names:
        raise ImportFileError(f"Unknown example ‘{name}’.{nearest(name, names)} Choose from: {', '.join(names)}.")
    return EXAMPLES / name


def read_project_entry(directory: Path) -> ImportEntry:
    """Read the project of an example."""
    return make_entry("project", "project.toml", _load_toml(directory / "project.toml", "project.toml"))


def read_entries(directory: Path, kind: str, pattern: str) -> list[ImportEntry]:
    """Read the [[kind]] entries of all files that match the pattern, ordered by file name."""
    entries = []
    for path in sorted(directory.glob(pattern)):
        file = path.relative_to(directory).as_posix()
        content = _load_toml(path, file)
        for key in content:
            if key != kind:
                raise ImportFileError(f"{file}: unexpected key ‘{key}’: this file contains [[{kind}]] entries only.")
        if not isinstance(items := content.get(kind, []), list):
            raise ImportFileError(f"{file}: ‘{kind}’ is not a list of tables: write [[{kind}]] in double brackets.")
        for number, fields in enumerate(items, start=1):
            name = fields.get(NAME_KEYS.get(kind, "name"))
            location = f"{file}, {kind} ‘{name}’" if name else f"{file}, {kind} {number}"
            entries.append(make_entry(kind, location, fields))
    return entries


def read_bibliography(directory: Path) -> str:
    """Read publications.bib; empty if there is none."""
    path = directory / BIBLIOGRAPHY
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _load_toml(path: Path, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImportFileError(f"{file} cannot be read: {error}.") from error
