"""Delete leftover files of killed processes: `manage.py clean_files`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from registry.management.command_line import pluralize
from registry.services.files.staging import SWEPT_AFTER_SECONDS, clean_files


class Command(BaseCommand):
    help = "Delete unfinished uploads and stored files that no record refers to. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than",
            type=float,
            default=SWEPT_AFTER_SECONDS,
            metavar="SECONDS",
            help="Only files unchanged for this long (default: %(default)s).",
        )
        parser.add_argument("--dry-run", action="store_true", help="Show what would be deleted, without deleting.")

    def handle(self, *args: Any, older_than: float, dry_run: bool, **options: Any) -> None:
        cleaned = clean_files(older_than_seconds=older_than, dry_run=dry_run)
        verb = "Would delete" if dry_run else "Deleted"
        unfinished = pluralize(cleaned.directories, "unfinished upload", "unfinished uploads")
        orphans = pluralize(cleaned.files, "unreferenced file", "unreferenced files")
        self.stdout.write(f"{verb} {unfinished} and {orphans}, {cleaned.bytes / 1024**2:.1f} MiB.")
