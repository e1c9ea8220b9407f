"""Materials and formulations by what people type: any of their names, or part of one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, Prefetch, Q, QuerySet, When

from registry.models import CellOrigin, Formulation, Ingredient, Layer, Material, Project, Synonym
from registry.models.record import is_key
from registry.models.visibility import OPENNESS, AnyUser, Visibility
from registry.text.cleaning import TextError, clean_text, name_key

Substance = Material | Formulation
CANDIDATES, SUGGESTIONS = 100, 8
KINDS: dict[str, type[Substance]] = {"material": Material, "formulation": Formulation}


def key_of(substance: Substance) -> str:
    """Return the key of a material or formulation in forms: `material:12`."""
    return f"{substance._meta.model_name}:{substance.pk}"


@dataclass(frozen=True)
class Substances:
    """The materials and formulations that the rows of a form name, fetched at once."""

    by_key: dict[str, Substance]
    by_name: dict[str, tuple[Substance, ...]]

    def match(self, text: str, key: str = "") -> tuple[Substance, ...]:
        """Return the one with this key if it still has this name, else all of this name."""
        chosen = self.by_key.get(key)
        if chosen is not None and (not text.strip() or _key(text) in _names(chosen)):
            return (chosen,)
        return self.by_name.get(_key(text), ())


def get_substances(user: AnyUser, *, texts: Iterable[str], keys: Iterable[str] = ()) -> Substances:
    """Fetch what these texts and keys name and the user may see, with all that layers need of it."""
    wanted = {key for text in texts if (key := _key(text))}
    pks = {kind: {int(key.removeprefix(f"{kind}:")) for key in keys if _is_key_of(kind, key)} for kind in KINDS}
    named = Q(name_key__in=wanted)
    rows: list[Substance] = []
    if wanted or pks["material"]:
        condition = named | Q(formula_key__in=wanted) | Q(synonyms__name_key__in=wanted) | Q(pk__in=pks["material"])
        rows += _materials(user).filter(condition).distinct().order_by("name", "pk")
    if wanted or pks["formulation"]:
        rows += _formulations(user).filter(named | Q(pk__in=pks["formulation"])).order_by("name", "pk")
    by_name: dict[str, tuple[Substance, ...]] = {}
    for key in wanted:
        by_name[key] = _named(key, rows)
    return Substances({key_of(row): row for row in rows}, by_name)


def _materials(user: AnyUser) -> QuerySet[Material]:
    rows: QuerySet[Material] = Material.objects.visible_to(user).select_related("project")
    return rows.prefetch_related("synonyms", "batches")


def _formulations(user: AnyUser) -> QuerySet[Formulation]:
    ingredients = Ingredient.objects.order_by("position").select_related("material")
    rows: QuerySet[Formulation] = Formulation.objects.visible_to(user).select_related("project")
    return rows.prefetch_related(Prefetch("ingredients", ingredients))


def _is_key_of(kind: str, key: str) -> bool:
    return key.startswith(f"{kind}:") and is_key(key.removeprefix(f"{kind}:"))


def _key(text: str) -> str:
    """The text as names are compared; empty if it cannot be a name."""
    try:
        return name_key(clean_text(text))
    except TextError:
        return ""


def _named(key: str, rows: Sequence[Substance]) -> tuple[Substance, ...]:
    """Those with this name, else those with this synonym or formula."""
    matches = [row for row in rows if key in _names(row)]
    return tuple([row for row in matches if name_key(row.name) == key] or matches)


def _names(substance: Substance) -> set[str]:
    names = [substance.name]
    if isinstance(substance, Material):
        names += [substance.formula, *(synonym.name for synonym in substance.synonyms.all())]
    return {name_key(name) for name in names if name}


@dataclass(frozen=True)
class Suggestion:
    """A material or formulation for a field in which part of a name was typed."""

    key: str
    name: str
    detail: str
    """Its other names, formula or ingredients, and in how many cells it is."""
    is_named: bool
    """Whether it is the only one with this name: a form that is sent with the name means it."""


def suggest_substances(
    text: str, user: AnyUser, *, project: Project | None = None, only_materials: bool = False
) -> list[Suggestion]:
    """Return the materials and formulations of which this is part of a name: those of simulated cells alone last, those
    of the project first, the most used before others.

    With a project, only those that its records may use: everyone who sees the project sees them too.
    """
    key, linkable = _key(text), _linkable(project)
    has_synonym = Q(pk__in=Synonym.objects.filter(name_key__contains=key).values("material"))
    matches = Q(name_key__contains=key) | Q(formula_key__contains=key) | has_synonym
    is_called = Q(name_key=key) | Q(formula_key=key) | Q(pk__in=Synonym.objects.filter(name_key=key).values("material"))
    rows: list[Substance] = list(_best_first(_materials(user).filter(linkable, matches), is_called))
    if not only_materials:
        formulations = _formulations(user).filter(linkable, name_key__contains=key)
        rows += _best_first(formulations, Q(name_key=key))
    counts = _cell_counts(rows, user)
    simulated = _list_simulated(rows, user)

    def order(row: Substance) -> tuple[bool, bool, bool, int, int, str]:
        is_elsewhere, rank = project is not None and row.project_id != project.pk, _rank(row, key)
        is_simulated = key_of(row) in simulated
        return is_simulated, rank > 0, is_elsewhere, rank, -counts.get(key_of(row), 0), row.name

    rows.sort(key=order)
    named = _named(key, rows)
    return [
        Suggestion(key_of(row), row.name, _detail(row, key, counts), is_named=named == (row,))
        for row in rows[:SUGGESTIONS]
    ]


def _best_first(rows: QuerySet, is_called: Q) -> QuerySet:
    """As many as are ranked by their use; those that are called so are among them."""
    return rows.order_by(Case(When(is_called, then=0), default=1), "name", "pk")[:CANDIDATES]


def _linkable(project: Project | None) -> Q:
    if project is None:
        return Q()
    openness = max(OPENNESS[Visibility(project.visibility)], 1)
    open_enough = [value for value, rank in OPENNESS.items() if rank >= openness]
    return Q(project=project) | Q(project__visibility__in=open_enough)


def _cell_counts(rows: Sequence[Substance], user: AnyUser) -> dict[str, int]:
    """In how many cells each is, by key."""
    counts: dict[str, int] = {}
    for kind, model in KINDS.items():
        pks = [row.pk for row in rows if isinstance(row, model)]
        if pks:
            layers = Layer.objects.visible_to(user).filter(**{f"{kind}__in": pks})
            cells = layers.order_by().values(kind).annotate(cells=Count("cell", distinct=True))
            counts |= {f"{kind}:{row[kind]}": row["cells"] for row in cells}
    return counts


def _list_simulated(rows: Sequence[Substance], user: AnyUser) -> set[str]:
    """The keys of those that are in simulated cells and in no others, by themselves or in a formulation."""
    paths = {"material": ("material", "formulation__ingredients__material"), "formulation": ("formulation",)}
    origins: dict[str, set[bool]] = {}
    for kind, model in KINDS.items():
        pks = [row.pk for row in rows if isinstance(row, model)]
        for path in paths[kind] if pks else ():
            layers = Layer.objects.visible_to(user).filter(**{f"{path}__in": pks}).order_by()
            for pk, origin in layers.values_list(path, "cell__origin").distinct():
                origins.setdefault(f"{kind}:{pk}", set()).add(origin == CellOrigin.SIMULATED)
    return {key for key, are_simulated in origins.items() if are_simulated == {True}}


def _rank(substance: Substance, key: str) -> int:
    """0 for the whole of a name, 1 for its beginning, else 2."""
    names = _names(substance)
    tests: tuple[Callable[[str], bool], ...] = (lambda name: name == key, lambda name: name.startswith(key))
    return next((rank for rank, test in enumerate(tests) if any(map(test, names))), 2)


def _detail(substance: Substance, key: str, counts: dict[str, int]) -> str:
    parts = []
    if isinstance(substance, Material):
        parts += [substance.formula] if substance.formula != substance.name else []
        parts += [f"also {item.name}" for item in substance.synonyms.all() if key and key in name_key(item.name)][:1]
    else:
        parts.append(describe_formulation(substance))
    cells = counts.get(key_of(substance), 0)
    parts += [f"{cells} cell{'' if cells == 1 else 's'}"] if cells else []
    return " · ".join(filter(None, parts))


def describe_formulation(formulation: Formulation) -> str:
    """Return the ingredients in one line: NCM90 80 : LPSCl 18 : VGCF 2."""
    return " : ".join(str(ingredient) for ingredient in formulation.ingredients.all())


def describe_substance(substance: Substance) -> str:
    """Return what a layer of it is, in a few words."""
    if isinstance(substance, Material):
        return " · ".join(filter(None, [substance.get_kind_display(), substance.formula]))
    return f"Formulation: {describe_formulation(substance)}"
