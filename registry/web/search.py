"""Search over all kinds of records, and suggestions while one types."""

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry import plugin_loading
from registry.models import SearchDocument, SearchKind
from registry.selectors import search as searches
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import nearest
from registry.selectors.search import KindCount, Search
from registry.text.search_tokens import list_tokens, matches
from registry.web.presentation import filters

PARAMETERS = ("q", "kind", "page", "simulated")
HITS_PER_PAGE = 50
FIRST_HITS = 5
LISTS = {SearchKind.CELL: "web:cells", SearchKind.MEASUREMENT: "web:measurements"}


@dataclass(frozen=True)
class Hit:
    """A record that was found."""

    title: str
    detail: str
    url: str
    is_simulated: bool = False


@dataclass(frozen=True)
class Section:
    """The hits of one kind, with their number and where all are listed."""

    kind: SearchKind
    count: int
    is_capped: bool
    url: str
    hits: list[Hit] = field(default_factory=list)


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Records of all kinds that match; a refcode or a DOI leads to its record."""
    text, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    with_simulated = request.GET.get("simulated", "") == "true"
    context: dict[str, Any] = {"text": text, "search_text": text, "kind": kind, "with_simulated": with_simulated}
    try:
        _check_parameters(request)
        search = searches.parse_search_text(text)
        start = HITS_PER_PAGE * (_parse_page(request.GET.get("page", "1")) - 1)
    except QueryError as error:
        context["error"] = filters.format_query_error(error, {"q": "Search"})
        return render(request, "web/search.html", context, status=400)
    if not kind and (single := searches.find_single(search, request.user)):
        return HttpResponseRedirect(document_url(single))
    search_hits = searches.SearchHits(search, request.user, simulated=with_simulated)
    named = [item for item in searches.find_named(search, request.user) if with_simulated or not item.is_simulated]
    counts = {item.kind: item for item in searches.count_by_kind(search_hits)}
    declared = _find_declared_tables(search)
    if declared:
        saved = counts.get(SearchKind.TABLE, KindCount(SearchKind.TABLE, 0, False))
        counts[SearchKind.TABLE] = KindCount(SearchKind.TABLE, saved.count + len(declared), saved.is_capped)
    sections = [_build_section(counts[item], text, with_simulated) for item in SearchKind if item in counts]
    if kind:
        shown = searches.page_of(search_hits, named, kind, start, HITS_PER_PAGE + 1)
        hits = [*(declared if kind == SearchKind.TABLE and not start else ()), *map(build_hit, shown[:HITS_PER_PAGE])]
        if start and not hits:
            raise Http404("This page of the search does not exist.")
        context |= {"hits": hits, "has_more": len(shown) > HITS_PER_PAGE, "first": start + 1}
        context |= {"page": start // HITS_PER_PAGE + 1, "kind_label": SearchKind(kind).label}
    else:
        firsts = searches.first_of_kinds(search_hits, named, FIRST_HITS)
        for section in sections:
            section.hits.extend(declared if section.kind == SearchKind.TABLE else ())
            section.hits.extend(map(build_hit, firsts.get(section.kind, ())))
    if not with_simulated:
        context["simulated"] = search_hits.count_simulated()
    context |= {"sections": sections, "search": search}
    return render(request, "web/search.html", context)


@require_safe
def search_suggestions(request: HttpRequest) -> JsonResponse:
    """A few records for a search that is being typed."""
    try:
        search = searches.parse_search_text(request.GET.get("q", ""))
    except QueryError as error:
        return JsonResponse({"error": str(error), "suggestions": []}, status=400)
    documents = searches.suggest(search, request.user)
    return JsonResponse(
        {
            "suggestions": [
                {
                    "title": document.title,
                    "detail": document.detail,
                    "kind": _singular(SearchKind(document.kind)),
                    "url": document_url(document),
                }
                for document in documents
            ]
        }
    )


def document_url(document: SearchDocument) -> str:
    """The page of the record, or the part of a page where it is."""
    page, argument, *anchor = document.target.split(" ")
    return reverse(f"web:{page}", args=[argument]) + "".join(f"#{name}" for name in anchor)


def build_hit(document: SearchDocument) -> Hit:
    """A record as search results show it."""
    return Hit(document.title, document.detail, document_url(document), document.is_simulated)


def _singular(kind: SearchKind) -> str:
    return kind.label.removesuffix("s").lower()


def _build_section(count: KindCount, text: str, with_simulated: bool) -> Section:
    """Cells and measurements have lists of their own, with columns and filters."""
    if count.kind in LISTS:
        path, origins = reverse(LISTS[count.kind]), ["own", "literature", "simulated"]
        parameters = {"q": [text], "origin": origins if with_simulated else []}
    else:
        path, simulated = reverse("web:search"), ["true"] if with_simulated else []
        parameters = {"q": [text], "kind": [count.kind.value], "simulated": simulated}
    return Section(count.kind, count.count, count.is_capped, f"{path}?{filters.encode_query(parameters)}")


def _find_declared_tables(search: Search) -> list[Hit]:
    """Tables that plugins declare; they are in no database and visible to everyone."""
    if not search.words:
        return []
    return [
        Hit(table.title, table.caption if table.caption != table.title else "", reverse("web:comparison", args=[slug]))
        for slug, table in plugin_loading.current().tables.items()
        if matches(search.words, list_tokens([table.title, slug, table.caption]))
    ]


def _check_parameters(request: HttpRequest) -> None:
    for name in request.GET:
        if name not in PARAMETERS:
            raise QueryError(name, f"Unknown parameter ‘{name}’.{nearest(name, PARAMETERS)}", "unknown-parameter")
    kind, simulated = request.GET.get("kind", ""), request.GET.get("simulated", "")
    if kind and kind not in SearchKind.values:
        known = ", ".join(SearchKind.values)
        raise QueryError("kind", f"‘{kind}’ is not a kind of record; choose from {known}.", "invalid-choice")
    if simulated not in ("", "true", "false"):
        raise QueryError("simulated", f"simulated must be true or false, not ‘{simulated}’.", "invalid-value")


def _parse_page(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:7]) <= 1000) or len(text) > 4:
        raise QueryError("page", "The page must be a number from 1 to 1000.", "invalid-value")
    return int(text)
