"""Request parsers that reject NaN, infinity, deep nesting and text that cannot be stored."""

import json
import math
from collections import Counter
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser

from registry.text.cleaning import TextError, check_text, texts_in

MAX_DIGITS = 4000


class FiniteJSONParser(JSONParser):
    """JSON with finite numbers only (neither NaN nor `1e999`) and unique names in each object."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            text = stream.read().decode()
            data = json.loads(
                text, parse_int=_whole, parse_float=_finite, parse_constant=_finite, object_pairs_hook=_unique_names
            )
            check_texts(data)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply: use fewer levels.") from error
        except ValueError as error:
            raise ParseError(f"Invalid JSON: {error}.") from error
        return data


class TextMultiPartParser(MultiPartParser):
    """Form data with text that can be stored."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles:
        parsed = super().parse(stream, media_type, parser_context)
        for name, values in parsed.data.lists():
            for value in values:
                check_texts({name: value})
        return parsed


def check_texts(data: Any) -> None:
    """Raise ValidationError, by field, for text that cannot be stored."""
    for path, text in texts_in(data):
        try:
            check_text(text)
        except TextError as error:
            raise ValidationError({path: [str(error)]}) from error


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs as a dict; a repeated name would drop a value."""
    unique = dict(pairs)
    if len(unique) < len(pairs):
        name = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"an object contains ‘{name}’ twice; remove one")
    return unique


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"a number of {len(text)} digits is too long; write at most {MAX_DIGITS}")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number; omit it or use null")
    return number
