"""List filters by the slug of a technique, layer role or quantity, shown by its name."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import AllValuesFieldListFilter

from registry.models.vocabulary import registered_names
from registry.numbers.catalogue import get_or_placeholder


class VocabularyFilter(AllValuesFieldListFilter):
    """The slugs in use, by name; also those whose plugin is not loaded."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        names = registered_names(self.field.kind)  # type: ignore[attr-defined]
        for choice in super().choices(changelist):
            yield {**choice, "display": names.get(str(choice["display"]), choice["display"])}


class QuantityFilter(AllValuesFieldListFilter):
    """The quantities in use, by name."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        everything, *others = super().choices(changelist)
        yield everything
        for choice in others:
            yield {**choice, "display": get_or_placeholder(str(choice["display"])).name}
