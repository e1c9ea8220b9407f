"""Load a worked example: `manage.py load_example wu2025`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from registry.management.command_line import pluralize, text_argument
from registry.services.imports.importer import ImportSummary, load_example
from registry.services.imports.toml_files import ImportFileError, list_examples


class Command(BaseCommand):
    help = f"Load a worked example. Safe to repeat. Available: {', '.join(list_examples())}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", type=text_argument, help="Name of the example, e.g. wu2025.")
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="Restore records that were edited or deleted; without it they are left unchanged.",
        )

    def handle(self, *args: Any, name: str, overwrite: bool, **options: Any) -> None:
        try:
            summary = load_example(name, overwrite=overwrite)
        except ImportFileError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_summarise(name, summary))
        for record in summary.changed:
            self.stdout.write(f"  restored: {record}")
        for record in summary.left:
            self.stdout.write(f"  edited, left unchanged: {record}")


def _summarise(name: str, summary: ImportSummary) -> str:
    if not summary.entered:
        return f"{name}: already loaded."
    counts = ", ".join(pluralize(count, *nouns) for nouns, count in summary.entered.items())
    return f"{name}: loaded {counts}."
