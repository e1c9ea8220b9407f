"""Offers to write a number with one more digit, where its rounding matters to the results."""

import re
from dataclasses import dataclass

from registry.contract.quantity import Quantity
from registry.numbers.parsing import NotationError, parse
from registry.services.entry.interpretation import DEPENDING, rounding_effect_percent
from registry.text.cleaning import TextError, clean_text
from registry.web.entry.base.written_echo import WARNED_PERCENT, describe_number, format_plain

_PLAIN = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?=\s*[^\W\d_])")
"""A number without a power of ten or an uncertainty, before its unit."""


@dataclass(frozen=True)
class RoundingHint:
    """Interpretation of a number as typed, and of the same with one more digit."""

    field_id: str
    typed: str
    understood: str
    more_digits: str
    results: str
    percent: str
    percent_then: str


def get_rounding_hint(
    field_id: str, text: str, quantity: Quantity, like: Quantity, results: str | None = None
) -> RoundingHint | None:
    """Return the offer for a number of a quantity whose rounding acts as that of `like`, on all that depends on it or
    on these results; None if it matters little."""
    text = text.strip()
    more = _PLAIN.sub(lambda match: match[1] + ("0" if "." in match[1] else ".0"), text, count=1)
    try:
        number, then = (parse(clean_text(item), quantity) for item in (text, more))
    except (NotationError, TextError):
        return None
    percent = rounding_effect_percent(number, like)
    if number.is_bound or percent < WARNED_PERCENT or more == text or results == "":
        return None
    results = results or DEPENDING[like.slug][0]
    percents = (format_plain(rounding_effect_percent(item, like), digits=2) for item in (number, then))
    return RoundingHint(field_id, text, describe_number(number, quantity), more, results, *percents)
