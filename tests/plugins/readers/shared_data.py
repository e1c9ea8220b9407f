"""Instrument files of other laboratories, where available, and the table of their results.

`python -m tests.plugins.readers.shared_data` prints the tables that docs/formats.md holds.
"""

from pathlib import Path

from registry.hookspecs import OtherFormatError, Reader, UnreadableFile

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


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    for line in [*table(folder()[0]), *spectra(folder()[0])]:
        print(line)  # noqa: T201 - this is what the command is for
