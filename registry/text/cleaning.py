"""Normalisation of text before it is stored: for forms, URLs, files and the command line.

Text is stored in Unicode composed form (NFC), without invisible characters (zero-width spaces and joiners, byte order
marks, soft hyphens, direction marks). Control characters, including NUL, and unpaired surrogates are forbidden, because
not every database can store them; line breaks and tabs are allowed in multi-line texts only.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
"""Default_Ignorable_Code_Point of Unicode."""
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile("[\t\n\r\u2028\u2029]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class TextError(ValueError):
    """A text cannot be stored; `path` is its location in a nested structure."""

    def __init__(self, sentence: str, path: str = "") -> None:
        super().__init__(sentence)
        self.path = path


def check_text(text: str) -> None:
    """Raise TextError if the text contains a forbidden character."""
    if forbidden := _REFUSED.search(text):
        code = ord(forbidden[0])
        is_surrogate = 0xD800 <= code <= 0xDFFF
        kind = "half of a surrogate pair" if is_surrogate else "the control character"
        shown = f"{kind} (U+{code:04X})" if is_surrogate else f"{kind} U+{code:04X}"
        raise TextError(f"This text contains {shown}, which cannot be stored: remove it.")


def clean_text(text: str, *, lines: bool = False) -> str:
    """Return the text as it is stored; without `lines`, on one line and stripped."""
    check_text(text)
    composed = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    if lines:
        return composed
    composed = composed.strip()
    if _BREAKS.search(composed):
        raise TextError("This text contains a line break or a tab: write it on one line, with spaces.")
    return composed


def clean_json(data: Any) -> Any:
    """Return plain data with every text in it, including keys, as it is stored."""
    for path, text in texts_in(data):
        try:
            check_text(text)
        except TextError as error:
            raise TextError(str(error), path) from error
    return _map_texts(data, lambda text: clean_text(text, lines=True))


def texts_in(data: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in plain data with its path; a key has the path of its value, list entries count from 1."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            inner = f"{path}.{escaped(str(key))}".lstrip(".")
            yield inner, str(key)
            yield from texts_in(value, inner)
    elif isinstance(data, list | tuple):
        for number, value in enumerate(data, start=1):
            yield from texts_in(value, f"{path}.{number}".lstrip("."))


def replace_unstorable(text: str) -> str:
    """Return the text with forbidden characters replaced, for text from instruments and plugins."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _REFUSED.sub(REPLACEMENT, text)))


def replace_unstorable_in(data: Any) -> Any:
    """Return plain data with forbidden characters replaced in every text."""
    return _map_texts(data, replace_unstorable)


def name_key(name: str) -> str:
    """Return the key for comparing names: it ignores Unicode composition, case and extra spaces."""
    visible = unicodedata.normalize("NFC", _INVISIBLE.sub("", name))
    return unicodedata.normalize("NFC", " ".join(visible.casefold().split()))


def escaped(text: str) -> str:
    """Return the text with forbidden characters escaped, for display."""
    return _REFUSED.sub(lambda forbidden: f"\\u{ord(forbidden[0]):04x}", text)


def _map_texts(data: Any, change: Any) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, Mapping):
        return {change(key) if isinstance(key, str) else key: _map_texts(value, change) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_map_texts(value, change) for value in data]
    return data
