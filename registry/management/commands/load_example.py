"""Enter a worked example: `manage.py load_example wu2025`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from registry.management.command_line import counted, text_argument
from registry.services.imports.importer import ImportSummary, load_example
from registry.services.imports.toml_files import ImportFileError, list_examples


class Command(BaseCommand):
    help = f"Enter a worked example from its files; safe to repeat. There are: {', '.join(list_examples())}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", type=text_argument, help="Which example, such as wu2025.")
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="Set back what somebody changed or deleted by hand; without it, that is left as it is.",
        )

    def handle(self, *args: Any, name: str, overwrite: bool, **options: Any) -> None:
        try:
            summary = load_example(name, overwrite=overwrite)
        except ImportFileError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_sentence(name, summary))
        for where in summary.changed:
            self.stdout.write(f"  changed to what the files say: {where}")
        for where in summary.left:
            self.stdout.write(f"  left as somebody changed it: {where}")


def _sentence(name: str, summary: ImportSummary) -> str:
    if not summary.entered:
        return f"{name}: nothing to enter; all of it is here."
    counts = ", ".join(counted(count, one, many) for (one, many), count in summary.entered.items())
    return f"{name}: entered {counts}."
