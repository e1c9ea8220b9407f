"""Pages and column heads of long lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

COUNT_LIMIT = 10_000
"""Records are counted up to here, and listed on pages up to here; beyond, filters narrow the list."""
PER_PAGE = 50


@dataclass(frozen=True)
class ListPage:
    """One page of a list; `count` is one more than the limit if there are more."""

    number: int
    records: list[Any]
    count: int

    @property
    def first(self) -> int:
        return PER_PAGE * (self.number - 1) + 1

    @property
    def last(self) -> int:
        return self.first + len(self.records) - 1

    @property
    def pages(self) -> int:
        return max(-(-min(self.count, COUNT_LIMIT) // PER_PAGE), 1)

    @property
    def previous(self) -> int:
        """The number of the page before; 0 if there is none."""
        return self.number - 1

    @property
    def next(self) -> int:
        """The number of the page after; 0 if there is none."""
        return self.number + 1 if self.number < self.pages else 0


def count_to_limit(records: Any) -> int:
    """The number of records; one more than the limit if there are more."""
    # Without the order, which a database may compute for all rows.
    count: int = records.order_by().values("pk")[: COUNT_LIMIT + 1].count()
    return count


def page_of(records: Any, text: str, related: Sequence[str], lists: Sequence[str] = ()) -> ListPage | None:
    """A page of ordered records with these related ones and lists of such; None if there is no such page."""
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        return None
    number = int(text)
    count = count_to_limit(records)
    page = ListPage(number, [], count)
    if not 1 <= number <= page.pages:
        return None
    # First the keys alone: a database that sorts the whole rows takes several times as long.
    pks = list(records.values_list("pk", flat=True)[page.first - 1 : page.first - 1 + PER_PAGE])
    by_pk = records.model.objects.select_related(*related).prefetch_related(*lists).in_bulk(pks)
    return ListPage(number, [by_pk[pk] for pk in pks if pk in by_pk], count)


def get_ordering(request: HttpRequest) -> list[str]:
    """The names to order by, each with a minus if descending."""
    return [name for text in request.GET.getlist("ordering") for name in text.split(",") if name]


@dataclass(frozen=True)
class SortLink:
    """The head of a column: where it sorts, and how the list is sorted by it."""

    url: str
    direction: str


def build_sort_links(
    path: str, querydict: QueryDict, ordering: Sequence[str], names: Sequence[str]
) -> Mapping[str, SortLink]:
    """The heads of columns: numbers sort highest first, texts from A to Z, and then the other way round."""
    links = {}
    for name in names:
        current = next((item for item in ordering[:1] if item.removeprefix("-") == name), "")
        first, second = (name, f"-{name}") if name in TEXT_COLUMNS else (f"-{name}", name)
        parameters = querydict.copy()
        parameters.pop("page", None)
        parameters["ordering"] = second if current == first else first
        direction = "" if not current else "descending" if current.startswith("-") else "ascending"
        links[name] = SortLink(f"{path}?{parameters.urlencode()}", direction)
    return links


TEXT_COLUMNS = ("label", "refcode", "configuration", "cell", "technique")
