"""Find records of all kinds by words: one selector over the search documents, whatever the database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db import connection
from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from registry.models import Project, SearchDocument, SearchKind
from registry.models.search_document import FoundBy, TokenQuery
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
FEW = tuple(kind for kind in SearchKind if kind not in NUMEROUS)
MAX_PROJECTS = 200
"""Projects that a search names to the index at most; with more, the index is read to its end."""
MAX_FEW = 50_000
"""Matches of all kinds of which there are few, at most."""
SUGGESTED_FROM = 100
"""Suggestions are the best of so many newest matches."""


@dataclass(frozen=True)
class Search:
    """A search: the text, its words, and the key of a record with exactly this name."""

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


class SearchHits:
    """The visible documents that match a search: of measured cells, or with `simulated` also of simulated ones."""

    def __init__(self, search: Search, user: AnyUser, *, simulated: bool = False) -> None:
        self.search = search
        self.user = user
        self.simulated = simulated

    @cached_property
    def projects(self) -> tuple[int, ...] | None:
        """The projects the user sees; None if all, or too many to name."""
        if self.user.is_active and self.user.is_superuser:
            return None
        pks = Project.objects.visible_to(self.user).order_by("pk").values_list("pk", flat=True)
        visible = tuple(pks[: MAX_PROJECTS + 1])
        return visible if len(visible) <= MAX_PROJECTS else None

    @cached_property
    def whole_words(self) -> tuple[SearchWord, ...]:
        """The words, of which the last is taken as finished if very many records have it: to complete it takes long."""
        finished = tuple(replace(word, is_prefix=False) for word in self.search.words)
        if connection.vendor != "sqlite":
            return self.search.words
        some = SearchDocument.objects.filter(tokens__matches=TokenQuery(finished, limit=COUNT_LIMIT + 1))
        return finished if some.count() > COUNT_LIMIT else self.search.words

    def count_simulated(self) -> int:
        """How many are of simulated cells, up to the limit."""
        return self.documents(NUMEROUS, limit=COUNT_LIMIT, is_simulated=True).count()

    def documents(
        self, kinds: Sequence[str] = (), limit: int | None = None, *, is_simulated: bool | None = None
    ) -> QuerySet[SearchDocument]:
        """Those of these kinds, the newest first. The limit is exact: nothing else may be filtered by."""
        visible: QuerySet[SearchDocument] = SearchDocument.objects.visible_to(self.user)
        if not self.search.words or self.projects == ():
            return visible.none()
        if kinds:
            visible = visible.filter(kind__in=kinds)
        if is_simulated is None and not self.simulated:
            is_simulated = False
        if is_simulated is not None:
            visible = visible.filter(is_simulated=is_simulated)
        filters_in_index = self.projects is not None or (self.user.is_active and self.user.is_superuser)
        is_numerous = bool(kinds) and set(kinds) <= set(NUMEROUS)
        query = TokenQuery(
            self.whole_words if is_numerous else self.search.words,
            tuple(kinds),
            self.projects,
            is_simulated,
            limit if filters_in_index else None,
        )
        matching = visible.filter(tokens__matches=query).order_by("-pk")
        return matching if limit is None else matching[:limit]


def find_documents(search: Search, user: AnyUser, *, simulated: bool = False) -> QuerySet[SearchDocument]:
    """All visible documents that match, of any kind."""
    return SearchHits(search, user, simulated=simulated).documents()


def found_measurements(text: str) -> FoundBy | Q:
    """Condition on measurements that all words occur among their names or those of their cell."""
    words = parse_search(text)
    return FoundBy("pk", TokenQuery(words, (SearchKind.MEASUREMENT,))) if words else Q(pk__in=[])


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


def count_by_kind(search_hits: SearchHits) -> list[KindCount]:
    """The number of matches of each kind that has any: in one query, unless there are more than the limit."""
    some = search_hits.documents(limit=COUNT_LIMIT + 1).values("pk")
    rows = SearchDocument.objects.filter(pk__in=some).order_by().values_list("kind").annotate(count=Count("pk"))
    counts: dict[str, int] = dict(rows)
    if sum(counts.values()) > COUNT_LIMIT:
        counts = {kind: search_hits.documents((kind,), COUNT_LIMIT + 1).count() for kind in NUMEROUS}
        few = SearchDocument.objects.filter(pk__in=search_hits.documents(FEW, MAX_FEW).values("pk")).order_by()
        counts |= dict(few.values_list("kind").annotate(count=Count("pk")))
    return [
        KindCount(kind, min(counts[kind], COUNT_LIMIT), counts[kind] > COUNT_LIMIT)
        for kind in SearchKind
        if counts.get(kind)
    ]


def first_of_kinds(
    search_hits: SearchHits, named: Sequence[SearchDocument], length: int
) -> dict[str, list[SearchDocument]]:
    """The first matches of each kind that has any: in one query for each kind of which there are many, and one more."""
    firsts = [document for kind in NUMEROUS for document in search_hits.documents((kind,), length)]
    rest = SearchDocument.objects.filter(pk__in=search_hits.documents(FEW, MAX_FEW).values("pk"))
    position = Window(RowNumber(), partition_by="kind", order_by="-pk")
    first_of_rest = rest.annotate(position=position).filter(position__lte=length).order_by("-pk")
    by_kind: dict[str, dict[int, SearchDocument]] = {}
    for document in [*named, *firsts, *first_of_rest]:
        by_kind.setdefault(document.kind, {}).setdefault(document.pk, document)
    return {kind: list(by_kind[kind].values())[:length] for kind in SearchKind.values if kind in by_kind}


def page_of(
    search_hits: SearchHits, named: Sequence[SearchDocument], kind: str, start: int, length: int
) -> list[SearchDocument]:
    """Matches of a kind from position `start` on: first those of exactly this name, then the newest."""
    exact = [document for document in named if document.kind == kind]
    shown = exact[start : start + length]
    after = max(start - len(exact), 0)
    newest = search_hits.documents((kind,), after + length + len(exact))
    rest = [document for document in newest if document not in exact]
    return [*shown, *rest[after : after + length - len(shown)]]


def suggest(search: Search, user: AnyUser) -> list[SearchDocument]:
    """A few records for a search that is still being typed: of this name, then those whose name begins so, materials,
    others of which a lab has few, cells, and last what belongs to cells."""
    if not search.words:
        return []
    search_hits = SearchHits(search, user)
    few = list(search_hits.documents(FEW, SUGGESTED_FROM))
    cells = list(search_hits.documents((SearchKind.CELL,), MAX_SUGGESTIONS))
    parts = list(search_hits.documents(NUMEROUS[1:], SUGGESTED_FROM))
    few.sort(key=lambda document: (not document.key.startswith(search.key), document.kind != SearchKind.MATERIAL))
    parts.sort(key=lambda document: not document.key.startswith(search.key))
    half = MAX_SUGGESTIONS // 2
    chosen = [*find_named(search, user), *few[: max(half, MAX_SUGGESTIONS - len(cells))], *cells, *parts, *few]
    return list({document.pk: document for document in chosen}.values())[:MAX_SUGGESTIONS]
