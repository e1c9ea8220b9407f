"""List the plugins: `manage.py plugins`; `--recheck` repeats their import checks."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management import BaseCommand
from django.db import DatabaseError

from cellar_registry import command
from registry import plugin_loading
from registry.management.command_line import counted, operator
from registry.models import RunStatus
from registry.selectors.plugin_overview import ENDED_BADLY, AnalysisInfo, PluginInfo, get_plugin_overview


class Command(BaseCommand):
    help = "List the plugins, what each adds, how its analyses fared, and why any is not used."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--recheck",
            action="store_true",
            help="Repeat the import checks of plugins instead of using the last results.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["recheck"]:
            plugin_loading.load(recheck=True)
        try:
            found = get_plugin_overview(operator())
        except DatabaseError:
            found = get_plugin_overview(None)
            self.stdout.write(f"Runs are not counted: there is no database yet, `{command('migrate')}` makes it.")
        for shown in sorted(found.plugins, key=lambda one: bool(one.plugin.problems)):
            for line in _lines(shown):
                self.stdout.write(line)
        for gone in found.gone_analyses:
            left = f"{counted(gone.runs, 'run', 'runs')} and {counted(gone.values, 'value', 'values')}"
            self.stdout.write(f"{gone.name}: {gone.why}; its {left} stay readable.")
        for gone in found.gone_quantities:
            left = counted(gone.values, "value stays", "values stay")
            self.stdout.write(f"{gone.name}: {gone.why}; its {left} readable.")
        if found.outdated:
            results = counted(found.outdated, "result", "results")
            dry_run = command("analyze --outdated --dry-run")
            self.stdout.write(f"Of another version than is loaded: {results}. See `{dry_run}`.")
        self.stdout.write(f"{found.summary} Problems: {found.problems}.")


def _lines(shown: PluginInfo) -> Iterator[str]:
    plugin = shown.plugin
    version = f" {plugin.version}" if plugin.version else ""
    adds = f": {', '.join(plugin.adds)}" if plugin.adds else ""
    yield f"{plugin.name} ({plugin.source}{version}) {plugin.state}{adds}"
    if plugin.hooks:
        yield f"  hooks: {', '.join(plugin.hooks)}"
    for offered in shown.analyses:
        yield from _fared(offered)
    for problem in plugin.problems:
        yield f"  {problem.text}"
        if problem.detail:
            yield f"    {problem.detail}"


def _fared(offered: AnalysisInfo) -> Iterator[str]:
    """What an analysis takes of others, and how its runs ended."""
    name, fared = offered.analysis.name, offered.fared
    for slug, givers in offered.takes:
        yield f"  {name} takes {slug} from {' or '.join(givers) or 'no analysis that is loaded'}"
    if not fared.counts:
        return
    words = [f"{fared.counts[status]} {status.label.lower()}" for status in RunStatus if fared.counts[status]]
    words += [f"{number} of version {version}" for version, number in offered.outdated.items()]
    words += [f"{fared.stale} stale"] if fared.stale else []
    yield f"  {name} {offered.analysis.version}: {', '.join(words)}"
    for status in ENDED_BADLY:
        for reason, number in fared.because(status):
            yield f"    {number} {status.label.lower()}: {reason}"
