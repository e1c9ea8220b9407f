"""What plugins that are gone left behind: quantities that have values still, and what became of the plugin."""

import re

from registry import plugin_loading
from registry.models import Value
from registry.numbers import catalogue

SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def has_orphaned_values(slug: str) -> bool:
    """Whether no plugin registers this quantity, but there are values of it; asks the database only then."""
    if slug in catalogue.catalogue or not SLUG.fullmatch(slug):
        return False
    return Value.objects.filter(quantity=slug, is_latest=True).exists()


def missing_analysis_note(analysis: str | None) -> str:
    """That the analysis a value rests on is not loaded, in a sentence; empty if it is, or if there is none."""
    is_there = not analysis or analysis in plugin_loading.current().analyses
    return "" if is_there else f"Computed by {analysis}, which is not loaded any more."


def missing_quantity_note(slug: str) -> str:
    """That a quantity is not registered, in a sentence; empty if it is."""
    if slug in catalogue.catalogue:
        return ""
    return f"No loaded plugin registers {slug}; its numbers are in the unit its name ends in."


def plugin_status_note(name: str) -> str:
    """What became of the plugin whose analysis is not loaded, for a sentence."""
    found = next((plugin for plugin in plugin_loading.current().loaded if plugin.name == name), None)
    if found is None:
        return f"{name} is not installed any more" if name else "its plugin is not installed any more"
    if found.state == "loaded":
        return f"{name} does not offer it any more"
    return f"{name} is {found.state}"
