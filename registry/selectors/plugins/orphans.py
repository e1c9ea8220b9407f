"""Values, conditions and runs of plugins that are no longer loaded, and why."""

import re

from registry import plugin_loading
from registry.models import Condition, Layer, Measurement, Value
from registry.numbers import catalogue

SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def has_orphaned_values(slug: str) -> bool:
    """Whether a quantity that no plugin registers has values; registered quantities cost no query."""
    if slug in catalogue.catalogue or not SLUG.fullmatch(slug):
        return False
    return Value.objects.filter(quantity=slug, is_latest=True).exists()


def has_orphaned_conditions(slug: str) -> bool:
    """Whether a condition that no plugin registers was entered; registered quantities cost no query."""
    if slug in catalogue.catalogue or not SLUG.fullmatch(slug):
        return False
    return Condition.objects.filter(quantity=slug).exists()


def has_orphans(slug: str) -> bool:
    """Whether a quantity that no plugin registers has values or was entered as a condition."""
    return has_orphaned_values(slug) or has_orphaned_conditions(slug)


def has_orphaned_technique(slug: str) -> bool:
    """Whether a technique that no plugin registers has measurements; registered ones cost no query."""
    if slug in plugin_loading.current().techniques or not SLUG.fullmatch(slug):
        return False
    return Measurement.objects.filter(technique=slug).exists()


def has_orphaned_role(slug: str) -> bool:
    """Whether a layer role that no plugin registers has layers; registered ones cost no query."""
    if slug in plugin_loading.current().layer_roles or not SLUG.fullmatch(slug):
        return False
    return Layer.objects.filter(role=slug).exists()


def missing_analysis_note(analysis: str | None) -> str:
    """A sentence for a value whose analysis is not loaded; empty if it is loaded or there is none."""
    is_loaded = not analysis or analysis in plugin_loading.current().analyses
    return "" if is_loaded else f"Computed by {analysis}, which is not loaded."


def missing_quantity_note(slug: str) -> str:
    """A sentence for a quantity that is not registered; empty if it is."""
    if slug in catalogue.catalogue:
        return ""
    return f"{slug} is not registered; values are in the unit in its name."


def plugin_status_note(name: str) -> str:
    """Why the analysis of this plugin is not loaded, as a clause."""
    plugin = next((plugin for plugin in plugin_loading.current().loaded if plugin.name == name), None)
    if plugin is None:
        return f"{name} is not installed" if name else "its plugin is not installed"
    if plugin.state == "loaded":
        return f"{name} no longer provides this analysis"
    return f"{name} is {plugin.state}"
