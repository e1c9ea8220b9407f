"""Comparison tables as a complete LaTeX document: booktabs rules, siunitx numbers, ready for pdflatex."""

import re
import textwrap
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from registry.contract.table_text import (
    NO_ROWS,
    Layout,
    cell_text,
    footnote_letters,
    footnote_marks,
    lay_out,
    number_of,
    one_line,
    reference_line,
)
from registry.hookspecs import Heading, PrintedTable, TableCell, TableFormat, hookimpl

CONTRACT_VERSION = 2

# A float never breaks across pages, so a longer table is set as a longtable, whose pages repeat its head.
_LINES_ON_A_PAGE = 28
_HEAD_WIDTH = 16

# A table wider than the text gets a smaller size, then narrower gaps, then text columns that break; one that is still
# wider is printed in parts, each with its first column.
_TEXT_WIDTH_PT = 731.0
_CHARACTER_PT = 5.3
_SIZES = (("", 1.0, 6.0), (r"\small", 0.9, 6.0), (r"\footnotesize", 0.8, 4.0), (r"\scriptsize", 0.7, 3.0))
"""Size, its scale, and half the gap between columns in points."""
_NARROWEST = 8
_NARROWEST_IN_PARTS = 24
"""Characters of a text column that breaks, at least; also of one that is repeated in each part."""

_PREAMBLE = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{textcomp}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage[a4paper,landscape,margin=2cm]{geometry}
\setlength{\belowcaptionskip}{6pt}
% The table needs these lines in the preamble of the document it is pasted into.
\usepackage{array,booktabs,longtable}
\usepackage{siunitx}
\sisetup{group-digits=none}
\DeclareSIUnit\amperehour{Ah}
\DeclareSIUnit\watthour{Wh}
"""

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "|": r"\textbar{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    # At the start of a row these would be read as arguments of the line break before it.
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
} | {char: "\\" + char for char in "#$%&_"}

_SYMBOLS = {
    "\u00a0": "~", "\u202f": r"\,", "\u2009": r"\,", "\u200b": "", "\u00ad": r"\-",
    "‐": "-", "‑": "-", "–": r"\textendash{}", "—": r"\textemdash{}", "−": r"\ensuremath{-}",
    "…": r"\ldots{}", "‘": r"\textquoteleft{}", "’": r"\textquoteright{}", "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}", "•": r"\textbullet{}", "·": r"\textperiodcentered{}",
    "⋅": r"\textperiodcentered{}", "°": r"\textdegree{}", "×": r"\ensuremath{\times}", "±": r"\ensuremath{\pm}",
    "÷": r"\ensuremath{\div}", "µ": r"\textmu{}", "μ": r"\textmu{}", "Ω": r"\textohm{}", "‰": r"\textperthousand{}",
    "§": r"\S{}", "©": r"\textcopyright{}", "®": r"\textregistered{}", "™": r"\texttrademark{}",
    "Å": r"\AA{}", "å": r"\aa{}", "Ø": r"\O{}", "ø": r"\o{}", "Æ": r"\AE{}", "æ": r"\ae{}", "Œ": r"\OE{}",
    "œ": r"\oe{}", "ß": r"\ss{}", "Ł": r"\L{}", "ł": r"\l{}", "Đ": r"\DJ{}", "đ": r"\dj{}", "Ð": r"\DH{}",
    "ð": r"\dh{}", "Þ": r"\TH{}", "þ": r"\th{}", "ı": r"\i{}",
} | {
    char: rf"\ensuremath{{\{name}}}"
    for char, name in {
        "≤": "le", "≥": "ge", "≠": "neq", "≈": "approx", "∼": "sim", "≪": "ll", "≫": "gg", "∝": "propto",
        "→": "rightarrow", "←": "leftarrow", "⇌": "leftrightarrow", "∞": "infty", "√": "surd", "∂": "partial",
        "∑": "sum", "∫": "int", "∥": "parallel", "⊥": "perp", "∆": "Delta", "′": "prime",
    }.items()
}  # fmt: skip

# Greek letters with their own command, in alphabetical order; mu is above.
_GREEK = {
    "αβγδεζηθικλνξπρστυφχψω": "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda nu xi pi rho sigma "
    "tau upsilon phi chi psi omega",
    "ΓΔΘΛΞΠΣΥΦΨ": "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi",
}
_SYMBOLS |= {
    char: rf"\ensuremath{{\{name}}}"
    for chars, names in _GREEK.items()
    for char, name in zip(chars, names.split(), strict=True)
}

_SYMBOL = re.compile(r"(?<!\w)([A-Za-zαβγδεζηθικλνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨ])_([A-Za-z0-9]+)(?!\w)")
# Two of a kind would join into a dash or a quotation mark.
_LIGATURE = re.compile(r"([-',])(?=\1)")
_ACCENTS = dict(zip("\u0300\u0301\u0302\u0303\u0308\u030a\u0327\u030c\u0306\u0304\u0307\u0328\u030b",
                    "`'^~\"rcvu=.kH", strict=True))  # fmt: skip
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", "0123456789+-=()n", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₓₙ", "0123456789+-=()xn", strict=True))

_BASE_UNITS = {
    "S": "siemens", "Ω": "ohm", "V": "volt", "A": "ampere", "Ah": "amperehour", "W": "watt",
    "Wh": "watthour", "F": "farad", "Hz": "hertz", "Pa": "pascal", "g": "gram", "m": "metre", "L": "litre",
    "K": "kelvin", "s": "second", "J": "joule", "N": "newton", "mol": "mole",
}  # fmt: skip
_WHOLE_UNITS = {"%": "percent", "°C": "degreeCelsius", "h": "hour", "min": "minute", "bar": "bar", "eV": "electronvolt"}
_PREFIXES = {"p": "pico", "n": "nano", "µ": "micro", "μ": "micro", "m": "milli", "c": "centi", "d": "deci",
             "k": "kilo", "M": "mega", "G": "giga"}  # fmt: skip
_UNIT_PART = re.compile(r"([^\d⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[·⋅][⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)?")
_QUOTIENT = re.compile(r"([^/()]+)/(?:\(([^/()⁻]+)\)|([^\s/()⁻]+))")
_BETWEEN_UNITS = re.compile(r"\s+|\s*[·⋅](?![⁰¹²³⁴⁵⁶⁷⁸⁹])\s*")
_COMPARATORS = {"<": "< ", ">": "> ", "~": r"\sim ", "≤": r"\le ", "≥": r"\ge ", "≈": r"\approx "}


def escaped(text: str) -> str:
    """Return text as pdflatex sets it; a character no Latin font has is named by its code, never lost."""
    parts: list[str] = []
    for kind, run in groupby(one_line(text), key=_kind):
        chars = "".join(run)
        if kind == "raised":
            parts.append(rf"\ensuremath{{^{{{''.join(_RAISED[char] for char in chars)}}}}}")
        elif kind == "lowered":
            parts.append(rf"\ensuremath{{_{{{''.join(_LOWERED[char] for char in chars)}}}}}")
        else:
            plain = "".join(_character(char) for char in unicodedata.normalize("NFC", chars))
            parts.append(_LIGATURE.sub(r"\1{}", plain))
    return "".join(parts)


def with_subscripts(text: str) -> str:
    """Return a heading as pdflatex sets it, the index of a symbol lowered: σ_e, V_mean."""
    parts, end = [], 0
    for match in _SYMBOL.finditer(text):
        parts.append(_between(text[end : match.start()]))
        symbol = _SYMBOLS.get(match[1], match[1]).removeprefix(r"\ensuremath{").removesuffix("}")
        parts.append(rf"\ensuremath{{{symbol}_{{\mathrm{{{match[2]}}}}}}}")
        end = match.end()
    return "".join(parts) + _between(text[end:])


def _between(text: str) -> str:
    """Return text next to a symbol, with the spaces at its ends kept."""
    blank = text[:1].isspace(), text[1:] and text[-1].isspace()
    return f"{' ' * blank[0]}{escaped(text)}{' ' * bool(blank[1])}"


def _kind(char: str) -> str:
    return "raised" if char in _RAISED else "lowered" if char in _LOWERED else "plain"


def _character(char: str) -> str:
    if char in _SPECIAL:
        return _SPECIAL[char]
    if char in _SYMBOLS:
        return _SYMBOLS[char]
    if char.isascii():
        return char
    decomposed = unicodedata.normalize("NFD", char)
    base, accent = decomposed[0], decomposed[1:]
    if accent in _ACCENTS and base.isascii():
        return rf"\{_ACCENTS[accent]}{{{base}}}"
    plainer = unicodedata.normalize("NFKC", char)
    return escaped(plainer) if plainer != char else rf"\texttt{{U+{ord(char):04X}}}"


def unit(label: str) -> str:
    r"""Return a unit label as siunitx has it: `mS cm⁻¹` is `\unit{\milli\siemens\per\centi\metre}`.

    A label with a word siunitx has no unit for (`% per cycle`) stays text.
    """
    parts = [_unit_part(part) for part in _unit_words(unicodedata.normalize("NFC", label).strip())]
    if all(parts):
        return rf"\unit{{{''.join(parts)}}}"
    return f"({escaped(label)})" if "/" in label else escaped(label)


def _unit_words(label: str) -> list[str]:
    """Return the units of a label, those below a slash with negative powers: `W/(m K)` is W, m⁻¹, K⁻¹."""
    match = _QUOTIENT.fullmatch(label)
    if not match:
        return _BETWEEN_UNITS.split(label)
    below = _BETWEEN_UNITS.split((match[2] or match[3]).strip())
    powered = [re.sub(r"(?=[⁰¹²³⁴⁵⁶⁷⁸⁹])|$", "⁻", word, count=1) for word in below]
    return [*_BETWEEN_UNITS.split(match[1].strip()), *(f"{word}¹" if word[-1] == "⁻" else word for word in powered)]


def _unit_part(part: str) -> str:
    match = _UNIT_PART.fullmatch(part)
    symbol = _unit_symbol(match[1]) if match else ""
    if not match or not symbol:
        return ""
    power = float("".join("." if char in "·⋅" else _RAISED[char] for char in match[2] or "¹"))
    superscript = {1.0: "", 2.0: r"\squared", 3.0: r"\cubed"}.get(abs(power), rf"\tothe{{{abs(power):g}}}")
    return (r"\per" if power < 0 else "") + symbol + superscript


def _unit_symbol(name: str) -> str:
    if name in _WHOLE_UNITS:
        return "\\" + _WHOLE_UNITS[name]
    if name in _BASE_UNITS:
        return "\\" + _BASE_UNITS[name]
    if name[0] in _PREFIXES and name[1:] in _BASE_UNITS:
        return f"\\{_PREFIXES[name[0]]}\\{_BASE_UNITS[name[1:]]}"
    return ""


def _head_cell(heading: Heading, *, right: bool) -> str:
    """Return a column header on several short lines, the unit last: wide headers push a table off the page."""
    words = textwrap.wrap(one_line(heading.title), _HEAD_WIDTH, break_on_hyphens=False, break_long_words=False)
    lines = [with_subscripts(line) for line in words]
    if heading.unit:
        lines.append(f"/ {unit(heading.unit)}")
    if len(lines) <= 1:
        return "".join(lines)
    stack = r" \\ ".join(lines)
    return rf"\begin{{tabular}}[b]{{@{{}}{'r' if right else 'l'}@{{}}}}{stack}\end{{tabular}}"


def _cell(cell: Heading | TableCell) -> str:
    if isinstance(cell, Heading):
        return with_subscripts(cell.title) + (f" / {unit(cell.unit)}" if cell.unit else "")
    number = number_of(cell)
    mark = r"\,\ensuremath{\neq}" if cell.differs else ""
    mark += rf"\textsuperscript{{{footnote_marks(cell)}}}" if cell.notes else ""
    if number is None:
        words = escaped(cell_text(cell))
        return (rf"\textit{{{words}}}" if cell.missing else words) + mark
    command = "num" if len(number.factors) == 1 else "numproduct"
    comparator = _COMPARATORS.get(number.qualifier, "")
    # The thin space keeps a mark from reading as part of the exponent.
    thin = r"\," if cell.notes and not cell.differs and "e" in number.factors[-1].lower() else ""
    return rf"\{command}{{{comparator}{' x '.join(number.with_uncertainty)}}}{thin}{mark}"


def _characters(cell: Heading | TableCell, *, in_head: bool) -> int:
    """Return about how wide a cell is printed, in characters of the text."""
    if isinstance(cell, Heading):
        words = textwrap.wrap(one_line(cell.title), _HEAD_WIDTH, break_on_hyphens=False, break_long_words=False)
        lines = [*words, *([f"/ {cell.unit}"] if cell.unit else [])]
        return max(map(len, lines), default=0) if in_head else sum(map(len, lines))
    number = number_of(cell)
    # The power of ten is printed as ` × 10` with a small exponent, which is as wide as five characters more.
    body = (
        cell_text(cell) if number is None else " x ".join(number.with_uncertainty).lower().replace("e", "e" + 5 * " ")
    )
    return len(body) + 2 * cell.differs + ((len(footnote_marks(cell)) + 1) // 2 if cell.notes else 0)


class _Fit(NamedTuple):
    """How a table is set to fit the text width."""

    size: str
    gap: float
    """Half the gap between columns in points."""
    columns: str
    is_wider: bool = False
    """Whether it is wider nevertheless."""
    lines: int = 0
    """Lines of the page that its rows take."""


def _fit(layout: Layout, narrowest: int = _NARROWEST) -> _Fit:
    """Return size, gap and columns of a table that fits the text width."""
    lines = [(layout.head, True), *((line, False) for line in layout.body)]
    columns = range(len(layout.numeric))
    widths = [max(_characters(line[index], in_head=is_head) for line, is_head in lines) for index in columns]
    for size, scale, gap in _SIZES:
        room = (_TEXT_WIDTH_PT - 2 * gap * len(widths)) / (_CHARACTER_PT * scale)
        if sum(widths) <= room:
            plain = "".join("r" if numeric else "l" for numeric in layout.numeric)
            return _Fit(size, gap, plain, lines=len(layout.body))
    text = [index for index in columns if not layout.numeric[index]]
    for_text = room - sum(widths[index] for index in columns if layout.numeric[index])
    most = max(widths)
    while most > narrowest and sum(min(widths[index], most) for index in text) > for_text:
        most -= 1
    broken = {index for index in text if widths[index] > most}
    width = rf">{{\raggedright\arraybackslash}}p{{{most * _CHARACTER_PT * scale:.0f}pt}}"
    set_as = (width if index in broken else "r" if layout.numeric[index] else "l" for index in columns)
    heights = ([-(-_characters(line[index], in_head=False) // most) for index in broken] for line in layout.body)
    is_wider = sum(min(widths[index], most) for index in text) > for_text
    return _Fit(size, gap, "".join(set_as), is_wider, sum(max(of_line, default=1) for of_line in heights))


def _parts(layout: Layout) -> list[Layout]:
    """Return the table, or the parts of one that is too wide: its first column with as many others as fit each."""
    if len(layout.head) < 3 or not _fit(layout).is_wider:
        return [layout]
    parts: list[list[int]] = []
    for index in range(1, len(layout.head)):
        if parts and not _fit(_columns_of(layout, [0, *parts[-1], index]), _NARROWEST_IN_PARTS).is_wider:
            parts[-1].append(index)
        else:
            parts.append([index])
    return [_columns_of(layout, [0, *columns]) for columns in parts]


def _columns_of(layout: Layout, columns: list[int]) -> Layout:
    return Layout(
        tuple(layout.head[index] for index in columns),
        tuple(tuple(line[index] for index in columns) for line in layout.body),
        tuple(layout.numeric[index] for index in columns),
    )


def _line(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"


def _head(layout: Layout) -> Iterator[str]:
    yield r"\toprule"
    yield _line(
        [
            _head_cell(cell, right=right) if isinstance(cell, Heading) else _cell(cell)
            for cell, right in zip(layout.head, layout.numeric, strict=True)
        ]
    )
    yield r"\midrule"


def _notes(table: PrintedTable) -> Iterator[str]:
    if table.footnotes:
        yield r"\par\medskip{\raggedright\footnotesize"
        for number, footnote in enumerate(table.footnotes, start=1):
            yield rf"\noindent\textsuperscript{{{footnote_letters(number)}}}~{escaped(footnote)}\par"
        yield "}"


def _part(layout: Layout, title: str, continued: str, *, is_long: bool) -> Iterator[str]:
    """Yield one table with its title, its caption or a line; `continued` is the line above it on its next pages."""
    fit = _fit(layout)
    narrow = (rf"{fit.size}\setlength{{\tabcolsep}}{{{fit.gap:g}pt}}",) if fit.size else ()
    across = rf"\multicolumn{{{len(layout.numeric)}}}{{l}}"
    if is_long:
        first = title if title.startswith(r"\caption") else f"{across}{{{title}}}"
        yield from (r"\begingroup", *narrow, rf"\begin{{longtable}}{{{fit.columns}}}", rf"{first} \\")
        yield from (*_head(layout), r"\endfirsthead", rf"{across}{{{continued}}} \\", *_head(layout), r"\endhead")
    else:
        yield from (r"\begin{table}[!ht]", r"\centering", title, *narrow, rf"\begin{{tabular}}{{{fit.columns}}}")
        yield from _head(layout)
    for line in layout.body:
        yield _line([_cell(cell) for cell in line])
    if not any(isinstance(cell, TableCell) for line in (layout.head, *layout.body) for cell in line):
        yield rf"{across}{{{escaped(NO_ROWS)}}} \\"
    yield r"\bottomrule"
    yield from (r"\end{longtable}", r"\endgroup") if is_long else (r"\end{tabular}",)


def _body(table: PrintedTable) -> Iterator[str]:
    about = ". ".join(escaped(text).rstrip(".") for text in (table.title, table.caption) if text) + "."
    label = re.sub(r"[^A-Za-z0-9]+", "-", table.slug)
    parts = _parts(lay_out(table))
    is_long = len(parts) > 1 or _fit(parts[0]).lines + len(table.footnotes) > _LINES_ON_A_PAGE
    for number, layout in enumerate(parts, start=1):
        of = f", part {number} of {len(parts)}" if len(parts) > 1 else ""
        title = rf"\caption{{{about}}}\label{{tab:{label}}}" if number == 1 else rf"Table~\ref{{tab:{label}}}{of}"
        yield from _part(layout, title, rf"Table~\ref{{tab:{label}}}{of}, continued", is_long=is_long)
        # A longtable counts as a table also without a caption.
        yield from (r"\addtocounter{table}{-1}",) if number > 1 else ()
    yield from _notes(table)
    yield from () if is_long else (r"\end{table}",)
    if table.references:
        yield r"\begin{thebibliography}{99}"
        for reference in table.references:
            yield rf"\bibitem[{reference.number}]{{{label}-{reference.number}}} {escaped(reference_line(reference))}"
        yield r"\end{thebibliography}"


def render(table: PrintedTable) -> bytes:
    """Write a table as a LaTeX document."""
    lines = (_PREAMBLE, r"\begin{document}", *_body(table), r"\end{document}")
    return ("\n".join(lines) + "\n").encode()


@hookimpl
def register_table_formats() -> list[TableFormat]:
    """Add the format `latex`."""
    return [TableFormat(name="latex", media_type="application/x-latex; charset=utf-8", extension="tex", render=render)]
