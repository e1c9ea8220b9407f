"""Find records of all kinds by words: one selector over the search documents, whatever the database."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Window
from django.db.models.functions import RowNumber

from registry.models import SearchDocument, SearchKind
from registry.models.visibility import AnyUser
from registry.selectors.query.errors import QueryError
from registry.selectors.query.limits import MAX_LENGTH
from registry.text.cleaning import TextError, clean_text
from registry.text.search_tokens import SearchWord, is_doi, is_refcode, parse_search, search_key

COUNT_LIMIT = 10_000
"""Hits are counted up to here; beyond, there are ‘more than 10,000’."""
MAX_SUGGESTIONS = 8
NAMING_KINDS = (SearchKind.CELL, SearchKind.MEASUREMENT, SearchKind.PUBLICATION)
"""Kinds with refcodes or DOIs, which name a single record."""
NUMEROUS = (SearchKind.CELL, SearchKind.MEASUREMENT, SearchKind.FILE, SearchKind.ATTACHMENT)
SUGGESTED_FROM = 100
"""Suggestions are the best of so many newest matches."""


@dataclass(frozen=True)
class Search:
    """What was searched for: the text, its words, and the key of a record with exactly this name."""

    text: str
    words: tuple[SearchWord, ...]
    key: str

    @property
    def names_record(self) -> bool:
        """Whether it is a refcode or a DOI."""
        return is_refcode(self.text) or is_doi(self.text)


@dataclass(frozen=True)
class KindCount:
    """How many records of a kind match; `is_capped` if there are more."""

    kind: SearchKind
    count: int
    is_capped: bool


def parse_search_text(text: str, name: str = "q") -> Search:
    """Parse the text of a search; raise QueryError if it cannot be searched for."""
    if len(text) > MAX_LENGTH:
        raise QueryError(name, f"The search is longer than {MAX_LENGTH} characters; shorten it.", "too-long")
    try:
        cleaned = clean_text(text)
    except TextError as error:
        raise QueryError.of_value(name, str(error)) from error
    return Search(cleaned, parse_search(cleaned), search_key(cleaned))


def find_documents(search: Search, user: AnyUser, *, simulated: bool = False) -> QuerySet[SearchDocument]:
    """Visible documents that match: of measured cells, or with `simulated` also of simulated ones."""
    visible: QuerySet[SearchDocument] = SearchDocument.objects.visible_to(user)
    if not search.words:
        return visible.none()
    if not simulated:
        visible = visible.filter(is_simulated=False)
    return visible.filter(tokens__matches=search.words)


def find_named(search: Search, user: AnyUser) -> list[SearchDocument]:
    """Visible records of which the search is the exact name, simulated or not, those with refcodes first."""
    if not search.key:
        return []
    named = SearchDocument.objects.visible_to(user).filter(key=search.key)
    order = {kind: position for position, kind in enumerate(SearchKind.values)}
    return sorted(named.order_by("-pk")[:MAX_SUGGESTIONS], key=lambda document: order[document.kind])


def find_single(search: Search, user: AnyUser) -> SearchDocument | None:
    """The one visible record with this refcode or DOI."""
    if not search.names_record:
        return None
    named = SearchDocument.objects.visible_to(user).filter(key=search.key, kind__in=NAMING_KINDS)
    documents = list(named[:2])
    return documents[0] if len(documents) == 1 else None


def count_by_kind(documents: QuerySet[SearchDocument]) -> list[KindCount]:
    """The number of matches of each kind that has any: in one query, unless there are more than the limit."""
    some = documents.order_by().values("pk")[: COUNT_LIMIT + 1]
    rows = SearchDocument.objects.filter(pk__in=some).order_by().values_list("kind").annotate(count=Count("pk"))
    counts: dict[str, int] = dict(rows)
    if sum(counts.values()) > COUNT_LIMIT:
        counts = {kind: documents.filter(kind=kind).order_by()[: COUNT_LIMIT + 1].count() for kind in SearchKind}
    return [
        KindCount(kind, min(counts[kind], COUNT_LIMIT), counts[kind] > COUNT_LIMIT)
        for kind in SearchKind
        if counts.get(kind)
    ]


def first_of_kinds(
    documents: QuerySet[SearchDocument], named: Sequence[SearchDocument], length: int
) -> dict[str, list[SearchDocument]]:
    """The first matches of each kind that has any: in one query for each kind of which there are many, and one more."""
    firsts = {kind: list(documents.filter(kind=kind).order_by("-pk")[:length]) for kind in NUMEROUS}
    position = Window(RowNumber(), partition_by="kind", order_by="-pk")
    rest = documents.exclude(kind__in=NUMEROUS).annotate(position=position).filter(position__lte=length)
    ordered = [*named, *(document for kind in NUMEROUS for document in firsts[kind]), *rest.order_by("-pk")]
    by_kind: dict[str, dict[int, SearchDocument]] = {}
    for document in ordered:
        by_kind.setdefault(document.kind, {}).setdefault(document.pk, document)
    return {kind: list(by_kind[kind].values())[:length] for kind in SearchKind.values if kind in by_kind}


def page_of(
    documents: QuerySet[SearchDocument], named: Sequence[SearchDocument], kind: str, start: int, length: int
) -> list[SearchDocument]:
    """Matches of a kind from position `start` on: first those of exactly this name, then the newest."""
    exact = [document for document in named if document.kind == kind]
    rest = documents.filter(kind=kind).exclude(pk__in=[document.pk for document in exact]).order_by("-pk")
    after = max(start - len(exact), 0)
    shown = exact[start : start + length]
    return [*shown, *rest[after : after + length - len(shown)]]


def suggest(search: Search, user: AnyUser) -> list[SearchDocument]:
    """A few records for a search that is still being typed: of this name, then those whose name begins so, materials,
    others of which a lab has few, cells, and last what belongs to cells."""
    if not search.words:
        return []
    matches = find_documents(search, user).order_by("-pk")
    few = list(matches.exclude(kind__in=NUMEROUS)[:SUGGESTED_FROM])
    cells = list(matches.filter(kind=SearchKind.CELL)[:MAX_SUGGESTIONS])
    parts = list(matches.filter(kind__in=NUMEROUS[1:])[:SUGGESTED_FROM])
    few.sort(key=lambda document: (not document.key.startswith(search.key), document.kind != SearchKind.MATERIAL))
    parts.sort(key=lambda document: not document.key.startswith(search.key))
    half = MAX_SUGGESTIONS // 2
    chosen = [*find_named(search, user), *few[: max(half, MAX_SUGGESTIONS - len(cells))], *cells, *parts, *few]
    return list({document.pk: document for document in chosen}.values())[:MAX_SUGGESTIONS]
