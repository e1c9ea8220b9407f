"""Quantities whose plugin is not loaded, as it last described them."""

import time

from django.db import connection

from registry import plugin_loading
from registry.contract.quantity import Quantity
from registry.models import QuantityDescription
from registry.sandbox.plugin_set import PluginSet

KEPT_SECONDS = 30.0


class _Cache:
    """All stored descriptions, for one load of the plugins."""

    def __init__(self) -> None:
        self.quantities: dict[str, Quantity] = {}
        self.plugins: PluginSet | None = None
        self.read_at = 0.0

    def get(self, slug: str) -> Quantity | None:
        is_outdated = self.plugins is not plugin_loading.plugin_set()
        if is_outdated or (slug not in self.quantities and time.monotonic() > self.read_at + KEPT_SECONDS):
            is_migrated = QuantityDescription._meta.db_table in connection.introspection.table_names()
            rows = QuantityDescription.objects.all() if is_migrated else ()
            self.quantities = {item.slug: item.quantity for item in rows}
            self.plugins, self.read_at = plugin_loading.plugin_set(), time.monotonic()
        return self.quantities.get(slug)


_cache = _Cache()


def get_kept_description(slug: str) -> Quantity | None:
    """The description of a quantity that is not registered; None if none was stored. All are read at once, and again
    after half a minute if one is missing."""
    return _cache.get(slug)
