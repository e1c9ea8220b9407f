"""Saving comparison tables."""

from django.core.exceptions import ValidationError

from registry import plugin_loading
from registry.models import Comparison
from registry.selectors.comparison.tables import build_table
from registry.services.permissions import Actor
from registry.services.record import save_record


def save_comparison(comparison: Comparison, *, by: Actor, reason: str = "") -> Comparison:
    """Save a table whose every column, filter and unit is known, under a slug no plugin declares."""
    if comparison.slug in plugin_loading.current().tables:
        provider = plugin_loading.current().providers[f"table {comparison.slug}"]
        raise ValidationError({"slug": f"‘{comparison.slug}’ is a table {provider} declares: choose another slug."})
    try:
        build_table(comparison.slug, comparison.title, comparison.definition)
    except (ValueError, TypeError, LookupError) as error:
        raise ValidationError({"definition": str(error)}) from error
    return save_record(comparison, by=by, reason=reason)
