"""Saving comparison tables."""

from django.core.exceptions import ValidationError

from registry import plugin_manager
from registry.models import Comparison
from registry.selectors.comparison.tables import table_from
from registry.services.permissions import Actor
from registry.services.record import record_save


def comparison_save(comparison: Comparison, *, by: Actor, reason: str = "") -> Comparison:
    """Save a table whose every column, filter and unit is known, under a slug no plugin declares."""
    if comparison.slug in plugin_manager.current().tables:
        provider = plugin_manager.current().providers[f"table {comparison.slug}"]
        raise ValidationError({"slug": f"‘{comparison.slug}’ is a table {provider} declares: choose another slug."})
    try:
        table_from(comparison.slug, comparison.title, comparison.definition)
    except (ValueError, TypeError, LookupError) as error:
        raise ValidationError({"definition": str(error)}) from error
    return record_save(comparison, by=by, reason=reason)
