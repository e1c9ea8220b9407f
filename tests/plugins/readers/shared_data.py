"""Instrument files of other laboratories, where available, and the table of their results.

`python -m tests.plugins.readers.shared_data` prints the table that docs/formats.md holds.
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


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    for line in table(folder()[0]):
        print(line)  # noqa: T201 - this is what the command is for
