"""The facts an analysis may read, for many measurements in a constant number of queries."""

import math
from collections.abc import Iterable
from functools import reduce
from typing import Any

import numpy as np
from django.core.files.storage import default_storage
from django.db.models import Prefetch, Q

from analyses.uncertainty import Estimate
from registry import plugin_loading
from registry.hookspecs import Fact
from registry.models import Dataset, Ingredient, IngredientRole, Layer, Measurement, Value, ValueOrigin
from registry.sandbox.columns import load_columns
from registry.selectors.analysis_inputs.dataset_in_use import get_dataset_in_use

Facts = dict[str, Fact]
CONDITION_FIELDS = tuple(Measurement.magnitude_fields())


def measurements_with_inputs(measurements: Iterable[int]) -> list[Measurement]:
    """Fetch measurements with all that `facts_of` reads."""
    layers = (
        Layer.objects.order_by("position")
        .select_related("material", "formulation")
        .prefetch_related(
            Prefetch("formulation__ingredients", Ingredient.objects.order_by("position").select_related("material"))
        )
    )
    return list(
        Measurement.objects.filter(pk__in=list(measurements))
        .order_by("pk")
        .select_related("cell", "cell__project", "setup")
        .prefetch_related(
            Prefetch("cell__layers", layers),
            Prefetch("datasets", Dataset.objects.defer("header", "messages", "mapping_used").order_by("-id")),
            Prefetch("values", _standing_values(), to_attr="standing_values"),
        )
    )


def _standing_values() -> Any:
    """What was reported, and of what was computed the quantities that some analysis takes from others."""
    used = {slug for analysis in plugin_loading.current().analyses.values() for slug in analysis.depends_on}
    wanted = Q(origin=ValueOrigin.REPORTED) | Q(origin=ValueOrigin.COMPUTED, quantity__in=used)
    values = Value.objects.filter(wanted, is_latest=True, magnitude__isnull=False).select_related("run").order_by("pk")
    return values.defer("run__inputs", "run__software", "run__messages")


def measurement_facts(measurement: Measurement) -> Facts:
    """Every fact of one measurement, by dotted path."""
    facts: Facts = {
        "measurement.technique": measurement.technique,
        "cell.format": measurement.cell.format,
        "cell.fabrication_pressure_mpa": measurement.cell.estimate("fabrication_pressure_mpa"),
    }
    for slug in CONDITION_FIELDS:
        facts[f"measurement.{slug}"] = measurement.estimate(slug)
    if measurement.setup:
        facts["setup.die_diameter_mm"] = measurement.setup.estimate("die_diameter_mm")
        facts["setup.blocks"] = measurement.setup.blocks or None
    layers = list(measurement.cell.layers.all())
    facts["layers.count"] = len(layers)
    for number, layer in enumerate(layers, start=1):
        facts.update({f"layers.{number}.{name}": fact for name, fact in _layer_facts(layer).items()})
    for value in measurement.standing_values:  # type: ignore[attr-defined]
        if value.origin == ValueOrigin.REPORTED:
            is_number = value.qualifier in ("=", "~")
            facts[f"reported.{value.quantity}"] = value.estimate() if is_number else value.written
    for quantity, value in computed_values(measurement).items():
        facts[f"computed.{quantity}"] = value.estimate()
    used = get_dataset_in_use(measurement)
    if used.dataset:
        facts["dataset.sha256"] = used.dataset.content_sha256
    elif used.undecided:
        facts["dataset.undecided"] = used.undecided
    return facts


def computed_values(measurement: Measurement) -> dict[str, Value]:
    """The computed value of each quantity that other analyses take; of two, that of the analysis that comes first."""
    place = plugin_loading.current().rank
    computed = [value for value in measurement.standing_values if value.run]  # type: ignore[attr-defined]
    found: dict[str, Value] = {}
    for value in sorted(computed, key=lambda value: place.get(value.run.analysis, len(place))):
        found.setdefault(value.quantity, value)
    return found


def dataset_in_use(measurement: Measurement) -> Dataset | None:
    """The dataset a measurement uses, None if there is none or it is undecided which."""
    return get_dataset_in_use(measurement).dataset


def _layer_facts(layer: Layer) -> Facts:
    facts: Facts = {"role": layer.role, "name": layer.name}
    for slug in ("mass_loading_mg_cm2", "area_cm2", "thickness_um"):
        facts[slug] = layer.estimate(slug)
    if layer.material:
        facts["density_g_cm3"] = layer.material.estimate("density_g_cm3")
        facts["theoretical_capacity_mah_g"] = layer.material.estimate("theoretical_capacity_mah_g")
        if layer.material.kind == "active_material":
            facts["active_fraction_percent"] = Estimate.exact(100.0)
    elif layer.formulation:
        active = [
            ingredient for ingredient in layer.formulation.ingredients.all() if ingredient.role == IngredientRole.ACTIVE
        ]
        fractions = [item.estimate("mass_fraction_percent") for item in active]
        known = [fraction for fraction in fractions if fraction is not None]
        if known and len(known) == len(fractions):
            facts["active_fraction_percent"] = reduce(_add, known)
        if len(active) == 1:
            facts["theoretical_capacity_mah_g"] = active[0].material.estimate("theoretical_capacity_mah_g")
    return facts


def _add(first: Estimate, second: Estimate) -> Estimate:
    return Estimate(
        first.magnitude + second.magnitude,
        first.lower + second.lower,
        first.upper + second.upper,
        math.hypot(first.standard_uncertainty, second.standard_uncertainty),
        first.inferred or second.inferred,
    )


def read_columns(dataset: Dataset) -> dict[str, np.ndarray]:
    """The parsed columns, read-only."""
    return load_columns(default_storage.path(dataset.parquet_path))
