"""Write the search documents of all records anew: `manage.py rebuild_search`."""

from typing import Any

from django.core.management import BaseCommand

from registry.management.command_line import pluralize
from registry.services.search.updates import rebuild_documents


class Command(BaseCommand):
    help = "Rebuild the search index of all records. Changes of records update it without this command."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = rebuild_documents()
        self.stdout.write(f"{pluralize(sum(counts.values()), 'record', 'records')} can be found by search.")
