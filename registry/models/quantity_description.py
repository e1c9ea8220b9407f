"""Descriptions of the quantities of plugins, kept with what is stored so that it stays readable without the plugin."""

from dataclasses import asdict, fields
from math import isfinite
from typing import Any

from django.db import models

from registry.contract.quantity import Quantity
from registry.text.cleaning import replace_unstorable

FIELDS = frozenset(field.name for field in fields(Quantity))


def as_json(quantity: Quantity) -> dict[str, Any]:
    """A description as every database stores it: clean texts and finite numbers."""
    return {name: _storable(value) for name, value in asdict(quantity).items()}


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return replace_unstorable(value)
    if isinstance(value, tuple):
        return [_storable(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value


class QuantityDescription(models.Model):
    """Name, unit and bounds of a quantity as its plugin last registered them."""

    slug = models.CharField(max_length=64)
    description = models.JSONField()

    class Meta:
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["slug"], name="quantity_description_once")]

    def __str__(self) -> str:
        return self.slug

    @property
    def quantity(self) -> Quantity:
        """The quantity, without what a later version added to its description."""
        known = {name: value for name, value in self.description.items() if name in FIELDS}
        # JSON has no tuples.
        return Quantity(**known | {"protocol": tuple(known.get("protocol", ()))})
