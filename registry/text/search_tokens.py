"""Words of texts and of searches: one way of splitting for every database.

A text is split into runs of letters and digits, in Unicode compatibility form and without case: `NCM@Li-PEVA/Li₆PS₅Cl`
gives `ncm`, `li`, `peva`, `li6ps5cl`. Words joined by hyphens are kept joined as well (`NCM-811` gives `ncm811` too), a
refcode also without its zeros (`C-00035` gives `c35`), and a number with a unit also split (`10MPa` gives `10`, `mpa`).
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from registry.text.cleaning import replace_unstorable
from registry.text.doi import clean_doi

MAX_TOKEN_LENGTH = 100
MAX_TOKENS = 3000
"""Tokens of one document; what comes later is not searched."""
MAX_WORDS = 100
"""Words of one search; further words are ignored."""
MAX_PARTS = 24
"""Parts of one word."""

_TOKEN = re.compile(r"[^\W_]+(?:(?<=\d)\.(?=\d)[^\W_]+)*")
_JOINED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")
_WITH_UNIT = re.compile(r"(\d+(?:\.\d+)?)([^\W\d_]+)")
_REFCODE = re.compile(r"([a-z])-?0*(\d{1,12})")
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_CASE_CHANGE = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


@dataclass(frozen=True)
class SearchWord:
    """One word of a search: all tokens of any of its alternatives occur in a document; the last word may be begun."""

    alternatives: tuple[tuple[str, ...], ...]
    is_prefix: bool = False


def search_form(text: str) -> str:
    """Return the text as it is compared: compatibility form, no case, plain hyphens."""
    compatible = unicodedata.normalize("NFKC", _DASHES.sub("-", replace_unstorable(text)))
    return unicodedata.normalize("NFKC", compatible.casefold())


def list_tokens(texts: Iterable[str], filenames: Iterable[str] = ()) -> list[str]:
    """Return the tokens of a document, each once, in their order; those of file names also split at changes of case."""
    tokens: dict[str, None] = {}
    for text in texts:
        tokens.update(dict.fromkeys(_text_tokens(search_form(text))))
    for name in filenames:
        tokens.update(dict.fromkeys(_text_tokens(search_form(name))))
        tokens.update(dict.fromkeys(_text_tokens(search_form(_CASE_CHANGE.sub(" ", name)))))
    return list(tokens)[:MAX_TOKENS]


def _text_tokens(text: str) -> Iterable[str]:
    for match in _TOKEN.finditer(text):
        yield from _spellings(match[0])
    for match in _JOINED.finditer(text):
        yield from _spellings(match[0].replace("-", ""))
        if refcode := _REFCODE.fullmatch(match[0]):
            yield f"{refcode[1]}{refcode[2]}"


def _spellings(token: str) -> Iterable[str]:
    """The token, and if it is a number with a unit its parts, or if a refcode that without zeros."""
    yield token[:MAX_TOKEN_LENGTH]
    if with_unit := _WITH_UNIT.fullmatch(token):
        yield from (part[:MAX_TOKEN_LENGTH] for part in with_unit.groups())
    if (refcode := _REFCODE.fullmatch(token)) and len(refcode[0]) < MAX_TOKEN_LENGTH:
        yield f"{refcode[1]}{refcode[2]}"


def parse_search(text: str) -> tuple[SearchWord, ...]:
    """Return the words of a search; none if it contains neither letters nor digits."""
    words = [words for word in search_form(_without_doi_link(text)).split() if (words := _alternatives(word))]
    words = list(dict.fromkeys(words))[:MAX_WORDS]
    return tuple(SearchWord(word, is_prefix=position == len(words)) for position, word in enumerate(words, start=1))


def _alternatives(word: str) -> tuple[tuple[str, ...], ...]:
    parts = tuple(match[0][:MAX_TOKEN_LENGTH] for match in _TOKEN.finditer(word))[:MAX_PARTS]
    if not parts:
        return ()
    alternatives = [parts]
    joined = word.replace("-", "")
    if len(parts) > 1 and _JOINED.fullmatch(word):
        alternatives.append((joined[:MAX_TOKEN_LENGTH],))
    if refcode := _REFCODE.fullmatch(word):
        alternatives.append((f"{refcode[1]}{refcode[2]}",))
    if with_unit := _WITH_UNIT.fullmatch(word):
        alternatives.append(tuple(part[:MAX_TOKEN_LENGTH] for part in with_unit.groups()))
    return tuple(dict.fromkeys(alternatives))


def matches(words: Iterable[SearchWord], tokens: Collection[str]) -> bool:
    """Whether all words occur among the tokens, as a database finds them; for the few texts that no database holds."""
    return all(
        any(
            all(token in tokens for token in alternative[:-1]) and _occurs(alternative[-1], tokens, word.is_prefix)
            for alternative in word.alternatives
        )
        for word in words
    )


def _occurs(token: str, tokens: Collection[str], is_prefix: bool) -> bool:
    return any(other.startswith(token) for other in tokens) if is_prefix else token in tokens


def search_key(text: str) -> str:
    """Return what names a single record, for comparison: a refcode without zeros, a DOI, or any other name."""
    name = " ".join(search_form(_without_doi_link(text)).split())
    if refcode := _REFCODE.fullmatch(name):
        return f"{refcode[1]}-{refcode[2]}"
    return name


def is_doi(text: str) -> bool:
    """Whether the text is a DOI, in any of its spellings."""
    try:
        return bool(clean_doi(text))
    except ValueError:
        return False


def full_refcode(text: str) -> str:
    """Return a refcode as it is stored: C-00065 of `c-65`; empty if the text is none."""
    match = _REFCODE.fullmatch(search_form(text).strip())
    return f"{match[1].upper()}-{int(match[2]):05d}" if match else ""


def is_refcode(text: str) -> bool:
    """Whether the text is a refcode with its hyphen or its zeros: `C-35` and `C00035`, but not `C65`, a carbon."""
    name = search_form(text).strip()
    match = _REFCODE.fullmatch(name)
    return bool(match) and (name[1] == "-" or len(name) >= 6)


def _without_doi_link(text: str) -> str:
    try:
        return clean_doi(text) or text
    except ValueError:
        return text
