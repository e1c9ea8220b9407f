"""Normalise the reasons of refused and failed runs, so that equal reasons are counted together."""

import re
from textwrap import shorten

LAYER_NAMES = re.compile(r" \((?![^()]*\.py:\d+\))[^()]*\)")
MAX_REASON_LENGTH = 150


def refusal_reason(text: str) -> str:
    """The reason, shortened and without layer names; the file and line of an error are preserved."""
    return shorten(LAYER_NAMES.sub("", text), MAX_REASON_LENGTH, placeholder=" …")
