"""How pages word numbers, test conditions, and the facts an analysis read."""

import math
import re
from typing import Any

from analyses.uncertainty import Estimate
from registry.contract.estimate_encoding import estimate_from_json
from registry.hookspecs import LAYER_ROLES, TECHNIQUES, Quantity
from registry.models import CellFormat, Measurement, Value, ValueOrigin
from registry.models.setup import Blocks
from registry.numbers import catalogue
from registry.numbers.catalogue import get_or_placeholder
from registry.numbers.formatting import format_digits, format_with_uncertainty

_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_POWER = re.compile(r"\^\s*(?:\{\s*([+\-−]?\d+)\s*\}|([+\-−]?\d+))")
_E_NOTATION = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?|\([^()]*\))e([+-]?\d+)(?!\w)")
_SIGN = re.compile(r"(?<![\w.)\]-])-(?=\d)")
NO_BREAK = "\N{NO-BREAK SPACE}"
_PLACES = {
    "measurement": "Measurement",
    "cell": "Cell",
    "setup": "Set-up",
    "reported": "Reported",
    "computed": "Computed",
}
_NONE = {"computed": "none computed", "reported": "none reported"}
_CHOICES: dict[str, dict[str, str]] = {
    "technique": dict(TECHNIQUES),
    "role": dict(LAYER_ROLES),
    "format": dict(CellFormat.choices),
    "blocks": dict(Blocks.choices),
}


def typeset(text: str) -> str:
    """Print powers raised and signs as minus: `7.87×10^3 Ω` as 7.87×10³ Ω, `2e-05` as 2×10⁻⁵, `-5` as −5."""
    powers = _POWER.sub(lambda found: (found[1] or found[2]).translate(_RAISED), text)
    short = _E_NOTATION.sub(lambda found: f"{found[1]}×10{str(int(found[2])).translate(_RAISED)}", powers)
    return _SIGN.sub("−", short)


def heading(quantity: Quantity) -> str:
    """A quantity as a table head prints it, the unit unbroken: Resistance / Ω."""
    unit = quantity.unit_label.replace(" ", NO_BREAK)
    return f"{quantity.name} /{NO_BREAK}{unit}" if unit else quantity.name


def number_text(estimate: Estimate, quantity: Quantity) -> str:
    """A number with its doubt, in the quantity's unit, the unit left to the head."""
    return format_digits(estimate, count=True) if quantity.is_count else format_with_uncertainty(estimate)


def _input_text(estimate: Estimate, quantity: Quantity) -> str:
    """An input with the digits it was entered with, where rounding is all its doubt: 18 [17.5, 18.5]."""
    width = estimate.upper - estimate.lower
    if estimate.standard_uncertainty or not 1e-3 <= width <= 1e5:
        return number_text(estimate, quantity)
    place = round(math.log10(width))
    if not math.isclose(width, 10.0**place, rel_tol=1e-6):
        return number_text(estimate, quantity)
    last, beyond = max(-place, 0), max(1 - place, 0)
    bounds = f"[{estimate.lower:.{beyond}f}, {estimate.upper:.{beyond}f}]"
    return f"{estimate.magnitude:.{last}f} {bounds}".replace("-", "−")


def value_text(value: Value) -> str:
    """A reported value as printed, with its own unit or its reason; a computed one in the quantity's unit."""
    if value.origin == ValueOrigin.REPORTED:
        return typeset(value.written or value.missing)
    estimate = value.estimate()
    return number_text(estimate, get_or_placeholder(value.quantity)) if estimate else value.missing


def value_with_unit(value: Value) -> str:
    """A value that stands alone, unit beside it."""
    text, unit = value_text(value), get_or_placeholder(value.quantity).unit_label
    return f"{text} {unit}" if value.origin == ValueOrigin.COMPUTED and unit else text


def percent(deviation: float | None) -> str:
    """A deviation with its sign; a magnitude below 0.05 % is no deviation worth a sign."""
    if deviation is None:
        return ""
    rounded = round(deviation, 1)
    return f"{rounded:+.1f} %".replace("-", "−") if rounded else "0.0 %"


def conditions_of(measurement: Measurement) -> list[tuple[str, str]]:
    """The test conditions as they were written, those that were."""
    window = [text for text in (measurement.voltage_lower, measurement.voltage_upper) if text]
    rate = measurement.c_rate_as_written
    listed = [
        ("Stack pressure", measurement.stack_pressure),
        ("Temperature", measurement.temperature),
        ("C-rate", rate),
        ("Current density", measurement.current_density),
        ("Voltage window", " to ".join(window) if len(window) == 2 else _half_window(measurement)),
        ("At the voltage", measurement.voltage),
        ("At cycle", measurement.cycle_number_as_written),
    ]
    return [(name, typeset(text)) for name, text in listed if text]


def _half_window(measurement: Measurement) -> str:
    if measurement.voltage_lower:
        return f"from {measurement.voltage_lower}"
    return f"up to {measurement.voltage_upper}" if measurement.voltage_upper else ""


def path_words(path: str) -> str:
    """A dotted path of an input in words: `layers.2.thickness_um` is Layer 2: thickness."""
    if path == "dataset.sha256":
        return "Data file (SHA-256 of its columns)"
    if path == "dataset.undecided":
        return "Why no recording is used"
    if path == "layers.count":
        return "Number of layers"
    place, _, rest = path.partition(".")
    if place == "measurements":
        return _of_measurement(rest)
    if place == "layers":
        number, _, rest = rest.partition(".")
        return f"Layer {number}: {_name(rest)}"
    return f"{_PLACES.get(place, place)}: {_name(rest)}"


def _of_measurement(path: str) -> str:
    """A path below a cell's measurements: `eis` names them, `M-00012.temperature_degc` is a fact of one."""
    refcode, _, rest = path.partition(".")
    if not rest:
        return f"Measurements: {TECHNIQUES.get(refcode, refcode).lower()}"
    inner = path_words(rest) if "." in rest else _name(rest)
    return f"{refcode}: {inner[0].lower()}{inner[1:]}"


def _name(slug: str) -> str:
    known = catalogue.catalogue.get(slug)
    return catalogue.in_sentence(known) if known else slug.replace("_", " ")


def fact_text(path: str, kept: Any) -> str:
    """A fact as a run keeps it, in words, with its unit."""
    if kept is None:
        return _NONE.get(path.partition(".")[0], "none entered")
    slug = path.rpartition(".")[2]
    if isinstance(kept, list):
        quantity = get_or_placeholder(slug)
        text = f"{_input_text(estimate_from_json(kept), quantity)} {quantity.unit_label}".strip()
        return f"{text} (inferred)" if kept[4] else text
    return _CHOICES.get(slug, {}).get(kept, str(kept)) if isinstance(kept, str) else str(kept)
