"""Remove what killed processes left behind: `manage.py clean_files`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from registry.management.command_line import counted
from registry.services.files.staging import SWEPT_AFTER_SECONDS, clean_files


class Command(BaseCommand):
    help = "Remove files that a killed process left on their way in; what any record names stays. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than",
            type=float,
            default=SWEPT_AFTER_SECONDS,
            metavar="SECONDS",
            help="Only what nobody touched for so long (default: %(default)s).",
        )
        parser.add_argument("--dry-run", action="store_true", help="Say what would go, and remove nothing.")

    def handle(self, *args: Any, older_than: float, dry_run: bool, **options: Any) -> None:
        swept = clean_files(older_than_seconds=older_than, dry_run=dry_run)
        verb = "Would remove" if dry_run else "Removed"
        unfinished = counted(swept.directories, "unfinished upload", "unfinished uploads")
        orphans = counted(swept.files, "file no record names", "files no record names")
        self.stdout.write(f"{verb} {unfinished} and {orphans}, {swept.bytes / 1024**2:.1f} MiB.")
