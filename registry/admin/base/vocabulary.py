"""List filter by the slug of a technique or layer role, shown by its name."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import AllValuesFieldListFilter

from registry.models.vocabulary import registered_names


class VocabularyFilter(AllValuesFieldListFilter):
    """The slugs in use, by name; also those whose plugin is not loaded."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        names = registered_names(self.field.kind)  # type: ignore[attr-defined]
        for choice in super().choices(changelist):
            yield {**choice, "display": names.get(str(choice["display"]), choice["display"])}
