"""Publications from BibTeX."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.models import Project, Publication
from registry.services.permissions import Actor, require_editor
from registry.services.record import save_record

PLACES = ("journal", "booktitle", "publisher", "school", "institution")
"""Where an entry may say it appeared, by preference."""


def parse_bibtex(text: str, project: Project) -> list[Publication]:
    """Unsaved publications of a project, one an entry; raise ValidationError naming every entry that is bad."""
    from bibtexparser import middlewares
    from bibtexparser.entrypoint import parse_string

    names = [middlewares.SeparateCoAuthors(), middlewares.SplitNameParts(), middlewares.MergeNameParts(style="last")]
    library = parse_string(text, append_middleware=names)
    for entry in library.entries:
        if (author := entry.fields_dict.get("author")) and isinstance(author.value, list):
            author.value = "\n".join(author.value)
    # Names are told apart by their braces, so these go last.
    library = middlewares.LatexDecodingMiddleware().transform(library)
    bad = [f"{_where(block)}: {_reason(block)}" for block in library.failed_blocks]
    publications = []
    for entry in library.entries:
        fields = {name.lower(): field.value for name, field in entry.fields_dict.items()}
        try:
            publications.append(_publication(entry.key, fields, project))
        except ValidationError as error:
            bad.append(f"{_where(entry)}, entry ‘{entry.key}’: {' '.join(error.messages)}")
    if bad:
        raise ValidationError({"bibtex": bad})
    if not publications:
        raise ValidationError({"bibtex": "There is no entry in this; one looks like @article{wu2025, title = {…}}."})
    return publications


@transaction.atomic
def save_publications(publications: Sequence[Publication], *, by: Actor, reason: str = "") -> list[Publication]:
    """Save all or none; raise ValidationError naming the keys of those that cannot be."""
    bad = []
    for publication in publications:
        require_editor(publication.project, by)
        try:
            save_record(publication, by=by, reason=reason)
        except ValidationError as error:
            bad.append(f"entry ‘{publication.key}’: {' '.join(error.messages)}")
    if bad:
        raise ValidationError({"bibtex": bad})
    return list(publications)


def _publication(key: str, fields: dict[str, object], project: Project) -> Publication:
    names = str(fields.get("author", "")).splitlines()
    year = str(fields.get("year", fields.get("date", "")))[:4]
    if year and not year.isdecimal():
        raise ValidationError(f"the year ‘{fields.get('year')}’ is not a number.")
    place = next((str(fields[name]) for name in PLACES if name in fields), "")
    publication = Publication(
        project=project,
        key=key,
        doi=str(fields.get("doi", "")),
        authors="\n".join("et al." if name == "others" else name for name in names),
        title=str(fields.get("title", "")),
        journal=place,
        year=int(year) if year else None,
        volume=str(fields.get("volume", "")),
        pages=str(fields.get("pages", "")),
    )
    missing = [name for name in ("authors", "title") if not getattr(publication, name)]
    if missing:
        raise ValidationError(f"it has no {' and no '.join(missing)}.".replace("authors", "author"))
    return publication


def _where(block: object) -> str:
    return f"line {int(getattr(block, 'start_line', 0)) + 1}"


def _reason(block: object) -> str:
    error = getattr(block, "error", None)
    return str(getattr(error, "abort_reason", "") or error or "it cannot be read")
