"""Search documents of cells, their measurements and their files."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef

from registry.models import (
    Attachment,
    Cell,
    CellOrigin,
    Comment,
    Condition,
    Dataset,
    Measurement,
    MeasurementTag,
    SearchDocument,
    SearchKind,
    Tag,
)
from registry.plugin_loading.names import short_technique_name, technique_in_sentence, technique_name
from registry.services.search.material_names import get_layer_names
from registry.services.search.writing import build_document

CONDITIONS_IN_DETAIL = ("stack_pressure_mpa", "temperature_degc", "c_rate")


def build_cell_documents(pks: Sequence[int]) -> list[SearchDocument]:
    """By refcode, label, materials and their synonyms, publication, techniques, conditions, tags and comments."""
    cells = list(Cell.objects.filter(pk__in=pks).select_related("publication"))
    layers = get_layer_names(pks)
    techniques: dict[int, list[str]] = defaultdict(list)
    for cell, refcode, technique, label in Measurement.objects.filter(cell__in=pks).values_list(
        "cell", "refcode", "technique", "label"
    ):
        techniques[cell] += [refcode, label, *_technique_names(technique)]
    for cell, written in _conditions_of(measurement__cell__in=pks, owner="measurement__cell"):
        techniques[cell].append(written)
    tags: dict[int, list[str]] = defaultdict(list)
    for cell, name in Tag.objects.filter(cell__in=pks).order_by("name_key").values_list("cell", "name"):
        tags[cell].append(name)
    of_measurements = MeasurementTag.objects.filter(measurement__cell__in=pks).order_by("name_key")
    for cell, name in of_measurements.values_list("measurement__cell", "name").distinct():
        tags[cell].append(name)
    comments: dict[int, list[str]] = defaultdict(list)
    for cell, text in Comment.objects.filter(cell__in=pks).order_by("pk").values_list("cell", "text"):
        comments[cell].append(text)
    return [
        build_document(
            SearchKind.CELL,
            cell.pk,
            cell.project_id,
            key=cell.refcode,
            title=f"{cell.refcode} {cell.label}",
            detail=" · ".join(
                filter(
                    None,
                    [
                        cell.configuration if cell.configuration != cell.label else "",
                        cell.get_format_display() if cell.format != "not_stated" else "",
                        cell.publication.key if cell.publication else cell.get_origin_display().lower(),
                    ],
                )
            ),
            target=f"cell {cell.refcode}",
            texts=[
                cell.refcode,
                cell.label,
                cell.configuration,
                cell.get_format_display(),
                *_publication_texts(cell),
                *layers.get(cell.pk, []),
                *techniques[cell.pk],
                *tags[cell.pk],
                cell.failure,
                cell.notes,
                *comments[cell.pk],
            ],
            is_simulated=cell.origin == CellOrigin.SIMULATED,
        )
        for cell in cells
    ]


def build_measurement_documents(pks: Sequence[int]) -> list[SearchDocument]:
    """By refcode, technique, label, conditions, tags, set-up and the names of the cell."""
    measurements = list(Measurement.objects.filter(pk__in=pks).select_related("cell__publication", "setup"))
    layers = get_layer_names({measurement.cell_id for measurement in measurements})
    written: dict[int, dict[str, str]] = defaultdict(dict)
    rows = Condition.objects.filter(measurement__in=pks).order_by("pk")
    for measurement_pk, quantity, text in rows.values_list("measurement", "quantity", "written"):
        written[measurement_pk][quantity] = text
    tags: dict[int, list[str]] = defaultdict(list)
    tag_rows = MeasurementTag.objects.filter(measurement__in=pks).order_by("name_key")
    for measurement_pk, name in tag_rows.values_list("measurement", "name"):
        tags[measurement_pk].append(name)
    documents = []
    for measurement in measurements:
        cell, conditions = measurement.cell, written[measurement.pk]
        shown = [conditions[slug] for slug in CONDITIONS_IN_DETAIL if slug in conditions]
        label = f" · {measurement.label}" if measurement.label else ""
        documents.append(
            build_document(
                SearchKind.MEASUREMENT,
                measurement.pk,
                cell.project_id,
                key=measurement.refcode,
                title=f"{measurement.refcode} {measurement.technique_name}{label}",
                detail=" · ".join([f"{cell.refcode} {cell.label}", *shown]),
                target=f"cell {cell.refcode} {measurement.refcode}",
                texts=[
                    measurement.refcode,
                    measurement.label,
                    *_technique_names(measurement.technique),
                    *conditions.values(),
                    *tags[measurement.pk],
                    *_setup_texts(measurement),
                    cell.refcode,
                    cell.label,
                    cell.configuration,
                    *_publication_texts(cell),
                    *layers.get(cell.pk, []),
                    measurement.notes,
                ],
                is_simulated=cell.origin == CellOrigin.SIMULATED,
            )
        )
    return documents


def build_file_documents(pks: Sequence[int]) -> list[SearchDocument]:
    """By file name, and the refcodes, label and technique of its measurement; one for all datasets of a file."""
    earlier = Dataset.objects.filter(
        measurement=OuterRef("measurement"), raw_file=OuterRef("raw_file"), part__lt=OuterRef("part")
    )
    datasets = Dataset.objects.filter(~Exists(earlier), pk__in=pks).select_related("measurement__cell")
    return [
        build_document(
            SearchKind.FILE,
            dataset.pk,
            dataset.measurement.cell.project_id,
            key=dataset.filename,
            title=dataset.filename,
            detail=(
                f"file of {dataset.measurement.refcode}, {technique_in_sentence(dataset.measurement.technique)} · "
                f"{dataset.measurement.cell}"
            ),
            target=f"cell {dataset.measurement.cell.refcode} {dataset.measurement.refcode}",
            texts=[
                dataset.measurement.refcode,
                *_technique_names(dataset.measurement.technique),
                dataset.measurement.label,
                str(dataset.measurement.cell),
            ],
            filenames=[dataset.filename],
            is_simulated=dataset.measurement.cell.origin == CellOrigin.SIMULATED,
        )
        for dataset in datasets
    ]


def build_attachment_documents(pks: Sequence[int]) -> list[SearchDocument]:
    """By file name, description and the record it is attached to."""
    attachments = Attachment.objects.filter(pk__in=pks)
    documents = []
    for attachment in attachments.select_related("cell", "measurement__cell", "material", "setup"):
        cell = attachment.cell or (attachment.measurement.cell if attachment.measurement else None)
        documents.append(
            build_document(
                SearchKind.ATTACHMENT,
                attachment.pk,
                attachment.project_id,
                key=attachment.filename,
                title=attachment.filename,
                detail=f"{attachment.description} · {attachment.owner}".removeprefix(" · "),
                target=_attachment_target(attachment),
                texts=[attachment.description, str(attachment.owner)],
                filenames=[attachment.filename],
                is_simulated=bool(cell and cell.origin == CellOrigin.SIMULATED),
            )
        )
    return documents


def _attachment_target(attachment: Attachment) -> str:
    if attachment.material_id:
        return f"material {attachment.material_id}"
    if attachment.setup_id:
        return f"setup {attachment.setup_id}"
    if attachment.measurement:
        return f"cell {attachment.measurement.cell.refcode} {attachment.measurement.refcode}"
    return f"cell {attachment.cell.refcode if attachment.cell else ''}"


def _technique_names(slug: str) -> list[str]:
    return [slug, technique_name(slug), short_technique_name(slug)]


def _publication_texts(cell: Cell) -> list[str]:
    publication = cell.publication
    return [publication.key, publication.title, publication.doi, publication.authors] if publication else []


def _setup_texts(measurement: Measurement) -> list[str]:
    setup = measurement.setup
    return [setup.name, setup.instrument, setup.channel] if setup else []


def _conditions_of(owner: str, **rows: Any) -> Iterable[tuple[int, str]]:
    conditions: Iterable[tuple[int, str]] = Condition.objects.filter(**rows).values_list(owner, "written").distinct()
    return conditions
