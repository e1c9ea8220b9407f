"""Instrument files of other laboratories, where available, and the table of their results.

`python -m tests.plugins.readers.shared_data` prints the tables that docs/formats.md holds.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from registry.hookspecs import OtherFormatError, ParsedDataset, Reader, UnreadableFile

PLACE = Path(__file__).parents[4] / "shared" / "data"
TECHNIQUES = ("eis", "cycling")
LONGEST_REASON = 160


def folder() -> list[Path]:
    """Return the folder, or nothing where it is not."""
    return [PLACE] if PLACE.is_dir() else []


def files(smaller_than: int = 1 << 30) -> list[Path]:
    """Return the files of impedance and cycling, or nothing where there are none."""
    paths = [path for directory in folder() for name in TECHNIQUES for path in sorted((directory / name).rglob("*.*"))]
    return [path for path in paths if path.stat().st_size < smaller_than]


def outcome(path: Path, readers: list[Reader]) -> str:
    """Return one table row: the reader with its result, or the reason for the refusal."""
    head = path.read_bytes()[:65_536]
    knowing = sorted(
        (reader for reader in readers if reader.recognises(head, path.name)), key=lambda reader: -reader.priority
    )
    refusal: UnreadableFile | None = None
    for reader in knowing:
        try:
            datasets = reader.read(path)
        except OtherFormatError as error:
            refusal = error
            continue
        except UnreadableFile as error:
            refusal = error
        else:
            refusal = None
        break
    if not knowing:
        return "none | | | | not recognised"
    if refusal:
        reason = str(refusal).replace("|", "/")
        return f"{reader.name} | | | | refused: {reason[:LONGEST_REASON]}{'…' if len(reason) > LONGEST_REASON else ''}"
    rows = ", ".join(str(next(iter(dataset.columns.values())).size) for dataset in datasets)
    techniques = ", ".join(sorted({dataset.technique or "as the measurement says" for dataset in datasets}))
    return f"{reader.name} | {techniques} | {len(datasets)} | {rows} | {', '.join(datasets[0].columns)}"


def table(directory: Path) -> list[str]:
    """Return the rows of the table."""
    from registry import plugin_loading

    readers = list(plugin_loading.current().readers.values())
    return [f"| {path.relative_to(directory)} | {outcome(path, readers)} |" for path in files()]


def spectra(directory: Path) -> list[str]:
    """Return the rows of the table of spectra: how each file is read, its points, and the one in the middle."""
    from registry import plugin_loading

    readers = plugin_loading.current().readers
    rows = []
    for path in (path for path in files() if path.is_relative_to(directory / "eis")):
        head = path.read_bytes()[:65_536]
        name = max(
            (reader for reader in readers.values() if reader.recognises(head, path.name)),
            key=lambda reader: reader.priority,
        ).name
        how = f"`{name}`"
        try:
            datasets = readers[name].read(path)
        except UnreadableFile as refusal:
            mapping = refusal.parameters.get("suggested_mapping")
            read_mapped = readers[name].read_mapped
            if mapping is None or read_mapped is None:
                continue
            datasets = read_mapped(path, mapping)
            how = f"suggested mapping, columns {', '.join(mapping['columns'])}"
        for dataset in datasets:
            names = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")
            points = dataset.columns[names[0]].size
            numbers = " | ".join(f"{dataset.columns[name][points // 2]:.6g}" for name in names)
            rows.append(f"| {path.relative_to(directory)} | {how} | {points} | {points // 2 + 1} | {numbers} |")
    return rows


MAPPINGS: dict[str, dict[str, Any]] = {
    "cycling/pyprobe/sample_data_maccor.csv": {
        "columns": {
            "Test Time (sec)": "Test time / s",
            "Current": "Current / A",
            "Voltage": "Voltage / V",
            "Cycle C": "cycle",
            "Step": "step",
        }
    },
}
"""Mappings of files of which the text does not tell the units."""
WITHOUT_SERIES = ("cellpy/bad/", ".mpr", "_Metadata.csv", "Experiment_Record.xlsx")
"""Parts of the names of files of cycling that are damaged on purpose, need a package, or hold no measurement."""


def series(directory: Path) -> list[str]:
    """Return the rows of the table of time series: how each file is read, rows, cycles, and the row in the middle."""
    from registry import plugin_loading

    readers = plugin_loading.current().readers
    rows = []
    for path in (path for path in files() if path.is_relative_to(directory / "cycling")):
        name = str(path.relative_to(directory))
        if any(part in name for part in WITHOUT_SERIES):
            continue
        (dataset,), how = _read_series(path, name, readers)
        columns = dataset.columns
        row = columns["voltage_volt"].size // 2
        cycles = f"{np.unique(columns['cycle_count']).size}" if "cycle_count" in columns else ""
        numbers = " | ".join(
            f"{columns[column][row]:.7g}" for column in ("test_time_second", "voltage_volt", "current_ampere")
        )
        rows.append(f"| {name} | {how} | {columns['voltage_volt'].size} | {cycles} | {row + 1} | {numbers} |")
    return rows


def _read_series(path: Path, name: str, readers: Mapping[str, Reader]) -> tuple[tuple[ParsedDataset, ...], str]:
    """Return the datasets of a file, and how they are read: by its reader, or by a mapping."""
    head = path.read_bytes()[:65_536]
    reader = max(
        (reader for reader in readers.values() if reader.recognises(head, path.name)),
        key=lambda reader: reader.priority,
    )
    table = readers["declared-csv"]
    assert table.read_mapped
    if name in MAPPINGS:
        return table.read_mapped(path, MAPPINGS[name]), "mapping (above)"
    try:
        return reader.read(path), f"`{reader.name}`"
    except UnreadableFile as refusal:
        mapping = refusal.parameters["suggested_mapping"]
        return table.read_mapped(path, mapping), f"suggested mapping, columns {', '.join(mapping['columns'])}"


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    for line in [*table(folder()[0]), *spectra(folder()[0]), *series(folder()[0])]:
        print(line)  # noqa: T201 - this is what the command is for
