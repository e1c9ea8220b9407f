"""Build one search document, store many."""

from collections.abc import Iterable, Sequence

from registry.models import SearchDocument
from registry.models.search_document import document_pk, filter_tokens
from registry.text.cleaning import replace_unstorable
from registry.text.search_tokens import list_tokens, search_key

MAX_TEXT = 300
WRITTEN_FIELDS = ("project", "is_simulated", "key", "title", "detail", "target", "tokens")


def build_document(
    kind: str,
    record: int,
    project: int,
    *,
    key: str,
    title: str,
    detail: str,
    target: str,
    texts: Iterable[str],
    filenames: Iterable[str] = (),
    is_simulated: bool = False,
) -> SearchDocument:
    """Return the unsaved document of a record, with the tokens of these texts."""
    tokens = [*filter_tokens(kind, project, is_simulated), *list_tokens(texts, filenames)]
    return SearchDocument(
        pk=document_pk(kind, record),
        kind=kind,
        record=record,
        project_id=project,
        is_simulated=is_simulated,
        key=search_key(key)[:MAX_TEXT],
        title=shorten(title),
        detail=shorten(detail),
        target=target,
        tokens=" ".join(tokens),
    )


def shorten(text: str) -> str:
    """The text on one line, cut with an ellipsis if it does not fit its column."""
    line = " ".join(replace_unstorable(text).split())
    return line if len(line) <= MAX_TEXT else f"{line[: MAX_TEXT - 1]}…"


def store_documents(documents: Sequence[SearchDocument]) -> None:
    """Insert the documents, or replace those of the same records."""
    SearchDocument.objects.bulk_create(
        documents,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["kind", "record"],
        update_fields=WRITTEN_FIELDS,
    )
