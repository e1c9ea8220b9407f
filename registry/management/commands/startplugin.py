"""Write the beginning of a plugin: `manage.py startplugin area-specific-resistance --technique eis`."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from cellar_registry import DISTRIBUTION, IS_CHECKOUT, command
from registry import plugin_loading
from registry.authoring.files import Plan, plan_file, plan_package
from registry.authoring.naming import NameRefused, Names
from registry.authoring.skeletons import KINDS
from registry.authoring.writing import PlanRefused, write
from registry.hookspecs import TECHNIQUES


class Command(BaseCommand):
    help = "Write a plugin that works, with its tests: a file in a folder of your own, or a package that pip installs."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="words with a hyphen between them: area-specific-resistance")
        parser.add_argument("--kind", choices=KINDS, default="analysis", help="what it adds (analysis)")
        parser.add_argument(
            "--technique", choices=TECHNIQUES, default="cycling", help="of the measurements it analyses (cycling)"
        )
        parser.add_argument("--package", action="store_true", help="a package, found by its entry point once installed")
        parser.add_argument(
            "--into", metavar="FOLDER", help="where to write it: REGISTRY_PLUGINS_DIR, or for a package the folder here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            names = Names.of(options["name"])
            self._require_new(names)
            planned = plan_package if options["package"] else plan_file
            plan = planned(names, options["kind"], options["technique"], self._folder(**options))
            written = write(plan)
        except (NameRefused, PlanRefused) as error:
            raise CommandError(f"{error}.") from error
        for path in written:
            self.stdout.write(f"wrote {path}")
        for path in plan.appended:
            self.stdout.write(f"added a line to {path}")
        self._say_what_next(plan)

    def _require_new(self, names: Names) -> None:
        current = plugin_loading.current()
        for kind, words in (("analysis", "an analysis"), ("reader", "a reader"), ("table", "a table")):
            if provider := current.plugin_of(kind, names.name):
                raise NameRefused(f"‘{names.name}’ is {words} of {provider} already: choose another name")

    def _folder(self, **options: Any) -> Path:
        given = options["into"] or ("." if options["package"] else settings.REGISTRY_PLUGINS_DIR)
        if not given:
            raise PlanRefused(
                "say where to write it: --into FOLDER, or set REGISTRY_PLUGINS_DIR to a folder of your own"
            )
        folder = Path(given).expanduser().resolve()
        if folder.is_relative_to(Path(settings.BASE_DIR) / settings.REGISTRY_BUILTIN_PLUGINS):
            raise PlanRefused(f"{folder} holds the plugins that ship with Cellar: choose a folder of your own")
        if folder.exists() and not folder.is_dir():
            raise PlanRefused(f"{folder} is no folder")
        return folder

    def _say_what_next(self, plan: Plan) -> None:
        python, root = Path(sys.executable), plan.tests.parent
        if python.is_relative_to(Path.cwd()):
            python = python.relative_to(Path.cwd())
        self.stdout.write("")
        if find_spec("pytest") is None:
            self.stdout.write(f"First:    {python} -m pip install '{DISTRIBUTION}[testing]'")
        self.stdout.write(f"Test it:  {python} -m pytest {root}")
        if plan.source:
            self.stdout.write(f"Use it:   {python} -m pip install {root}")
        elif Path(settings.REGISTRY_PLUGINS_DIR or "/nowhere").resolve() != root:
            self.stdout.write(f"Use it:   export REGISTRY_PLUGINS_DIR={root}")
        plugins = command("plugins")
        self.stdout.write(f"See it:   {f'{python} {plugins}' if IS_CHECKOUT else plugins}")
