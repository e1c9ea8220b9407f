"""List the analyses: `manage.py analyses`."""

from typing import Any

from django.core.management import BaseCommand

from registry import plugin_loading


class Command(BaseCommand):
    help = "List the analyses with their version, scope and the analyses they depend on."

    def handle(self, *args: Any, **options: Any) -> None:
        plugins = plugin_loading.current()
        for analysis in plugins.analyses.values():
            upstream = ", ".join(sorted(plugins.upstream[analysis.name]))
            depends_on = f", depends on {upstream}" if upstream else ""
            self.stdout.write(f"{analysis.name}@{analysis.version}: {analysis.title}, per {analysis.scope}{depends_on}")
