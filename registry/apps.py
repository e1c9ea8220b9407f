"""The one Django app, and the admin as the project sets it up."""

from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.core import checks

PLAIN_NAMES = {
    "auth": "Accounts",
    "axes": "Sign-in attempts",
    "django_tasks_database": "Background work",
    "knox": "API tokens",
}


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = "Registry"

    def ready(self) -> None:
        from registry import plugin_manager
        from registry.selectors.comparison import tables
        from registry.services import background
        from registry.services.files.reading import file_claim, file_perform
        from registry.services.runs.queue import run_claim, run_perform

        plugin_manager.check_table = tables.check
        plugin_manager.load()
        background.register_work((file_claim, file_perform), (run_claim, run_perform))
        checks.register(plugin_problems)


class RegistryAdminConfig(AdminConfig):
    """The admin in the registry's order, the apps it takes from others under names that say what they hold."""

    default_site = "registry.admin_site.RegistrySite"

    def ready(self) -> None:
        super().ready()
        for label, name in PLAIN_NAMES.items():
            apps.get_app_config(label).verbose_name = name


def plugin_problems(**kwargs: object) -> list[checks.CheckMessage]:
    """A warning for each plugin that could not be used."""
    from registry import plugin_manager

    return [
        checks.Warning(problem.text, hint="See `manage.py plugins`.", obj=problem.plugin, id="registry.W001")
        for problem in plugin_manager.current().problems
    ]
