"""Run `manage.py ingest`."""

from io import StringIO
from pathlib import Path

from django.core.management import CommandError, call_command

from registry.models import Cell


def ingest(*arguments: str | Path) -> str:
    output = StringIO()
    try:
        call_command("ingest", *map(str, arguments), stdout=output)
    except CommandError as error:
        raise CommandError(f"{output.getvalue()}{error}") from error
    return output.getvalue()


def new_measurement(cell: Cell, technique: str = "chronoamperometry") -> tuple[str, ...]:
    return "--cell", cell.refcode, "--technique", technique
