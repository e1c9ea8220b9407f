"""Django's `migrate`; creates the data directory first and prints its path."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections

from registry.data_directory import create_database_file, create_directory


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        """Create the directory before the system checks, which connect to the database."""
        directory = Path(settings.DATA_DIR)
        create_directory(directory)
        connection = connections[options["database"]]
        if connection.vendor == "sqlite":
            create_database_file(str(connection.settings_dict["NAME"]))
        if options["verbosity"] > 0:
            (options.get("stdout") or self.stdout).write(f"Data directory: {directory}\n")
        return super().execute(*args, **options)
