"""List the plugins: `manage.py plugins`."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management import BaseCommand
from django.db import DatabaseError

from cellar_registry import command
from registry import plugin_loading
from registry.management.command_line import command_line_user, pluralize
from registry.models import RunStatus
from registry.selectors.plugins.plugin_overview import UNSUCCESSFUL, AnalysisInfo, PluginInfo, get_plugin_overview


class Command(BaseCommand):
    help = "List the plugins, what each adds, the run counts of its analyses, and problems."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--recheck",
            action="store_true",
            help="Repeat the import checks instead of using stored results.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["recheck"]:
            plugin_loading.load(recheck=True)
        try:
            overview = get_plugin_overview(command_line_user())
        except DatabaseError:
            overview = get_plugin_overview(None)
            self.stdout.write(f"No run counts: the database does not exist yet. Run `{command('migrate')}`.")
        for info in sorted(overview.plugins, key=lambda info: bool(info.plugin.problems)):
            for line in _format_plugin(info):
                self.stdout.write(line)
        for orphan in overview.orphaned_analyses:
            counts = f"{pluralize(orphan.runs, 'run', 'runs')} and {pluralize(orphan.values, 'value', 'values')}"
            self.stdout.write(f"{orphan.name}: {orphan.reason}; its {counts} stay readable.")
        for orphan in overview.orphaned_quantities:
            counts = pluralize(orphan.values, "value stays", "values stay")
            self.stdout.write(f"{orphan.name}: {orphan.reason}; its {counts} readable.")
        if overview.outdated:
            results = pluralize(overview.outdated, "result", "results")
            dry_run = command("analyze --outdated --dry-run")
            self.stdout.write(f"Outdated (computed by another version or source): {results}. See `{dry_run}`.")
        self.stdout.write(f"{overview.summary} Problems: {overview.problems}.")


def _format_plugin(info: PluginInfo) -> Iterator[str]:
    plugin = info.plugin
    version = f" {plugin.version}" if plugin.version else ""
    adds = f": {', '.join(map(str, plugin.adds))}" if plugin.adds else ""
    yield f"{plugin.name} ({plugin.source}{version}) {plugin.state}{adds}"
    if plugin.hooks:
        yield f"  hooks: {', '.join(plugin.hooks)}"
    for analysis_info in info.analyses:
        yield from _format_analysis(analysis_info)
    for problem in plugin.problems:
        yield f"  {problem.text} ({problem.code})"
        if problem.detail:
            yield f"    {problem.detail}"


def _format_analysis(info: AnalysisInfo) -> Iterator[str]:
    """Format the results an analysis depends on and the counts of its runs."""
    name, counts = info.analysis.name, info.runs
    for slug, producers in info.dependencies:
        yield f"  {name} uses {slug} from {' or '.join(producers) or 'no loaded analysis'}"
    if not counts.counts:
        return
    parts = [f"{counts.counts[status]} {status.label.lower()}" for status in RunStatus if counts.counts[status]]
    parts += [f"{number} of version {version}" for version, number in info.outdated.items()]
    parts += [f"{info.source_changed} of another source"] if info.source_changed else []
    parts += [f"{counts.stale} stale"] if counts.stale else []
    yield f"  {name} {info.analysis.version}: {', '.join(parts)}"
    for status in UNSUCCESSFUL:
        for code, reason, number in counts.reasons_for(status):
            yield f"    {number} {status.label.lower()} ({code}): {reason}"
