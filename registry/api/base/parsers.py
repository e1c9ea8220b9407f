"""JSON in, without what JSON cannot say: NaN, infinity, numbers too large, nesting without end."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class FiniteJSONParser(JSONParser):
    """Refuses every number that is not finite, `1e999` as well as NaN."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return json.loads(stream.read().decode(), parse_float=_finite, parse_constant=_finite)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"This is not JSON: {error}.") from error


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number; leave it out or write null")
    return number
