"""Import publications from BibTeX."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.models import Project, Publication
from registry.services.permissions import Actor, require_editor
from registry.services.record import save_record

BIBTEX_NAMES = {"authors": "author", "title": "title"}
"""Required fields of a publication, and their names in BibTeX."""
BIBTEX_FIELDS = ("key", "doi", "authors", "title", "journal", "year", "volume", "pages")
"""Fields of a publication that an entry fills."""
JOURNAL_FIELDS = ("journal", "booktitle", "publisher", "school", "institution")
"""BibTeX fields that can name the journal, in order of preference."""


def parse_bibtex(text: str, project: Project) -> list[Publication]:
    """Parse BibTeX into unsaved publications; raise ValidationError that lists every invalid entry."""
    from bibtexparser import middlewares
    from bibtexparser.entrypoint import parse_string

    names = [middlewares.SeparateCoAuthors(), middlewares.SplitNameParts(), middlewares.MergeNameParts(style="last")]
    library = parse_string(text, append_middleware=names)
    for entry in library.entries:
        if (author := entry.fields_dict.get("author")) and isinstance(author.value, list):
            author.value = "\n".join(author.value)
    # Splitting names relies on the braces, which decoding removes, so decoding comes last.
    library = middlewares.LatexDecodingMiddleware().transform(library)
    errors = [f"{_line_number(block)}: {_parse_error(block)}" for block in library.failed_blocks]
    publications = []
    for entry in library.entries:
        fields = {name.lower(): field.value for name, field in entry.fields_dict.items()}
        try:
            publications.append(_build_publication(entry.key, fields, project))
        except ValidationError as error:
            errors.append(f"{_line_number(entry)}, entry ‘{entry.key}’: {' '.join(error.messages)}")
    if errors:
        raise ValidationError({"bibtex": errors})
    if not publications:
        raise ValidationError({"bibtex": "No BibTeX entries found: an entry looks like @article{wu2025, title = {…}}."})
    return publications


def parse_one_bibtex(text: str, project: Project) -> Publication:
    """Parse a single entry; raise ValidationError for the field `bibtex`, also for several entries."""
    entries = parse_bibtex(text, project)
    if len(entries) > 1:
        keys = ", ".join(publication.key for publication in entries)
        raise ValidationError(
            {"bibtex": f"The text contains {len(entries)} entries ({keys}): paste one at a time."}, "several-entries"
        )
    return entries[0]


@transaction.atomic
def save_publications(publications: Sequence[Publication], *, by: Actor, reason: str = "") -> list[Publication]:
    """Save all publications or none; raise ValidationError that lists the invalid entries by key."""
    errors = []
    for publication in publications:
        require_editor(publication.project, by)
        try:
            save_record(publication, by=by, reason=reason)
        except ValidationError as error:
            errors.append(f"entry ‘{publication.key}’: {' '.join(error.messages)}")
    if errors:
        raise ValidationError({"bibtex": errors})
    return list(publications)


def _build_publication(key: str, fields: dict[str, object], project: Project) -> Publication:
    names = str(fields.get("author", "")).splitlines()
    year = str(fields.get("year", fields.get("date", "")))[:4]
    if year and not year.isdecimal():
        raise ValidationError(f"the year ‘{fields.get('year')}’ is not a number.")
    journal = next((str(fields[name]) for name in JOURNAL_FIELDS if name in fields), "")
    publication = Publication(
        project=project,
        key=key,
        doi=str(fields.get("doi", "")),
        authors="\n".join("et al." if name == "others" else name for name in names),
        title=str(fields.get("title", "")),
        journal=journal,
        year=int(year) if year else None,
        volume=str(fields.get("volume", "")),
        pages=str(fields.get("pages", "")),
    )
    missing = [name for field, name in BIBTEX_NAMES.items() if not getattr(publication, field)]
    if missing:
        raise ValidationError(f"missing {' and '.join(missing)}.", "missing-fields")
    return publication


def _line_number(block: object) -> str:
    return f"line {int(getattr(block, 'start_line', 0)) + 1}"


def _parse_error(block: object) -> str:
    error = getattr(block, "error", None)
    return str(getattr(error, "abort_reason", "") or error or "syntax error")
