"""List the plugins: `manage.py plugins`."""

from typing import Any

from django.core.management import BaseCommand

from registry import plugin_manager
from registry.management.command_line import counted


class Command(BaseCommand):
    help = "List the plugins, what each adds, and why any is not used."

    def handle(self, *args: Any, **options: Any) -> None:
        plugins = plugin_manager.current()
        for plugin in plugins.loaded:
            adds = f": {', '.join(plugin.adds)}" if plugin.adds else ""
            self.stdout.write(f"{plugin.name} ({plugin.source}) {plugin.state}{adds}")
            for problem in plugin.problems:
                self.stdout.write(f"  {problem.text}")
                if problem.detail:
                    self.stdout.write(f"    {problem.detail}")
        refused = sum(bool(plugin.problems) for plugin in plugins.loaded)
        self.stdout.write(f"{counted(len(plugins.loaded), 'plugin', 'plugins')}, {refused} with problems.")
