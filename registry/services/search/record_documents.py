"""Search documents of materials, formulations, publications, set-ups, groups, tables and projects."""

from collections import defaultdict
from collections.abc import Sequence

from registry.models import (
    Batch,
    CellGroup,
    CellOrigin,
    Comparison,
    Formulation,
    GroupMember,
    HardwareSetup,
    Ingredient,
    Material,
    Project,
    Publication,
    SearchDocument,
    SearchKind,
)
from registry.services.search.material_names import get_formulation_names, get_material_names
from registry.services.search.writing import build_document


def build_material_documents(pks: Sequence[int]) -> list[SearchDocument]:
    """By name, formula, synonyms, batches, and the names of the material it is a variant of."""
    names = get_material_names(pks)
    batches: dict[int, list[str]] = defaultdict(list)
    for material, lot, supplier in Batch.objects.filter(material__in=pks).values_list("material", "lot", "supplier"):
        batches[material] += [lot, supplier]
    documents = []
    for material in Material.objects.filter(pk__in=pks):
        others = [name for name in dict.fromkeys(names[material.pk]) if name and name != material.name]
        documents.append(
            build_document(
                SearchKind.MATERIAL,
                material.pk,
                material.project_id,
                key=material.name,
                title=material.name,
                detail=" · ".join(filter(None, [material.get_kind_display().lower(), ", ".join(others)])),
                target=f"material {material.pk}",
                texts=[*names[material.pk], material.get_kind_display(), *batches[material.pk], material.notes],
            )
        )
    return documents


def build_formulation_documents(pks: Sequence[int]) -> list[SearchDocument]:
    """By name and the names of its ingredients."""
    names = get_formulation_names(pks)
    shown: dict[int, list[str]] = defaultdict(list)
    ingredients = Ingredient.objects.filter(formulation__in=pks).order_by("formulation", "position")
    for formulation_pk, material, fraction in ingredients.values_list("formulation", "material__name", "mass_fraction"):
        shown[formulation_pk].append(f"{material} {fraction}".strip())
    return [
        build_document(
            SearchKind.FORMULATION,
            formulation.pk,
            formulation.project_id,
            key=formulation.name,
            title=formulation.name,
            detail=", ".join(shown[formulation.pk]),
            target=f"formulation {formulation.pk}",
            texts=[
                formulation.name,
                *shown[formulation.pk],
                *names.get(formulation.pk, []),
                formulation.process,
                formulation.notes,
            ],
        )
        for formulation in Formulation.objects.filter(pk__in=pks)
    ]


def build_publication_documents(pks: Sequence[int]) -> list[SearchDocument]:
    """By DOI, key, authors, title, journal and year."""
    return [
        build_document(
            SearchKind.PUBLICATION,
            publication.pk,
            publication.project_id,
            key=publication.doi or publication.key,
            title=publication.title or publication.key,
            detail=" · ".join(
                filter(
                    None,
                    [
                        next(iter(publication.author_list()), ""),
                        f"{publication.journal} {publication.year or ''}".strip(),
                        publication.doi,
                    ],
                )
            ),
            target=f"publication {publication.pk}",
            texts=[
                publication.doi,
                publication.key,
                publication.authors,
                publication.title,
                publication.journal,
                str(publication.year or ""),
                publication.volume,
                publication.pages,
                publication.notes,
            ],
        )
        for publication in Publication.objects.filter(pk__in=pks)
    ]


def build_setup_documents(pks: Sequence[int]) -> list[SearchDocument]:
    """By name, kind, instrument, channel and press."""
    return [
        build_document(
            SearchKind.SETUP,
            setup.pk,
            setup.project_id,
            key=setup.name,
            title=setup.name,
            detail=" · ".join(
                filter(None, [setup.get_kind_display().lower(), setup.die_diameter, setup.instrument, setup.channel])
            ),
            target=f"setup {setup.pk}",
            texts=[
                setup.name,
                setup.get_kind_display(),
                setup.die_diameter,
                setup.get_pressure_application_display() if setup.pressure_application else "",
                setup.instrument,
                setup.channel,
                setup.press,
                setup.notes,
            ],
        )
        for setup in HardwareSetup.objects.filter(pk__in=pks)
    ]


def build_group_documents(pks: Sequence[int]) -> list[SearchDocument]:
    """By name, slug, kind and the refcodes of its cells."""
    refcodes: dict[int, list[str]] = defaultdict(list)
    simulated: set[int] = set()
    members = GroupMember.objects.filter(group__in=pks).order_by("group", "position")
    for group_pk, refcode, label, origin in members.values_list("group", "cell__refcode", "label", "cell__origin"):
        refcodes[group_pk] += [refcode, label]
        if origin == CellOrigin.SIMULATED:
            simulated.add(group_pk)
    return [
        build_document(
            SearchKind.GROUP,
            group.pk,
            group.project_id,
            key=group.name,
            title=group.name,
            detail=f"{group.kind_name.lower()} · {len(refcodes[group.pk]) // 2} cells",
            target=f"group {group.pk}",
            texts=[group.name, group.slug, group.kind_name, group.over, *refcodes[group.pk], group.notes],
            is_simulated=group.pk in simulated,
        )
        for group in CellGroup.objects.filter(pk__in=pks)
    ]


def build_table_documents(pks: Sequence[int]) -> list[SearchDocument]:
    """By title, slug and caption."""
    documents = []
    for table in Comparison.objects.filter(pk__in=pks):
        definition = table.definition if isinstance(table.definition, dict) else {}
        caption = str(definition.get("caption", ""))
        documents.append(
            build_document(
                SearchKind.TABLE,
                table.pk,
                table.project_id,
                key=table.title,
                title=table.title,
                detail=caption if caption != table.title else "",
                target=f"comparison {table.slug}",
                texts=[table.title, table.slug, caption, table.notes],
            )
        )
    return documents


def build_project_documents(pks: Sequence[int]) -> list[SearchDocument]:
    """By name, slug and description."""
    return [
        build_document(
            SearchKind.PROJECT,
            project.pk,
            project.pk,
            key=project.name,
            title=project.name,
            detail=project.description,
            target=f"project {project.slug}",
            texts=[project.name, project.slug, project.description],
        )
        for project in Project.objects.filter(pk__in=pks)
    ]
