"""Create a plugin from a skeleton: `manage.py startplugin area-specific-resistance --technique eis`."""

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
from registry.authoring.skeletons import KINDS, SKELETONS
from registry.authoring.writing import PlanRefused, write
from registry.plugin_loading.loaded import Kind


class Command(BaseCommand):
    help = "Create a working plugin with tests: a file in your plugins directory, or an installable package."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="Hyphenated name, e.g. area-specific-resistance.")
        parser.add_argument(
            "--kind", choices=KINDS, default="analysis", help="What the plugin adds (default: analysis)."
        )
        parser.add_argument(
            "--technique",
            default="cycling",
            metavar="TECHNIQUE",
            help=f"Technique of the measurements it analyses: {', '.join(SKELETONS)} (default: cycling).",
        )
        parser.add_argument("--package", action="store_true", help="Create an installable package with an entry point.")
        parser.add_argument(
            "--into",
            metavar="DIRECTORY",
            help="Where to create it (default: REGISTRY_PLUGINS_DIR; for a package, the current directory).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            names = Names.of(options["name"])
            self._require_new(names)
            self._require_skeleton(options["technique"])
            make_plan = plan_package if options["package"] else plan_file
            plan = make_plan(names, options["kind"], options["technique"], self._directory(**options))
            written = write(plan)
        except (NameRefused, PlanRefused) as error:
            raise CommandError(f"{error}.") from error
        for path in written:
            self.stdout.write(f"Created {path}")
        for path in plan.appended:
            self.stdout.write(f"Added a line to {path}")
        self._print_next_steps(plan)

    def _require_new(self, names: Names) -> None:
        current = plugin_loading.current()
        nouns: dict[Kind, str] = {"analysis": "an analysis", "reader": "a reader", "table": "a table"}
        nouns |= {"technique": "a technique", "layer role": "a layer role"}
        for kind, noun in nouns.items():
            if provider := current.plugin_of(kind, names.name) or current.plugin_of(kind, names.module):
                raise NameRefused(f"‘{names.name}’ is already {noun} of {provider}: choose another name")

    def _require_skeleton(self, technique: str) -> None:
        if technique in SKELETONS:
            return
        known = ", ".join(SKELETONS)
        if technique not in plugin_loading.current().techniques:
            raise PlanRefused(f"‘{technique}’ is not a technique: choose from {known}")
        raise PlanRefused(
            f"There is no skeleton for ‘{technique}’, a technique of a plugin: choose the one with the most similar "
            f"data from {known}, then write ‘{technique}’ in `techniques` of the plugin and "
            f"`example_inputs('{technique}', like=…)` in its tests"
        )

    def _directory(self, **options: Any) -> Path:
        path = options["into"] or ("." if options["package"] else settings.REGISTRY_PLUGINS_DIR)
        if not path:
            raise PlanRefused("No directory for the plugin: add --into DIRECTORY or set REGISTRY_PLUGINS_DIR")
        directory = Path(path).expanduser().resolve()
        if directory.is_relative_to(Path(settings.BASE_DIR) / settings.REGISTRY_BUILTIN_PLUGINS):
            raise PlanRefused(f"{directory} contains the built-in plugins: choose another directory")
        if directory.exists() and not directory.is_dir():
            raise PlanRefused(f"{directory} is not a directory")
        return directory

    def _print_next_steps(self, plan: Plan) -> None:
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
