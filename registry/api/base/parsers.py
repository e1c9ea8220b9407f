"""Bodies of requests: JSON without NaN, infinity and nesting without end, and only text that can be stored."""

import json
import math
from collections import Counter
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser

from registry.text.cleaning import TextError, check_text, texts_in


class FiniteJSONParser(JSONParser):
    """Refuses every number that is not finite, `1e999` as well as NaN."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            text = stream.read().decode()
            data = json.loads(text, parse_float=_finite, parse_constant=_finite, object_pairs_hook=_each_once)
            refuse_unstorable(data)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"This is not JSON: {error}.") from error
        return data


class TextMultiPartParser(MultiPartParser):
    """Refuses what cannot be stored in the fields of a form."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles:
        parsed = super().parse(stream, media_type, parser_context)
        for name, values in parsed.data.lists():
            for value in values:
                refuse_unstorable({name: value})
        return parsed


def refuse_unstorable(data: Any) -> None:
    """Raise ValidationError, naming the field, for a character that no text may contain."""
    for path, text in texts_in(data):
        try:
            check_text(text)
        except TextError as error:
            raise ValidationError({path: [str(error)]}) from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a name that is there twice, one value would be dropped."""
    names = dict(pairs)
    if len(names) < len(pairs):
        name = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"‘{name}’ is there twice in one object; leave one out")
    return names


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number; leave it out or write null")
    return number
