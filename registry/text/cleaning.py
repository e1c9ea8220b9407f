"""Which text may be stored, and in which form: text of forms, addresses, files and the command line all passes here.

Text is kept in Unicode's composed form (NFC), without characters that are drawn as nothing (zero-width spaces and
joiners, byte order marks, soft hyphens, marks of direction). Control characters, NUL among them, and halves of
surrogate pairs are refused, since not every database keeps them; line breaks and tabs are for texts of several lines.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
"""What Unicode calls Default_Ignorable_Code_Point."""
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile("[\t\n\r\u2028\u2029]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class TextError(ValueError):
    """A text may not be stored; `path` names the entry of a nested structure that holds it."""

    def __init__(self, sentence: str, path: str = "") -> None:
        super().__init__(sentence)
        self.path = path


def check_text(text: str) -> None:
    """Raise TextError for a character that no text may contain."""
    if refused := _REFUSED.search(text):
        code = ord(refused[0])
        is_surrogate = 0xD800 <= code <= 0xDFFF
        kind = "half of a surrogate pair" if is_surrogate else "the control character"
        shown = f"{kind} (U+{code:04X})" if is_surrogate else f"{kind} U+{code:04X}"
        raise TextError(f"This text contains {shown}, which cannot be stored: remove it.")


def clean_text(text: str, *, lines: bool = False) -> str:
    """The text as it is stored; without `lines` it has one line and no space around it."""
    check_text(text)
    composed = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    if lines:
        return composed
    composed = composed.strip()
    if _BREAKS.search(composed):
        raise TextError("This text contains a line break or a tab: write it on one line, with spaces.")
    return composed


def clean_json(data: Any) -> Any:
    """Plain data with every text in it, keys included, as it is stored."""
    for path, text in texts_in(data):
        try:
            check_text(text)
        except TextError as error:
            raise TextError(str(error), path) from error
    return _each_text(data, lambda text: clean_text(text, lines=True))


def texts_in(data: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in plain data with the path to it, keys at the path of what they name; entries count from 1."""
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
    """The text with a replacement character for each that is refused: for text of instruments and plugins."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _REFUSED.sub(REPLACEMENT, text)))


def replace_unstorable_in(data: Any) -> Any:
    """Plain data with every text in it so replaced."""
    return _each_text(data, replace_unstorable)


def name_key(name: str) -> str:
    """What names are compared by: composition, capitals and spaces do not distinguish them."""
    visible = unicodedata.normalize("NFC", _INVISIBLE.sub("", name))
    return unicodedata.normalize("NFC", " ".join(visible.casefold().split()))


def escaped(text: str) -> str:
    """The text with each character that is refused spelled out, so that it can be shown."""
    return _REFUSED.sub(lambda refused: f"\\u{ord(refused[0]):04x}", text)


def _each_text(data: Any, change: Any) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, Mapping):
        return {change(key) if isinstance(key, str) else key: _each_text(value, change) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_each_text(value, change) for value in data]
    return data
