"""Normalisation of DOIs, so that each publication is recorded once."""

import re
import unicodedata
from urllib.parse import unquote

from registry.text.cleaning import clean_text

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_LINK = re.compile(r"^(https?://)?((dx|www)\.)?doi\.org/", re.IGNORECASE)
_LABEL = re.compile(r"^doi\s*[:=]?\s*(?=10\.|https?:|doi)", re.IGNORECASE)
_MINUS_AND_BULLET = "−⁃"
_PUNCTUATION = ".,;:!?*…。、，；：·"
_CLOSING = {")": "(", "]": "[", "}": "{", ">": "<"}
_QUOTES = "\"'“”‘’«»"


def clean_doi(text: str) -> str:
    """Return the DOI in lower case, with hyphens, without link, label or punctuation of the surrounding sentence.

    Raises ValueError if the text is not a DOI. An empty text stays empty.
    """
    doi = clean_text(text).strip(_QUOTES + "<{[( ")
    doi = _LABEL.sub("", doi)
    if link := _LINK.match(doi):
        doi = unquote(doi[link.end() :].partition("?")[0].partition("#")[0])
    doi = _without_punctuation(_with_hyphens(clean_text(doi))).lower()
    if not doi and not text.strip():
        return ""
    if not _DOI.fullmatch(doi):
        why = "it contains a space" if re.search(r"\s", doi) else "a DOI looks like 10.1002/aenm.202404817"
        raise ValueError(f"‘{text.strip()}’ is not a DOI: {why}.")
    return doi


def _with_hyphens(doi: str) -> str:
    """Return the DOI with a hyphen for every dash that a word processor makes of one."""
    return "".join(
        "-" if character in _MINUS_AND_BULLET or unicodedata.category(character) == "Pd" else character
        for character in doi
    )


def _without_punctuation(doi: str) -> str:
    """Return the DOI without trailing punctuation; a bracket opened within the DOI belongs to it."""
    while doi:
        last = doi[-1]
        unopened = last in _CLOSING and doi.count(last) > doi.count(_CLOSING[last])
        if not (unopened or last in _PUNCTUATION or last in _QUOTES or last.isspace()):
            break
        doi = doi[:-1]
    return doi
