"""The conditions of a measurement: as written for reading and writing, and as numbers."""

import math
from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from registry.api.base.errors import validation_error
from registry.api.base.rows import Columns, GroupedRows, Rows
from registry.models import Condition, Measurement
from registry.models.condition import in_order
from registry.numbers import catalogue
from registry.numbers.parsing import NotationError, number_as_text
from registry.numbers.potential_scales import SCALES

NUMBERS = ("magnitude", "lower", "upper", "standard_uncertainty", "qualifier", "inferred", "missing", "scale")
COLUMNS: Columns = {name: name for name in ("quantity", "written", *NUMBERS)}
JOINED_COLUMNS: Columns = {name: f"conditions__{name}" for name in COLUMNS}
"""The same columns in a query of measurements, which then has a row for each condition."""
CONDITIONS = GroupedRows(Condition.objects.order_by("pk"), "measurement_id", COLUMNS)


class ConditionNumberSerializer(serializers.Serializer[Any]):
    """A condition as a number in the unit of its slug."""

    magnitude = serializers.FloatField(allow_null=True)
    lower = serializers.FloatField(allow_null=True)
    upper = serializers.FloatField(allow_null=True)
    standard_uncertainty = serializers.FloatField()
    qualifier = serializers.CharField()
    inferred = serializers.BooleanField()
    missing = serializers.CharField(help_text="Reason why there is no number.")
    scale = serializers.ChoiceField(choices=["", *SCALES], help_text="Reference electrode of a voltage.")


class ConditionsField(serializers.DictField):
    """Conditions by slug: text with a unit, or a number in the unit of the slug; null or empty removes one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.CharField(allow_blank=True, allow_null=True), **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if not isinstance(data, Mapping):
            self.fail("not_a_dict", input_type=type(data).__name__)
        texts, errors = {}, {}
        for slug, entered in data.items():
            try:
                texts[str(slug)] = self._text(str(slug), entered)
            except NotationError as error:
                errors[str(slug)] = str(error)
        if errors:
            raise validation_error(errors)
        return texts

    def _text(self, slug: str, entered: Any) -> str:
        if entered is None or isinstance(entered, str):
            return entered or ""
        if isinstance(entered, bool) or not isinstance(entered, int | float):
            raise NotationError("Send a string with a unit, a number, or null.")
        stored = self._stored(slug)
        if stored is not None and stored.magnitude is not None and math.isclose(stored.magnitude, entered):
            return str(stored.written)
        return number_as_text(entered, catalogue.get_or_placeholder(slug))

    def _stored(self, slug: str) -> Condition | None:
        """The condition before the change, whose text a number that is the same keeps."""
        measurement = getattr(self.parent, "instance", None)
        return measurement.condition(slug) if isinstance(measurement, Measurement) else None


def add_conditions(rows: Rows, pks: list[int]) -> None:
    """Add `conditions` and `condition_numbers` to the rows of measurements with these keys, in one query."""
    by_measurement = CONDITIONS.for_keys(pks)
    for pk, row in zip(pks, rows, strict=True):
        _set_conditions(row, by_measurement.get(pk, []))


def merge_conditions(rows: Rows) -> Rows:
    """Of rows with the keyed columns and `JOINED_COLUMNS`, one a condition, the rows of measurements, like above."""
    measurements: dict[int, dict[str, Any]] = {}
    conditions: dict[int, Rows] = {}
    for row in rows:
        condition = {name: row.pop(name) for name in JOINED_COLUMNS}
        measurements.setdefault(row["pk"], row)
        conditions.setdefault(row["pk"], []).append(condition)
    for pk, row in measurements.items():
        _set_conditions(row, [item for item in conditions[pk] if item["quantity"]])
    return list(measurements.values())


def _set_conditions(row: dict[str, Any], conditions: Rows) -> None:
    stored = {item["quantity"]: item for item in conditions}
    row["conditions"] = {slug: stored[slug]["written"] for slug in in_order(stored)}
    row["condition_numbers"] = {slug: {name: stored[slug][name] for name in NUMBERS} for slug in in_order(stored)}
