"""Facts that analyses may read, for many measurements in a constant number of queries."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
from django.core.files.storage import default_storage
from django.db.models import Prefetch, Q, QuerySet

from analyses.cell.mixture import mixture_density
from analyses.uncertainty import Estimate
from registry import plugin_loading
from registry.contract.input_dataset import HEADER
from registry.contract.inputs import REPORTED_KEYS
from registry.contract.place import PLACES, list_places
from registry.hookspecs import Fact
from registry.models import (
    Cell,
    Condition,
    Dataset,
    Ingredient,
    IngredientRole,
    Layer,
    Material,
    Measurement,
    Value,
    ValueOrigin,
)
from registry.models.condition import VOLTAGE_WINDOW, condition_slugs
from registry.models.fields import Quantified
from registry.models.material import MaterialKind
from registry.numbers import compound
from registry.numbers.parsing import BOUNDS, ParsedNumber, parse
from registry.sandbox.columns import load_columns
from registry.selectors.analysis_inputs import causes
from registry.selectors.analysis_inputs.dataset_in_use import get_dataset_in_use, list_datasets_by_role
from registry.selectors.analysis_inputs.ends import end_facts

Facts = dict[str, Fact]


def measurements_with_inputs(measurements: Iterable[int]) -> list[Measurement]:
    """Fetch measurements with everything `measurement_facts` reads."""
    rows = list(
        Measurement.objects.filter(pk__in=list(measurements))
        .order_by("pk")
        .select_related("cell", "cell__project", "setup")
        .prefetch_related(
            Prefetch("cell__layers", layers_with_inputs()),
            "conditions",
            Prefetch("datasets", Dataset.objects.defer("header", "messages", "mapping_used").order_by("-id")),
            Prefetch("values", _current_values(), to_attr="current_values"),
        )
    )
    _load_headers(rows)
    return rows


def cells_with_inputs(cells: Iterable[int]) -> list[Cell]:
    """Fetch cells with everything `cell_facts` reads."""
    rows = Cell.objects.filter(pk__in=list(cells)).order_by("pk").select_related("project")
    return list(rows.prefetch_related(Prefetch("layers", layers_with_inputs())))


def layers_with_inputs() -> QuerySet[Layer]:
    """Layers in order, with everything that their facts need."""
    ingredients = Ingredient.objects.order_by("position").select_related("material")
    return (
        Layer.objects.order_by("position")
        .select_related("material", "formulation")
        .prefetch_related(Prefetch("formulation__ingredients", ingredients))
    )


def _load_headers(measurements: Iterable[Measurement]) -> None:
    """Load the headers of the datasets in use; a file of many spectra repeats its header in every other one."""
    used = {dataset.pk: dataset for item in measurements for dataset in _datasets_read(item)}
    for pk, header in Dataset.objects.filter(pk__in=used).values_list("pk", "header") if used else ():
        used[pk].header = header


def _datasets_read(measurement: Measurement) -> list[Dataset]:
    """The dataset in use, and those with a role."""
    used = dataset_in_use(measurement)
    by_role = list_datasets_by_role(measurement).values()
    return [*([used] if used else []), *(dataset for datasets in by_role for dataset in datasets)]


def _current_values() -> Any:
    """Reported values, and computed values of quantities that an analysis depends on."""
    used = {slug for analysis in plugin_loading.current().analyses.values() for slug in analysis.depends_on}
    is_read = Q(origin=ValueOrigin.REPORTED) | Q(origin=ValueOrigin.COMPUTED, quantity__in=used)
    values = Value.objects.filter(is_read, is_latest=True, magnitude__isnull=False).select_related("run").order_by("pk")
    return values.defer("run__inputs", "run__software", "run__messages")


def measurement_facts(measurement: Measurement) -> Facts:
    """All facts of a measurement by dotted path."""
    facts: Facts = {"measurement.technique": measurement.technique, **cell_facts(measurement.cell)}
    facts |= {f"measurement.{slug}": None for slug in condition_slugs()}
    for slug, item in measurement.entered_conditions.items():
        facts |= {f"measurement.{slug}": condition_fact(item), **end_facts(f"measurement.{slug}", item)}
    facts["measurement.potential_scale"] = _potential_scale(measurement)
    if setup := measurement.setup:
        facts |= number_facts(setup, "die_diameter_mm", f"set-up {setup.pk} ", "setup.")
        facts["setup.blocks"] = setup.blocks or None
    reported: list[str] = []
    for value in measurement.current_values:  # type: ignore[attr-defined]
        if value.origin == ValueOrigin.REPORTED:
            facts[f"reported.{value.key}"] = causes.of_value(value, measurement.refcode) or value.written
            facts |= end_facts(f"reported.{value.key}", value)
            reported.append(value.key)
    if reported:
        facts[REPORTED_KEYS] = tuple(sorted(reported))
    facts.update(_computed_facts(measurement.refcode, computed_values(measurement)))
    used = get_dataset_in_use(measurement)
    if used.dataset:
        facts.update({f"dataset.{name}": fact for name, fact in _dataset_facts(used.dataset).items()})
    elif used.undecided:
        facts["dataset.undecided"] = used.undecided.code
        facts |= {f"dataset.undecided.{name}": _fact(item) for name, item in used.undecided.parameters.items()}
    return facts | _facts_by_role(measurement)


def _potential_scale(measurement: Measurement) -> str | None:
    """The scale of the voltage window; None if it is not stated."""
    conditions = measurement.entered_conditions
    scales = {item.scale for slug in VOLTAGE_WINDOW if (item := conditions.get(slug)) and item.scale}
    return scales.pop() if scales else None


def cell_facts(cell: Cell) -> Facts:
    """The facts of a cell and its layers."""
    return {
        "cell.format": cell.format,
        **_numbers_of(cell, f"{cell.refcode} ", "cell."),
        "cell.repeat_units": cell.repeat_units,
        **layer_facts(list(cell.layers.all()), f"{cell.refcode} "),
    }


def layer_facts(layers: Sequence[Layer], cause: str = "") -> Facts:
    """The facts of layers in order, which need not be saved; `cause` identifies their cell."""
    facts: Facts = {"layers.count": len(layers)}
    for number, layer in enumerate(layers, start=1):
        of_layer = _layer_facts(layer, f"{cause}layers.{number}.")
        facts.update({f"layers.{number}.{name}": fact for name, fact in of_layer.items()})
    return facts


def _fact(parameter: Any) -> Fact:
    """A parameter of a remark; a list of names is a tuple."""
    return tuple(parameter) if isinstance(parameter, list) else parameter


def _facts_by_role(measurement: Measurement) -> Facts:
    """Facts of the datasets with a declared role; of a role with a dataset that has no data, its file."""
    facts: Facts = {}
    for role, datasets in list_datasets_by_role(measurement).items():
        facts[f"datasets.{role}.count"] = len(datasets)
        without = next((dataset for dataset in datasets if not dataset.holds_data), None)
        if without:
            facts[f"datasets.{role}.unread"] = without.filename
            continue
        for path, dataset in dataset_paths(role, datasets).items():
            facts.update({f"{path}.{name}": fact for name, fact in _dataset_facts(dataset).items()})
    return facts


def dataset_paths(role: str, datasets: Iterable[Dataset]) -> dict[str, Dataset]:
    """The datasets of a role by the paths of their facts: `datasets.continuation.1`."""
    return {f"datasets.{role}.{number}": dataset for number, dataset in enumerate(datasets, start=1)}


def _computed_facts(refcode: str, values: Mapping[str, Value]) -> Facts:
    """Each computed value by quantity and place, and the places of each quantity in order."""
    facts: Facts = {f"computed.{key}": causes.of_value(value, refcode) for key, value in values.items()}
    return facts | {f"computed.{slug}{PLACES}": places for slug, places in list_places(values).items()}


def _dataset_facts(dataset: Dataset) -> Facts:
    """Facts of a dataset by their name in it."""
    header = json.dumps(dataset.header, sort_keys=True).encode()
    facts: Facts = {"sha256": dataset.content_sha256, "start_time": dataset.start_time or None}
    facts["filename"] = dataset.filename
    facts |= {"pixel_width_um": dataset.pixel_width_um, "pixel_height_um": dataset.pixel_height_um}
    facts["header_sha256"] = hashlib.sha256(header).hexdigest()
    return facts | {f"{HEADER}{name}": text for name, text in dataset.header.items()}


def computed_values(measurement: Measurement) -> dict[str, Value]:
    """Computed values that other analyses depend on, by quantity and place; all values of a quantity are those of the
    analysis that is first in run order."""
    rank = plugin_loading.current().rank
    computed = [value for value in measurement.current_values if value.run]  # type: ignore[attr-defined]
    first_runs: dict[str, int | None] = {}
    values: dict[str, Value] = {}
    for value in sorted(computed, key=lambda value: rank.get(value.run.analysis, len(rank))):
        if first_runs.setdefault(value.quantity, value.run_id) == value.run_id:
            values[value.key] = value
    return values


def dataset_in_use(measurement: Measurement) -> Dataset | None:
    """The dataset a measurement uses; None if it has none or none is selected."""
    return get_dataset_in_use(measurement).dataset


def number_fact(record: Quantified, slug: str, cause: str) -> Estimate | str | None:
    """A number of a record, identified by the prefix `cause`; its text if it is only a bound, None if missing."""
    return _fact_of(record.written(slug), slug, cause)


def number_facts(record: Quantified, slug: str, cause: str, prefix: str = "") -> Facts:
    """The fact of a number of a record, and those of its ends if it is a bound."""
    written = record.written(slug)
    return {f"{prefix}{slug}": _fact_of(written, slug, cause), **end_facts(f"{prefix}{slug}", written)}


def _numbers_of(record: Quantified, cause: str, prefix: str = "") -> Facts:
    """The facts of every number of a record."""
    facts: Facts = {}
    for slug in record.magnitude_fields():
        facts |= number_facts(record, slug, cause, prefix)
    return facts


def _fact_of(written: ParsedNumber | None, slug: str, cause: str) -> Estimate | str | None:
    if written is None or written.is_bound:
        return written.text if written else None
    return causes.entered(written.estimate(), slug, f"{cause}{slug}")


def condition_fact(condition: Condition) -> Estimate | str | None:
    """A condition; its text if it is only a bound, None if it is missing."""
    if condition.qualifier in BOUNDS:
        return str(condition.written)
    slug = condition.quantity
    return causes.entered(condition.estimate(), slug, f"{condition.measurement.refcode} {slug}")


def _layer_facts(layer: Layer, cause: str) -> Facts:
    facts: Facts = {"role": layer.role, "name": layer.name, "coated_sides": layer.coated_sides}
    facts |= _numbers_of(layer, cause)
    if mass := compound.mass_of(layer.mass_loading, layer.area):
        facts["mass_mg"] = _fact_of(parse(mass, compound.MASS), "mass", f"{cause}mass_mg")
    if layer.material:
        facts["material_kind"] = layer.material.kind
        for slug in ("density_g_cm3", "theoretical_capacity_mah_g"):
            facts |= _material_facts(layer.material, slug)
        if layer.material.kind == MaterialKind.ACTIVE:
            facts["active_fraction_percent"] = Estimate.exact(100.0)
            facts["active_material"] = _name(layer.material)
    elif layer.formulation:
        ingredients = layer.formulation.ingredients.all()
        active = [ingredient for ingredient in ingredients if ingredient.role == IngredientRole.ACTIVE]
        fractions = [number_fact(item, "mass_fraction_percent", f"ingredient {item.pk} ") for item in active]
        facts["active_fraction_percent"] = _sum_fact(fractions)
        facts["density_g_cm3"] = _density_fact(list(ingredients))
        if len(active) == 1:
            facts["active_material"] = _name(active[0].material)
            facts |= _material_facts(active[0].material, "theoretical_capacity_mah_g")
    return facts


def _name(material: Material) -> str:
    return f"{material.name} {material.formula}".strip() if material.formula != material.name else material.name


def _density_fact(ingredients: Sequence[Ingredient]) -> Estimate | None:
    """The density of a mixture without pores; None if a fraction or a density is missing, only a bound or zero."""
    fractions = [number_fact(item, "mass_fraction_percent", f"ingredient {item.pk} ") for item in ingredients]
    densities = [number_fact(item.material, "density_g_cm3", f"material {item.material.pk} ") for item in ingredients]
    known_fractions = [number for number in fractions if isinstance(number, Estimate)]
    known_densities = [number for number in densities if isinstance(number, Estimate)]
    count = len(ingredients)
    if not count or len(known_fractions) < count or len(known_densities) < count:
        return None
    positive = min(number.lower for number in known_densities) > 0 and sum(item.lower for item in known_fractions) > 0
    return mixture_density(known_fractions, known_densities) if positive else None


def _material_facts(material: Material, slug: str) -> Facts:
    return number_facts(material, slug, f"material {material.pk} ")


def _sum_fact(numbers: Sequence[Estimate | str | None]) -> Estimate | str | None:
    """The sum of numbers; only a bound, in words, if one of them is, and None if one is missing."""
    if not numbers or None in numbers:
        return None
    known = [number for number in numbers if isinstance(number, Estimate)]
    if len(known) == len(numbers):
        return reduce(_add, known)
    return " + ".join(number if isinstance(number, str) else f"{number.magnitude:g}" for number in numbers if number)


def _add(first: Estimate, second: Estimate) -> Estimate:
    return Estimate.of_components(
        first.magnitude + second.magnitude,
        *first.causes,
        *second.causes,
        lower=first.lower + second.lower,
        upper=first.upper + second.upper,
        inferred=first.inferred or second.inferred,
    )


def read_columns(dataset: Dataset) -> dict[str, np.ndarray]:
    """The parsed columns as read-only arrays; none of an image."""
    return {} if dataset.has_picture else load_columns(default_storage.path(dataset.parquet_path))
