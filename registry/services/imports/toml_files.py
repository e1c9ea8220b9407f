"""Reading the files of a worked example; every error names the file and the entry."""

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
        "label", "format", "origin", "publication", "fabrication_pressure", "assembled_on", "notes", "layers",
        "measurements",
    ),
    "layer": ("role", "material", "formulation", "as_written", "mass_loading", "area", "thickness"),
    "measurement": (
        "technique", "label", "stack_pressure", "temperature", "c_rate", "current_density", "voltage_lower",
        "voltage_upper", "voltage", "cycle_number", "setup", "measured_on", "notes", "reported",
    ),
}  # fmt: skip
"""What an entry of each kind may say, as the files name it."""
LINES = frozenset({"description", "notes", "process"})
"""Keys whose text may have several lines."""
NAMED_BY: Mapping[str, str] = {"project": "slug", "cell": "label", "measurement": "label"}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "project": ("slug", "name", "visibility"),
    "material": ("name", "kind"),
    "ingredient": ("material", "role"),
    "setup": ("name", "kind"),
    "cell": ("label", "format", "origin"),
    "layer": ("role",),
    "measurement": ("technique", "label"),
}
"""What an entry must say: some of it names the entry, the rest must not fall back to a model's default."""


class ImportFileError(Exception):
    """A worked example cannot be entered; the text names the file and the entry."""


@dataclass(frozen=True)
class ImportEntry:
    """One entry of a file, its keys known to be allowed."""

    kind: str
    where: str
    """`cells/1_literature.toml, cell ‘Zhang 2025’`."""
    given: Mapping[str, Any]

    def text(self, key: str) -> str:
        """What the entry says under a key, empty if nothing; anything but text and whole numbers is an error."""
        value = self.given.get(key, "")
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.error(f"‘{key}’ is not text: write it in quotation marks, with its unit where it has one.")
        try:
            return clean_text(str(value), lines=key in LINES).strip()
        except TextError as error:
            raise self.error(f"‘{key}’: {error}") from error

    def parts(self, key: str, kind: str) -> list["ImportEntry"]:
        """The entries listed under a key, such as a cell's layers."""
        listed = self.given.get(key, [])
        if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
            raise self.error(f"‘{key}’ is not a list of tables: write [[{self.kind}.{key}]], or [{{ … }}, …].")
        return [make_entry(kind, f"{self.where}, {kind} {number}", one) for number, one in enumerate(listed, start=1)]

    def error(self, text: str) -> ImportFileError:
        return ImportFileError(f"{self.where}: {text}")


def make_entry(kind: str, where: str, given: Mapping[str, Any]) -> ImportEntry:
    """Check the keys of an entry, and that it says what it must."""
    made = ImportEntry(kind, where, given)
    for key in given:
        if key not in KEYS[kind]:
            raise made.error(f"a {kind} has no ‘{key}’.{nearest(key, KEYS[kind])} There are: {', '.join(KEYS[kind])}.")
    for key in REQUIRED.get(kind, (NAMED_BY.get(kind, "name"),)):
        if key not in given:
            raise made.error(f'‘{key}’ is missing: write {key} = "…".')
    return made


def list_examples() -> list[str]:
    """The worked examples that come with Cellar."""
    return sorted(path.parent.name for path in EXAMPLES.glob("*/project.toml"))


def example_directory(name: str) -> Path:
    """Where an example's files lie, or an error that lists the examples there are."""
    names = list_examples()
    if name not in names:
        raise ImportFileError(f"There is no example ‘{name}’.{nearest(name, names)} There are: {', '.join(names)}.")
    return EXAMPLES / name


def read_project_entry(directory: Path) -> ImportEntry:
    """The project all of the example belongs to."""
    return make_entry("project", "project.toml", _toml(directory / "project.toml", "project.toml"))


def read_entries(directory: Path, kind: str, pattern: str) -> list[ImportEntry]:
    """The [[kind]] entries of the files that match, file by file in the order of their names."""
    found = []
    for path in sorted(directory.glob(pattern)):
        file = path.relative_to(directory).as_posix()
        content = _toml(path, file)
        for key in content:
            if key != kind:
                raise ImportFileError(f"{file}: ‘{key}’ does not belong here: the entries of this file are [[{kind}]].")
        if not isinstance(listed := content.get(kind, []), list):
            raise ImportFileError(f"{file}: write [[{kind}]] in double brackets: it begins one of several.")
        for number, given in enumerate(listed, start=1):
            name = given.get(NAMED_BY.get(kind, "name"))
            found.append(make_entry(kind, f"{file}, {kind} ‘{name}’" if name else f"{file}, {kind} {number}", given))
    return found


def read_bibliography(directory: Path) -> str:
    """The text of publications.bib, empty if the example has none."""
    path = directory / BIBLIOGRAPHY
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _toml(path: Path, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImportFileError(f"{file} cannot be read: {error}.") from error
