"""The one Django app."""

from django.apps import AppConfig
from django.core import checks


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = "Registry"

    def ready(self) -> None:
        from registry import plugin_manager
        from registry.selectors import comparison

        plugin_manager.check_table = comparison.check
        plugin_manager.load()
        checks.register(plugin_problems)


def plugin_problems(**kwargs: object) -> list[checks.CheckMessage]:
    """A warning for each plugin that could not be used."""
    from registry import plugin_manager

    return [
        checks.Warning(problem.text, hint="See `manage.py plugins`.", obj=problem.plugin, id="registry.W001")
        for problem in plugin_manager.current().problems
    ]
