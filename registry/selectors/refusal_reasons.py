"""Why runs were refused or failed, so worded that the same reason is counted once."""

import re
from textwrap import shorten

NAMES = re.compile(r" \((?![^()]*\.py:\d+\))[^()]*\)")
LONGEST_REASON = 150


def refusal_reason(text: str) -> str:
    """The reason, short and without the names of layers; the line of an error stays."""
    return shorten(NAMES.sub("", text), LONGEST_REASON, placeholder=" …")
