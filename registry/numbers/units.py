"""Unit conversion: every spelling a lab uses, as a factor and an offset."""

import re
import unicodedata
from decimal import Context, Decimal, localcontext
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from registry.numbers.known_units import KNOWN_FACTORS
from registry.numbers.unit_brackets import without_brackets, without_power_brackets

if TYPE_CHECKING:
    import pint

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻·⋅∙˙", "0123456789+-....")
_RAISE = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")
_SUPERSCRIPT_RUN = re.compile(r"\s*([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+(?:[·⋅∙˙][⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)")
_SIGNS = str.maketrans({**dict.fromkeys("−–‐‑‒﹣－", "-"), **dict.fromkeys("·⋅∙•×", "*"), "º": "°", "˚": "°"})
_CELSIUS = re.compile(r"(?<![A-Za-z])(?:(?:°|deg)\s*C|[Cc]elsius)(?![A-Za-z])")
_FAHRENHEIT = re.compile(r"(?<![A-Za-z])(?:(?:°|deg)\s*F|[Ff]ahrenheit)(?![A-Za-z])")
_HOURS_LAST = re.compile(r"(?<![A-Za-z])([numkMG]?[AW])h(?:rs?)?(?![A-Za-z])")
_HOURS_BEFORE = re.compile(r"(?<![A-Za-z])([numkMG]?[AW])h(?=(?:[mk]?g|[cmu]?m|[mL]?[Ll])(?![A-Za-z]))")
_EXPONENT = re.compile(r"(?<=[A-Za-z])(?:\^|(?=[0-9])|\s*(?=-[0-9]))\+?(-?[0-9]+(?:\.[0-9]{1,2})?)")
# Pint raises KeyError for an exponent of zero, and takes very long for a very large one.
_FACTOR = r"[A-Za-zÅ_]+(?:\^-?(?:[1-9][0-9]?(?:\.[0-9]{1,2})?|0\.[0-9]?[1-9]))?"
_GRAMMAR = re.compile(rf"(?:1/)?{_FACTOR}(?:\*{_FACTOR})*(?:/{_FACTOR})*")

# Plain ratios never reach pint, which would silently convert an angle, or moles per mole, to a percentage.
_BY_MASS = frozenset({"wt%", "wtpercent", "weight%", "mass%", "w/w%", "%(w/w)"})
_BY_VOLUME = frozenset({"vol%", "volpercent", "volume%", "v/v%", "%(v/v)"})
_RATIOS: dict[str, Decimal] = {
    **dict.fromkeys(("%", "percent", "pct", *_BY_MASS, *_BY_VOLUME), Decimal("0.01")),
    **dict.fromkeys(("‰", "permille"), Decimal("0.001")),
    "ppm": Decimal("0.000001"),
    **dict.fromkeys(("", "dimensionless", "1"), Decimal(1)),
}
_MICRO = re.compile(r"(?<![A-Za-z])u(?=(?:mol|Hz|Pa|[AVWSFgsmlLJNCKTHΩ])h?(?![A-Za-z]))")
_FACTOR_NAME = re.compile(r"[A-Za-zÅ_]+")
_DIMENSIONLESS = frozenset(("percent", "permille", "ppm", "rad", "radian", "radians", "deg", "degree", "degrees", "sr"))
_COUNTED = frozenset({"cycle", "cycles"})
_C_RATES = frozenset({"C", "C-rate", "C rate", "c_rate"})
_KINDS = {
    "A": "a current",
    "Pa": "a pressure",
    "m": "a length",
    "m**2": "an area",
    "m**3": "a volume",
    "g": "a mass",
    "s": "a time",
    "K": "a temperature",
    "V": "a voltage",
    "ohm": "a resistance",
    "S": "a conductance",
    "S/m": "a conductivity",
    "ohm*m": "a resistivity",
    "ohm*m**2": "an area-specific resistance",
    "C": "an electric charge",
    "F": "a capacitance",
    "C/g": "a charge per mass",
    "C/m**2": "a charge per area",
    "A/m**2": "a current per area",
    "A/g": "a current per mass",
    "J": "an energy",
    "W": "a power",
    "J/kg": "an energy per mass",
    "J/mol": "an energy per amount of substance",
    "g/m**2": "a mass per area",
    "g/m**3": "a density",
    "N": "a force",
    "1/s": "a frequency",
    "mol": "an amount of substance",
    "percent/cycle": "a change per cycle",
    "c_rate": "a C-rate",
    "count": "a number of counts",
    "count/s": "a count rate",
}
_WORKING, _RESULT = Context(prec=40), Context(prec=24)
_ENERGY_NAMES = ("watt", "joule", "electron_volt", "calorie", "british_thermal_unit")


class UnitError(ValueError):
    """A unit is unknown or of the wrong dimension; `kind` and `expected` describe both (`kind` empty: unknown)."""

    def __init__(self, written: str, kind: str, expected: str, hint: str = "") -> None:
        self.kind, self.expected, self.hint = kind, expected, hint
        known = f"is {kind}" if kind else f"is not a unit Cellar knows{hint}"
        super().__init__(f"‘{written}’ {known}; use {expected}")


@cache
def _pint() -> "pint.UnitRegistry[Decimal]":
    """Return the unit registry; pint is imported here so that web workers start without it."""
    import pint

    # Decimals, so that 1 mS is exactly 0.001 S and 65 C converts to mAh without round-off.
    registry: pint.UnitRegistry[Decimal] = pint.UnitRegistry(on_redefinition="ignore", non_int_type=Decimal)
    # In pint a cycle is an angle, and a count nothing; here both are kinds of their own, and so is a C-rate.
    registry.define("cycle = [cycle]")
    registry.define("count = [count] = counts")
    registry.define("c_rate = [c_rate]")
    return registry


def normalise(text: str) -> str:
    """Return the spelling of a unit that pint reads correctly: `mAh g−1` becomes `mA*h*g^-1`."""
    text = _SUPERSCRIPT_RUN.sub(lambda run: "^" + run[1].translate(SUPERSCRIPTS), text).translate(_SIGNS)
    text = without_power_brackets(text.replace("**", "^"))
    text = unicodedata.normalize("NFKC", text).replace("**", "^").translate({ord("{"): None, ord("}"): None})
    text = _FAHRENHEIT.sub("degF", _CELSIUS.sub("degC", text))
    text = text.replace("μ", "u").replace("µ", "u").replace("Ω", "ohm").replace("%", "percent")
    text = re.sub(r"[Oo]hms?(?![A-Za-z])", "ohm", re.sub(r"\s+per\s+", "/", text))
    text = _HOURS_BEFORE.sub(r"\1*h*", _HOURS_LAST.sub(r"\1*h", text))
    text = _EXPONENT.sub(r"^\1", re.sub(r"(?<=[A-Za-z0-9])\.(?=[A-Za-z])", "*", text))
    text = re.sub(r"\(\s+|\s+(?=\))", lambda match: match[0].strip(), text.strip())
    return without_brackets(re.sub(r"\s+", "*", re.sub(r"\s*([*/])\s*", r"\1", text)))


def short_label(unit: str) -> str:
    """Return a short spelling of a pint unit for a message: `mA*h/g` becomes `mAh/g`."""
    spelled = re.sub(r"(?:\*\*|\^)(-?[0-9.]+)", lambda match: match[1].translate(_RAISE), unit)
    spelled = spelled.replace("mA*h", "mAh").replace("W*h", "Wh")
    spelled = spelled.replace("degC", "°C").replace("ohm", "Ω").replace("percent", "%").replace("*", " ")
    return "C" if unit == "c_rate" else _MICRO.sub("µ", spelled)


def full_name(name: str) -> str:
    """Return the full name of a single unit: `millipascal` for `mPa`; the unit itself if it cannot be read."""
    try:
        return str(_pint().parse_units(name, as_delta=False))
    except (_pint_error(), ValueError):
        return name


def is_by_mass(text: str) -> bool:
    """True for a percentage marked as by mass: `wt%`, `wt.%`."""
    return _without_spaces(text) in _BY_MASS


def is_by_volume(text: str) -> bool:
    """True for a percentage marked as by volume: `vol%`, `vol.%`."""
    return _without_spaces(text) in _BY_VOLUME


def is_unit(text: str) -> bool:
    """True if the text is a unit of any kind."""
    if _without_spaces(text) in _RATIOS or text in _COUNTED:
        return True
    return _read(text) is not None


@lru_cache(maxsize=1024)
def factor(from_text: str, to_unit: str) -> tuple[Decimal, Decimal]:
    """Return (scale, offset) so that magnitude in `to_unit` = scale * number in `from_text` + offset."""
    from_text = from_text.strip()
    if known := KNOWN_FACTORS.get(to_unit, {}).get(from_text):
        return Decimal(known), Decimal(0)
    return _factor(from_text, to_unit)


def _factor(from_text: str, to_unit: str) -> tuple[Decimal, Decimal]:
    """Compute scale and offset with pint."""
    target = _RATIOS.get(_without_spaces(to_unit))
    if target is not None:
        return _ratio(from_text, to_unit, target), Decimal(0)
    if from_text == to_unit or (to_unit == "c_rate" and from_text in _C_RATES):
        if _read(to_unit) is None:
            raise UnitError(from_text, "", "a unit pint reads")
        return Decimal(1), Decimal(0)
    source, goal = _read(from_text), _read(to_unit)
    if goal is None:
        raise UnitError(to_unit, "", "a unit pint reads")
    expected = f"{_kind(goal)} such as {short_label(to_unit)}"
    if source is None:
        hint = f" (did you mean ‘{short_label(to_unit)}’?)" if from_text.lower() == short_label(to_unit).lower() else ""
        if _without_spaces(from_text) in _RATIOS:
            raise UnitError(from_text, "a dimensionless ratio", expected)
        raise UnitError(from_text, "", expected, hint)
    if source.dimensionality != goal.dimensionality or _is_per_volume(source) != _is_per_volume(goal):
        raise UnitError(from_text, _kind(source), expected)
    return _linear(from_text, source, goal, expected)


def _without_spaces(text: str) -> str:
    return re.sub(r"[\s.]", "", text).replace("％", "%").lower()


def _ratio(from_text: str, to_unit: str, target: Decimal) -> Decimal:
    """Return the scale between two dimensionless ratios; a count of cycles is one of them."""
    scale = _RATIOS.get(_without_spaces(from_text), Decimal(1) if target == 1 and from_text in _COUNTED else None)
    if scale is not None:
        return scale / target
    source = _read(from_text)
    expected = "a dimensionless number" if target == 1 else f"a percentage such as {short_label(to_unit)}"
    raise UnitError(from_text, _kind(source) if source is not None else "", expected)


def _read(text: str) -> "pint.Unit | None":
    """Return the unit, or None if it cannot be read, like a slash before a product, which is ambiguous."""
    spelled = normalise(text)
    if not _GRAMMAR.fullmatch(spelled):
        return None
    if re.search(r"[*/]", spelled):
        if _has_bare_ratio(spelled):
            return None
        # A temperature inside a product is a difference, so its zero does not matter.
        spelled = re.sub(r"deg([CF])\b", r"delta_deg\1", spelled)
    try:
        unit = _pint().parse_units(spelled, as_delta=False)
        # Pint parses some products of logarithmic units whose dimension it cannot compute; that fails here.
        return unit if unit.dimensionality is not None else None
    except (_pint_error(), ValueError, OverflowError):
        return None


def _has_bare_ratio(spelled: str) -> bool:
    """Whether a product contains a percentage, an angle or a unit over itself, which would vanish into its factor."""
    # A change in per cent per cycle, say, is a unit of its own.
    product = re.sub(r"^percent(/|\*(?=[A-Za-z_]+\^-))", "", spelled)
    above, _, below = product.partition("/")
    names, names_below = set(_FACTOR_NAME.findall(above)), set(_FACTOR_NAME.findall(below))
    return bool((names | names_below) & _DIMENSIONLESS or names & names_below)


@cache
def _pint_error() -> type[Exception]:
    import pint

    return pint.PintError


@cache
def _kinds() -> "dict[pint.util.UnitsContainer, str]":
    return {_pint().parse_units(unit).dimensionality: words for unit, words in _KINDS.items()}


def _kind(unit: "pint.Unit") -> str:
    """Return what a unit measures, as text."""
    if _is_per_volume(unit):
        return "an energy per volume"
    return _kinds().get(unit.dimensionality) or (
        "a dimensionless ratio" if unit.dimensionless else f"a quantity in {unit:~P}"
    )


def _is_per_volume(unit: "pint.Unit") -> bool:
    """True for an energy per volume, which has the dimension of a pressure but a different unit name."""
    same_dimension = unit.dimensionality == _pint().parse_units("Pa").dimensionality
    return same_dimension and any(name in str(unit) for name in _ENERGY_NAMES)


def _linear(from_text: str, source: "pint.Unit", goal: "pint.Unit", expected: str) -> tuple[Decimal, Decimal]:
    """Return scale and offset, independent of the decimal context of the caller."""
    quantity = _pint().Quantity
    try:
        with localcontext(_WORKING):
            at_0, at_1, at_2 = (quantity(Decimal(number), source).to(goal).magnitude for number in (0, 1, 2))
            scale, curvature = at_1 - at_0, at_2 - 2 * at_1 + at_0
    except (_pint_error(), ArithmeticError, TypeError) as error:
        # A logarithmic unit raises TypeError, because NumPy cannot take the logarithm of a Decimal.
        raise UnitError(from_text, "a unit without a fixed factor", expected) from error
    if scale <= 0 or abs(curvature) > Decimal("1e-20") * scale:
        raise UnitError(from_text, "a unit without a fixed factor", expected)
    return _RESULT.plus(scale).normalize(), _RESULT.plus(at_0).quantize(Decimal("1e-18")).normalize()
