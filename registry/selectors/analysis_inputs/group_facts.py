"""Facts of the cells of a group, and of their values."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from analyses.uncertainty import Estimate
from registry.contract.group_member import MEASURED, Measured, member_value_key
from registry.models import GroupMember, Measurement, Value
from registry.numbers import catalogue
from registry.selectors.analysis_inputs import causes
from registry.selectors.analysis_inputs.facts import Facts, cell_facts
from registry.selectors.analysis_inputs.series import condition_texts, series_technique
from registry.selectors.layer_number import layer_number

Texts = dict[tuple[int | None, str, str], str]
"""Numbers of protocols as texts, by measurement, origin and quantity."""


class ListedValue(NamedTuple):
    """A latest value of a cell with its key among those of its quantity."""

    key: str
    measured: Measured
    value: Value


def member_facts(member: GroupMember, over: str, values: Iterable[ListedValue]) -> Facts:
    """All facts of a cell of a group, by path below its refcode."""
    facts: Facts = {
        "label": member.label or None,
        "cell.failure": member.cell.failure or None,
        **cell_facts(member.cell),
    }
    if over:
        facts["recipe_number"] = _recipe_number(member, over)
    keys: dict[str, list[str]] = defaultdict(list)
    for listed in values:
        value, path = listed.value, f"values.{listed.value.quantity}.{listed.key}"
        keys[value.quantity].append(listed.key)
        record = value.measurement or value.cell
        facts[path] = causes.of_value(value, record.refcode) or value.written
        facts[f"{path}.{MEASURED}"] = listed.measured.facts()
    facts["quantities"] = tuple(sorted(keys))
    return facts | {f"values.{quantity}": tuple(of_quantity) for quantity, of_quantity in keys.items()}


def list_values(values: Iterable[Value]) -> Iterator[ListedValue]:
    """The values of a cell in order, each with a key; a second value with the same key is numbered."""
    counts: Counter[tuple[str, str]] = Counter()
    values = list(values)
    protocols = _protocol_texts(values)
    for value in values:
        record = value.measurement.refcode if value.measurement else value.cell.refcode
        analysis = value.run.analysis if value.run else ""
        key = value.quantity, member_value_key(record, value.origin, analysis, value.place)
        counts[key] += 1
        source = f"{analysis}/{counts[key]}" if counts[key] > 1 else analysis
        measured = _measured(value, protocols)
        yield ListedValue(member_value_key(record, value.origin, source, value.place), measured, value)


def _measured(value: Value, protocols: Texts) -> Measured:
    analysis = value.run.analysis if value.run else ""
    technique, conditions = _conditions(value)
    protocol = _protocol(value, protocols)
    measured = Measured(value.quantity, value.place, technique, (*conditions, *protocol), value.origin, analysis)
    return measured.with_test_of(catalogue.get_or_placeholder(value.quantity))


def _protocol_texts(values: Iterable[Value]) -> Texts:
    """The numbers that say how others were measured, to two digits."""
    slugs = {slug for quantity in catalogue.catalogue.values() for slug in quantity.protocol}
    return {
        (value.measurement_id, value.origin, value.quantity): f"{value.magnitude:.2g}"
        for value in values
        if value.quantity in slugs and value.magnitude is not None and not value.place
    }


def _protocol(value: Value, protocols: Texts) -> Iterator[tuple[str, str]]:
    """How a value was measured, as conditions that must agree: two critical current densities of other half-cycle times
    are not averaged."""
    quantity = catalogue.catalogue.get(value.quantity)
    for slug in quantity.protocol if quantity else ():
        if text := protocols.get((value.measurement_id, value.origin, slug)):
            yield slug, text


def _conditions(value: Value) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Technique and conditions of a value: of its measurement, or those that the measurements of its series share."""
    if isinstance(value.measurement, Measurement):
        return value.measurement.technique, condition_texts(value.measurement.entered_conditions)
    if value.run and value.run.series:
        fixed = sorted(value.run.fixed_conditions.items())
        return series_technique(value.run.series), tuple((slug, f"{number:g}") for slug, number in fixed)
    return "", ()


def _recipe_number(member: GroupMember, over: str) -> Estimate | str | None:
    """The number of the only layer with the role; its text if it is only a bound, None if it is missing."""
    role, _, path = over.partition(".")
    layers = [layer for layer in member.cell.layers.all() if layer.role == role]
    number = layer_number(layers[0], path) if len(layers) == 1 else None
    if number is None:
        return None
    if number.is_bound:
        return number.text
    return causes.entered(number.estimate(), path.rpartition(".")[2], f"{member.cell.refcode} {over}")
