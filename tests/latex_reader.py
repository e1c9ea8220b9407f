"""Reads a table of a LaTeX document back as texts, the way it prints them."""

import re

from plugins.table_formats.latex import _LOWERED, _RAISED, _SYMBOLS
from registry.numbers.formatting import to_typographic

_PLAIN = {
    **{f"\\{char}": char for char in "#$%&_{}"},
    **{text: char for char, text in _SYMBOLS.items() if text.startswith("\\")},
    r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^", r"\textbar{}": "|",
    r"\textless{}": "<", r"\textgreater{}": ">", r"\textquotedbl{}": '"', r"\textasciigrave{}": "`",
    "{[}": "[", "{]}": "]", "{*}": "*", "-{}": "-", "~": "\N{NO-BREAK SPACE}",
}  # fmt: skip
_TOKENS = re.compile("|".join(map(re.escape, sorted(_PLAIN, key=len, reverse=True))))
_COMPARATOR = re.compile(r"^(< |> |\\sim |\\le |\\ge )?")
_SIGNS = {"< ": "<", "> ": ">", r"\sim ": "~", r"\le ": "≤", r"\ge ": "≥"}


def read_latex(document: str) -> list[list[str]]:
    """The body of every part of the table side by side, without heads and footnote marks."""
    parts = [_read_part(part.partition(r"\bottomrule")[0]) for part in _bodies(document)]
    rows = parts[0]
    for part in parts[1:]:
        rows = [[*row, *further[1:]] for row, further in zip(rows, part, strict=True)]
    return rows


def _bodies(document: str) -> list[str]:
    """What follows the head of each table."""
    if r"\begin{longtable}" in document:
        return document.split("\\endhead\n")[1:]
    return [document.partition("\\midrule\n")[2]]


def _read_part(body: str) -> list[list[str]]:
    lines = (line.removesuffix(r" \\") for line in body.splitlines() if line.endswith(r" \\"))
    return [[read_cell(cell) for cell in re.split(r"(?<!\\) & ", line)] for line in lines]


def read_cell(cell: str) -> str:
    """The text of a cell or of a heading."""
    cell = re.sub(r"(\\,)?\\textsuperscript\{[a-z,]*\}$", "", cell)
    cell = cell.removesuffix(r"\,\ensuremath{\neq}")
    cell = re.sub(r"^\\textit\{(.*)\}$", r"\1", cell)
    cell = re.sub(r"\\num(product)?\{([^{}]*)\}", lambda match: _number(match[2]), cell)
    cell = re.sub(r"\\ensuremath\{([\^_])\{([^{}]*)\}\}", _shifted, cell)
    return _TOKENS.sub(lambda match: _PLAIN[match[0]], cell)


def _number(text: str) -> str:
    comparator = _COMPARATOR.match(text)
    sign = comparator[0] if comparator else ""
    digits, _, uncertainty = text.removeprefix(sign).replace(" ", "").partition("(")
    uncertainty, _, exponent = uncertainty.partition(")")
    return _SIGNS.get(sign, "") + to_typographic(digits + exponent, uncertainty)


def _shifted(match: re.Match[str]) -> str:
    shifted = _RAISED if match[1] == "^" else _LOWERED
    return "".join({plain: char for char, plain in shifted.items()}[char] for char in match[2])
