"""Information in a file name: refcodes, words that may be the label of a cell, and test conditions."""

import re
from collections.abc import Iterator

MOST_WORDS = 16
SHORTEST_LABEL = 3
LARGEST_RATE = 10.0
"""`1C` is a rate, `25C` a temperature."""

_FULL_REFCODE = re.compile(r"(?<![a-z0-9])c-(\d{5,9})(?![a-z0-9])", re.IGNORECASE)
_SHORT_REFCODE = re.compile(r"(?<![a-z0-9])c-?0*([1-9]\d{0,8})(?![a-z0-9])", re.IGNORECASE)
_WORD = re.compile(r"[^\s_\-.,;+()\[\]]+")
_NUMBER = r"(?<![A-Za-z0-9.])((?:(?<![^\s_(])[-−])?\d+(?:[.p]\d+)?)"
_END = "(?![A-Za-z0-9])"
_PRESSURE = re.compile(rf"{_NUMBER}[ _]?(MPa|kPa|bar){_END}", re.IGNORECASE)
_TEMPERATURE = re.compile(rf"{_NUMBER}[ _]?(?:°|deg_?)C{_END}", re.IGNORECASE)
_C = re.compile(rf"{_NUMBER}C{_END}")
_ROOM_TEMPERATURE = re.compile(rf"(?<![A-Za-z0-9])RT{_END}")
_CYCLE = re.compile(r"(?<![a-z0-9])(?:after|cycle|cyc)[-_ ]?(\d+)(?:[-_ ]?cyc(?:le)?s?)?(?![a-z0-9])", re.IGNORECASE)
_CAMERA = re.compile(r"(?:IMG|DSC[NF]?|PXL|MVIMG|photo|foto)[-_ ]?\d+", re.IGNORECASE)
_UNITS = {"mpa": "MPa", "kpa": "kPa", "bar": "bar"}


def stem_of(filename: str) -> str:
    """Return the name without its ending: ‘C47_10MPa’ of ‘C47_10MPa.mpt’."""
    stem, _, ending = filename.rpartition(".")
    return stem if stem and ending.isalnum() and len(ending) <= 8 else filename


def full_refcodes(filename: str) -> list[str]:
    """Return the refcodes of cells written in full, such as C-00047."""
    return _unique(f"C-{int(digits):05d}" for digits in _FULL_REFCODE.findall(stem_of(filename)))


def short_refcodes(filename: str) -> list[str]:
    """Return refcodes of cells that may be meant by a letter and a number: C-00047 of ‘C47’ and ‘c-47’."""
    return _unique(f"C-{int(digits):05d}" for digits in _SHORT_REFCODE.findall(stem_of(filename)))


def label_candidates(filename: str) -> list[str]:
    """Return every run of words of the name that may be a label, as written and with spaces, the longest first."""
    stem = stem_of(filename)
    words = [match.span() for match in _WORD.finditer(stem)][:MOST_WORDS]
    runs = {
        text
        for index, (start, _) in enumerate(words)
        for _, end in words[index:]
        for text in (stem[start:end], re.sub(r"[_\s]+", " ", stem[start:end]))
        if len(text) >= SHORTEST_LABEL and re.search(r"[^\W\d_]", text)
    }
    return sorted(runs, key=lambda text: (-len(text), text))


def words_of(filename: str) -> set[str]:
    """Return the words of the name in lower case."""
    return {word.casefold() for word in _WORD.findall(stem_of(filename))}


def conditions_in_name(filename: str, *, may_have_rate: bool) -> dict[str, str]:
    """Return the conditions the name states, by slug, as one would enter them; those it states twice are left out.

    Parameters
    ----------
    filename : str
        The name with its ending.
    may_have_rate : bool
        Whether ‘1C’ is a rate, as in a cycling test. Otherwise, and above ten, it is a temperature.
    """
    stem = stem_of(filename)
    texts: dict[str, set[str]] = {}

    def add(slug: str, text: str) -> None:
        texts.setdefault(slug, set()).add(text)

    for number, unit in _PRESSURE.findall(stem):
        add("stack_pressure_mpa", f"{_decimal(number)} {_UNITS[unit.casefold()]}")
    for number in _TEMPERATURE.findall(stem):
        add("temperature_degc", f"{_decimal(number)} °C")
    for number in _C.findall(stem):
        is_rate = may_have_rate and 0 < float(_decimal(number)) <= LARGEST_RATE
        add("c_rate" if is_rate else "temperature_degc", f"{_decimal(number)}{'' if is_rate else ' °'}C")
    if _ROOM_TEMPERATURE.search(stem):
        add("temperature_degc", "RT")
    if not may_have_rate:
        for number in _CYCLE.findall(stem):
            add("cycle_number", str(int(number)))
    return {slug: next(iter(stated)) for slug, stated in texts.items() if len(stated) == 1}


def is_of_camera(filename: str) -> bool:
    """Return True for a name that a camera or a telephone gives: ‘IMG_2231.jpg’, ‘DSC00042.JPG’."""
    return _CAMERA.match(filename) is not None


def _decimal(number: str) -> str:
    """Return a number of a file name with a decimal point: 3.8 of ‘3p8’."""
    return number.replace("p", ".").replace("−", "-")


def _unique(refcodes: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(refcodes))
