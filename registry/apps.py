"""App configuration of the registry and its admin."""

from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.admin.apps import AdminConfig
from django.core import checks
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from cellar_registry import command
from registry import data_directory

APP_NAMES = {
    "auth": "Accounts",
    "axes": "Sign-in attempts",
    "django_tasks_database": "Background tasks",
    "knox": "API tokens",
}


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = "Registry"

    def ready(self) -> None:
        from registry import plugin_loading
        from registry.numbers import catalogue
        from registry.selectors.comparison import tables
        from registry.selectors.quantity_description import get_kept_description
        from registry.services.drafts.draft import claim_draft, read_claimed_draft
        from registry.services.files.reading import claim_file, read_claimed_file
        from registry.services.jobs import background
        from registry.services.quantity_description import keep_all_descriptions
        from registry.services.runs.groups import claim_group_run, perform_group_run
        from registry.services.runs.queue import claim_run, perform_run
        from registry.services.search import updates

        data_directory.tighten(private_paths())
        checks.register(permission_problems)
        connection_created.connect(restrict_database_permissions)
        catalogue.take_descriptions_from(get_kept_description)
        post_migrate.connect(keep_all_descriptions, sender=self)
        post_migrate.connect(updates.fill_if_empty, sender=self)
        updates.connect()
        plugin_loading.load(table_check=tables.check_table)
        background.register_work(
            (claim_draft, read_claimed_draft),
            (claim_file, read_claimed_file),
            (claim_run, perform_run),
            (claim_group_run, perform_group_run),
        )
        checks.register(plugin_problems)


class RegistryAdminConfig(AdminConfig):
    """The admin with RegistrySite and readable names for third-party apps."""

    default_site = "registry.admin_site.RegistrySite"

    def ready(self) -> None:
        super().ready()
        for label, name in APP_NAMES.items():
            apps.get_app_config(label).verbose_name = name


def plugin_problems(**kwargs: object) -> list[checks.CheckMessage]:
    """Warn about each plugin that could not be loaded."""
    from registry import plugin_loading

    return [
        checks.Warning(problem.text, hint=f"See `{command('plugins')}`.", obj=problem.plugin, id="registry.W001")
        for problem in plugin_loading.current().problems
    ]


def permission_problems(**kwargs: object) -> list[checks.CheckMessage]:
    """Warn about each path in the data directory that other users can read."""
    return [
        checks.Warning(
            f"{path} is accessible to other users and its permissions could not be changed.",
            hint=f"As its owner: chmod go-rwx {path}",
            id="registry.W002",
        )
        for path in data_directory.open_to_others(private_paths())
    ]


def private_paths() -> list[Path]:
    """Return the paths only the owner of the data directory may read."""
    database = settings.DATABASES["default"]
    is_sqlite = str(database["ENGINE"]).endswith("sqlite3")
    return data_directory.private_paths(Path(settings.DATA_DIR), str(database["NAME"]) if is_sqlite else "")


def restrict_database_permissions(connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    """Restrict a SQLite database file to its owner as soon as a connection has created it."""
    if connection.vendor == "sqlite":
        data_directory.tighten(data_directory.database_paths(str(connection.settings_dict["NAME"])))
