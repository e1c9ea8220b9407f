"""Numbers, test conditions and analysis inputs as text."""

import math
import re
from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from analyses.uncertainty import Estimate
from registry.contract.estimate_encoding import LIST, estimate_from_json
from registry.contract.place import PLACES, split_key
from registry.contract.vocabulary import PARTS, UNDECLARED
from registry.hookspecs import Quantity
from registry.models import CellFormat, Condition, MaterialKind, Measurement, Value, ValueOrigin
from registry.models.condition import VOLTAGE_WINDOW, in_order
from registry.models.setup import Blocks
from registry.numbers import catalogue
from registry.numbers.catalogue import get_or_placeholder
from registry.numbers.formatting import format_digits, format_with_uncertainty
from registry.numbers.potential_scales import split_scale
from registry.plugin_loading.dataset_roles import role_name
from registry.plugin_loading.names import condition_name, layer_role_name, technique_in_sentence, technique_name
from registry.web.presentation.units import format_header, typeset_units

_SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_POWER = re.compile(r"\^\s*(?:\{\s*([+\-−]?\d+)\s*\}|([+\-−]?\d+))")
_E_NOTATION = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?|\([^()]*\))e([+-]?\d+)(?!\w)")
_HYPHEN = re.compile(r"(?<![\w.)\]-])-(?=\d)")
NO_BREAK = "\N{NO-BREAK SPACE}"
WINDOW_NAME = "Voltage window"
_SUBJECTS = {
    "dataset": "Data file",
    "measurement": "Measurement",
    "cell": "Cell",
    "setup": "Set-up",
    "reported": "Reported",
    "computed": "Computed",
}
_PATHS = {
    "dataset.sha256": "Data file (SHA-256 of its columns)",
    "dataset.undecided": "Dataset not selected because",
    "layers.count": "Number of layers",
    "series.over": "Series: condition that varies",
    "series.members": "Series: measurements in order",
}
_UNDECIDED = "dataset.undecided."
_WITHOUT_ROLE = {UNDECLARED: "Files without a role", PARTS: "Datasets of the file"}
_ROLE_FACTS = {"count": "number of datasets", "unread": "file without data", "sha256": "SHA-256 of its columns"}
_MISSING = {"computed": "not computed", "reported": "not reported", "dataset": "–", "datasets": "none"}
_CHOICES: dict[str, dict[str, str]] = {
    "format": dict(CellFormat.choices),
    "blocks": dict(Blocks.choices),
    "material_kind": dict(MaterialKind.choices),
}


def typeset(text: str) -> str:
    """Set powers as superscripts and hyphens as minus signs: `7.87×10^3 Ω` as 7.87×10³ Ω, `-5` as −5."""
    powers = _POWER.sub(lambda match: (match[1] or match[2]).translate(_SUPERSCRIPTS), text)
    scientific = _E_NOTATION.sub(lambda match: f"{match[1]}×10{str(int(match[2])).translate(_SUPERSCRIPTS)}", powers)
    return _HYPHEN.sub("−", scientific)


def format_written(text: str) -> str:
    """A number as entered, with its powers and unit as pages print them: `5 mg/cm2` as 5 mg cm⁻²."""
    return typeset_units(typeset(text))


def format_heading(quantity: Quantity) -> str:
    """A quantity as a table header, its unit kept on one line: Resistance / Ω."""
    return format_header(quantity.name, quantity.unit_label)


def format_number(estimate: Estimate, quantity: Quantity, *, scientific: bool | None = None) -> str:
    """A number with its uncertainty, without the unit, which the table header shows; a mean of counts is not a
    count."""
    is_count = quantity.is_count and float(estimate.magnitude).is_integer()
    return format_digits(estimate, count=True) if is_count else format_with_uncertainty(estimate, scientific=scientific)


def shows_uncertainty(value: Value) -> bool:
    """Whether a computed value is shown with its uncertainty, which the page then explains."""
    estimate = None if value.missing or value.origin == ValueOrigin.REPORTED else value.estimate()
    is_count = get_or_placeholder(value.quantity).is_count
    return estimate is not None and not is_count and not estimate.is_certain


def _format_input(estimate: Estimate, quantity: Quantity) -> str:
    """An input with the digits it was entered with, if rounding is its only uncertainty: 18 [17.5, 18.5]."""
    width = estimate.upper - estimate.lower
    if estimate.standard_uncertainty or not 1e-3 <= width <= 1e5:
        return format_number(estimate, quantity)
    exponent = round(math.log10(width))
    if not math.isclose(width, 10.0**exponent, rel_tol=1e-6):
        return format_number(estimate, quantity)
    decimals, bound_decimals = max(-exponent, 0), max(1 - exponent, 0)
    bounds = f"[{estimate.lower:.{bound_decimals}f}, {estimate.upper:.{bound_decimals}f}]"
    return f"{estimate.magnitude:.{decimals}f} {bounds}".replace("-", "−")


def format_value(value: Value) -> str:
    """A reported value as entered, with its unit; a computed value in the quantity's unit; or why there is none."""
    if value.origin == ValueOrigin.REPORTED:
        return format_written(value.written or value.missing)
    estimate = value.estimate()
    return format_number(estimate, get_or_placeholder(value.quantity)) if estimate else value.missing


def format_deviation(deviation: float | None) -> str:
    """A deviation in per cent with its sign, unless it rounds to zero; the table header shows the unit."""
    if deviation is None:
        return ""
    rounded = round(deviation, 1)
    return f"{rounded:+.1f}".replace("-", "−") if rounded else "0.0"


def list_test_conditions(measurement: Measurement, *, in_line: bool = False) -> list[tuple[str, str]]:
    """Name and text of the conditions, as entered; the voltage limits in one line. With `in_line`, a bare number says
    what it is."""
    entered = measurement.entered_conditions
    conditions = []
    for slug in in_order(entered):
        if slug not in VOLTAGE_WINDOW:
            text = entered[slug].written
            conditions.append((condition_name(slug), f"cycle {text}" if slug == "cycle_number" and in_line else text))
        elif window := _format_window(*(entered.pop(limit, None) for limit in VOLTAGE_WINDOW)):
            conditions.append((WINDOW_NAME, window))
    return [(name, format_written(text)) for name, text in conditions]


def list_linked_conditions(measurement: Measurement) -> list[tuple[str, str, str]]:
    """Name and text of the conditions, and the address that says where they come from; of a voltage window, of one of
    its limits."""
    addresses: dict[str, str] = {}
    for slug, condition in measurement.entered_conditions.items():
        name = WINDOW_NAME if slug in VOLTAGE_WINDOW else condition_name(slug)
        addresses.setdefault(name, reverse("web:entered", args=["condition", condition.pk, "written"]))
    return [(name, text, addresses[name]) for name, text in list_test_conditions(measurement)]


def format_fixed_conditions(fixed: Mapping[str, float]) -> str:
    """The conditions that the measurements of a series share, in one line: 25 °C, 3.8 V."""
    return ", ".join(_format_condition(slug, fixed[slug]) for slug in in_order(fixed))


def _format_condition(slug: str, magnitude: float) -> str:
    quantity = get_or_placeholder(slug)
    number = typeset(f"{magnitude:.6g}")
    return f"{number}{NO_BREAK}{quantity.unit_label}" if quantity.unit_label else f"{quantity.name.lower()} {number}"


def _format_window(lower: Condition | None, upper: Condition | None) -> str:
    """The voltage limits in one text; empty if they are in the list already."""
    if lower and upper:
        first = split_scale(lower.written)[0] if lower.scale == upper.scale else lower.written
        return f"{first} to {upper.written}"
    return f"from {lower.written}" if lower else f"up to {upper.written}" if upper else ""


def format_input_path(path: str) -> str:
    """The label of an input: `layers.2.thickness_um` is Layer 2: thickness."""
    if path in _PATHS:
        return _PATHS[path]
    if path.startswith(_UNDECIDED):
        return f"Dataset not selected: {_get_name(path.removeprefix(_UNDECIDED))}"
    subject, _, rest = path.partition(".")
    if subject == "datasets":
        return _format_role_path(rest)
    if subject == "measurements":
        return _format_measurement_path(rest)
    if subject == "layers":
        number, _, rest = rest.partition(".")
        return f"Layer {number}: {_get_name(rest)}"
    return f"{_SUBJECTS.get(subject, subject)}: {_get_name(rest)}"


def _format_role_path(path: str) -> str:
    """A path below the datasets with a role: `pressure_log.2.sha256` is Pressure log 2: SHA-256 of its columns."""
    role, _, rest = path.partition(".")
    number, _, inner = rest.rpartition(".")
    name = _WITHOUT_ROLE.get(role) or role_name(role)
    return f"{' '.join(filter(None, (name, number)))}: {_ROLE_FACTS.get(inner) or _get_name(inner)}"


def _format_measurement_path(path: str) -> str:
    """A path below a cell's measurements: a technique such as `eis`, or an input such as `M-00012.temperature_degc`."""
    refcode, _, rest = path.partition(".")
    if not rest:
        return f"Measurements: {technique_in_sentence(refcode)}"
    inner = format_input_path(rest) if "." in rest else _get_name(rest)
    return f"{refcode}: {inner[0].lower()}{inner[1:]}"


def _get_name(key: str) -> str:
    """The name of an input in a sentence: `relaxation_time_s@peak:2` is relaxation time, peak 2."""
    if key.endswith(PLACES):
        return f"places of {_get_name(key.removesuffix(PLACES))}"
    slug, place = split_key(key)
    quantity = catalogue.catalogue.get(slug)
    name = catalogue.in_sentence(quantity) if quantity else slug.replace("_", " ")
    return f"{name}, {place.label}" if place else name


def format_fact(path: str, stored: Any) -> str:
    """An input as stored with a run, as text with its unit."""
    if path == "series.over" and isinstance(stored, str):
        return get_or_placeholder(stored).name
    if stored is None:
        return _MISSING.get(path.partition(".")[0], "not entered")
    if isinstance(stored, dict):
        return ", ".join(stored[LIST])
    slug = path.rpartition(".")[2].partition("@")[0]
    if isinstance(stored, list):
        quantity = get_or_placeholder(slug)
        text = f"{_format_input(estimate_from_json(stored), quantity)} {quantity.unit_label}".strip()
        return f"{text} (inferred)" if stored[4] else text
    if not isinstance(stored, str):
        return str(stored)
    names = {"technique": technique_name, "role": layer_role_name}
    return names[slug](stored) if slug in names else _CHOICES.get(slug, {}).get(stored, stored)
