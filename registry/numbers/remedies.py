"""How a number without a unit may be written with one."""

import re

from registry.contract.quantity import Quantity
from registry.numbers import compound, units
from registry.numbers.grammar import NOTE, Number, Remedy


def unit_remedies(number: Number, text: str, quantity: Quantity) -> tuple[list[Remedy], list[Remedy]]:
    """Return the ways to write a number without a unit, and examples that say more than it: an area may also be given
    by a diameter, an areal mass by a mass and a diameter."""
    digits = number.digits.replace("e", "×10^").replace("x", "×")
    is_bare = number.uncertainty is None and re.match(r"[0-9.]", text) and not NOTE.search(text)
    written = f"{digits} {example_unit(quantity)}" if is_bare else _with_unit(text, example_unit(quantity))
    is_plain = re.fullmatch(r"[0-9.]+", text) is not None
    if quantity.unit == compound.AREA.unit and is_plain:
        return [Remedy(written, "area"), Remedy(compound.disc(f"{text} mm"), "diameter")], []
    if quantity.unit == compound.LOADING_UNIT:
        on_disc = compound.mass_on_area(f"{digits} mg", compound.disc("10.0 mm"))
        return [Remedy(written, "per area")], [Remedy(on_disc, "mass, with the diameter that it is on")]
    if quantity.unit == "percent" and is_plain and 0 < number.value <= 1:
        return [Remedy(f"{(number.value * 100).normalize():f} %"), Remedy(written)], []
    return [Remedy(written)], []


def _with_unit(text: str, unit: str) -> str:
    """Write a unit after a number, and before a remark such as ‘(exact)’."""
    note = NOTE.search(text)
    end = note.start() if note else len(text)
    return f"{text[:end].rstrip()} {unit}{text[end:]}"


def example_unit(quantity: Quantity) -> str:
    return quantity.unit_label or ("" if quantity.unit in {"", "dimensionless"} else units.short_label(quantity.unit))
