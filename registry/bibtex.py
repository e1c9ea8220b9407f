"""Reading one BibTeX entry into the fields of a publication."""

from typing import Any

class BibtexError(ValueError):
    """The text is not one readable entry; the message says what to mend."""


def publication_fields(text: str) -> dict[str, Any]:
    """Return key, authors, title, journal, year, volume, pages and doi of the one entry in `text`."""
    entry = _entry(text)
    found = {name.lower(): _unwrapped(str(field.value)) for name, field in entry.fields_dict.items()}
    year = found.get("year") or found.get("date", "")[:4]
    if year and not year.isdecimal():
        raise BibtexError(f"The year of ‘{entry.key}’ is ‘{year}’: write it in digits.")
    for name in ("author", "title"):
        if not found.get(name):
            raise BibtexError(f"The entry ‘{entry.key}’ has no {name}: add `{name} = {{…}}`.")
    return {
        "key": entry.key,
        "authors": _authors(found["author"]),
        "title": _plain(found["title"]),
        "journal": _plain(found.get("journal") or found.get("journaltitle") or found.get("booktitle", "")),
        "year": int(year) if year else None,
        "volume": found.get("volume", ""),
        "pages": _plain(found.get("pages") or found.get("eid", "")).replace("--", "–"),
        "doi": found.get("doi", "").replace("\\_", "_"),
    }


def _entry(text: str) -> Any:
    import logging

    import bibtexparser

    logging.getLogger("bibtexparser").setLevel(logging.ERROR)
    library = bibtexparser.parse_string(text)
    if library.failed_blocks:
        block = library.failed_blocks[0]
        line = (block.start_line or 0) + 1
        reason = str(block.error).split(". Note:")[0] or "a brace, a quotation mark or a comma is missing"
        raise BibtexError(f"The entry that begins in line {line} cannot be read: {reason}.")
    if not library.entries:
        raise BibtexError("There is no BibTeX entry here: it begins like @article{wu2025, author = {…}, …}.")
    if len(library.entries) > 1:
        keys = ", ".join(entry.key for entry in library.entries)
        raise BibtexError(f"There are {len(library.entries)} entries ({keys}): paste one at a time.")
    return library.entries[0]


def _unwrapped(value: str) -> str:
    return " ".join(value.split())


def _plain(value: str) -> str:
    """Text with its accents, without TeX's braces and commands."""
    from pylatexenc.latex2text import LatexNodes2Text

    dashes_kept = value.replace("--", "\0")
    return str(LatexNodes2Text(keep_braced_groups=False).latex_to_text(dashes_kept)).replace("\0", "--").strip()


def _authors(value: str) -> str:
    """One a line, family name first; ‘others’ becomes ‘et al.’."""
    lines = []
    for name in value.split(" and "):
        plain = _plain(name)
        if plain == "others":
            lines.append("et al.")
        elif "," in plain or " " not in plain:
            lines.append(plain)
        else:
            given, _, family = plain.rpartition(" ")
            lines.append(f"{family}, {given}")
    return "\n".join(lines)
