"""Save comparison tables."""

from django.core.exceptions import ValidationError

from registry import plugin_loading
from registry.models import Comparison
from registry.models.record import SLUG_UNAVAILABLE
from registry.selectors.comparison import this_work
from registry.selectors.comparison.tables import build_table
from registry.services.permissions import Actor
from registry.services.record import save_record


def save_comparison(comparison: Comparison, *, by: Actor, reason: str = "") -> Comparison:
    """Save a table after checking its columns, filters and units, and that no plugin uses its slug."""
    if comparison.slug in plugin_loading.current().tables:
        raise ValidationError({"slug": ValidationError(SLUG_UNAVAILABLE, code="unique")})
    try:
        table = build_table(comparison.slug, comparison.title, comparison.definition)
        if by is not None:
            this_work.check_names(table.this_work, by)
    except (ValueError, TypeError, LookupError) as error:
        raise ValidationError({"definition": str(error)}) from error
    return save_record(comparison, by=by, reason=reason)
