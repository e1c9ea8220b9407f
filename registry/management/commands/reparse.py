"""Read stored files again with the current readers: `manage.py reparse`."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management import BaseCommand

from registry import plugin_loading
from registry.management.command_line import pluralize, require_known, text_argument
from registry.models import Dataset
from registry.services.files.reparse import list_files_to_reparse, reparse_files


class Command(BaseCommand):
    help = (
        "Read files again that could not be read, or were read by another version of their reader. Raw files are not "
        "changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--reader",
            type=text_argument,
            metavar="NAME",
            default="",
            help="Only files that this reader read or failed to read.",
        )
        parser.add_argument("--failed", action="store_true", help="Only files that could not be read.")
        parser.add_argument("--dry-run", action="store_true", help="Show what would change, without saving.")

    def handle(self, *args: Any, reader: str, failed: bool, dry_run: bool, **options: Any) -> None:
        if reader:
            used = Dataset.objects.exclude(reader="").order_by().values_list("reader", flat=True).distinct()
            require_known("reader", reader, {*plugin_loading.current().readers, *used})
        datasets = list_files_to_reparse(reader=reader, failed_only=failed)
        if not datasets:
            self.stdout.write("Nothing to read again: every file was read by the current version of its reader.")
            return
        changes: Counter[str] = Counter()
        stale = 0
        for result in reparse_files(datasets, by=None, dry_run=dry_run):
            changes[result.change] += 1
            stale += result.stale
            why = f" {result.why}" if result.why else ""
            self.stdout.write(
                f"{result.measurement.refcode} {result.filename}: {result.change}, {result.reader or 'no reader'}.{why}"
            )
        summary = ", ".join(f"{count} {change}" for change, count in changes.items())
        self.stdout.write(f"{pluralize(len(datasets), 'file', 'files')}: {summary}.")
        if dry_run:
            self.stdout.write("Nothing was changed: this was a dry run.")
        elif stale:
            results = pluralize(stale, "result is stale", "results are stale")
            self.stdout.write(f"{results}: `analyze --stale` recomputes them.")
