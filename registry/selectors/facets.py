"""How many cells of a list there are of each project, format, technique, material and stack pressure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Count, Min

from registry.models import (
    Cell,
    CellFormat,
    CellOrigin,
    Ingredient,
    Layer,
    Material,
    MeasurementTag,
    Project,
    Synonym,
    Tag,
)
from registry.models.visibility import AnyUser
from registry.plugin_loading.names import short_technique_name
from registry.selectors.project_slug import get_current_slugs
from registry.selectors.query.bound import Bound
from registry.selectors.query.parsing import ListQuery, parts
from registry.selectors.query.primary_key_in import PrimaryKeyIn
from registry.selectors.query.to_sql import filter_cells, filter_measurements
from registry.text.cleaning import name_key

COUNTED_CELLS = 10_000
"""Cells that are counted at most: the newest of those that match."""
MOST_OPTIONS = 8
PRESSURE = "stack_pressure_mpa"
PRESSURE_RANGES = ((None, 1.0), (1.0, 5.0), (5.0, 10.0), (10.0, 50.0), (50.0, None))
"""Ranges of the stack pressure [MPa]: above the first number, up to and including the second."""


@dataclass(frozen=True)
class Option:
    """A value of a facet, with the number of cells that have it."""

    value: str
    label: str
    count: int
    is_chosen: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Of a range: the parameters that it sets."""


@dataclass(frozen=True)
class Facet:
    """A parameter of the query, and its values among the cells that match everything else."""

    name: str
    label: str
    options: tuple[Option, ...]
    is_capped: bool
    """Whether more cells match than are counted."""


class _Cells:
    """The newest cells that match a query without some of its parts; each query is asked once."""

    def __init__(self, user: AnyUser) -> None:
        self.user = user
        self.known: dict[str, tuple[list[int], bool]] = {}

    def matching(self, query: ListQuery) -> tuple[list[int], bool]:
        key = repr(query)
        if key not in self.known:
            pks = filter_cells(query, self.user).order_by("-pk").values_list("pk", flat=True)[: COUNTED_CELLS + 1]
            matching = list(pks)
            self.known[key] = matching[:COUNTED_CELLS], len(matching) > COUNTED_CELLS
        return self.known[key]


def list_facets(query: ListQuery, user: AnyUser) -> list[Facet]:
    """The facets of a query. Each is counted among the cells that match all of the query but its own parameter."""
    cells = _Cells(user)
    names = {
        "origin": ("Origin", dict(CellOrigin.choices)),
        "project": ("Project", dict(Project.objects.visible_to(user).values_list("slug", "name"))),
        "format": ("Format", dict(CellFormat.choices)),
    }
    facets = [_of_column(name, label, labels, query, cells) for name, (label, labels) in names.items()]
    facets.append(_of_tag(query, cells))
    facets.append(_of_technique(query, cells))
    facets.append(_of_measurement_tag(query, cells))
    facets += _of_materials(query, cells)
    facets.append(_of_pressure(query, cells))
    return [facet for facet in facets if facet.options]


def _of_column(name: str, label: str, labels: Mapping[str, str], query: ListQuery, cells: _Cells) -> Facet:
    chosen = query.words.get(name, ())
    if name == "project":
        current = get_current_slugs((slug for slug in chosen if slug not in labels), cells.user)
        chosen = tuple(current.get(slug, slug) for slug in chosen)
    others = replace(query, words={key: values for key, values in query.words.items() if key != name})
    if name in ("origin", "project"):
        # A query that names one finds simulated cells too.
        others = replace(others, may_be_simulated=True)
    pks, is_capped = cells.matching(others)
    column = "project__slug" if name == "project" else name
    counted = Cell.objects.filter(PrimaryKeyIn("pk", pks)).order_by().values_list(column).annotate(count=Count("pk"))
    counts = dict.fromkeys(chosen, 0) | dict(counted)
    options = [Option(value, labels.get(value, value), count, value in chosen) for value, count in counts.items()]
    order = list(labels)
    if name == "project":
        options.sort(key=lambda option: (not option.is_chosen, -option.count, option.label))
    else:
        options.sort(key=lambda option: order.index(option.value) if option.value in order else len(order))
    return Facet(name, label, tuple(options[: max(MOST_OPTIONS, len(chosen))]), is_capped)


def _of_tag(query: ListQuery, cells: _Cells) -> Facet:
    others = replace(query, words={key: values for key, values in query.words.items() if key != "tag"})
    pks, is_capped = cells.matching(others)
    tags = Tag.objects.filter(PrimaryKeyIn("cell_id", pks)).order_by()
    counted = tags.values_list("name_key").annotate(count=Count("pk"), name=Min("name"))
    return build_tag_facet("tag", "Tag", counted, query.words.get("tag", ()), is_capped)


def _of_measurement_tag(query: ListQuery, cells: _Cells) -> Facet:
    """Cells with a measurement that has the tag and matches the rest of the query."""
    others = replace(query, measurement_tags=())
    pks, is_capped = cells.matching(others)
    measurements = filter_measurements(others, cells.user, cells=pks).order_by().values("pk")
    tags = MeasurementTag.objects.filter(measurement__in=measurements).order_by().values_list("name_key")
    counted = tags.annotate(count=Count("measurement__cell", distinct=True), name=Min("name"))
    return build_tag_facet("measurement_tag", "Measurement tag", counted, query.measurement_tags, is_capped)


def build_tag_facet(
    name: str, label: str, counted: Iterable[tuple[str, int, str]], chosen: Iterable[str], is_capped: bool
) -> Facet:
    """The facet of tags from the key, count and name of each, with those that are chosen first."""
    names = {name_key(tag): tag for tag in chosen}
    counts, keys = dict.fromkeys(names, 0), frozenset(names)
    for key, count, tag in counted:
        counts[key] = count
        names.setdefault(key, tag)
    options = [Option(names[key], names[key], count, key in keys) for key, count in counts.items()]
    options.sort(key=lambda option: (not option.is_chosen, -option.count, option.label))
    return Facet(name, label, tuple(options[: max(MOST_OPTIONS, len(keys))]), is_capped)


def _of_technique(query: ListQuery, cells: _Cells) -> Facet:
    others = replace(query, techniques=())
    pks, is_capped = cells.matching(others)
    measurements = filter_measurements(others, cells.user, cells=pks).order_by()
    counted = measurements.values_list("technique").annotate(count=Count("cell", distinct=True))
    counts = dict.fromkeys(query.techniques, 0) | dict(counted)
    options = [
        Option(slug, short_technique_name(slug), count, slug in query.techniques) for slug, count in counts.items()
    ]
    options.sort(key=lambda option: (-option.count, option.label))
    return Facet("technique", "Measured with", tuple(options[:MOST_OPTIONS]), is_capped)


def _of_pressure(query: ListQuery, cells: _Cells) -> Facet:
    rest = tuple(bound for bound in query.condition_bounds if bound.slug != PRESSURE)
    chosen = {(bound.operator, bound.number) for bound in query.condition_bounds if bound.slug == PRESSURE}
    others = replace(query, condition_bounds=rest)
    options = []
    for above, up_to in PRESSURE_RANGES:
        limits = [("gt", above), ("lte", up_to)]
        bounds = tuple(Bound(PRESSURE, operator, number, None) for operator, number in limits if number is not None)
        within = replace(others, condition_bounds=(*rest, *bounds))
        count = len(cells.matching(within)[0])
        is_chosen = {(bound.operator, bound.number) for bound in bounds} == chosen
        parameters = {f"{PRESSURE}__{bound.operator}": f"{bound.number:g}" for bound in bounds}
        limits_text = [f"above {above:g}" if above else "", f"up to {up_to:g}" if up_to else ""]
        label = " ".join(filter(None, limits_text))
        if count or is_chosen:
            options.append(Option(label, label, count, is_chosen, parameters))
    return Facet(PRESSURE, "Stack pressure / MPa", tuple(options), is_capped=False)


@dataclass(frozen=True)
class _Names:
    """Which materials each name finds, as a search for a layer does: by name, formula and synonym, with variants."""

    by_key: Mapping[str, set[int]]
    variants: Mapping[int, set[int]]

    def found_by(self, name: str) -> set[int]:
        newest = set(self.by_key.get(name_key(name), ()))
        matching = set(newest)
        while newest:
            newest = {variant for pk in newest for variant in self.variants.get(pk, ())} - matching
            matching |= newest
        return matching


def _load_names(user: AnyUser) -> _Names:
    by_key: dict[str, set[int]] = defaultdict(set)
    variants: dict[int, set[int]] = defaultdict(set)
    visible = Material.objects.visible_to(user)
    for pk, key, formula, parent in visible.values_list("pk", "name_key", "formula_key", "variant_of"):
        by_key[key].add(pk)
        if formula:
            by_key[formula].add(pk)
        if parent:
            variants[parent].add(pk)
    for material, key in Synonym.objects.visible_to(user).values_list("material", "name_key"):
        by_key[key].add(material)
    return _Names(by_key, variants)


def _of_materials(query: ListQuery, cells: _Cells) -> list[Facet]:
    """The materials of cathode, electrolyte and anode; names that the query has are counted even if they are rare."""
    names = _load_names(cells.user)
    facets = []
    for part in ("cathode", "electrolyte", "anode"):
        if not (roles := parts().get(part)):
            continue
        others = replace(query, parts={key: values for key, values in query.parts.items() if key != part})
        pks, is_capped = cells.matching(others)
        chosen = query.parts.get(part, ())
        options = _count_materials(part, roles, pks, names, chosen)
        facets.append(Facet(part, part.capitalize(), tuple(options), is_capped))
    return facets


def _count_materials(
    part: str, roles: Sequence[str], pks: Sequence[int], names: _Names, chosen: Sequence[str]
) -> list[Option]:
    layers = Layer.objects.filter(PrimaryKeyIn("cell_id", pks), role__in=roles).order_by()
    rows = list(
        layers.values_list("cell", "material", "material__name", "formulation", "formulation__name", "as_written_key")
    )
    role = "electrolyte" if part == "electrolyte" else "active"
    ingredients: dict[int, list[tuple[int, str]]] = defaultdict(list)
    formulations = {row[3] for row in rows if row[3]}
    for formulation, material, name in Ingredient.objects.filter(
        PrimaryKeyIn("formulation_id", formulations), role=role
    ).values_list("formulation", "material", "material__name"):
        ingredients[formulation].append((material, name))
    of_material: dict[int, set[int]] = defaultdict(set)
    of_text: dict[str, set[int]] = defaultdict(set)
    labels: dict[str, str] = {}
    for cell, material, name, formulation, formulation_name, as_written in rows:
        made_of = [(material, name)] if material else ingredients[formulation]
        for pk, label in made_of:
            of_material[pk].add(cell)
            labels.setdefault(name_key(label), label)
        if as_written:
            of_text[as_written].add(cell)
        if formulation:
            of_text[name_key(formulation_name)].add(cell)
    labels |= {name_key(name): name for name in chosen}
    counts = {
        label: len(_union(of_material[pk] for pk in names.found_by(label)) | of_text.get(key, set()))
        for key, label in labels.items()
    }
    options = [Option(label, label, count, label in chosen) for label, count in counts.items()]
    options.sort(key=lambda option: (not option.is_chosen, -option.count, option.label))
    return options[: max(MOST_OPTIONS, len(chosen))]


def _union(sets: Iterable[set[int]]) -> set[int]:
    return set().union(*sets)
