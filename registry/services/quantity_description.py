"""Keep the descriptions of plugins' quantities with what is stored."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from registry.models import QuantityDescription
from registry.models.quantity_description import as_json
from registry.numbers import catalogue


def keep_descriptions(slugs: Iterable[str]) -> None:
    """Store how the plugins of these quantities describe them now; built-in quantities need none."""
    described = {
        slug: as_json(catalogue.get(slug))
        for slug in sorted(set(slugs))
        if slug in catalogue.catalogue and catalogue.source_of(slug) != "Cellar"
    }
    if not described:
        return
    stored = dict(QuantityDescription.objects.filter(slug__in=described).values_list("slug", "description"))
    changed = [
        QuantityDescription(slug=slug, description=description)
        for slug, description in described.items()
        if stored.get(slug) != description
    ]
    if changed:
        QuantityDescription.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["slug"], update_fields=["description"]
        )


def keep_all_descriptions(**kwargs: Any) -> None:
    """After a migration: store those of every quantity, also for rows from before descriptions were kept."""
    if QuantityDescription._meta.db_table in connection.introspection.table_names():
        keep_descriptions(catalogue.catalogue)
